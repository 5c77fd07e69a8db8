"""
Draws the result of `benchmarks.growth` as PNG and SVG. It runs in an environment of its own, which has matplotlib.

    python -m benchmarks.plot growth.json docs/benchmarks
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

# Ours is the same in each panel; the order of the others is that of the file. Readable without colour: markers differ.
OURS = "#0b6e4f"
OTHERS = ("#c1440e", "#5b5ea6", "#8a6d00", "#7a7a7a")
MARKERS = "o^sDv"


def draw(results: dict[str, Any], target: Path) -> None:
    """Write the target with .svg and .png behind it: a panel for each kind of file, both axes logarithmic."""
    mpl.rcParams["svg.hashsalt"] = "verifychain"  # the same picture for the same figures
    panels = results["panels"]
    columns = min(len(panels), 2)
    figure, axes = plt.subplots(
        math.ceil(len(panels) / columns), columns, figsize=(5.4 * columns, 4 * math.ceil(len(panels) / columns)),
        squeeze=False, layout="constrained",
    )  # fmt: skip
    for axis, panel in zip(axes.flat, panels, strict=False):
        _panel(axis, panel)
    for axis in list(axes.flat)[len(panels) :]:
        axis.set_visible(False)
    figure.suptitle("Time against number of files, start included (lower is better)")
    figure.savefig(target.with_suffix(".svg"), metadata={"Date": None})
    figure.savefig(target.with_suffix(".png"), dpi=110, metadata={"Software": None})


def _panel(axis: Any, panel: dict[str, Any]) -> None:
    others = iter(OTHERS)
    for (name, points), marker in zip(panel["seconds"].items(), MARKERS, strict=False):
        ours = name.startswith("verifychain")
        colour = OURS if ours else next(others)
        sizes = sorted(points, key=int)
        axis.plot(
            [int(size) for size in sizes], [points[size] for size in sizes], label=name, color=colour, marker=marker,
            markersize=4, linewidth=2.2 if ours else 1.4, linestyle="--" if name != "verifychain" and ours else "-",
        )  # fmt: skip
    axis.set_xscale("log")
    axis.set_yscale("log")
    for scale in (axis.xaxis, axis.yaxis):
        scale.set_major_formatter("{x:,g}")
        scale.set_minor_formatter("")
    axis.set_title(panel["name"])
    axis.set_xlabel(panel["unit"])
    axis.set_ylabel("seconds")
    axis.grid(visible=True, which="major", alpha=0.3)
    axis.legend(fontsize="small")


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2]))
