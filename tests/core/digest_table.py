"""
What ``core/digest.py`` must do, as one table: ``test_digest.py`` holds the module to it, ``test_digest_mutants.py``
holds the table to its purpose (every check that is taken out of the module must break a line here).

Nothing here imports the module: a line is run against whichever module is handed in.
"""

from __future__ import annotations

import base64
import hmac
import io
from collections.abc import Callable, Iterator
from itertools import permutations
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest import mock

# FIPS 180-4, the examples for the message "abc".
SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
SHA384 = "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
SHA512 = (
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
)
HEX = {"sha256": SHA256, "sha384": SHA384, "sha512": SHA512}
BASE64 = {label: base64.b64encode(bytes.fromhex(text)).decode() for label, text in HEX.items()}

MALFORMED, UNSUPPORTED, WRONG_TYPE = "DigestError", "UnsupportedAlgorithm", "TypeError"


class Case(NamedTuple):
    """``parser`` reads ``text``: into the digest ``label:hex``, or into an error of exactly that type and words."""

    name: str
    parser: str  # oci, sri, pip, or hex-<algorithm>
    text: Any
    expected: str
    words: str = ""


def outcome(module: Any, case: Case) -> tuple[str, str]:
    """What the module makes of a case: (the digest or the error's type, the error's words)."""
    notation, _, label = case.parser.partition("-")
    try:
        if notation == "hex":
            found = module.parse_hex(case.text, module.Algorithm.of(label))
        else:
            found = getattr(module, f"parse_{notation}")(case.text)
        return f"{found.algorithm.label}:{found.raw.hex()}", ""
    except Exception as error:
        return type(error).__name__, str(error)


def holds(module: Any, case: Case) -> bool:
    found, words = outcome(module, case)
    return found == case.expected and case.words in words


def _accepted() -> list[Case]:
    cases = []
    for label, text in HEX.items():
        digest = f"{label}:{text}"
        cases += [
            Case(f"oci {label}", "oci", digest, digest),
            Case(f"hex {label}", f"hex-{label}", text, digest),
            Case(f"hex {label} in capitals", f"hex-{label}", text.upper(), digest),
            Case(f"hex {label} in mixed case", f"hex-{label}", text[:9].upper() + text[9:], digest),
            Case(f"sri {label}", "sri", f"{label}-{BASE64[label]}", digest),
            Case(f"pip {label}", "pip", f"--hash={label}:{text}", digest),
        ]
    return cases


# What stands in for one hexadecimal digit, or around the hex: nothing of it may be read as hex.
_FOREIGN = {
    "an Arabic digit": "\u0661",
    "a full-width digit": "\uff11",
    "a full-width letter": "\uff41",
    "a superscript digit": "\u00b2",
    "a ligature that folds to ff": "\ufb00",
    "a Kelvin sign": "\u212a",
    "a long s": "\u017f",
    "a letter beyond f": "g",
    "a capital beyond F": "G",
    "an underscore": "_",
    "a plus": "+",
    "a minus": "-",
    "an equals sign": "=",
    "a blank": " ",
    "a tab": "\t",
    "a no-break space": "\u00a0",
    "a newline": "\n",
    "a carriage return": "\r",
    "a NUL": "\0",
    "a lone surrogate": "\udc80",
    "an undecodable byte": "\udcff",
    "a colon": ":",
    "a slash": "/",
}

_SHAPES = {
    "oci": (f"sha256:{SHA256}", "is not algorithm:hex"),
    "hex-sha256": (SHA256, "is not hexadecimal"),
    "pip": (f"--hash=sha256:{SHA256}", "is not --hash=algorithm:hex"),
    "sri": (f"sha256-{BASE64['sha256']}", "is not algorithm-base64"),
}


def _foreign_characters() -> list[Case]:
    """Each foreign character in place of a digit, in front of a good digest, and behind it."""
    cases = []
    for parser, (good, shape) in _SHAPES.items():
        for name, character in _FOREIGN.items():
            if parser == "sri" and character in "gG+/=":
                continue  # base64's own
            texts = {
                "in the middle": good[:-9] + character + good[-8:],
                "at the end": good[:-1] + character,
                "behind": good + character,
                "in front": character + good,
            }
            cases += [
                Case(f"{parser}: {name} {where}", parser, text, *_verdict(parser, character, where, shape))
                for where, text in texts.items()
            ]
    return cases


def _verdict(parser: str, character: str, where: str, shape: str) -> tuple[str, str]:
    if where == "in front" and parser == "oci" and character == "g":
        return UNSUPPORTED, "is none of"  # `gsha256` is well-formed, and the name of no algorithm
    if parser == "oci" and where != "in front" and character in "gG_-=":
        return MALFORMED, "is not hexadecimal"
    if parser == "pip" and where != "in front" and character in "gG":
        return MALFORMED, "is not hexadecimal"
    return MALFORMED, shape


def _lengths() -> list[Case]:
    """Prefixes, short digests and one digit too many, also those of another algorithm's length."""
    cases = []
    for label, text in HEX.items():
        full = len(text)
        for size in sorted({0, 1, 2, 7, 12, 32, 40, 63, 64, 65, 66, 95, 96, 97, 98, 126, 127, 128, 129, 130} - {full}):
            digits = (text * 3)[:size]
            words = f"{label} has {full} hexadecimal digits, here are {size}"
            cases.append(Case(f"hex {label} of {size} digits", f"hex-{label}", digits, MALFORMED, words))
            if size:
                cases.append(Case(f"oci {label} of {size} digits", "oci", f"{label}:{digits}", MALFORMED, words))
                cases.append(Case(f"pip {label} of {size} digits", "pip", f"--hash={label}:{digits}", MALFORMED, words))
        for size in (1, 15, 20, 31, 32, 33, 47, 48, 49, 63, 64, 65):
            if size != full // 2:
                value = base64.b64encode((bytes.fromhex(text) * 3)[:size]).decode()
                words = f"{label} has {full // 2} bytes, the base64 holds {size}"
                cases.append(Case(f"sri {label} of {size} bytes", "sri", f"{label}-{value}", MALFORMED, words))
    return cases


def _algorithms() -> list[Case]:
    """Names that ``hashlib.new`` or a kind reader would take, and those that are well-formed and cannot be verified."""
    cases = []
    well_formed = {"oci", "sri", "pip"}
    oci_only = {"oci"}
    names: dict[str, set[str]] = {
        "md5": well_formed, "sha1": well_formed, "sha224": well_formed, "blake3": well_formed, "blake2b": well_formed,
        "1220": well_formed, "sha2": well_formed, "s": well_formed, "sha2560": well_formed,
        "sha-256": oci_only, "sha512-256": oci_only, "sha512_256": oci_only, "sha3-256": oci_only,
        "sha256+b64": oci_only, "sha256.x": oci_only,
        "SHA256": set(), "Sha256": set(), "SHA2-256": set(), "SHA-256": set(), "sha512/256": set(),
        "\u017fha256": set(), "\uff53ha256": set(), "sha2\u0665\u0666": set(), "sha\u00b2\u2075\u2076": set(),
        "\u0455ha256": set(), " sha256": set(), "sha256 ": set(), "\tsha256": set(), "sha256\n": set(), "": set(),
        "+sha256": set(), "sha256+": set(), "sha256--x": set(), "sha256\0": set(), "\udcffsha256": set(),
        "bla\u212ae3": set(), "sha256:": set(),
    }  # fmt: skip
    written = {"oci": f"{{}}:{SHA256}", "sri": f"{{}}-{BASE64['sha256']}", "pip": f"--hash={{}}:{SHA256}"}
    for name, known in names.items():
        for parser, text in written.items():
            expected, words = (UNSUPPORTED, "is none of sha256, sha384, sha512") if parser in known else (MALFORMED, "")
            cases.append(Case(f"{parser} with algorithm {name!a}", parser, text.format(name), expected, words))
    for capital in ("SHA256", "Sha256", "SHA512"):
        text = f"{capital}:{SHA256}"
        cases.append(Case(f"oci {capital}", "oci", text, MALFORMED, f"must be lower-case, not '{capital}'"))
    return cases


def _hex_case() -> list[Case]:
    words = "the hex must be lower-case"
    return [
        Case("oci in capitals", "oci", f"sha256:{SHA256.upper()}", MALFORMED, words),
        Case("oci with one capital", "oci", f"sha256:{SHA256.replace('b', 'B', 1)}", MALFORMED, words),
        Case("pip in capitals", "pip", f"--hash=sha256:{SHA256.upper()}", MALFORMED, words),
        Case("pip with one capital", "pip", f"--hash=sha256:{SHA256.replace('b', 'B', 1)}", MALFORMED, words),
    ]


def _base64() -> list[Case]:
    good, long = BASE64["sha256"], BASE64["sha512"]
    shape, canonical = "is not algorithm-base64", "is not the canonical base64 of its bytes"
    url_safe = base64.urlsafe_b64encode(bytes([251, 255] * 16)).decode()
    return [
        # The last character of unpadded base64 has spare bits: `b64decode` reads YQ== and YR== alike.
        Case("sri sha256, spare bits set", "sri", f"sha256-{good[:-2]}1=", MALFORMED, canonical),
        Case("sri sha512, spare bits set", "sri", f"sha512-{long[:-3]}x==", MALFORMED, canonical),
        Case("sri without padding", "sri", f"sha256-{good[:-1]}", MALFORMED, "is not base64"),
        Case("sri with padding too long", "sri", f"sha256-{good}=", MALFORMED, "base64"),
        Case("sri with padding of three", "sri", f"sha512-{long}=", MALFORMED, shape),
        Case("sri with padding too short", "sri", f"sha512-{long[:-1]}", MALFORMED, "is not base64"),
        Case("sri with padding that is not needed", "sri", f"sha384-{BASE64['sha384']}=", MALFORMED, "base64"),
        Case("sri with padding in the middle", "sri", f"sha256-{good[:10]}={good[11:]}", MALFORMED, shape),
        Case("sri of padding alone", "sri", "sha256-==", MALFORMED, shape),
        Case("sri in the url-safe alphabet", "sri", f"sha256-{url_safe}", MALFORMED, shape),
        Case("sri in hex", "sri", f"sha256-{SHA256}", MALFORMED, "sha256 has 32 bytes, the base64 holds 48"),
        Case("sri with options", "sri", f"sha256-{good}?ct=text/javascript", MALFORMED, shape),
        Case("sri with empty options", "sri", f"sha256-{good}?", MALFORMED, shape),
        Case("sri list", "sri", f"sha256-{good} sha512-{long}", MALFORMED, shape),
        Case("sri list with a comma", "sri", f"sha256-{good},sha512-{long}", MALFORMED, shape),
        Case("sri with a colon", "sri", f"sha256:{good}", MALFORMED, shape),
        Case("sri in capitals", "sri", f"SHA256-{good}", MALFORMED, shape),
        Case("sri folded", "sri", f"sha256-{good[:20]}\n{good[20:]}", MALFORMED, shape),
    ]


def _other_notations() -> list[Case]:
    """One notation given to the reader of another: no reader guesses."""
    oci, shape = f"sha256:{SHA256}", "is not algorithm:hex"
    pip = "is not --hash=algorithm:hex"
    return [
        Case("oci from bare hex", "oci", SHA256, MALFORMED, shape),
        Case("oci from sri", "oci", f"sha256-{BASE64['sha256']}", MALFORMED, shape),
        Case("oci from pip", "oci", f"--hash={oci}", MALFORMED, shape),
        Case("oci with an at sign", "oci", f"@{oci}", MALFORMED, shape),
        Case("oci, another separator", "oci", "a~b:00", MALFORMED, shape),
        Case("oci, a blank for a separator", "oci", "a b:00", MALFORMED, shape),
        Case("oci, a name in capitals alone", "oci", "SHA256", MALFORMED, shape),
        Case("oci list", "oci", f"{oci},{oci}", MALFORMED, shape),
        Case("oci twice", "oci", f"{oci}:{oci}", MALFORMED, shape),
        Case("oci quoted", "oci", f'"{oci}"', MALFORMED, shape),
        Case("oci of algorithm alone", "oci", "sha256:", MALFORMED, shape),
        Case("oci of hex alone", "oci", f":{SHA256}", MALFORMED, shape),
        Case("oci, empty", "oci", "", MALFORMED, shape),
        Case("oci, base64 behind the colon", "oci", "sha256:" + BASE64["sha256"].replace("/", "_"), MALFORMED, ""),
        Case("oci multihash", "oci", "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8", UNSUPPORTED),
        Case("oci bare multihash", "oci", f"1220{SHA256}", MALFORMED, shape),
        Case("hex from oci", "hex-sha256", oci, MALFORMED, "is not hexadecimal"),
        Case("hex with 0x", "hex-sha256", f"0x{SHA256[2:]}", MALFORMED, "is not hexadecimal"),
        Case("hex multihash", "hex-sha256", f"1220{SHA256}", MALFORMED, "here are 68"),
        Case("hex in pairs", "hex-sha256", " ".join(["ba"] * 32), MALFORMED, "is not hexadecimal"),
        Case("hex with blanks, of the right length", "hex-sha256", SHA256[:62] + "  ", MALFORMED, "is not hexadecimal"),
        Case("hex of a file's line", "hex-sha256", f"{SHA256}  name", MALFORMED, "is not hexadecimal"),
        Case("sri, empty", "sri", "", MALFORMED, "is not algorithm-base64"),
        Case("pip from oci", "pip", oci, MALFORMED, pip),
        Case("pip, two", "pip", f"--hash={oci} --hash={oci}", MALFORMED, pip),
        Case("pip with a blank for =", "pip", f"--hash {oci}", MALFORMED, pip),
        Case("pip, option in capitals", "pip", f"--HASH={oci}", MALFORMED, pip),
        Case("pip, option with a long s", "pip", f"--ha\u017fh={oci}", MALFORMED, pip),
        Case("pip, empty", "pip", "", MALFORMED, pip),
    ]


def _types() -> list[Case]:
    values = {"None": None, "an integer": 1, "bytes": SHA256.encode(), "a list": [SHA256], "a bytearray": bytearray(64)}
    return [
        Case(f"{parser} from {name}", parser, value, WRONG_TYPE)
        for parser in ("oci", "hex-sha256", "sri", "pip")
        for name, value in values.items()
    ]


CASES = (
    _accepted()
    + _foreign_characters()
    + _lengths()
    + _algorithms()
    + _hex_case()
    + _base64()
    + _other_notations()
    + _types()
)


# What is not reading: each function is true of a module that does it right.


def _digest(module: Any, label: str = "sha256", raw: bytes = bytes.fromhex(SHA256)) -> Any:
    return module.Digest(module.Algorithm.of(label), raw)


def _raised(action: Callable[[], object]) -> str:
    try:
        action()
    except Exception as error:
        return type(error).__name__
    return ""


def _equal(one: object, other: object) -> bool:
    equal, unequal = one == other, one != other
    if equal is unequal:
        raise AssertionError("== and != agree")
    return equal


def equal_to_the_same(module: Any) -> bool:
    one, other = _digest(module), _digest(module)
    return _equal(one, other) and hash(one) == hash(other) and len({one, other}) == 1


def unequal_to_other_bytes(module: Any) -> bool:
    good = bytes.fromhex(SHA256)
    others = [_digest(module, raw=good[:-1] + b"\0"), _digest(module, raw=b"\0" + good[1:])]
    return not any(_equal(_digest(module), other) for other in others)


def unequal_to_other_algorithms(module: Any) -> bool:
    digests = [_digest(module, label, bytes(len(text) // 2)) for label, text in HEX.items()]
    return len(set(digests)) == 3 and not any(_equal(*pair) for pair in permutations(digests, 2))


def unequal_to_other_types(module: Any) -> bool:
    digest = _digest(module)
    lookalike = SimpleNamespace(algorithm=digest.algorithm, raw=digest.raw)
    others = (str(digest), digest.hex, digest.raw, digest.raw.hex().encode(), (digest.algorithm, digest.raw), None, 0)
    return not any(_equal(digest, other) or _equal(other, digest) for other in (*others, lookalike))


def other_types_may_answer(module: Any) -> bool:
    """A foreign type's own ``__eq__`` is asked: NotImplemented, and not False, is what ``__eq__`` answers."""
    return _digest(module).__eq__("x") is NotImplemented


def compared_by_compare_digest(module: Any) -> bool:
    calls = []
    real = hmac.compare_digest

    def compare_digest(*pair: bytes) -> bool:
        calls.append(pair)
        return bool(real(*pair))

    with mock.patch.object(hmac, "compare_digest", compare_digest):
        same = _digest(module) == _digest(module)
    return same and calls == [(bytes.fromhex(SHA256),) * 2]


def holds_bytes_alone(module: Any) -> bool:
    wrong: tuple[Any, ...] = (bytearray(32), memoryview(bytes(32)), "x" * 32, SHA256, [0] * 32, None)
    return all(_raised(lambda value=value: _digest(module, raw=value)) == WRONG_TYPE for value in wrong)  # type: ignore[misc]


def holds_the_right_length_alone(module: Any) -> bool:
    return all(
        _raised(lambda label=label, size=size: _digest(module, label, bytes(size)))  # type: ignore[misc]
        == ("" if 2 * size == len(text) else MALFORMED)
        for label, text in HEX.items()
        for size in (0, 1, 16, 20, 31, 32, 33, 47, 48, 49, 63, 64, 65)
    )


def frozen(module: Any) -> bool:
    digest = _digest(module)
    changes = (
        lambda: setattr(digest, "raw", bytes(32)),
        lambda: setattr(digest, "note", 1),
        lambda: delattr(digest, "raw"),
    )
    return all(_raised(change) == "AttributeError" for change in changes)


def copied_and_sent_as_itself(module: Any) -> bool:
    digest = _digest(module)
    kind, values = digest.__reduce__()
    return kind(*values) == digest and repr(digest) == f"Digest({digest})"


def slotted(module: Any) -> bool:
    return not hasattr(_digest(module), "__dict__")


def known_by_exact_name(module: Any) -> bool:
    names = ("SHA256", "sha-256", " sha256", "sha256 ", "\u017fha256", "md5", "sha1", "sha512-256", "", "sha224")
    known = all(module.Algorithm.of(label).label == label for label in HEX)
    return known and all(module.Algorithm.of(name) is None for name in names)


def written_in_every_notation(module: Any) -> bool:
    for label, text in HEX.items():
        digest = _digest(module, label, bytes.fromhex(text))
        written = {
            module.Notation.OCI: f"{label}:{text}",
            module.Notation.HEX: text,
            module.Notation.SRI: f"{label}-{BASE64[label]}",
            module.Notation.PIP: f"--hash={label}:{text}",
        }
        if any(digest.format(notation) != expected for notation, expected in written.items()):
            return False
        if (str(digest), digest.hex) != (f"{label}:{text}", text) or set(written) != set(module.Notation):
            return False
    return True


def unsupported_is_a_digest_error(module: Any) -> bool:
    return issubclass(module.UnsupportedAlgorithm, module.DigestError) and issubclass(module.DigestError, ValueError)


def hashes_what_it_is_given(module: Any) -> bool:
    for label, text in HEX.items():
        algorithm = module.Algorithm.of(label)
        expected = _digest(module, label, bytes.fromhex(text))
        hasher = module.Hasher(algorithm)
        for piece in (b"a", b"", b"bc"):
            hasher.update(piece)
        found = (module.of_bytes(b"abc", algorithm), module.of(io.BytesIO(b"abc"), algorithm), hasher.digest())
        if any(digest != expected for digest in found) or hasher.size != 3:
            return False
    each, size = module.of_each(io.BytesIO(b"abc"), [module.Algorithm.of(label) for label in HEX])
    expected = [_digest(module, label, bytes.fromhex(text)) for label, text in HEX.items()]
    return [*each.values()] == expected and size == 3


class _Slow(io.RawIOBase):
    """A stream that does not block: it has three bytes, then nothing yet, and ends when it is asked a third time."""

    def __init__(self) -> None:
        self._answers: list[int | None] = [3, None]

    def readinto(self, buffer: Any) -> int | None:
        return self._answers.pop(0) if self._answers else 0


def waits_for_no_stream(module: Any) -> bool:
    return _raised(lambda: module.of(_Slow())) == "BlockingIOError"


def hashes_with_sha256_unless_told(module: Any) -> bool:
    hasher = module.Hasher()
    hasher.update(b"abc")
    found = (module.of_bytes(b"abc"), module.of(io.BytesIO(b"abc")), hasher.digest())
    return all(digest == _digest(module) for digest in found)


def quotes_briefly_and_printably(module: Any) -> bool:
    messages = []
    for text in ("\x1b[31m\u202e" + "x" * 10_000, "\udcff\0", "\u0455ha256:00"):
        for parse in (module.parse_oci, module.parse_sri, module.parse_pip):
            try:
                parse(text)
            except module.DigestError as error:
                messages.append(str(error))
    return (
        len(messages) == 9
        and all(message.isascii() and message.isprintable() for message in messages)
        and all(len(message) < 200 for message in messages)
    )


BEHAVIOURS: tuple[Callable[[Any], bool], ...] = (
    equal_to_the_same,
    unequal_to_other_bytes,
    unequal_to_other_algorithms,
    unequal_to_other_types,
    other_types_may_answer,
    compared_by_compare_digest,
    holds_bytes_alone,
    holds_the_right_length_alone,
    frozen,
    copied_and_sent_as_itself,
    slotted,
    known_by_exact_name,
    written_in_every_notation,
    unsupported_is_a_digest_error,
    hashes_what_it_is_given,
    hashes_with_sha256_unless_told,
    waits_for_no_stream,
    quotes_briefly_and_printably,
)


def broken(module: Any) -> Iterator[str]:
    """What a module does not hold, the quick lines first: a mutant may take hours for the others."""
    for case in sorted(CASES, key=_size):
        if not holds(module, case):
            yield case.name
    for behaviour in BEHAVIOURS:
        try:
            good = behaviour(module)
        except Exception:
            good = False
        if not good:
            yield behaviour.__name__


def _size(case: Case) -> int:
    return len(case.text) if isinstance(case.text, str) else 0
