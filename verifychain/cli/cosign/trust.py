"""`verifychain cosign trust`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from verifychain.cli.console import Console
from verifychain.cli.cosign import options
from verifychain.cli.options import Command, option
from verifychain.core.errors import Unavailable, UsageError
from verifychain.core.exit_code import ExitCode
from verifychain.output.style import printable

if TYPE_CHECKING:
    from verifychain.signatures.trust_root import TrustRoot

_STAGING = click.option("--staging", is_flag=True, help="Sigstore's staging instance.")


@click.group()
def trust() -> None:
    """
    Show, refresh or export the trust root.

    Without --trusted-root, verification uses the root that the sigstore package ships, and no other: nothing is ever
    taken from a cache that others could write.
    """


@trust.command(cls=Command, short_help="Show whose word is taken.")
@click.option("--trusted-root", metavar="FILE", help="Show this one.")
@_STAGING
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", help="How it is written.  [default: text]"
)
@click.pass_obj
def show(console: Console, trusted_root: str | None, *, staging: bool, output: str) -> int:
    """Show whose certificates, logs and timestamps are believed, and in which time."""
    from verifychain.signatures.verdict import Rejected

    try:
        roots = options.roots(trusted_root, staging=staging)
    except Rejected as rejected:
        console.fail(rejected.detail)
        return ExitCode.FINDINGS
    origin = trusted_root or "shipped with the sigstore package"
    document = {"version": 1, "origin": origin, "renewal": _renewal(trusted_root, staging=staging), "roots": []}
    document["roots"] = [_root(root) for root in roots]
    if output == "json":
        from verifychain.output.json import dumps

        console.inform(dumps(document))
    else:
        console.inform("".join(f"{line}\n" for line in _lines(document)))
    return ExitCode.OK


@trust.command(cls=Command, short_help="Write the shipped root to a file, or print it.")
@click.argument("file", required=False)
@_STAGING
@click.pass_obj
def export(console: Console, file: str | None, *, staging: bool) -> int:
    """Write the shipped root to FILE, or print it."""
    from verifychain.signatures import shipped

    data = shipped.trusted_root(shipped.STAGING if staging else shipped.PUBLIC_GOOD)
    console.inform(data.decode("utf-8"), file)
    return ExitCode.OK


@trust.command(cls=Command, short_help="Fetch today's root, and write it to a file.")
@click.argument("file")
@_STAGING
@click.option("--mirror", metavar="URL", help="The TUF repository of another instance; needs --root.")
@click.option("--root", metavar="FILE", help="The first TUF root of that repository, which you have by a safe way.")
@option("Network", "--offline", is_flag=True, help="Open no connection.")
@click.pass_obj
def update(console: Console, file: str, mirror: str | None, root: str | None, *, staging: bool, offline: bool) -> int:
    """Fetch today's root by TUF and write it to FILE, for --trusted-root FILE. Opens connections."""
    if (mirror is None) != (root is None):
        raise UsageError("--mirror and --root belong together", "a repository is believed from its first root on")
    if root is not None:
        options.read_file(root)
    if offline:
        console.fail("the trust root cannot be refreshed offline")
        return ExitCode.INCOMPLETE
    from verifychain.origins import tuf
    from verifychain.signatures import shipped, trust_root
    from verifychain.signatures.verdict import Rejected

    try:
        data = tuf.trusted_root(mirror or (shipped.STAGING if staging else shipped.PUBLIC_GOOD), root)
        roots = trust_root.parse(data)
    except Unavailable as error:
        console.fail(error.message, error.hint)
        return ExitCode.INCOMPLETE
    except Rejected as rejected:
        console.fail(f"the repository has no usable trust root: {rejected.detail}")
        return ExitCode.FINDINGS
    console.result(data.decode("utf-8"), file)
    console.say(f"wrote {file}, {roots[0].digest}\n" if len(roots) == 1 else f"wrote {file}, {len(roots)} roots\n")
    return ExitCode.OK


def _renewal(trusted_root: str | None, *, staging: bool) -> str | None:
    from verifychain.signatures import shipped

    if trusted_root is not None:
        return None
    return f"{shipped.expires(shipped.STAGING if staging else shipped.PUBLIC_GOOD):%Y-%m-%d}"


def _root(root: TrustRoot) -> dict[str, Any]:
    def services(listed: Any, url: str) -> list[dict[str, Any]]:
        return [
            {
                "url": getattr(one, url),
                "start": f"{one.window.start:%Y-%m-%d}",
                "end": None if one.window.end is None else f"{one.window.end:%Y-%m-%d}",
            }
            for one in listed
        ]

    return {
        "digest": str(root.digest),
        "logs": services(root.logs, "url"),
        "certificate authorities": services(root.authorities, "url"),
        "ct logs": services(root.ct_logs, "url"),
        "timestamp authorities": services(root.timestamp_authorities, "url"),
    }


def _lines(document: dict[str, Any]) -> Iterator[str]:
    for root in document["roots"]:
        yield f"trust root: {printable(document['origin'])}"
        yield f"  {root['digest']}"
        if document["renewal"] is not None:
            yield f"  to be renewed by {document['renewal']}"
        for name, listed in root.items():
            if name != "digest":
                yield f"  {name}:"
                for one in listed:
                    yield f"    {printable(one['url'])}  {one['start']} to {one['end'] or 'now'}"
