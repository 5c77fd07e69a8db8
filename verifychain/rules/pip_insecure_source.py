from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.source import Span
from verifychain.facts.requirement import Kind, Requirement
from verifychain.facts.requirements_file import IndexOption


@rule("pip-insecure-source", severity=Severity.ERROR)
def check(fact: IndexOption | Requirement) -> Iterator[Problem]:
    """
    Packages come over a connection that anyone can change, or a secret stands in the file.

    Over plain `http` everyone on the way can change what is served; pip ignores such an index unless `--trusted-host`
    makes it an exception, which also switches off the check of certificates. A password or token in a URL is there for
    all who can read the repository: pip expands `${NAME}` from the environment. Loopback addresses may use http.
    In a pylock.toml a path that leads out of its folder counts too.

    Bad:
    ```requirements
    --index-url http://index.example/simple
    --trusted-host index.example
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```requirements
    --index-url https://index.example/simple
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if isinstance(fact, Requirement):
        if fact.leaves:
            yield Problem(
                fact.name_span, "the path leads out of the lock's folder", help="keep the file beside the lock"
            )
        elif fact.url is not None and fact.kind in (Kind.ARCHIVE, Kind.VCS):
            yield from _url(fact.name_span, fact.url)
    elif fact.name == "--trusted-host":
        message = f"the certificate of {fact.value} is not checked, and http is allowed"
        yield Problem(fact.span, message, help="install the host's certificate authority instead")
    else:
        yield from _url(fact.value_span, fact.value, ": pip passes over it, unless --trusted-host names it; uv asks it")


def _url(span: Span, url: str, then: str = "") -> Iterator[Problem]:
    scheme, _, rest = url.partition("://")
    authority = rest.partition("/")[0]
    user, at, host = authority.rpartition("@")
    scheme = scheme.lower()
    if scheme.rpartition("+")[2] in ("http", "ftp") and not _is_loopback(host):
        yield Problem(span, f"{scheme} can be changed by anyone on the way{then}", help="use https")
    name, colon, password = user.partition(":")
    secret = password if colon else name
    if at and secret and "${" not in secret and (colon or (scheme.endswith(("http", "https")) and name != "git")):
        yield Problem(
            span, "a secret stands in the URL", help="take it from the environment: ${NAME}, or from a netrc file"
        )


def _is_loopback(host: str) -> bool:
    name = host.lower().removeprefix("[")
    if name.startswith("::1]"):
        return True
    name = name.partition(":")[0]
    return (
        name == "localhost"
        or name.endswith(".localhost")
        or (name.startswith("127.") and name.count(".") == 3 and name.replace(".", "").isdigit())
    )
