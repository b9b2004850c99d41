"""The pictures of a lens report: residuals of every corner, coverage, the distortion over the frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .poses import covered
from .report import Picture, Section, empty_figure, of_figure
from .sighting import Refusal
from .solving import Solution

_MOST_PANELS = 24


def lens_sections(solution: Solution, refused: Sequence[Refusal], board: str) -> list[Section]:
    """The sections of a lens report: `refused` are all pictures that were left out."""
    return [_figures(solution, board), _pictures(solution), _table(solution), _refusals(refused)]


def _figures(solution: Solution, board: str) -> Section:
    lens = solution.lens
    rows = [
        ("板 board", board),
        ("画面 frame", f"{solution.size_px[0]} x {solution.size_px[1]} px"),
        ("残差 RMS", f"{lens.rms_px:.4f} px"),
        ("留出残差 held-out RMS", "-" if lens.held_out_px is None else f"{lens.held_out_px:.4f} px"),
        ("焦距 focal length", f"{lens.focal_px[0]:.2f}, {lens.focal_px[1]:.2f} px (sd {solution.focal_sd_px:.2f})"),
        ("主点 middle", f"{lens.middle_px[0]:.2f}, {lens.middle_px[1]:.2f} px"),
        ("畸变 distortion k1 k2 p1 p2 k3", " ".join(f"{one:.5f}" for one in lens.distortion)),
        ("畸变模型 model", f"{solution.model} ({_compared(solution)})"),
        ("最大倾斜 largest tilt between poses", f"{solution.tilt_deg:.1f} deg"),
    ]
    return Section("结果 Result", [*solution.warnings], ("", ""), rows)


def _compared(solution: Solution) -> str:
    return ", ".join(f"{model}: {error:.4f}" for model, error in solution.held_out.items()) or "not compared"


def _pictures(solution: Solution) -> Section:
    pictures = [
        _all_residuals(solution),
        _coverage(solution),
        _distortion(solution),
        *([_each(solution)] if len(solution.views) <= _MOST_PANELS else []),
    ]
    return Section("图 Pictures", pictures=pictures)


def _times(solution: Solution) -> int:
    """How much residuals are drawn enlarged, so that half a pixel is a twelfth of the frame."""
    return max(1, round(max(solution.size_px) / 6.4))


def _arrows(axes: Any, corners: Any, residuals: Any, times: float, width: float = 0.002) -> None:
    axes.quiver(*corners.T, *residuals.T, angles="xy", scale_units="xy", scale=1 / times, width=width, color="#b3261e")


def _frame(axes: Any, size: tuple[int, int]) -> None:
    axes.set_xlim(0, size[0])
    axes.set_ylim(size[1], 0)
    axes.set_aspect("equal")


def _all_residuals(solution: Solution) -> Picture:
    figure = empty_figure(7, 5.2)
    axes = figure.subplots()
    for view in solution.views:
        _arrows(axes, view.sighting.corners_px, view.residuals_px, _times(solution))
    _frame(axes, solution.size_px)
    times = _times(solution)
    return of_figure(figure, f"所有角点残差，放大 {times} 倍 Residuals of every corner, {times} x")


def _each(solution: Solution) -> Picture:
    columns = 4
    rows = -(-len(solution.views) // columns)
    figure = empty_figure(11, 2.6 * rows)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    times = _times(solution)
    for axes, view in zip(grid, solution.views, strict=False):
        _arrows(axes, view.sighting.corners_px, view.residuals_px, times, width=0.006)
        _frame(axes, solution.size_px)
        axes.set_title(f"{view.sighting.name}: {view.rms_px:.3f} px", fontsize=8)
        axes.tick_params(labelsize=6)
    for axes in grid[len(solution.views) :]:
        axes.set_visible(False)
    return of_figure(figure, f"每张图的残差，放大 {times} 倍 Residuals of each picture, {times} x")


def _coverage(solution: Solution) -> Picture:
    counts = covered([view.sighting for view in solution.views], solution.size_px)
    figure = empty_figure(6, 4.4)
    axes = figure.subplots()
    w, h = solution.size_px
    axes.imshow(counts, cmap="Greens", extent=(0, w, h, 0))
    for (row, column), count in np.ndenumerate(counts):
        x, y = (column + 0.5) * w / counts.shape[1], (row + 0.5) * h / counts.shape[0]
        axes.text(x, y, str(count), ha="center", va="center", color="#b3261e" if count == 0 else "#1c1c1c")
    return of_figure(figure, "覆盖：每格角点数 Coverage: corners in each cell")


def _distortion(solution: Solution) -> Picture:
    w, h = solution.size_px
    y, x = np.mgrid[0 : h - 1 : 13j, 0 : w - 1 : 17j]
    at = np.column_stack([x.ravel(), y.ravel()])
    moved = solution.lens.straight(at) - at
    figure = empty_figure(6.4, 4.8)
    axes = figure.subplots()
    found = axes.contourf(x, y, np.linalg.norm(moved, axis=1).reshape(x.shape), 12, cmap="viridis")
    axes.quiver(*at.T, *moved.T, angles="xy", scale_units="xy", scale=1, width=0.002, color="white")
    figure.colorbar(found, label="px")
    _frame(axes, solution.size_px)
    return of_figure(figure, "畸变：像素移动 Distortion: how far pixels are moved")


def _table(solution: Solution) -> Section:
    rows = [
        (
            view.sighting.name,
            len(view.sighting.ids),
            f"{view.rms_px:.3f}",
            "-" if view.held_out_px is None else f"{view.held_out_px:.3f}",
            f"{float(np.linalg.norm(view.residuals_px, axis=1).max()):.2f}",
            f"{view.sighting.edge_px:.1f}",
        )
        for view in solution.views
    ]
    columns = ("图 picture", "角点 corners", "RMS px", "留出 held out px", "最差 worst px", "边缘 edge px")
    return Section("每张图 Each picture", (), columns, rows)


def _refusals(refused: Sequence[Refusal]) -> Section:
    rows = [(one.name, one.reason) for one in refused]
    return Section("未采用 Refused", () if rows else ["无 none"], ("图 picture", "原因 reason"), rows)
