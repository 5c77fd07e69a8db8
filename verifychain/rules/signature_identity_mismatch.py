from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import Signatures
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.signing import Lack
from verifychain.facts.image import Image
from verifychain.rules._signing import lacking


@rule("signature-identity-mismatch", severity=Severity.ERROR, in_comments=False)
def check(image: Image, signatures: Signatures) -> Iterator[Problem]:
    """
    An image is signed, but not by whom the policy names.

    Anyone can sign with a keyless certificate of their own: the signature is worth what its signer is. The message says
    who was expected and whom the certificate names. Where the new signer is right (a workflow was renamed), change
    `issuer` and `identity` in `[[tool.verifychain.cosign]]`; `verifychain cosign inspect IMAGE` prints the line.

    Checked by `verifychain cosign dockerfile` and `verifychain cosign manifest`.

    Bad:
    ```dockerfile
    FROM ghcr.io/acme/signed-by-others:1.2@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```dockerfile
    FROM ghcr.io/acme/app:1.2@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    yield from lacking(image, signatures, Lack.IDENTITY)
