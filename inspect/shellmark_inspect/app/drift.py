"""`shellmark drift`: how far a station's light, sharpness, position and scores have drifted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from shellmark_calibration import Grade
from shellmark_calibration.report import Section, of_figure, write_html
from shellmark_inspect.app.checks import ConfigArgument, OperatorOption, records_of
from shellmark_inspect.app.printing import JsonOption, out, print_json, print_table
from shellmark_inspect.app.records import SkuOption, WhereOption, open_reader
from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import DriftSpec
from shellmark_inspect.records import BASELINE, RecordReader
from shellmark_inspect.station import Chart, Monitor, StationConfig, read_recipes

if TYPE_CHECKING:  # matplotlib is loaded where something is drawn: half a second of every command's start
    from matplotlib.figure import Figure

app = typer.Typer(no_args_is_help=True, help="Drift of light, sharpness, position and scores against their baseline.")

COLUMNS = ("view", "quantity", "light", "baseline", "now", "change", "grade", "readings")


@app.command()
def show(
    data: WhereOption = None,
    sku: SkuOption = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the charts as a page.")] = None,
    machine: JsonOption = False,
) -> None:
    """Show how far each quantity of a SKU has drifted, and what is to be done.

    Limits are the recipe's when `--data` is a configuration, the defaults for a folder; the SKU is the last record's
    unless `--sku` names one.

    Examples: `shellmark drift show --data station.toml` · `shellmark drift show --data out --html drift.html`
    """
    reader = open_reader(data)
    try:
        monitor = _monitor(reader, data, sku)
    finally:
        reader.close()
    charts = [chart for one in monitor.quantities() if (chart := monitor.chart(one)) is not None]
    troubles = monitor.troubles()
    if html is not None:
        _write(html, monitor.sku, charts, [str(trouble) for trouble in troubles])
    if machine:
        told = [{"text": str(trouble), "blocks": trouble.blocks} for trouble in troubles]
        print_json({"sku": monitor.sku, "troubles": told, "quantities": [_chart_json(chart) for chart in charts]})
        return
    print_table(COLUMNS, map(_line, charts))
    for trouble in troubles:
        out.print(f"{'BLOCKS' if trouble.blocks else 'warns'}: {trouble}", markup=False, soft_wrap=True)


@app.command()
def reset(
    config: ConfigArgument,
    operator: OperatorOption,
    reason: Annotated[str, typer.Option("--reason", help="What was done to the station.")],
    sku: SkuOption = None,
) -> None:
    """Begin the baselines anew, of one SKU or of all; a daily check is due. The station must not run meanwhile.

    Example: `shellmark drift reset station.toml --operator e1 --reason "west bar replaced and light calibrated"`
    """
    with records_of(config) as records:
        records.checks.note_work(BASELINE, sku or "", operator=operator, reason=reason)
    out.print("baselines begin anew with the next cases")


def _monitor(reader: RecordReader, data: Path | None, sku: str | None) -> Monitor:
    found = reader.find(limit=1, sku=sku) if sku else reader.latest(1)
    if not found:
        raise InputError(f"there is no record{f' of SKU {sku}' if sku else ''}: run the station first")
    said = found[0].inspection
    monitor = Monitor(said.sku, _spec(data, said.sku), said.versions)
    monitor.restore(*reader.drift(found[0].station, said.sku, monitor.bases, last=monitor.needs))
    return monitor


def _spec(data: Path | None, sku: str) -> DriftSpec:
    if data is None or not data.is_file():
        return DriftSpec()
    config = StationConfig.read(data)
    recipe = read_recipes(config).get(sku)
    return (recipe.drift if recipe else None) or config.drift


def _now(chart: Chart) -> float | None:
    return float(chart.ewma[-1]) if chart.ewma.size and math.isfinite(chart.ewma[-1]) else None


def _line(chart: Chart) -> tuple[object, ...]:
    one, now, baseline = chart.quantity, _now(chart), chart.baseline
    unit = f" {chart.unit}" if chart.unit else ""
    if now is None or baseline is None:
        return one.view, one.name, one.light, "-", "-", "-", chart.grade, f"{chart.learnt} of {chart.needed}"
    change = now - baseline.middle
    share = f" ({100 * change / baseline.middle:+.1f} %)" if baseline.middle and not unit else ""
    middle = f"{baseline.middle:.4g}{unit}"
    return one.view, one.name, one.light, middle, f"{now:.4g}{unit}", f"{change:+.3g}{share}", chart.grade, chart.learnt


def _chart_json(chart: Chart) -> dict[str, Any]:
    one, baseline = chart.quantity, chart.baseline
    return {
        "view": one.view,
        "name": one.name,
        "light": one.light,
        "subject": one.subject,
        "unit": chart.unit,
        "baseline": None if baseline is None else baseline.middle,
        "spread": None if baseline is None else baseline.spread,
        "ewma": _now(chart),
        "grade": str(chart.grade),
        "learnt": chart.learnt,
        "needed": chart.needed,
    }


def _write(path: Path, sku: str, charts: Sequence[Chart], troubles: Sequence[str]) -> None:
    summary = Section(
        "漂移 Drift", troubles or ("无漂移 Nothing has drifted too far.",), COLUMNS, [*map(_line, charts)]
    )
    views = dict.fromkeys(chart.quantity.view for chart in charts)
    sections = [
        Section(
            f"视图 View {view}" if view else "整箱 Case",
            pictures=[
                of_figure(_figure(c), f"{c.quantity.name}: {c.grade}") for c in charts if c.quantity.view == view
            ],
        )
        for view in views
    ]
    write_html(path, f"漂移 Drift: {sku}", [summary, *sections])


def _figure(chart: Chart) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 2.6))
    axes = figure.subplots()
    axes.plot(chart.rows, chart.values, ".", color="0.7", markersize=4, label="reading")
    axes.plot(chart.rows, chart.ewma, "-", color="tab:blue", label="EWMA")
    if chart.baseline is not None:
        axes.axhline(chart.baseline.middle, color="0.3", linewidth=0.8, label="baseline")
    for limits, colour, name in (
        (chart.control, "0.5", "3 sigma"),
        (chart.warn, "tab:orange", "warn"),
        (chart.block, "tab:red", "block"),
    ):
        finite = [value for value in limits or () if np.isfinite(value)]
        for number, value in enumerate(finite):
            label = name if number == 0 else "_"
            axes.axhline(value, color=colour, linestyle="--", linewidth=0.9, label=label)
    if chart.grade is Grade.LEARNING:
        axes.set_title(f"baseline: {chart.learnt} of {chart.needed} readings", fontsize=8)
    axes.set_xlabel("record")
    axes.set_ylabel(f"{chart.quantity.name}{f' [{chart.unit}]' if chart.unit else ''}")
    axes.legend(fontsize=7, loc="upper left", ncols=3)
    return figure
