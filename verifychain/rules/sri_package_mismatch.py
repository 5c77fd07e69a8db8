from collections.abc import Iterator

from verifychain.core.digest import Algorithm, Notation
from verifychain.core.finding import Problem
from verifychain.core.npm import package_file
from verifychain.core.ports import Loader, NpmFiles
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-package-mismatch", severity=Severity.ERROR, in_comments=False)
def check(subresource: Subresource, settings: SriSettings, loader: Loader, npm: NpmFiles) -> Iterator[Problem]:
    """
    A CDN does not serve what was published.

    jsDelivr, unpkg, cdnjs and their like hand on files of npm packages. With `--online` the file is compared with the
    one in the package's archive, which is verified by the digest that the npm registry states. A digest that fits what
    a CDN serves says nothing when that was changed before you looked; two sources that agree say more. Which registry
    is asked: `--npm-registry`, `npm-registry` in the configuration, or what the installed npm asks.

    Bad:
    ```html
    <script src="https://unpkg.com/changed@1.2.3/lib.js"
        integrity="sha384-lEHfl3kUjUcMX0q3Q/QrxnthyzhgOxuXlb6siePXXFm6vHL1KhhDKjViZbXbbjP7" crossorigin></script>
    ```

    Good:
    ```html
    <script src="https://unpkg.com/published@1.2.3/lib.js"
        integrity="sha384-lEHfl3kUjUcMX0q3Q/QrxnthyzhgOxuXlb6siePXXFm6vHL1KhhDKjViZbXbbjP7" crossorigin></script>
    ```
    """
    file = None if subresource.local is not None else package_file(subresource.url, settings.npm_prefixes)
    if file is None or not subresource.cross_origin:
        return
    served = loader.load(str(subresource.url))
    if served.fault:
        return
    published = npm.digests(file, Algorithm.SHA384)
    if published and served.hashed(Algorithm.SHA384) not in published:
        stated = " or ".join(digest.format(Notation.SRI) for digest in published[:2])
        yield Problem(
            subresource.name_span,
            f"not what was published: {file} is {stated}",
            help="find out what changed, and serve the published file yourself",
        )
