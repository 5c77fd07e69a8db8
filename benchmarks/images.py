"""
Measures a Kubernetes manifest of signed images in a registry on 127.0.0.1, beside cosign.

The images are signed by cosign with a key, in its older form or as it does by default today (a bundle that refers to
the image), or carry a keyless signature of the private Sigstore in either form. verifychain verifies the manifest in
one run: by default, and keyless bundles also with our own core alone. cosign is started once for each image; besides,
all images are given to one run of it. All have keys and trust roots in files, so that nobody asks the network for them;
caches are off. Both demand the same: with keys no log, else its promise or proof and that of the CT log. Neither asks
for images themselves, which are named by digests; verifychain does not ask for what cosign signs of an image, either,
where the signature states no more than the usual: it is known.

The goal is a fifth of the time of one run for each image; for keyless bundles it cannot be met by default, because
importing the library alone takes about as long.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Taken, Tool, timed
from tests.images import evidence
from tests.images.contents import Contents
from tests.images.docker_registry import DockerRegistry, running
from tests.signatures.authorities import IDENTITY, ISSUER
from tests.signatures.private_sigstore import Sigstore

COSIGN = Path(__file__).parent.parent / ".cache" / "cosign"
WHO = ("--certificate-identity", IDENTITY, "--certificate-oidc-issuer", ISSUER, "--trusted-root", "root.json")
KEY = ("--key", "cosign.pub", "--insecure-ignore-tlog=true")
OLD = ("--new-bundle-format=false",)
OURS = str(Path(sys.executable).with_name("verifychain"))
GOAL = 5  # times as fast as a run of cosign for each image


class Form(NamedTuple):
    """How images are signed; ``who`` are the options by which both are told, ``flags`` are cosign's alone."""

    name: str
    who: tuple[str, ...]
    flags: tuple[str, ...]
    engines: tuple[str, ...]


FORMS = (
    Form("key, older form", KEY, OLD, ("both",)),  # the library knows no keys and no older forms: it is not asked
    Form("key, bundles", KEY, (), ("both",)),
    Form("keyless, older form", WHO, OLD, ("both",)),
    Form("keyless, bundles", WHO, (), ("both", "native")),
)


def make(folder: Path, registry: DockerRegistry, form: Form, number: int) -> list[str]:
    """So many signed images, and a manifest that runs them."""
    sigstore = Sigstore()
    (folder / "root.json").write_text(json.dumps(sigstore.trusted_root()))
    images = []
    for index in range(number):
        contents = Contents()
        image = contents.image(f"{form.name} {index}".encode(), "1")
        if form.who is WHO and form.flags:
            payload = evidence.cosigns_payload(image, f"{registry.host}/bench/app{index}")
            contents.add_layers([evidence.simple(sigstore, payload)], contents.tag_of(image, "sig"))
        elif form.who is WHO:
            evidence.sign(contents, sigstore, image, "bundle")
        contents.to_registry(registry, f"bench/app{index}")
        images.append(f"{registry.host}/bench/app{index}@{image}")
    if form.who is KEY:
        sign(folder, images, form)
    containers = "".join(f"    - name: app{index}\n      image: {image}\n" for index, image in enumerate(images))
    (folder / "pods.yaml").write_text(f"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n{containers}")
    (folder / "verifychain.toml").write_text('[network]\nprivate-hosts = ["127.0.0.1"]\n')
    return images


def sign(folder: Path, images: list[str], form: Form) -> None:
    """Have cosign make a key pair, and sign with it; no service is asked for anything."""
    environment = {"HOME": str(folder), "COSIGN_PASSWORD": "", "PATH": os.environ["PATH"]}
    older = ("--tlog-upload=false", "--use-signing-config=false", *OLD)
    offline = older if form.flags is OLD else ("--signing-config", "empty.json", "--trusted-root", "root.json")
    for argv in (
        ("generate-key-pair",),
        ("signing-config", "create", "--out", "empty.json"),
        ("sign", "--key", "cosign.key", *offline, "-y", *images),
    ):
        subprocess.run([COSIGN, *argv], cwd=folder, env=environment, check=True, capture_output=True)


EACH = "cosign verify, one run each"
NAMES = {"both": "verifychain, by default", "native": "verifychain, our own core"}


def ours(folder: Path, form: Form, engine: str) -> Taken:
    command = (OURS, "cosign", "manifest", "--no-cache", "--engine", engine, *form.who)
    return timed(Tool("verifychain", "", command, frozenset({0})), ["pods.yaml"], folder)


def one_by_one(folder: Path, images: list[str], form: Form) -> Taken:
    runs = [together(folder, [image], form) for image in images]
    return Taken(sum(run.wall for run in runs), sum(run.processor for run in runs))


def together(folder: Path, images: list[str], form: Form) -> Taken:
    return timed(Tool("cosign", "", (str(COSIGN), "verify", *form.who, *form.flags), frozenset({0})), images, folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(
        f"{given.number} images; Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors"
    )
    if not COSIGN.exists():
        sys.exit("cosign is not there: `make test` builds it where there is Go")
    with contextlib.ExitStack() as stack:
        for form in FORMS:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            registry = stack.enter_context(running(folder))
            measure(folder, registry, form, given.number, given.rounds)


def measure(folder: Path, registry: DockerRegistry, form: Form, number: int, rounds: int) -> None:
    """Print what each way takes for one form of signatures."""
    images = make(folder, registry, form, number)
    rows: dict[str, Callable[[], Taken]] = {
        NAMES[engine]: partial(ours, folder, form, engine) for engine in form.engines
    }
    rows[EACH] = partial(one_by_one, folder, images, form)
    rows["cosign verify, one run for all"] = partial(together, folder, images, form)
    taken: dict[str, list[Taken]] = {name: [] for name in rows}
    for _ in range(rounds):  # in turn, so that a busy machine is busy for all
        for name, run in rows.items():
            taken[name].append(run())
    print(f"{form.name}:")
    for name, runs in taken.items():
        print(_line(name, runs, taken[EACH]))
    times = _ratio(taken[NAMES["both"]], taken[EACH])
    state = "met    " if times >= GOAL else "MISSED "
    print(f"{state} at least {GOAL} times as fast as one run each, by default, {form.name}: {times:.1f}")


def _line(name: str, runs: list[Taken], each: list[Taken]) -> str:
    median, best = statistics.median(run.wall for run in runs), min(run.wall for run in runs)
    processor = min(run.processor for run in runs)
    shown = f"  {name:32} best {best:6.2f} s, median {median:6.2f} s, processor {processor:6.2f} s"
    return f"{shown}  one by one / this: {_ratio(runs, each):.1f}"


def _ratio(runs: list[Taken], each: list[Taken]) -> float:
    """By the best of each: what else the machine does makes a run longer, and none shorter."""
    return min(run.wall for run in each) / min(run.wall for run in runs)


if __name__ == "__main__":
    main()
