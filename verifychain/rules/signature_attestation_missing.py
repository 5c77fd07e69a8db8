from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import Signatures
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.signing import Lack
from verifychain.facts.image import Image
from verifychain.rules._signing import lacking


@rule("signature-attestation-missing", severity=Severity.ERROR, in_comments=False)
def check(image: Image, signatures: Signatures) -> Iterator[Problem]:
    """
    An image lacks an attestation that the policy demands.

    An attestation says how an image was built (SLSA provenance), what is in it (a bill of materials) or what was found
    in it. It counts when it is about this digest, of the demanded type, made by whom the policy names, and says what
    `where` demands. `verifychain cosign tree IMAGE` lists what is attached.

    Checked by `verifychain cosign dockerfile` and `verifychain cosign manifest`.

    Bad:
    ```dockerfile
    FROM ghcr.io/acme/without-provenance:1.2@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```dockerfile
    FROM ghcr.io/acme/app:1.2@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    yield from lacking(image, signatures, Lack.ATTESTATION)
