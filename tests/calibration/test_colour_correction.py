"""A correction is the same in a table as in numbers, and keeps its word at any exposure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellmark_calibration import ColourCorrection, ColourTable
from shellmark_calibration.colour import CARDS, difference, linear_of_srgb
from shellmark_calibration.colour.fitting import Metric
from shellmark_calibration.colour.tone import NUMBERS, curves

LINEAR = ColourCorrection(
    kind="linear",
    matrix=((1.5, -0.3, -0.1), (-0.1, 1.2, -0.1), (0.0, -0.2, 1.3)),
    camera_de_before=9,
    camera_de_after=1,
    card="classic",
    tone=((0.1, 0.05, -0.1), (0.1, 0.0, 0.1), (-0.2, 0.1, 0.0)),
)
ROOTED = ColourCorrection(
    kind="root-polynomial",
    matrix=((1.5, -0.3, -0.1, 0.1, -0.2, 0.05), (-0.1, 1.2, -0.1, 0.02, 0.03, -0.04), (0, -0.2, 1.3, 0.1, 0, -0.3)),
    camera_de_before=9,
    camera_de_after=1,
    card="classic",
    gamma="linear",
)


@pytest.mark.parametrize("correction", [LINEAR, ROOTED])
def test_a_table_is_within_a_level_of_the_formula(correction):
    picture = np.random.default_rng(1).integers(0, 256, (300, 90, 3)).astype(np.uint8)
    wanted = np.round(correction.srgb(picture[..., ::-1] / 255.0)[..., ::-1] * 255)
    off = np.abs(ColourTable(correction)(picture).astype(float) - wanted)
    assert off.max() <= 1
    assert (off > 0).mean() < 0.01


@given(st.tuples(*[st.floats(0.01, 0.5)] * 3), st.floats(0.1, 2.0))
def test_a_root_polynomial_holds_at_any_exposure(colour, exposure):
    once = ROOTED.linear(np.array(colour))
    assert np.allclose(ROOTED.linear(np.array(colour) * exposure), once * exposure, atol=1e-9)


@given(st.tuples(*[st.floats(-1.5, 1.5)] * 3))
def test_a_tone_curve_never_falls_and_keeps_white(numbers):
    correction = LINEAR.model_copy(update={"matrix": ((1, 0, 0), (0, 1, 0), (0, 0, 1)), "tone": (numbers,) * 3})
    levels = np.repeat(np.linspace(0, 1, 256)[:, None], 3, axis=1)
    made = correction.linear(levels)
    assert (np.diff(made[:, 0]) >= 0).all()
    assert made[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("number", range(NUMBERS))
def test_the_slopes_of_a_tone_curve_are_its_own(number):
    at = np.array([0.3, -0.2, 0.1])
    log, slopes = curves(at)
    step = np.eye(NUMBERS)[number] * 1e-6
    assert np.allclose(slopes[:, number], (curves(at + step)[0] - log) / 1e-6, atol=1e-4)
    assert np.allclose(np.exp(curves(np.zeros(3))[0])[1:], linear_of_srgb(np.linspace(0, 1, 256))[1:])


@given(st.integers(0, 23), st.tuples(*[st.floats(-0.5, 0.5)] * 3))
def test_the_fits_own_measure_is_nearly_ciede2000(patch, step):
    lab = CARDS["classic"].lab
    moved = lab + np.array(step) * (np.arange(24) == patch)[:, None]
    off = np.linalg.norm(Metric.of(lab).off(moved), axis=1)
    assert np.allclose(off, difference(moved, lab), atol=0.03)


def test_a_correction_is_read_as_it_was_written():
    assert ColourCorrection.model_validate_json(ROOTED.model_dump_json()) == ROOTED
