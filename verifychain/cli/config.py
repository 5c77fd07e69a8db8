"""`verifychain config`."""

from __future__ import annotations

from typing import Any

import click

from verifychain import config as configuration
from verifychain import schema
from verifychain.cli.console import Console
from verifychain.cli.options import Command, configured
from verifychain.core import toml
from verifychain.core.settings import Settings
from verifychain.output.style import masked


@click.group()
def config() -> None:
    """Show the configuration that applies here, or the schema of all keys."""


@config.command(cls=Command, short_help="Print every key, its value, and where that comes from.")
@configured
@click.pass_obj
def show(console: Console, /, **given: Any) -> int:
    """Print every key with its value and where the value comes from."""
    loaded = configuration.load(given["config"], isolated=given["isolated"])
    rows = [(key, _shown(value), _origin(key, loaded.origins)) for key, value in schema.flattened(loaded.settings)]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for key, value, origin in rows:
        console.inform(f"{key:{widths[0]}} = {value:{widths[1]}}  # {origin}\n")
    return 0


@config.command("schema", cls=Command, short_help="Print the JSON Schema of all keys.")
@click.pass_obj
def print_schema(console: Console, /) -> int:
    """Print the JSON Schema of verifychain.toml (and of [tool.verifychain])."""
    from verifychain.output.json import dumps

    console.inform(dumps(schema.json_schema(Settings)))
    return 0


def _origin(key: str, origins: Any) -> str:
    for known, origin in origins.items():
        if known == key or known.startswith(f"{key}."):
            return str(origin)
    return "default"


def _shown(value: Any) -> str:
    """The value as TOML, as far as it is one."""
    match value:
        case None:
            return '""'
        case bool():
            return "true" if value else "false"
        case str():
            return toml.string(masked(value))
        case dict():
            return "{ " + ", ".join(f"{key} = {_shown(item)}" for key, item in value.items()) + " }" if value else "{}"
        case tuple() if hasattr(value, "_fields"):
            return "{ " + ", ".join(f"{key} = {_shown(item)}" for key, item in schema.flattened(value)) + " }"
        case tuple():
            return "[" + ", ".join(_shown(item) for item in value) + "]"
        case _:
            return str(value)
