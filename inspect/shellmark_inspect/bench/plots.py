"""Curves as SVG text to stand in an HTML page; nothing in them points outside."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # matplotlib is loaded where something is drawn: half a second of every command's start
    from matplotlib.axes import Axes

SIZE_IN = (3.5, 2.7)
COLOURS = ("#1f5fa8", "#b3541e", "#3b7d4f", "#7a4a9b", "#8a6d00", "#00798c")
GOOD, BAD, LIMIT = "#3b7d4f", "#b3261e", "#444444"
_RC = {"svg.fonttype": "none", "font.size": 8, "axes.spines.top": False, "axes.spines.right": False,
       "font.family": ["Noto Sans CJK SC", "Microsoft YaHei", "sans-serif"], "axes.unicode_minus": False}  # fmt: skip
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_NAMESPACE = re.compile(r'\sxmlns(:\w+)?="[^"]*"')

Points = Sequence[Sequence[float]]


def roc(curves: Mapping[str, Points], title: str, name: str) -> str:
    """Found against falsely marked, one line per run."""

    def draw(axes: Axes) -> None:
        for i, (label, points) in enumerate(curves.items()):
            x, y = np.array(points, float).T
            axes.plot(x, y, color=COLOURS[i % len(COLOURS)], label=label, linewidth=1.4)
        axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=0.7, linestyle=":")
        axes.set(xlim=(-0.02, 1), ylim=(0, 1.02), xlabel="false positive rate", ylabel="true positive rate")
        axes.legend(frameon=False, fontsize=7, loc="lower right")

    return _svg(draw, title, name)


def scores(good: Sequence[float], defect: Sequence[float], title: str, name: str) -> str:
    """Where goods and defects lie, and the limit."""

    def draw(axes: Axes) -> None:
        every = [*good, *defect]
        top = min(max([*every, 1.2]), 10.0)
        edges = np.linspace(0, top, 40)
        for values, colour, label in ((good, GOOD, "good"), (defect, BAD, "defect")):
            if values:
                axes.hist(
                    np.minimum(values, top), edges.tolist(), color=colour, alpha=0.6, label=f"{label} ({len(values)})"
                )
        axes.axvline(1.0, color=LIMIT, linewidth=1, linestyle="--")
        axes.set(
            xlabel=f"score (1.0 = limit{'; more is at the right edge' if max(every) > top else ''})", ylabel="cases"
        )
        axes.legend(frameon=False, fontsize=7)

    return _svg(draw, title, name) if good or defect else ""


def pod_curve(fit: Mapping[str, Any], unit: str, title: str, name: str) -> str:
    """The fitted probability of detection with its lower bound, and what was found per size bin."""

    def draw(axes: Axes) -> None:
        if fit["curve"]:
            size, p, low = np.array(fit["curve"]).T
            axes.plot(size, p, color=COLOURS[0], label="POD")
            axes.plot(size, low, color=COLOURS[0], linestyle=":", linewidth=1, label="95 % lower bound")
        for one in fit["bins"]:
            middle = float(np.sqrt(one["from"] * one["to"]))
            axes.plot([middle, middle], [one["low"], one["high"]], color="#999999", linewidth=1)
            axes.plot([one["from"], one["to"]], [one["value"]] * 2, color="#555555", linewidth=1.5)
        axes.axhline(0.9, color=LIMIT, linewidth=0.7, linestyle="--")
        for key, style in (("a90", "-"), ("a90_95", "--")):
            if fit[key] is not None:
                axes.axvline(fit[key], color=BAD, linewidth=0.8, linestyle=style, label=f"{key} = {fit[key]:.3g}")
        axes.set(xscale="log", ylim=(0, 1.03), xlabel=f"size, {unit}", ylabel="found")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_formatter(lambda value, _: f"{value:g}" if str(f"{value:e}")[0] in "25" else "")
        if fit["curve"]:
            axes.legend(frameon=False, fontsize=7, loc="lower right")

    return _svg(draw, title, name) if fit["bins"] else ""


def _svg(draw: Any, title: str, name: str) -> str:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    settings: Any = _RC | {"svg.hashsalt": name}
    with mpl.rc_context(settings):
        figure = Figure(figsize=SIZE_IN, layout="constrained")
        axes = figure.add_subplot()
        draw(axes)
        axes.set_title(title, fontsize=9)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    svg = _METADATA.sub("", svg[svg.index("<svg") :])
    return _ids(_NAMESPACE.sub("", svg), name)


def _ids(svg: str, name: str) -> str:
    """Every identity of its own: several pictures stand in one page."""
    found = set(re.findall(r'id="([^"]+)"', svg))
    for one in sorted(found, key=len, reverse=True):
        quoted = re.escape(one)
        svg = re.sub(rf'(id="|#){quoted}(?=["\)])', rf"\g<1>{name}-{one}", svg)
    return svg
