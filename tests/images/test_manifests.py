"""`cosign manifest`: every kind of workload, every place where a Pod names an image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.images.asking import Answer, run
from tests.images.shelf import Shelf
from tests.images.test_dockerfiles import configure, found

POD = """apiVersion: v1
kind: Pod
spec:
  containers:
  - image: UNSIGNED
"""
TEMPLATE = """apiVersion: apps/v1
kind: KIND
spec:
  template:
    spec:
      containers:
      - name: app
        image: "UNSIGNED"
"""
CRON_JOB = """apiVersion: batch/v1
kind: CronJob
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers: [{image: 'UNSIGNED'}]
"""
LIST = """kind: List
items:
- kind: Pod
  spec:
    containers:
    - image: SIGNED
- spec:
    containers:
    - image: UNSIGNED
"""
# The file, and the lines of the unsigned image. SIGNED and UNSIGNED stand for images.
PLACES = {
    "Pod": (POD, [5]),
    "CronJob": (CRON_JOB, [8]),
    "PodTemplate": ("kind: PodTemplate\ntemplate:\n  spec:\n    containers:\n    - image: UNSIGNED\n", [5]),
    "init containers": ("spec:\n  initContainers:\n  - image: UNSIGNED\n  containers:\n  - image: SIGNED\n", [3]),
    "ephemeral containers": ("spec:\n  ephemeralContainers:\n  - {name: debug, image: UNSIGNED}\n", [3]),
    "image volumes": ("spec:\n  volumes:\n  - name: x\n    image:\n      reference: UNSIGNED\n", [5]),
    "List": (LIST, [9]),
    "several documents": (f"{POD.replace('UNSIGNED', 'SIGNED')}---\n{POD}", [11]),
    "resources of operators": (TEMPLATE.replace("KIND", "Rollout").replace("apps/v1", "argoproj.io/v1alpha1"), [8]),
    "JSON": ('{"kind": "Pod",\n "spec": {"containers": [\n\t{"image": "UNSIGNED"}]}}', [3]),
    "anchors": ("x: &i UNSIGNED\nspec:\n  containers:\n  - image: *i\n  - image: SIGNED\n", [1]),
    "merged keys": ("x: &c {image: UNSIGNED}\nspec:\n  containers:\n  - <<: *c\n    name: a\n", [1]),
    "keys that stand twice": ("spec:\n  containers:\n  - image: SIGNED\n    image: UNSIGNED\n", [4]),
    "a byte order mark": ("\ufeff" + POD, [5]),
    "letters of more than a byte": ("x: 'äöü€😀'\n" + POD, [6]),
    "Windows lines": (POD.replace("\n", "\r\n"), [5]),
    "all is signed": (POD.replace("UNSIGNED", "SIGNED"), []),
    "no image": ("kind: ConfigMap\ndata:\n  image: x\n", []),
    "patches": ("spec:\n  containers:\n  - name: x\n    image:\n  - name: y\n    image: null\n", []),
    "text that looks like a manifest": ("data:\n  pod: |\n    spec:\n      containers:\n      - image: UNSIGNED\n", []),
}
for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"):
    PLACES[kind] = (TEMPLATE.replace("KIND", kind), [8])


@pytest.fixture
def policy(here: Path, shelf: Shelf) -> Path:
    configure(here, shelf.host, "*")
    return here


def check(capsys: Any, here: Path, text: str, shelf: Shelf, *more: str) -> Answer:
    text = text.replace("UNSIGNED", shelf["unsigned"]).replace("SIGNED", shelf["legacy"])
    (here / "app.yaml").write_bytes(text.encode())
    return run(capsys, "manifest", "--format", "json", *more, "app.yaml")


@pytest.mark.parametrize("name", PLACES)
def test_places(capsys: Any, policy: Path, shelf: Shelf, name: str) -> None:
    text, lines = PLACES[name]
    answer = check(capsys, policy, text, shelf)
    assert found(answer) == [(line, "signature-missing") for line in lines]
    assert answer.code == (1 if lines else 0)
    for finding in answer.document["findings"]:
        assert shelf["unsigned"] in finding["snippet"]


def test_any_name_and_whole_folders(capsys: Any, policy: Path, shelf: Shelf) -> None:
    """cosign reads .yaml and .yml only, and one file."""
    (policy / "manifests").mkdir()
    for name in ("a.yaml", "b.yml", "pod.json", "other.txt"):
        (policy / "manifests" / name).write_text(POD.replace("UNSIGNED", shelf["unsigned"]))
    walked = run(capsys, "manifest", "verify", "--format", "json", "manifests")
    assert [one["path"] for one in walked.document["findings"]] == ["manifests/a.yaml", "manifests/b.yml"]
    named = run(capsys, "manifest", "--format", "json", "manifests/pod.json", "manifests/other.txt")
    assert len(named.document["findings"]) == 2


def test_variables_are_not_passed_over(capsys: Any, policy: Path, shelf: Shelf) -> None:
    for image in ("'{{ .Values.image }}'", "registry.example/app:${TAG}", "$(IMAGE)"):
        answer = check(capsys, policy, POD.replace("UNSIGNED", image), shelf)
        assert (answer.code, found(answer)) == (4, []), image


def test_templates_are_not_passed_over(capsys: Any, policy: Path, shelf: Shelf) -> None:
    answer = check(capsys, policy, "{{- if .Values.on }}\n" + POD + "{{- end }}\n", shelf)
    assert found(answer) == [(1, "core-parse-error")]
    assert answer.code == 1


def test_check_leaves_manifests_alone(capsys: Any, policy: Path, shelf: Shelf) -> None:
    from verifychain.cli.main import main

    (policy / "app.yaml").write_text(POD)
    assert main(["check", "--select", "signature", "app.yaml", "--allow-empty"]) == 0
