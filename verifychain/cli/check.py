"""`verifychain check` and the commands of one format."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import click

from verifychain.cli.console import Console
from verifychain.cli.options import FORMATS, Options, collect, rule_choice, shared, talk
from verifychain.cli.run import conclude, examine, settle
from verifychain.formats import FORMATS as ALL_FORMATS
from verifychain.formats import Format, named


def _check(console: Console, options: Options, only: Sequence[Format]) -> int:
    report = examine(options, only)
    settle(report, options, console)
    writer = importlib.import_module(f"verifychain.output.{options.format}")
    console.result(writer.render(report, console.style()))
    return conclude(report, options, console)


@click.command()
@shared
@rule_choice
@talk(FORMATS)
@click.pass_obj
def check(console: Console, /, **given: Any) -> int:
    """
    Check every supported file below PATH (default: the working directory).

    Nothing is fetched and nothing is changed: digests are judged as they stand in the files.
    """
    return _check(console, collect(given), ALL_FORMATS)


@click.command()
@shared
@rule_choice
@talk(FORMATS)
@click.pass_obj
def dockerfile(console: Console, /, **given: Any) -> int:
    """
    Check Dockerfiles: are base images, COPY --from, RUN --mount=from and remote ADDs pinned by digest?

    A file that is named is read as a Dockerfile whatever its name; a directory is walked for Dockerfile, Containerfile,
    Dockerfile.*, *.Dockerfile and their like.
    """
    return _check(console, collect(given), [named("dockerfile")])
