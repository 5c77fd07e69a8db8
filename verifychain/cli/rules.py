"""`verifychain rules`."""

from __future__ import annotations

import click

from verifychain import rules as all_rules
from verifychain.cli.console import Console
from verifychain.cli.options import Command
from verifychain.output.rule_page import page


@click.command(cls=Command)
@click.argument("name", required=False, metavar="[ID|GROUP]")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How they are written.  [default: text]",
)
@click.pass_obj
def rules(console: Console, name: str | None, format_: str) -> int:
    """List the rules, those of one group, or explain one rule with examples."""
    if name is not None and name in all_rules.ids() and format_ == "text":
        console.inform(page(all_rules.load_one(name)))
        return 0
    chosen = [rule for rule in all_rules.load() if name is None or name in (rule.id, rule.group)]
    if not chosen:
        all_rules.require(name or "", "rules")
    if format_ == "json":
        from verifychain.output.json import dumps

        rows = [
            {"id": rule.id, "severity": rule.severity.label, "default": rule.on_by_default, "summary": rule.summary}
            for rule in chosen
        ]
        console.inform(dumps({"version": 1, "rules": rows}))
        return 0
    width = max(len(rule.id) for rule in chosen)
    for rule in chosen:
        off = "" if rule.on_by_default else " (off by default)"
        console.inform(f"{rule.id:{width}}  {rule.severity.label:7}  {rule.summary}{off}\n")
    return 0
