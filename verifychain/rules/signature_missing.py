from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import Signatures
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.signing import Lack
from verifychain.facts.image import Image
from verifychain.rules._signing import lacking


@rule("signature-missing", severity=Severity.ERROR, in_comments=False)
def check(image: Image, signatures: Signatures) -> Iterator[Problem]:
    """
    An image must be signed, and no signature is attached to it.

    Whoever can push to the repository can replace what it holds; a signature says who vouches for these very bytes. It
    is looked for in every format that is in use: the tag `sha256-….sig`, referrers by the registry's API, and the
    fallback tag of registries without one. An attestation, whoever made it, is no signature. That the registry cannot
    be asked is never reported as a missing signature: the check is then incomplete (exit 4).

    Sign it (`cosign sign`), or, where nobody does, take the image out of the pattern in `[[tool.verifychain.cosign]]`.

    Checked by `verifychain cosign dockerfile` and `verifychain cosign manifest`.

    Bad:
    ```dockerfile
    FROM ghcr.io/acme/unsigned:1.2@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```dockerfile
    FROM ghcr.io/acme/app:1.2@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    yield from lacking(image, signatures, Lack.MISSING)
