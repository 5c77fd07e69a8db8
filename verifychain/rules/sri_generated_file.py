from collections.abc import Iterator

from verifychain.core import hosts
from verifychain.core.digest import Algorithm
from verifychain.core.finding import Problem
from verifychain.core.npm import package_file
from verifychain.core.ports import Loader, NpmFiles
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-generated-file", severity=Severity.WARNING)
def check(
    subresource: Subresource, settings: SriSettings, loader: Loader | None, npm: NpmFiles | None
) -> Iterator[Problem]:
    """
    A file is made by the CDN when it is asked for.

    Joined, minified or rewritten on the way, it may be made anew with other bytes at any time, and the integrity does
    not fit any more. jsDelivr says so of `/combine/` and `/+esm`; of a package without a file name the CDN decides
    which file it is. With `--online` the package's archive is looked into: a `lib.min.js` that is served, and that was
    never published, is minified by the CDN.

    Bad:
    ```html
    <link rel="stylesheet" href="https://cdn.jsdelivr.net/combine/npm/one@1.0.0,npm/two@2.0.0" crossorigin
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO">
    ```

    Good:
    ```html
    <link rel="stylesheet" href="https://cdn.jsdelivr.net/npm/one@1.0.0/dist/one.min.css" crossorigin
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO">
    ```
    """
    if not subresource.cross_origin or subresource.local is not None:
        return
    found = hosts.verdict(subresource.url)
    reason = found.reason if found.kind is hosts.Kind.GENERATED else ""
    if not reason and loader is not None and npm is not None:
        reason = _unpublished(subresource, settings, loader, npm)
    if reason:
        yield Problem(subresource.name_span, reason, help="name a file of the package, or serve it yourself")


def _unpublished(subresource: Subresource, settings: SriSettings, loader: Loader, npm: NpmFiles) -> str:
    """Why a file that is served was not published; empty where it was, or where nobody can know."""
    file = package_file(subresource.url, settings.npm_prefixes)
    if file is None or not file.named or loader.load(str(subresource.url)).fault:
        return ""
    return "" if npm.digests(file, Algorithm.SHA384) else file.generated
