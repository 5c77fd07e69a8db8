"""What the core costs before it has verified anything."""

from __future__ import annotations

import os
import subprocess
import sys

KEYS = "import verifychain.signatures.native, verifychain.signatures.bundle, verifychain.signatures.legacy_blob"
CORE = f"{KEYS}, verifychain.signatures.certificate, verifychain.signatures.sct"


def run(code: str) -> str:
    # As it is installed: compiled once, and nothing looks on.
    left_out = ("COVERAGE_", "PYTHONDONTWRITEBYTECODE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    argv = [sys.executable, "-c", code]
    return subprocess.run(argv, env=environment, capture_output=True, text=True, check=True).stdout


def test_the_core_loads_neither_the_library_nor_the_network() -> None:
    names = set(run(f"import sys; {CORE}; print(*sys.modules)").split())
    heavy = {"sigstore", "pydantic", "requests", "urllib3", "ssl", "http", "tuf", "rfc3161_client", "click"}
    assert sorted(names & heavy) == []
    assert "cryptography.hazmat.primitives.serialization" not in names


def test_who_trusts_keys_alone_loads_nothing_for_certificates() -> None:
    """Not even for the trust root that comes with us, whose log vouches for signatures by keys."""
    used = (
        f"{KEYS}, verifychain.signatures.image_policy; from verifychain.cli.cosign import options; "
        "root = options.roots(None, staging=False)[0]; assert root.logs and root.authorities"
    )
    names = set(run(f"import sys; {used}; print(*sys.modules)").split())
    assert sorted(name for name in names if name.startswith("cryptography.x509")) == []
    lengths = run(f"{used}; print(*(len(one.chain) for one in root.authorities))").split()
    assert lengths, "and read when they are asked for"
    assert "0" not in lengths


def cost(statement: str) -> float:
    """Processor seconds of an import in a fresh interpreter."""
    return float(run(f"import time; begin = time.process_time(); {statement}; print(time.process_time() - begin)"))


def test_the_core_costs_little_beside_what_it_stands_on() -> None:
    """Less than reading certificates does (60 ms where nothing else runs), as a ratio: the machine may be busy."""
    ours = certificates = 1e9
    # By turns: the machine may be twice as fast a second later.
    for _ in range(10):
        ours, certificates = min(ours, cost(CORE)), min(certificates, cost("import cryptography.x509"))
        if ours < 2 * certificates:
            break
    assert ours < 2 * certificates, f"{ours * 1e3:.0f} ms, {certificates * 1e3:.0f} ms of them for certificates"
