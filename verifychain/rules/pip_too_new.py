from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import PackageIndex
from verifychain.core.rule import rule
from verifychain.core.settings import PipSettings
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Requirement
from verifychain.rules._hashes import release_of


@rule("pip-too-new", severity=Severity.WARNING)
def check(requirement: Requirement, index: PackageIndex, settings: PipSettings) -> Iterator[Problem]:
    """
    A file was uploaded only a few days ago.

    Most malicious releases are found and removed within days. With `[tool.verifychain.pip] cool-down-days = 7` files
    that were uploaded less than seven days ago are reported. Indexes without upload times (the HTML of the simple
    API has none) cannot be judged, which is said too. Runs with `--online` only.

    Bad:
    ```requirements
    foo==1.1
    ```
    ```toml
    [tool.verifychain.pip]
    cool-down-days = 7
    ```

    Good:
    ```requirements
    foo==1.0
    ```
    ```toml
    [tool.verifychain.pip]
    cool-down-days = 7
    ```
    """
    release = release_of(requirement, index)
    if release is None or settings.cool_down_days <= 0 or not release.files:
        return
    from datetime import UTC, datetime, timedelta

    since = datetime.now(UTC) - timedelta(days=settings.cool_down_days)
    used = [file for file in release.files if not requirement.digests.isdisjoint(file.digests)] or release.files
    times = [file.uploaded for file in used if file.uploaded is not None]
    if not times:
        message = f"{used[0].origin} does not say when {requirement.name} {requirement.version} was uploaded"
        yield Problem(requirement.name_span, message, help="an index with upload times is needed for cool-down-days")
    elif max(times) > since:
        day = max(times).date().isoformat()
        message = f"uploaded on {day}, less than {settings.cool_down_days} days ago"
        yield Problem(requirement.name_span, message, help="wait, or pin an older version")
