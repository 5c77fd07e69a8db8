"""A rule's page: the same text for the terminal and for docs/rules/."""

from __future__ import annotations

from verifychain.core.rule import Rule


def page(rule: Rule) -> str:
    """Markdown: the id, a line on severity, and the docstring."""
    default = "on by default" if rule.on_by_default else f"off by default, on with `--select {rule.group}`"
    body = rule.documentation.replace("\nBad:\n", "\n## Bad\n\n").replace("\nGood:\n", "\n## Good\n\n")
    return f"# {rule.id}\n\nSeverity: {rule.severity.label}; {default}.\n\n{body.rstrip()}\n"
