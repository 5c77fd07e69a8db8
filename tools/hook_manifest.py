"""
The hooks for pre-commit: one table, from which `make docs` makes .pre-commit-hooks.yaml.

A hook is one row of ``hooks``. It takes its file names from the format that its command reads.
"""

from __future__ import annotations

from typing import NamedTuple

from verifychain import formats


class Hook(NamedTuple):
    """
    One hook. ``files`` and ``exclude`` are regular expressions, empty for every text file.

    ``walks``: it looks at the whole repository at every commit, because a change elsewhere can make its files wrong.
    ``after``: it looks at the whole repository when a file of these names is part of the commit.
    ``types`` is a tag of pre-commit's own: `shell` also knows scripts by their first line.
    ``stages``: when it runs, where that is not at every commit.
    """

    id: str
    description: str
    entry: str
    files: str = ""
    exclude: str = ""
    walks: bool = False
    after: str = ""
    types: str = "text"
    stages: tuple[str, ...] = ()


def hooks() -> list[Hook]:
    """Every hook whose command exists."""
    dockerfile, requirements = formats.named("dockerfile"), formats.named("requirements")
    return [
        Hook(
            "verifychain",
            "Everything that is fetched from outside is pinned by a digest.",
            "verifychain check --force-exclude --allow-empty",
        ),
        Hook(
            "verifychain-dockerfile",
            "Base images and remote ADDs are pinned by digest.",
            "verifychain dockerfile --force-exclude --allow-empty",
            dockerfile.names,
            dockerfile.but_not,
        ),
        Hook(
            "verifychain-shell",
            "What shell scripts download is checked before it is used.",
            "verifychain shell --force-exclude --allow-empty",
            exclude=formats.named("shell").but_not,
            types="shell",
        ),
        Hook(
            "verifychain-pip",
            "Requirements are pinned with hashes.",
            "verifychain pip --force-exclude --allow-empty",
            requirements.names,
        ),
        Hook(
            "verifychain-download",
            "Files are what verifychain.lock and checksum lists say.",
            "verifychain download check --force-exclude --allow-empty",
            walks=True,
        ),
        Hook(
            "verifychain-sri",
            "Scripts and styles from other origins carry integrity metadata.",
            "verifychain sri --force-exclude --allow-empty",
            # An asset that changes breaks a page that does not.
            after=r"\.(html?|xhtml|shtml|m?js|css|jinja2?|j2|njk|twig|erb|ejs|hbs|mustache|liquid|php)$",
        ),
        Hook(
            "verifychain-cosign",
            "The images of Dockerfiles are signed by whom the policy names (uses the network).",
            "verifychain cosign dockerfile --force-exclude --allow-empty",
            walks=True,
            stages=("pre-push", "manual"),
        ),
    ]


def manifest() -> str:
    """The text of .pre-commit-hooks.yaml."""
    lines = ["# Made by `make docs` from tools/hook_manifest.py."]
    for hook in hooks():
        lines += [f"- id: {hook.id}", f"  name: {hook.id.replace('-', ' ')}", f"  description: {hook.description}"]
        lines += [f"  entry: {hook.entry}", "  language: python", f"  types: [{hook.types}]"]
        lines += ["  pass_filenames: false", "  always_run: true"] if hook.walks else []
        lines += ["  pass_filenames: false"] if hook.after else []
        # What is essential stands in `entry`, because a user's `args` replace the manifest's.
        lines += [f"  stages: [{', '.join(hook.stages)}]"] if hook.stages else []
        patterns = (("files", hook.files or hook.after), ("exclude", hook.exclude))
        lines += [f"  {key}: {_quoted(value)}" for key, value in patterns if value]
        # One process: starting up costs more than the work, and pre-commit would shuffle the files.
        lines += ["  require_serial: true", "  minimum_pre_commit_version: 3.2.0"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A string of YAML in which backslashes and number signs mean themselves."""
    return "'" + text.replace("'", "''") + "'"
