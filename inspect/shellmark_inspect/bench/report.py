"""One self-contained HTML file of all results: tables, curves, and the worst cases as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from shellmark_inspect.errors import InputError

from . import plots
from .ledger import Ledger
from .pictures import worst_cases
from .run import Run

TEMPLATE = "report.html.j2"
UNITS = {"times_limit": "x limit", "diameter_mm": "mm", "diameter_px": "px"}
_POD_SHOWN = 8


def write_html(
    path: Path, runs: Sequence[Run], results: Sequence[dict[str, Any]], ledger: Ledger, threads: int
) -> None:
    """Write the report; the worst cases are judged once more to be drawn.

    Raises:
        InputError: the file cannot be written.
        ModelError: a bundle cannot be opened any more.
    """
    sections = [_section(i, run, one, ledger, threads) for i, (run, one) in enumerate(zip(runs, results, strict=True))]
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(area=_area, share=_share, number=_number, how=_how)
    text = resources.files(__package__).joinpath(TEMPLATE).read_text("utf-8")
    html = environment.from_string(text).render(
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        program=f"shellmark {metadata.version('shellmark')}",
        sections=sections,
        together=_together(results),
        units=UNITS,
    )
    try:
        path.write_text(html, "utf-8")
    except OSError as e:
        raise InputError(f"{path} cannot be written: {e.strerror or e}: give another file") from e


def _section(i: int, run: Run, one: dict[str, Any], ledger: Ledger, threads: int) -> dict[str, Any]:
    drawings = [plots.scores(one["scores"]["good"], one["scores"]["defect"], "分数 scores", f"s{i}")]
    if one["curve"]:
        drawings.append(plots.roc({"图像 image": one["curve"]}, "图像 ROC of cases", f"r{i}"))
    if one.get("pixel_curve"):
        drawings.append(plots.roc({"像素 pixel": one["pixel_curve"]}, "像素 ROC of pixels", f"p{i}"))
    drawn = [pod for pod in _pods(one) if pod[0] == "*" or pod[2]["curve"]]
    for k, (label, unit, fit) in enumerate(drawn[:_POD_SHOWN]):
        of = "" if label == "*" else f": {label}"
        drawings.append(plots.pod_curve(fit, UNITS[unit], f"检出率 POD{of}", f"d{i}-{k}"))
    return {
        "title": run.title,
        "one": one,
        "plots": [Markup(drawing) for drawing in drawings if drawing],  # noqa: S704 - our own SVG, its texts escaped
        "pods": _pods(one),
        "worst": worst_cases(run, ledger, threads),
    }


def _pods(one: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """The best unit of each class."""
    return [(label, *next(iter(fits.items()))) for label, fits in one["pod"].items() if fits]


def _together(results: Sequence[dict[str, Any]]) -> list[Markup]:
    """The curves of all models on one set in one picture, where there are several."""
    drawings = []
    for i, name in enumerate(dict.fromkeys(one["set"] for one in results)):
        curves = {one["model"]: one["curve"] for one in results if one["set"] == name and one["curve"]}
        if len(curves) > 1:
            drawings.append(Markup(plots.roc(curves, name, f"t{i}")))  # noqa: S704
    return drawings


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _area(area: dict[str, Any], two_lines: bool = False) -> str:
    if area["value"] is None:
        return "–"
    if area.get("low") is None:
        return f"{area['value']:.3f}"
    return f"{area['value']:.3f}{_gap(two_lines)}({area['low']:.3f}–{area['high']:.3f})"


def _how(area: dict[str, Any]) -> str:
    """How an area's interval was found, or why there is no area."""
    return str(area.get("method") or area.get("why") or "–")


def _share(share: dict[str, Any], two_lines: bool = False) -> str:
    if not share["n"]:
        return "–"
    span = f"({100 * share['low']:.1f}–{100 * share['high']:.1f} %)"
    return f"{share['k']}/{share['n']} = {100 * share['value']:.1f} %{_gap(two_lines)}{span}"


def _gap(two_lines: bool) -> str:
    return "\n" if two_lines else " "
