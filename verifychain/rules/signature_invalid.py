from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import Signatures
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.signing import Lack
from verifychain.facts.image import Image
from verifychain.rules._signing import lacking


@rule("signature-invalid", severity=Severity.ERROR, in_comments=False)
def check(image: Image, signatures: Signatures) -> Iterator[Problem]:
    """
    A signature is attached to an image, and it does not hold.

    The signature was made by another key or over other bytes, is of another image, lacks the entry in the transparency
    log that the policy demands, or states other annotations. The message says which of it. If the image was not signed
    anew after a change of key or policy, someone may have put a signature there that only looks like one.

    Checked by `verifychain cosign dockerfile` and `verifychain cosign manifest`.

    Bad:
    ```dockerfile
    FROM ghcr.io/acme/tampered:1.2@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```dockerfile
    FROM ghcr.io/acme/app:1.2@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    yield from lacking(image, signatures, Lack.INVALID)
