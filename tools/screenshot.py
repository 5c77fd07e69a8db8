"""
Draws what a command really prints to a terminal, colours included, as SVG: docs/verifychain.svg, for the README.

Only what our own output uses is understood: SGR colours, bold, dim, and links (OSC 8, whose text is kept).
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.sax.saxutils import escape

_LINK = re.compile(r"\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\)")
_STYLE = re.compile(r"\x1b\[([0-9;]*)m")
_WORDS = re.compile(r"\S+(?: \S+)*")
COLUMN, LINE, PADDING, BAR = 8.4, 19, 18, 34
COLUMNS = 112  # where the terminal wraps
COLOURS = {
    31: "#ff7b72", 32: "#7ee787", 33: "#e3b341", 34: "#79c0ff", 35: "#d2a8ff", 36: "#76e3ea", 37: "#c9d1d9",
}  # fmt: skip
_FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"


class Style(NamedTuple):
    colour: str = ""
    bold: bool = False
    dim: bool = False


def picture(command: str, output: str, title: str) -> str:
    """The SVG of a terminal in which a command was typed and answered."""
    lines = [_prompt(command), *_spans(_LINK.sub("", output.rstrip("\n")))]
    columns = max(sum(len(text) for text, _ in line) for line in lines)
    width, height = round(columns * COLUMN + 2 * PADDING), len(lines) * LINE + BAR + PADDING
    drawn = "\n".join(_line(line, BAR + LINE * (number + 0.75)) for number, line in enumerate(lines))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
<title>{escape(title)}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g fill="#484f58"><circle cx="22" cy="17" r="5"/><circle cx="40" cy="17" r="5"/><circle cx="58" cy="17" r="5"/></g>
<g font-family="{_FONT}" font-size="14" fill="#c9d1d9">
{drawn}
</g>
</svg>
"""


def _prompt(command: str) -> list[tuple[str, Style]]:
    return [("$ ", Style(COLOURS[32])), (command, Style(bold=True))]


def _spans(output: str) -> list[list[tuple[str, Style]]]:
    """Lines of pieces with one style each; a style goes on over the end of a line, as in a terminal."""
    lines: list[list[tuple[str, Style]]] = [[]]
    style = Style()
    for index, piece in enumerate(_STYLE.split(output)):
        if index % 2:  # the numbers of a change of style
            style = _changed(style, [int(number or 0) for number in piece.split(";")])
            continue
        first, *others = piece.split("\n")
        lines[-1].append((first, style))
        lines += [[(other, style)] for other in others]
    return [part for line in lines for part in _wrapped([(text, kind) for text, kind in line if text])]


def _wrapped(line: list[tuple[str, Style]]) -> list[list[tuple[str, Style]]]:
    """One line, or as many as a terminal of that width makes of it."""
    parts: list[list[tuple[str, Style]]] = [[]]
    room = COLUMNS
    for text, style in line:
        rest = text
        while len(rest) > room:
            parts[-1].append((rest[:room], style))
            parts.append([])
            rest, room = rest[room:], COLUMNS
        parts[-1].append((rest, style))
        room -= len(rest)
    return parts


def _changed(style: Style, numbers: list[int]) -> Style:
    for number in numbers:
        if number == 0:
            style = Style()
        elif number == 1:
            style = style._replace(bold=True)
        elif number == 2:
            style = style._replace(dim=True)
        elif number in COLOURS:
            style = style._replace(colour=COLOURS[number])
    return style


def _line(line: list[tuple[str, Style]], y: float) -> str:
    """Each piece at its own column: viewers have other fonts, and carets must stay below what they point at."""
    drawn, column = [], 0
    for text, style in line:
        look = f' fill="{style.colour}"' if style.colour else ""
        look += ' font-weight="bold"' if style.bold else ""
        look += ' opacity="0.6"' if style.dim else ""
        for word in _WORDS.finditer(text):  # without the blanks at its ends, which viewers drop or stretch
            x, length = PADDING + (column + word.start()) * COLUMN, len(word[0]) * COLUMN
            drawn.append(f'<tspan x="{x:.1f}" textLength="{length:.1f}"{look}>{escape(word[0])}</tspan>')
        column += len(text)
    return f'<text y="{y:.1f}">{"".join(drawn)}</text>'
