from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import Signatures
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.signing import Lack
from verifychain.facts.image import Image
from verifychain.rules._signing import lacking


@rule("signature-no-policy", severity=Severity.ERROR, in_comments=False)
def check(image: Image, signatures: Signatures) -> Iterator[Problem]:
    """
    An image comes from outside, and no entry of the policy covers it.

    Nobody has said who must have signed it, so that anything would do. Add an entry with its signers to
    `[[tool.verifychain.cosign]]`; patterns match the whole normalised name, `docker.io/library/python:3.12`.

    Checked by `verifychain cosign dockerfile` and `verifychain cosign manifest`.

    Bad:
    ```dockerfile
    FROM docker.io/elsewhere/tool:1.2@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```dockerfile
    FROM ghcr.io/acme/app:1.2@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    yield from lacking(image, signatures, Lack.NO_POLICY)
