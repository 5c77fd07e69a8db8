"""
Measures a Kubernetes manifest of signed images in a registry on 127.0.0.1, beside cosign.

Every image carries a keyless signature of the private Sigstore, in cosign's older form or its newer one. verifychain
verifies the manifest in one run. cosign is started once for each image; besides, all images are given to one run of
it, and the manifest to its own command for manifests (which is deprecated, and knows no --trusted-root). All have the
trust root in a file, so that nobody asks the network for it; caches are off.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import Taken, Tool, timed
from tests.images import evidence
from tests.images.contents import Contents
from tests.images.docker_registry import DockerRegistry, running
from tests.signatures.authorities import IDENTITY, ISSUER
from tests.signatures.private_sigstore import Sigstore

COSIGN = Path(__file__).parent.parent / ".cache" / "cosign"
WHO = ("--certificate-identity", IDENTITY, "--certificate-oidc-issuer", ISSUER, "--trusted-root", "root.json")
OURS = str(Path(sys.executable).with_name("verifychain"))
FORMS = {"legacy": ("--new-bundle-format=false",), "bundle": ()}


def make(folder: Path, registry: DockerRegistry, form: str, number: int) -> list[str]:
    """So many signed images, and a manifest that runs them."""
    sigstore = Sigstore()
    (folder / "root.json").write_text(json.dumps(sigstore.trusted_root()))
    images = []
    for index in range(number):
        contents = Contents()
        image = contents.image(f"{form} {index}".encode(), "1")
        evidence.sign(contents, sigstore, image, form)
        contents.to_registry(registry, f"{form}/app{index}")
        images.append(f"{registry.host}/{form}/app{index}@{image}")
    containers = [{"name": f"app{index}", "image": image} for index, image in enumerate(images)]
    (folder / "pods.yaml").write_text(
        json.dumps({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": containers}})
    )
    (folder / "verifychain.toml").write_text('[network]\nprivate-hosts = ["127.0.0.1"]\n')
    return images


EACH = "cosign verify, one run each"


def ours(folder: Path, engine: str) -> Taken:
    command = (OURS, "cosign", "manifest", "--no-cache", "--engine", engine, *WHO)
    return timed(Tool("verifychain", "", command, frozenset({0})), ["pods.yaml"], folder)


def one_by_one(folder: Path, images: list[str], flags: tuple[str, ...]) -> Taken:
    tool = Tool("cosign", "", (str(COSIGN), "verify", *WHO, *flags), frozenset({0}))
    runs = [timed(tool, [image], folder) for image in images]
    return Taken(sum(run.wall for run in runs), sum(run.processor for run in runs))


def together(folder: Path, images: list[str], flags: tuple[str, ...]) -> Taken:
    return timed(Tool("cosign", "", (str(COSIGN), "verify", *WHO, *flags), frozenset({0})), images, folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(
        f"{given.number} images; Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors"
    )
    for form in FORMS:
        with tempfile.TemporaryDirectory() as scratch, running(Path(scratch)) as registry:
            measure(Path(scratch), registry, form, given.number, given.rounds)


def measure(folder: Path, registry: DockerRegistry, form: str, number: int, rounds: int) -> None:
    """Print what each way takes for one form of signatures."""
    images, flags = make(folder, registry, form, number), FORMS[form]
    rows: dict[str, Callable[[], Taken]] = {
        "verifychain, our own core": lambda: ours(folder, "native"),
        "verifychain, both engines": lambda: ours(folder, "both"),
    }
    if COSIGN.exists():
        rows[EACH] = lambda: one_by_one(folder, images, flags)
        rows["cosign verify, one run for all"] = lambda: together(folder, images, flags)
    taken: dict[str, list[Taken]] = {name: [] for name in rows}
    for _ in range(rounds):  # in turn, so that a busy machine is busy for all
        for name, run in rows.items():
            taken[name].append(run())
    print(f"signatures in the form {form}:")
    for name, runs in taken.items():
        median, best = statistics.median(run.wall for run in runs), min(run.wall for run in runs)
        processor = min(run.processor for run in runs)
        line = f"  {name:32} {median:6.2f} s, best {best:6.2f} s, processor {processor:6.2f} s"
        if EACH in taken:
            line += f"  one by one / this: {statistics.median(run.wall for run in taken[EACH]) / median:.1f}"
        print(line)


if __name__ == "__main__":
    main()
