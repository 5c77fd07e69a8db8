"""As much of GitHub's runner as our action and the jobs around it need: steps, expressions, outputs, its files."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")
_NAMES = re.compile(r"[a-z_]+(\.[A-Za-z0-9_-]+)+")
Outputs = dict[str, str]


class Use(NamedTuple):
    """An action of others that a step uses: ``owner/repository/path``, and what it is given."""

    name: str
    inputs: dict[str, str]


class Runner:
    """
    Runs steps in a workspace.

    environment  that of the machine
    actions      in which folder an action lies; others are not run
    log          what scripts printed
    used         the other actions
    """

    def __init__(
        self,
        workspace: Path,
        temporary: Path,
        environment: Mapping[str, str],
        actions: Mapping[str, Path] | None = None,
    ) -> None:
        self._workspace = workspace
        self._temporary = temporary
        self._environment = environment
        self._actions = actions or {}
        self.log = ""
        self.used: list[Use] = []

    def job(self, job: Mapping[str, Any]) -> bool:
        """Run a job; whether it succeeds."""
        return self._steps(job["steps"], {})[0]

    def action(self, folder: Path, given: Mapping[str, str], but: Collection[str] = ()) -> tuple[bool, Outputs]:
        """Run a composite action, but for the steps of some names; whether it succeeds, and its outputs."""
        action = yaml.safe_load((folder / "action.yml").read_text("utf-8"))
        assert action["runs"]["using"] == "composite"
        assert given.keys() <= action["inputs"].keys(), "of others a runner warns"
        inputs = {name: given.get(name, one["default"]) for name, one in action["inputs"].items()}
        steps = [step for step in action["runs"]["steps"] if step["name"] not in but]
        context = {"inputs": inputs, "github": {"action_path": str(folder)}}
        success, outputs = self._steps(steps, context)
        return success, {name: _filled(one["value"], outputs) for name, one in action["outputs"].items()}

    def _steps(self, steps: list[dict[str, Any]], context: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
        """Whether all succeed, and the context with their outputs."""
        success = True
        here = {**context, "runner": {"temp": str(self._temporary)}, "steps": {}}
        for step in steps:
            if _wanted(step.get("if", ""), success, here):
                well, outputs = self._step(step, here)
                here["steps"][step.get("id", "")] = {"outputs": outputs}
                success = success and well
        return success, here

    def _step(self, step: dict[str, Any], context: dict[str, Any]) -> tuple[bool, Outputs]:
        if "uses" not in step:
            return self._script(step, context)
        name, _, revision = step["uses"].partition("@")
        assert re.fullmatch("[0-9a-f]{40}", revision), "a full commit id"
        given = {key: _filled(str(value), context) for key, value in step.get("with", {}).items()}
        if name in self._actions:
            return self.action(self._actions[name], given)
        self.used.append(Use(name, given))
        return True, {}

    def _script(self, step: dict[str, Any], context: dict[str, Any]) -> tuple[bool, Outputs]:
        """Run a script as the runner does: bash without a profile, which ends at the first failure."""
        assert step["shell"] == "bash"
        told, script = self._temporary / "outputs", self._temporary / "script.sh"
        told.write_text("")
        script.write_text(_filled(step["run"], context))
        environment = {
            **self._environment,
            "GITHUB_ACTION_PATH": context["github"]["action_path"],
            "GITHUB_OUTPUT": str(told),
            "GITHUB_WORKSPACE": str(self._workspace),
            "RUNNER_TEMP": str(self._temporary),
            **{name: _filled(value, context) for name, value in step.get("env", {}).items()},
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self._workspace, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        self.log += os.fsdecode(done.stdout)
        lines = told.read_text("utf-8").splitlines()
        return done.returncode == 0, {name: value for name, _, value in (line.partition("=") for line in lines)}


def _filled(text: str, context: Mapping[str, Any]) -> str:
    """A text with what its expressions stand for."""
    return _EXPRESSION.sub(lambda found: _value(found[1], context), text)


def _value(expression: str, context: Mapping[str, Any]) -> str:
    """What a name with dots stands for, empty for what is not there; no other expression is understood."""
    assert _NAMES.fullmatch(expression), expression
    found: Any = context
    for name in expression.split("."):
        found = found.get(name, {})
    return found or ""


def _wanted(condition: str, success: bool, context: Mapping[str, Any]) -> bool:
    """``if:``, of names and ``always()`` joined by ``&&``; without ``always()`` all before must have succeeded."""
    terms = [term.strip() for term in condition.split("&&") if term.strip()]
    names = [term for term in terms if term != "always()"]
    return (success or names != terms) and all(_value(name, context) for name in names)
