"""Sizes against drawn shapes of known size: at most 0.1 mm or 5 % off from 1 mm on."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from shellmark_inspect.judge import find_regions, measure
from shellmark_inspect.recipe import JudgeSpec
from shellmark_inspect.types import View, project

MIDDLE = (35.03, 34.81)
RIBS = [0.0, 40.0]


def disc(diameter, at=MIDDLE):
    return lambda x, y: (x - at[0]) ** 2 + (y - at[1]) ** 2 < diameter**2 / 4


def line(length, width, degrees=0.0, at=MIDDLE):
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def inside(x, y):
        along, across = (x - at[0]) * c + (y - at[1]) * s, (y - at[1]) * c - (x - at[0]) * s
        return (np.abs(along) < length / 2) & (np.abs(across) < width / 2)

    return inside


def arc(radius, degrees, width=0.5):
    def inside(x, y):
        far, angle = np.hypot(x - MIDDLE[0], y - MIDDLE[1]), np.arctan2(y - MIDDLE[1], x - MIDDLE[0])
        return (np.abs(far - radius) < width / 2) & (np.abs(angle) < math.radians(degrees) / 2)

    return inside


def near(value: float, truth: float) -> bool:
    return abs(value - truth) <= max(0.1, 0.05 * truth)


@pytest.mark.parametrize("ribs", RIBS)
@pytest.mark.parametrize("diameter", [1.0, 1.5, 3.0, 8.0, 20.0])
def test_discs(diameter, ribs, drawing):
    (one,) = drawing(disc(diameter), ribs=ribs).measured()
    assert one.refined
    assert near(one.diameter_mm, diameter)
    assert abs(one.length_mm - diameter) <= max(0.2, 0.05 * diameter)
    assert abs(one.area_mm2 / (math.pi / 4 * diameter**2) - 1) < max(0.1, 0.25 / diameter)
    assert np.abs(np.array(one.centre_mm) - MIDDLE).max() < 0.1


@pytest.mark.parametrize("ribs", RIBS)
@pytest.mark.parametrize("degrees", [0, 10, 30, 45, 80, 90])
@pytest.mark.parametrize(("length", "width"), [(3, 0.5), (12, 0.5), (30, 0.3), (30, 1.5)])
def test_lines_at_all_angles(length, width, degrees, ribs, drawing):
    (one,) = drawing(line(length, width, degrees), ribs=ribs).measured()
    assert one.refined
    assert abs(one.length_mm - math.hypot(length, width)) <= max(0.2, 0.05 * length)  # from corner to corner
    assert abs(one.width_mm - width) <= 0.3


@pytest.mark.parametrize("ribs", RIBS)
@pytest.mark.parametrize(("radius", "degrees"), [(10, 90), (10, 180), (10, 270), (15, 120)])
def test_arcs_are_measured_along(radius, degrees, ribs, drawing):
    (one,) = drawing(arc(radius, degrees), ribs=ribs).measured()
    assert near(one.length_mm, radius * math.radians(degrees))


def test_a_thick_arc_is_measured_to_its_ends(drawing):
    ends = [disc(3.0, (MIDDLE[0], MIDDLE[1] + side * 10)) for side in (-1, 1)]
    (one,) = drawing(arc(10, 180, width=3.0), *ends).measured()
    assert near(one.length_mm, 10 * math.pi + 3)


@pytest.mark.parametrize("gap", [1.5, 3.0, 6.0])
def test_two_specks_stay_two_though_the_map_melts_them(gap, drawing):
    pair = (disc(1.0, (35 - 0.5 - gap / 2, 35)), disc(1.0, (35 + 0.5 + gap / 2, 35)))
    found = drawing(*pair).measured()
    assert len(found) == 2
    assert all(near(one.diameter_mm, 1.0) for one in found)


def test_a_gap_below_the_merging_one_is_closed(drawing):
    (one,) = drawing(disc(1.0, (34.25, 35)), disc(1.0, (35.75, 35))).measured()
    assert near(one.length_mm, 2.5)


def test_a_scratch_that_fades_for_a_stretch_is_one(drawing):
    (one,) = drawing(line(8, 0.5, 0, (30, 35)), line(8, 0.5, 0, (40, 35))).measured()
    assert near(one.length_mm, 18)


def test_a_scratch_in_two_regions_is_one(drawing):
    """The map saw both ends only; the pixels show the middle."""
    drawn = drawing(line(14, 0.6))
    drawn.anomaly[:, round(33.9 * 6) : round(36.1 * 6)] = 0
    assert len(drawn.regions()) == 2
    (one,) = drawn.measured()
    assert near(one.length_mm, 14)


def test_both_slopes_of_a_dent_are_one_defect_of_its_size(drawing):
    y, x = np.mgrid[:420, :420] / 6
    r = np.hypot(x - 35, y - 35)
    dent = 35 * (x - 35) / 5 * (r < 5) * np.cos(np.clip(r / 5, 0, 1) * np.pi / 2)
    drawn = drawing(disc(10, (35, 35)), contrast=0)
    noise = np.random.default_rng(0).normal(0, 2, dent.shape)
    (one,) = drawn.measured(planes={"west": (110 + dent + noise).astype(np.uint8)})
    assert 9.3 < one.diameter_mm < 10.7
    assert 9.3 < one.length_mm < 10.7


def test_the_plane_it_shows_best_in_is_named_and_cropped(drawing):
    drawn, faint = drawing(disc(3)), drawing(disc(3), contrast=12)
    flat = drawing(disc(3), contrast=0)
    (one,) = drawn.measured(planes={"west": flat.pixels, "north": drawn.pixels, "east": faint.pixels})
    assert one.light == "north"
    x, y, w, h = one.box_px
    assert np.array_equal(one.crop[..., 0], drawn.pixels[y : y + h, x : x + w])


def test_what_shows_in_one_colour_only_is_measured(drawing):
    drawn, flat = drawing(disc(3)), drawing(disc(3), contrast=0)
    colour = np.dstack([flat.pixels, flat.pixels, drawn.pixels])
    (one,) = drawn.measured(planes={"diffuse": colour})
    assert near(one.diameter_mm, 3)
    assert one.light == "diffuse"


def test_each_part_of_a_defect_may_show_in_another_light(drawing):
    left, right = drawing(line(6, 0.6, 0, (32, 35))), drawing(line(6, 0.6, 0, (38, 35)))
    both = drawing(line(12, 0.6, 0, (35, 35)))
    (one,) = both.measured(planes={"west": left.pixels, "north": right.pixels})
    assert near(one.length_mm, 12)


def test_where_nothing_stands_out_the_map_counts_and_says_how_unsure_it_is(drawing):
    (one,) = drawing(disc(3), contrast=0).measured()
    assert not one.refined
    assert one.length_mm > 3
    assert one.uncertainty_mm > one.length_mm - 3
    (seen,) = drawing(disc(3)).measured(JudgeSpec(unsure_share=0.1))
    assert seen.uncertainty_mm < 0.6


def test_a_speck_in_a_large_weak_region_does_not_stand_for_all_of_it(drawing):
    drawn = drawing(disc(20), contrast=0)
    speck = drawing(disc(0.6))
    (one,) = drawn.measured(planes={"west": speck.pixels})
    assert one.diameter_mm > 15


def test_the_uncertainty_is_a_pixel_and_a_share(drawing):
    for share in (0.0, 0.1, 0.3):
        (one,) = drawing(line(12, 0.5)).measured(JudgeSpec(unsure_share=share))
        assert one.uncertainty_mm == pytest.approx(1 / 6 + share * one.length_mm, rel=1e-6)


def test_sizes_go_through_the_map(drawing):
    """Half the pixels per millimetre along x: everything is twice as wide."""
    wide = np.diag([1 / 3, 1 / 6, 1.0])
    (one,) = drawing(line(12, 1.0)).measured(to_mm=wide)
    assert abs(one.length_mm - 24) < 1.0


def test_sizes_do_not_depend_on_where_a_perspective_puts_them(drawing):
    tilt = np.array([[1 / 6, 0, 0], [0, 1 / 6, 0], [0, 4e-4, 1.0]])
    (one,) = drawing(line(12, 0.8, 90)).measured(to_mm=tilt)
    ends = project(tilt, np.array([[MIDDLE[0] * 6, (MIDDLE[1] - 6) * 6], [MIDDLE[0] * 6, (MIDDLE[1] + 6) * 6]]))
    assert near(one.length_mm, float(np.hypot(*(ends[1] - ends[0]))))


def test_the_contour_lies_in_the_frame(drawing):
    shifted = np.array([[1.0, 0, 100], [0, 1, 50], [0, 0, 1]])
    (one,) = drawing(disc(8)).measured(to_frame=shifted)
    centre = (one.contour_px.min(0) + one.contour_px.max(0)) / 2
    assert np.abs(centre - (np.array(MIDDLE) * 6 + [100, 50])).max() < 1.5
    assert abs(np.ptp(one.contour_px[:, 0]) - 47) < 2.5


@pytest.mark.parametrize(("diameter", "side"), [(1, 96), (12, 144)])
def test_the_crop_has_surroundings_and_its_mask(diameter, side, drawing):
    (one,) = drawing(disc(diameter)).measured()
    _, _, w, h = one.box_px
    assert abs(w - side) <= 6
    assert one.crop.shape == (h, w, 3)
    assert one.mask.shape == (h, w)
    assert one.mask.sum() / 36 == pytest.approx(one.area_mm2, rel=1e-6)
    assert one.crop_px_per_mm == pytest.approx(6)


def test_a_crop_at_the_border_stays_within_the_view(drawing):
    (one,) = drawing(disc(2, (1.5, 68.5))).measured()
    x, y, w, h = one.box_px
    assert x >= 0
    assert y + h <= 420
    assert one.crop.shape[:2] == (h, w) == (96, 96)


def test_dust_of_its_own_next_to_it_is_left_alone(drawing):
    """A bright fibre 5 mm away, which the map did not see, neither joins the defect nor spoils its surroundings."""
    drawn, both = drawing(disc(2)), drawing(disc(2), line(3, 0.3, 20, (41, 34)))
    (one,) = drawn.measured(planes={"west": both.pixels})
    assert near(one.diameter_mm, 2)


def printed(shift: float = 0.0) -> np.ndarray:
    """A print of hard edges that no surface and no profile explains."""
    y, x = np.mgrid[:420, :420] + shift
    return 40.0 * ((np.sin(x / 9) * np.cos(y / 13) > 0.2) ^ (np.hypot(x - 200, y - 190) < 30))


@pytest.mark.parametrize("shift", [0.0, 0.4, 0.8])
def test_a_good_shell_takes_the_print_out(shift, drawing):
    """The good shell lies up to almost a pixel beside the view, and is 3 % brighter."""
    drawn, noise = drawing(line(12, 0.6, 30)), np.random.default_rng(9).normal(0, 2, (420, 420))
    view = drawn.view(planes={"west": np.clip(drawn.pixels + printed(), 0, 255).astype(np.uint8)})
    good = {"west": np.clip((110 + printed(shift) + noise) * 1.03, 0, 255).astype(np.uint8)}
    (with_good,) = measure(view, drawn.regions(), JudgeSpec(), good)
    assert with_good.refined
    assert near(with_good.length_mm, 12)
    assert abs(with_good.width_mm - 0.6) < 0.3
    (without,) = measure(view, drawn.regions(), JudgeSpec())
    assert not without.refined
    assert without.uncertainty_mm > with_good.uncertainty_mm


def test_a_good_shell_that_explains_nothing_does_no_harm(drawing):
    drawn = drawing(disc(3))
    good = {"west": np.random.default_rng(4).integers(0, 255, (420, 420), np.uint8)}
    (one,) = measure(drawn.view(), drawn.regions(), JudgeSpec(), good)
    assert near(one.diameter_mm, 3)


def test_what_is_below_the_smallest_is_dropped(drawing):
    assert drawing(disc(1.0)).measured(JudgeSpec(smallest_mm=1.6)) == []


def test_nothing_found_is_nothing_measured(drawing):
    drawn = drawing(disc(1.0))
    drawn.anomaly[:] = 0.3
    assert drawn.measured() == []


def test_pixels_outside_the_shell_never_count(drawing):
    drawn = drawing(disc(8))
    shell = np.ones((420, 420), np.bool_)
    shell[:, 210:] = False
    (one,) = drawn.measured(shell=shell)
    assert near(one.area_mm2, math.pi * 16 / 2)


def test_named_keeps_every_number(drawing):
    (one,) = drawing(disc(3)).measured()
    defect = one.named("speck", 0.8)
    assert (defect.label, defect.label_score) == ("speck", 0.8)
    for name in (
        "view",
        "zone",
        "score",
        "centre_mm",
        "length_mm",
        "width_mm",
        "diameter_mm",
        "area_mm2",
        "uncertainty_mm",
    ):
        assert getattr(defect, name) == getattr(one, name)
    assert defect.crop is one.crop


@pytest.mark.parametrize("contrast", [15, 25, 40])
def test_a_weak_scratch_beside_a_strong_speck_is_measured_too(contrast):
    level = 110 + np.random.default_rng(1).normal(0, 2, (300, 300))
    cv2.circle(level, (100, 100), 4, 10.0, -1)
    cv2.line(level, (114, 90), (150, 120), 110.0 + contrast, 1)
    anomaly = np.zeros((300, 300), np.float32)
    cv2.circle(anomaly, (100, 100), 10, 5.0, -1)
    cv2.line(anomaly, (100, 100), (150, 120), 1.5, 16)
    view = View("front", {"west": np.clip(level, 0, 255).astype(np.uint8)}, np.eye(3), np.diag([1 / 6, 1 / 6, 1.0]))
    regions = find_regions(anomaly, None, grow=0.75, merge_mm=1, smallest_mm=0.2, px_per_mm=6)
    assert len(regions) == 1, "the model's map joins the two"
    lengths = sorted(one.length_mm for one in measure(view, regions, JudgeSpec()))
    assert lengths == [pytest.approx(1.4, abs=0.3), pytest.approx(7.8, abs=0.6)]
