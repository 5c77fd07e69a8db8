"""
Measures the verification of signatures beside the ``sigstore`` library and, where it is built, cosign.

The evidence is of the private Sigstore of the tests (certificate with SCT, log entry with promise, inclusion and
checkpoint), each bundle for a file of its own. verifychain verifies all in one run, by its own core alone and with the
library beside it; cosign is started once for each, as there is no other way; the library is asked in this process, and
its import is measured apart. Nothing uses the network.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Tool, timed
from tests.signatures.authorities import IDENTITY, ISSUER
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe

COSIGN = Path(__file__).parent.parent / ".cache" / "cosign"
WHO = ("--certificate-identity", IDENTITY, "--certificate-oidc-issuer", ISSUER, "--trusted-root", "root.json")
OURS = str(Path(sys.executable).with_name("verifychain"))
CORE = "import verifychain.signatures.native, verifychain.signatures.bundle"


def make(folder: Path, number: int) -> list[str]:
    """So many files, each with its bundle beside it."""
    sigstore = Sigstore()
    (folder / "root.json").write_text(json.dumps(sigstore.trusted_root()))
    names = [f"file-{index:03}.txt" for index in range(number)]
    for name in names:
        (folder / name).write_bytes(name.encode())
        (folder / f"{name}.sigstore.json").write_text(json.dumps(sigstore.bundle(name.encode(), Recipe())))
    return names


def ours(folder: Path, names: list[str], engine: str, rounds: int) -> float:
    """Seconds of one run over all files, the median."""
    command = (OURS, "cosign", "verify-blob", "--quiet", "--engine", engine, *WHO)
    tool = Tool("verifychain", "", command, frozenset({0}))
    return statistics.median(timed(tool, names, folder).wall for _ in range(rounds))


def cosigns(folder: Path, names: list[str]) -> float:
    """Seconds of one run of cosign for each file."""
    tool = Tool("cosign", "", (str(COSIGN), "verify-blob", *WHO), frozenset({0}))
    return sum(timed(tool, ["--bundle", f"{name}.sigstore.json", name], folder).wall for name in names)


def library(folder: Path, names: list[str]) -> float:
    """Seconds that the library takes for all files, without its import."""
    from sigstore.models import Bundle, TrustedRoot
    from sigstore.verify import Verifier
    from sigstore.verify.policy import Identity

    verifier = Verifier(trusted_root=TrustedRoot.from_file(str(folder / "root.json")))
    policy = Identity(identity=IDENTITY, issuer=ISSUER)
    begin = time.perf_counter()
    for name in names:
        bundle = Bundle.from_json((folder / f"{name}.sigstore.json").read_bytes())
        verifier.verify_artifact((folder / name).read_bytes(), bundle=bundle, policy=policy)
    return time.perf_counter() - begin


def imported(statement: str, rounds: int = 15) -> float:
    """Processor seconds of an import, the best of many fresh interpreters."""
    code = f"import time; begin = time.process_time(); {statement}; print(time.process_time() - begin)"
    runs = (subprocess.run([sys.executable, "-c", code], capture_output=True, check=True) for _ in range(rounds))
    return min(float(run.stdout) for run in runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(f"{given.number} bundles; Python {platform.python_version()}, {platform.machine()}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        names = make(folder, given.number)
        rows = {
            f"verifychain --engine {engine}, one run": ours(folder, names, engine, given.rounds)
            for engine in ("native", "both")
        }
        rows["the sigstore library, in one process"] = library(folder, names)
        if COSIGN.exists():
            rows["cosign verify-blob, one run each"] = cosigns(folder, names)
        for name, seconds in rows.items():
            print(f"{name:40} {seconds:7.2f} s  {seconds / given.number * 1e3:6.2f} ms per bundle")
        if COSIGN.exists():
            cosign = rows["cosign verify-blob, one run each"]
            for engine in ("native", "both"):
                print(f"cosign / verifychain {engine}: {cosign / rows[f'verifychain --engine {engine}, one run']:.1f}")
    for name, statement in (("our own core", CORE), ("the sigstore library", "from sigstore.verify import Verifier")):
        print(f"import of {name}: {imported(statement) * 1e3:.0f} ms of processor time")


if __name__ == "__main__":
    main()
