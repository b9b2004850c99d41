"""What a page says of a measured light: figures, the flat field before and after, lines through it, its levels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .flat_field import MeasuredLight
from .light import Floats
from .report import Picture, Section, empty_figure, of_figure

COLUMNS = (
    "光源 light",
    "帧数 frames",
    "暗电平 dark",
    "亮度 level",
    "不均匀度 uneven before",
    "校正后 after (held out)",
    "噪声 noise",
    "满阱 full well e-",
    "灰尘 dust",
)


def light_sections(lights: Mapping[str, MeasuredLight]) -> list[Section]:
    """The page's sections: a table of all lights, then each with its pictures and remarks."""
    sentences = (
        "不均匀度 = (P99 - P1) / (P99 + P1)，按 16 px 方格计；校正后一栏用未参与增益计算的帧。",
        "Unevenness is (p99 - p1) / (p99 + p1) over cells of 16 px; after: on frames that had no part in the gain.",
    )
    rows = [light_row(name, one) for name, one in lights.items()]
    table = Section("平场 Flat fields", sentences, COLUMNS, rows)
    return [table, *(_section(name, one) for name, one in lights.items())]


def light_row(name: str, measured: MeasuredLight) -> tuple[str, ...]:
    """One light's figures as the table's cells, "-" where one could not be had."""
    field = measured.field
    return (
        name,
        str(field.frames),
        f"{field.dark:.2f}",
        f"{field.level:.1f}",
        _share(field.uneven_before),
        _share(field.uneven_after),
        "-" if field.noise is None else f"{field.noise:.2f}",
        "-" if field.full_well_e is None else f"{field.full_well_e:.0f}",
        str(field.dust),
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"


def _section(name: str, measured: MeasuredLight) -> Section:
    pictures = [_maps(measured), _lines(measured)]
    spots = [(f"{s.x_px:.0f}, {s.y_px:.0f}", f"{s.length_px:.0f}", "dark" if s.darker else "bright")
             for s in measured.spots[:20]]  # fmt: skip
    columns = ("灰尘位置 spot at px", "长 length px", "明暗 it is") if spots else ()
    return Section(f"光源 Light {name}", measured.remarks, columns, spots, pictures)


def _relative(cells: Floats) -> Floats:
    return np.asarray(cells / max(float(cells.mean()), 1e-6), np.float32)


def _maps(measured: MeasuredLight) -> Picture:
    shown = [("before", _relative(measured.before))]
    if measured.after is not None:
        shown.append(("after, held out", _relative(measured.after)))
    reach = max(0.01, float(np.abs(shown[0][1] - 1).max()))
    figure = empty_figure(9, 3.4)
    for axes, (title, cells) in zip(np.atleast_1d(figure.subplots(1, len(shown))), shown, strict=True):
        drawn = axes.imshow(cells, vmin=1 - reach, vmax=1 + reach, cmap="RdBu_r")
        axes.set_title(title)
        axes.set_axis_off()
        figure.colorbar(drawn, ax=axes, shrink=0.8)
    return of_figure(figure, "平场相对亮度，每格 16 px。Level over the mean, one cell is 16 px.")


def _lines(measured: MeasuredLight) -> Picture:
    figure = empty_figure(9, 2.8)
    lines, histogram = figure.subplots(1, 2)
    for title, cells, style in (("before", measured.before, "--"), ("after", measured.after, "-")):
        if cells is None:
            continue
        even = _relative(cells)
        lines.plot(np.linspace(0, 1, even.shape[1]), even[even.shape[0] // 2], style, color="C0", label=f"row, {title}")
        lines.plot(np.linspace(0, 1, even.shape[0]), even[:, even.shape[1] // 2], style, color="C1",
                   label=f"column, {title}")  # fmt: skip
        histogram.hist(even.ravel(), bins=60, alpha=0.6, label=title)
    lines.set_xlabel("place along the frame")
    lines.set_ylabel("level over the mean")
    histogram.set_xlabel("level over the mean")
    histogram.set_ylabel("cells")
    lines.legend(fontsize=7)
    histogram.legend(fontsize=7)
    return of_figure(figure, "中间一行与一列，以及亮度分布。The middle row and column, and how the cells' levels lie.")
