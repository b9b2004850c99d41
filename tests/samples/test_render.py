"""The pairing trick on tiny shells: the same seed with and without a defect differs at the defect only."""

from dataclasses import replace

import numpy as np
import pytest
from generator.make import Made, make_case
from generator.plan import Case, Wanted
from generator.scene import RenderError, Stage

FRAME = (360, 300)
TEXELS = 6.0


class TinyCase(Case):
    """A case on a shell of 60 x 50 mm."""

    __slots__ = ()

    @property
    def frame_px(self) -> tuple[int, int]:
        return FRAME

    @property
    def texels_per_mm(self) -> float:
        return TEXELS


@pytest.fixture(scope="module")
def stage() -> Stage:
    pytest.importorskip("mitsuba", reason="the renderer is an optional dependency (pip install 'shellmark[render]')")
    try:
        return Stage(FRAME, TEXELS, 1.5)
    except RenderError as e:
        pytest.skip(str(e))


def case(*wanted: Wanted, seed: int = 31) -> Case:
    return TinyCase("tiny/d001", "grain-horizontal", "test", "defect" if wanted else "good", seed, wanted)


@pytest.fixture(scope="module")
def good(stage: Stage) -> Made:
    return make_case(case(), stage, samples=2)


@pytest.mark.parametrize(
    ("wanted", "shadow_px"),
    # The dent sinks a rib, and the shadow of a rib of 3 mm ends some 14 mm from it: away from the lights only.
    [(Wanted("speck", 3.0), 0), (Wanted("whitening", 2.0), 0), (Wanted("scratch", 0.5), 0), (Wanted("dent", 1.5), 90)],
)
def test_good_and_bad_differ_at_the_defect_and_nowhere_else(
    stage: Stage, good: Made, wanted: Wanted, shadow_px: int
) -> None:
    bad = make_case(case(wanted), stage, samples=2)
    assert bad.mask is not None
    place = np.argwhere(bad.mask)
    low, high = place.min(0) - 12, place.max(0) + 12
    seen = 0
    for light, frame in good.frames.items():
        differs = np.argwhere((frame != bad.frames[light]).reshape(*frame.shape[:2], -1).any(-1))
        seen += len(differs)
        away = ((differs < low) | (differs > high + shadow_px)).any(-1)
        # What bends the mesh hides a little more or less of the dome from anywhere near it.
        allowed = 0.001 * frame.size if shadow_px and light == "diffuse" else 0
        assert away.sum() <= allowed, light
    assert seen > 0
    assert bad.nuisances == good.nuisances


def test_the_same_case_comes_out_the_same(stage: Stage, good: Made) -> None:
    again = make_case(case(), stage, samples=2)
    for light, frame in good.frames.items():
        assert np.array_equal(frame, again.frames[light])


def test_another_seed_is_another_shell(stage: Stage, good: Made) -> None:
    other = make_case(replace(case(), seed=32), stage, samples=2)
    assert not np.array_equal(good.frames["west"], other.frames["west"])


def test_a_dent_shows_in_low_light_and_hardly_in_the_dome(stage: Stage, good: Made) -> None:
    bad = make_case(case(Wanted("dent", 2.0)), stage, samples=2)
    assert bad.mask is not None
    inside = bad.mask > 0
    change = {
        light: np.abs(frame.astype(float) - bad.frames[light]).reshape(*inside.shape, -1).mean(-1)[inside].mean()
        for light, frame in good.frames.items()
    }
    assert max(change["west"], change["north"]) > 2 * change["diffuse"]


def test_light_comes_from_the_side_its_name_says(stage: Stage, good: Made) -> None:
    west, north = (good.frames[light].astype(float) for light in ("west", "north"))
    edge = slice(60, 110)
    assert west[100:200, edge].mean() > 1.5 * west[100:200, -110:-60].mean()
    assert north[edge, 120:240].mean() > 1.5 * north[-110:-60, 120:240].mean()
