"""
What pip's own reader makes of texts. Run by the Python of the environment that has that pip.

Lines of JSON in (a text each), lines of JSON out: for every logical line its number, what stands in front of the
options and the options, or null where pip refuses them.
"""

import json
import logging
import sys
from typing import Any

from pip._internal.req import req_file  # the pip of another environment
from pip._internal.req.constructors import install_req_from_line

FLAGS = ("no_index", "prefer_binary", "require_hashes", "no_require_hashes", "pre")
VALUES = ("extra_index_urls", "constraints", "requirements", "editables", "find_links", "trusted_hosts")


def options(values: Any) -> dict[str, Any]:
    found = {name: getattr(values, name) for name in (*VALUES, "index_url", "config_settings") if getattr(values, name)}
    found.update({name: True for name in FLAGS if getattr(values, name)})
    if values.hashes:
        found["hashes"] = values.hashes
    return found


def answer(text: str) -> list[Any]:
    parse = req_file.get_line_parser(None)
    found: list[Any] = []
    for number, line in req_file.preprocess(text):
        try:
            before, values = parse(line)
        except Exception:
            found.append([number, None, None])
        else:
            found.append([number, before, options(values)])
    return found


def requirement(text: str) -> Any:
    try:
        found = install_req_from_line(text)
    except Exception as error:
        return type(error).__name__
    name = found.req.name if found.req else None
    specifier = sorted(map(str, found.req.specifier)) if found.req else []
    return [name, specifier, bool(found.markers), found.link.url if found.link else None]


def decoded(text: str) -> Any:
    decode = vars(req_file)["_decode_req_file"]  # private, and of newer versions only
    return decode(bytes.fromhex(text), "x")


def main() -> None:
    logging.disable(logging.CRITICAL)
    read = {"lines": answer, "requirement": requirement, "bytes": decoded}[sys.argv[1]]
    for line in sys.stdin:
        try:
            result = read(json.loads(line))
        except Exception as error:
            result = {"error": type(error).__name__}
        sys.stdout.write(json.dumps(result) + "\n")


main()
