"""Defects as drawn on the canvas: true sizes, in their place, nothing else touched. No renderer needed."""

import numpy as np
import pytest
from generator.canvas import Canvas
from generator.defects import DEFECTS, Site, draw_defect
from generator.shape import shape_of
from generator.sku import LABELS
from generator.streams import stream

TEXELS = 12.0
SIDE_MM = 30.0


def flat() -> Canvas:
    n = int(SIDE_MM * TEXELS)
    zero = np.zeros((n, n), np.float32)
    return Canvas(
        texels_per_mm=TEXELS,
        macro_mm=zero.copy(),
        relief_mm=zero.copy(),
        albedo=np.full((n, n, 3), 0.2, np.float32),
        roughness=np.full((n, n), 0.4, np.float32),
        metallic=zero.copy(),
    )


def changed(canvas: Canvas) -> np.ndarray:
    before = flat()
    height = np.abs(canvas.macro_mm + canvas.relief_mm) > 2e-4
    colour = np.abs(canvas.albedo - before.albedo).max(-1) > 2e-3
    return height | colour | (np.abs(canvas.roughness - before.roughness) > 2e-3)


def draw(label: str, times: float, seed: int = 3):
    canvas = flat()
    site = Site(canvas, (15.0, 15.0), 0.6, (0.2, 0.2, 0.2))
    return canvas, draw_defect(site, label, times, stream(seed, "test"))


def test_every_label_can_be_drawn() -> None:
    assert set(DEFECTS) == set(LABELS)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("times", [0.25, 1.0, 4.0])
def test_a_defect_changes_its_place_and_nothing_far_from_it(label: str, times: float) -> None:
    canvas, drawn = draw(label, times)
    where = changed(canvas)
    assert where.any()
    y, x = np.nonzero(where)
    far = np.hypot(x / TEXELS - 15, y / TEXELS - 15).max()
    assert far <= 0.8 * drawn.extent.length_mm + 1.0


@pytest.mark.parametrize("label", LABELS)
def test_the_cover_has_the_area_the_manifest_will_say(label: str) -> None:
    _, drawn = draw(label, 4.0)
    area = float(drawn.cover.sum()) / TEXELS**2
    # A line thinner than three texels is drawn three texels wide (see the module's docstring).
    widened = max(1.0, 3 / TEXELS / drawn.extent.width_mm)
    assert area == pytest.approx(drawn.extent.area_mm2 * widened, rel=0.35)


def test_a_dent_goes_down_and_a_bump_up_without_a_change_of_colour() -> None:
    for label, sign in (("dent", -1), ("bump", 1)):
        canvas, drawn = draw(label, 2.0)
        height = canvas.macro_mm + canvas.relief_mm
        assert np.abs(height).max() == pytest.approx(drawn.extent.depth_mm, rel=0.05)
        assert np.sign(height.sum()) == sign
        assert np.array_equal(canvas.albedo, flat().albedo)


def test_whitening_and_specks_have_no_relief() -> None:
    for label in ("whitening", "speck"):
        canvas, _ = draw(label, 2.0)
        assert not canvas.macro_mm.any()
        assert not canvas.relief_mm.any()


def test_fittings_and_zones_are_where_the_shell_has_them() -> None:
    shape = shape_of("gloss-vertical", (448, 320), 4.0)
    left, top, right, bottom = shape.logo
    assert shape.clearance_mm((left + right) / 2, (top + bottom) / 2) < 0
    assert shape.zone(74 / 2, 53 / 2) == "A"
    assert shape.zone(shape.outline[0] + 5, 53 / 2) == "B"
    assert shape.ribs_mm.max() == pytest.approx(3.0, abs=0.05)
