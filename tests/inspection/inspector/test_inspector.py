"""From frames to an inspection: what is found is where it is on the frame, and nothing that fails is a PASS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_station import SIDE_PX, Place, blemished, good, scratched

from shellmark_inspect.errors import RecipeError
from shellmark_inspect.inspector import Inspector, first_view
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.types import MAP_LIMIT, Frame, Frames, Inspection, Pixels, Reason, ReasonCode, Trigger, Verdict
from shellmark_models import Model, Prediction, Store, load

TRIGGER = Trigger(7, 0, "st01-00000007")
Make = Callable[..., Inspector]


@pytest.fixture
def model(noise_store: Path) -> Iterator[Model]:
    opened = load(Store(noise_store).find("noise").path, threads=1)
    yield opened
    opened.close()


@pytest.fixture
def make(place: Place, model: Model) -> Make:
    """Makes an inspector of the small recipe with changes."""

    def make_one(**changes: Any) -> Inspector:
        return Inspector(Recipe.read(place.recipe(**changes)), model)

    return make_one


def frame(pixels: Pixels, light: str = "top", **more: Any) -> Frame:
    return Frame(pixels, 1, 1, "front", light, TRIGGER.number, **more)


def look(inspector: Inspector, pixels: Pixels, *faults: Reason) -> Inspection:
    return inspector.inspect(TRIGGER, {"front": [frame(pixels)]}, faults)


def two_views(place: Place) -> dict[str, Any]:
    """The keys of a recipe that sees a front and a back."""
    front = Recipe.read(place.recipe()).views[0].model_dump(mode="json", exclude_none=True)
    return {"views": [front, front | {"name": "back"}]}


def codes(inspection: Inspection) -> list[ReasonCode]:
    return [reason.code for reason in inspection.reasons]


def test_a_good_shell_passes_without_a_reason(make: Make) -> None:
    found = look(make(), good(200))
    assert (found.verdict, found.reasons, found.defects) == (Verdict.PASS, (), ())
    assert found.scores["front"] < 1.0
    assert found.sku == "noise"


def test_a_scratch_is_found_where_it_is(make: Make) -> None:
    found = look(make(), scratched(200))
    assert found.verdict is Verdict.FAIL
    assert found.scores["front"] > 1.0
    (defect,) = found.defects
    assert (defect.contour_px.min(0) < (36, 36)).all()
    assert (defect.contour_px.max(0) > (76, 74)).all()
    assert defect.length_mm > 8, "the scratch is 12 mm; without a good shell to compare with its ribs may add to it"
    assert defect.centre_mm == pytest.approx((56 / 6, 55 / 6), abs=3)
    assert defect.crop is not None
    assert defect.crop.shape[2] == 3


def test_the_evidence_is_the_frames_the_crops_and_the_maps(make: Make) -> None:
    pixels = scratched(200)
    found = look(make(), pixels)
    frames = [one for one in found.evidence if one.kind == "frame"]
    crops = [one for one in found.evidence if one.kind == "crop"]
    assert [(one.view, one.light) for one in frames] == [("front", "top")]
    assert frames[0].pixels is pixels
    assert [one.defect for one in crops] == [0]
    (scores,) = (one for one in found.evidence if one.kind == "map")
    assert (scores.view, scores.light, scores.pixels.shape) == ("front", "", pixels.shape[:2])
    assert scores.pixels.max() == pytest.approx(min(MAP_LIMIT * found.scores["front"], 255), abs=1)


def test_what_a_step_moved_comes_back_to_the_frame(make: Make) -> None:
    pixels = np.pad(blemished(200), ((40, 0), (24, 0), (0, 0)), mode="reflect")
    view = {"frame_px": None, "steps": [{"step": "region", "rectangle_px": [24, 40, SIDE_PX, SIDE_PX]}]}
    found = look(make(view=view), pixels)
    (defect,) = found.defects
    low, high = defect.contour_px.min(0), defect.contour_px.max(0)
    assert (low <= (64 + 24, 64 + 40)).all()
    assert (high >= (64 + 24, 64 + 40)).all()
    assert (low >= (24, 40)).all(), "in the frame's pixels, not the view's"
    assert high[1] > SIDE_PX or low[0] > 24


def test_a_view_larger_than_a_tile_is_seen_whole_at_full_resolution(make: Make) -> None:
    pixels = good(200, 3 * SIDE_PX)
    spots = [(40, 340), (190, 60), (350, 200)]
    for spot in spots:
        cv2.circle(pixels, spot, 10, (20, 20, 20), -1)
    found = look(make(view={"frame_px": None}), pixels)
    boxes = [(d.contour_px.min(0), d.contour_px.max(0)) for d in found.defects]
    for spot in spots:
        assert any((low <= spot).all() and (spot <= high).all() for low, high in boxes), f"nothing found at {spot}"


def test_nothing_is_judged_where_the_shell_is_not(make: Make) -> None:
    corner = {"name": "badge", "polygon_mm": [[2, 2], [19, 2], [19, 19], [2, 19]]}
    view = {"steps": [{"step": "shell_mask", "outline": "whole", "margin_mm": 0.0}], "ignore": [corner]}
    bare, masked = look(make(), blemished(200)), look(make(view=view), blemished(200))
    assert bare.verdict is Verdict.FAIL
    assert masked.scores["front"] < 0.8 * bare.scores["front"], "the spot itself is under the badge"


@pytest.mark.parametrize(
    "view",
    [
        {
            "steps": [{"step": "shell_mask", "outline": "whole", "margin_mm": 0.0}],
            "ignore": [{"name": "all", "polygon_mm": [[-5, -5], [30, -5], [30, 21.0], [-5, 21.0]]}],
        },
        {
            "steps": [
                {"step": "shell_mask", "outline": [[0, 0], [5, 0], [5, 5], [0, 5]], "margin_mm": 0.0},
                {"step": "region", "rectangle_px": [40, 40, 60, 60]},
            ]
        },
    ],
    ids=["ignored but for a sliver", "cut away from the shell"],
)
def test_a_view_with_nothing_left_to_judge_is_never_a_pass(make: Make, view: dict[str, Any]) -> None:
    found = look(make(view=view), good(200))
    assert found.verdict is Verdict.REVIEW
    assert codes(found) == [ReasonCode.STEP]
    assert "left to judge" in str(found.reasons[0])


def test_frames_of_two_shells_are_never_a_pass(place: Place, make: Make) -> None:
    frames: Frames = {"front": [frame(good(200), case_id="002")], "back": [frame(good(201), case_id="001")]}
    found = make(**two_views(place)).inspect(TRIGGER, frames, ())
    assert found.verdict is Verdict.REVIEW
    assert "different cases (002, 001)" in str(found.reasons[0])
    assert found.trigger.case_id == TRIGGER.case_id, "nobody knows whose record it is"


def test_an_unforeseen_fault_in_one_view_does_not_hide_the_others_defect(
    place: Place, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector, right = make(**two_views(place)), Inspector.look

    def broken(self: Inspector, spec: Any, view: Any) -> Any:
        if spec.name == "back":
            raise ValueError("line one\nline two")
        return right(self, spec, view)

    monkeypatch.setattr(Inspector, "look", broken)
    frames: Frames = {"front": [frame(scratched(200))], "back": [frame(good(201))]}
    found = inspector.inspect(TRIGGER, frames, ())
    assert found.verdict is Verdict.FAIL
    assert str(found.reasons[-1]) == "view back: ValueError: line one line two"
    assert {one.kind for one in found.evidence} == {"crop", "frame", "map"}


def test_a_missing_view_is_never_a_pass(place: Place, make: Make) -> None:
    inspector = make(**two_views(place))
    frames: Frames = {"front": [frame(good(200))]}
    found = inspector.inspect(TRIGGER, frames, ())
    assert found.verdict is Verdict.REVIEW
    assert codes(found) == [ReasonCode.VIEW_MISSING]
    assert str(found.reasons[0]) == "view back is missing"


def test_a_defect_beats_a_missing_view(place: Place, make: Make) -> None:
    inspector = make(**two_views(place))
    found = inspector.inspect(TRIGGER, {"front": [frame(scratched(200))]}, ())
    assert found.verdict is Verdict.FAIL
    assert codes(found)[0] is ReasonCode.OVER_LIMIT
    assert codes(found)[-1] is ReasonCode.VIEW_MISSING


def test_every_view_is_looked_at(place: Place, make: Make) -> None:
    inspector = make(**two_views(place))
    frames: Frames = {"front": [frame(good(200))], "back": [frame(scratched(201))]}
    found = inspector.inspect(TRIGGER, frames, ())
    assert set(found.scores) == {"front", "back"}
    assert {defect.view for defect in found.defects} == {"back"}


def test_a_fault_before_keeps_a_good_case_from_passing(make: Make) -> None:
    lost = Reason(ReasonCode.FRAMES_LOST, {"camera": "front", "value": 2.0})
    found = look(make(), good(200), lost)
    assert (found.verdict, found.reasons) == (Verdict.REVIEW, (lost,))


def test_a_view_near_the_threshold_is_a_review_where_the_recipe_wants_it(make: Make) -> None:
    found = look(make(judge={"review_from": 0.1}), good(200))
    assert codes(found) == [ReasonCode.NEAR_THRESHOLD]
    assert found.verdict is Verdict.REVIEW


def test_a_view_unlike_good_ones_as_a_whole_is_never_a_pass(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    inspector, right = make(), Inspector.look

    def more(self: Inspector, spec: Any, view: Any) -> Prediction:
        return Prediction(right(self, spec, view).anomaly, 1.2)

    monkeypatch.setattr(Inspector, "look", more)
    found = look(inspector, good(200))
    assert (found.verdict, codes(found), found.scores) == (
        Verdict.REVIEW,
        [ReasonCode.NEAR_THRESHOLD],
        {"front": 1.2},
    )


def test_who_watches_sees_every_view_and_what_the_model_said(place: Place, make: Make) -> None:
    seen = []
    frames: Frames = {"front": [frame(scratched(200))], "back": [frame(good(201))]}
    found = make(**two_views(place)).inspect(TRIGGER, frames, (), watch=lambda *what: seen.append(what))
    assert [spec.name for spec, *_ in seen] == ["front", "back"]
    assert {spec.name: prediction.score for spec, _, prediction in seen} == found.scores
    assert all(prediction.anomaly.shape == view.size for _, view, prediction in seen)


def test_a_step_that_fails_is_named_with_its_view(make: Make) -> None:
    view = {"frame_px": None, "steps": [{"step": "region", "rectangle_px": [100, 100, 500, 500]}]}
    found = look(make(view=view), good(200))
    assert found.verdict is Verdict.REVIEW
    assert codes(found) == [ReasonCode.STEP]
    assert str(found.reasons[0]).startswith("view front, step region: ")


def test_lights_that_differ_in_size_are_a_review(make: Make) -> None:
    inspector = make(view={"lights": ["top", "side"], "channels": ["top"], "frame_px": None})
    frames = {"front": [frame(good(200)), frame(good(200, 96), "side")]}
    found = inspector.inspect(TRIGGER, frames, ())
    assert codes(found) == [ReasonCode.STEP]
    assert "differ in size" in str(found.reasons[0])


def test_a_model_that_is_gone_is_a_review(make: Make, model: Model) -> None:
    inspector = make()
    model.close()
    found = look(inspector, good(200))
    assert found.verdict is Verdict.REVIEW
    assert codes(found) == [ReasonCode.MODEL]
    assert "noise/1" in str(found.reasons[0])


def test_every_version_that_judged_is_said(make: Make, model: Model) -> None:
    inspector = make()
    versions = look(inspector, good(200)).versions
    assert versions.program.startswith("shellmark ")
    assert (versions.recipe, versions.recipe_digest) == ("noise", inspector.recipe.digest)
    assert (versions.model, versions.model_digest) == ("noise/1", model.digest)
    assert look(make(judge={"merge_mm": 2.0}), good(200)).versions.recipe_digest != versions.recipe_digest


def test_each_stage_is_timed(make: Make) -> None:
    times = look(make(), scratched(200)).timings_ms
    assert {"steps", "infer", "judge", "name"} <= set(times)
    assert all(ms >= 0 for ms in times.values())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"view": {"lights": ["a", "b", "c"], "channels": ["a", "b", "c"]}}, "model noise/1 sees bgr"),
        ({"view": {"px_per_mm": 6.2}}, "6.2 px/mm, but model noise/1 was taught at 6.0"),
    ],
)
def test_a_model_that_does_not_fit_the_recipe_is_refused(make: Make, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(RecipeError, match=says):
        make(**changes)


def test_an_untouched_view_is_the_frame_in_millimetres(place: Place) -> None:
    spec = Recipe.read(place.recipe()).views[0]
    view = first_view(spec, [frame(good(200))])
    assert view.px_per_mm == pytest.approx(6.0)
    assert view.size == (SIDE_PX, SIDE_PX)
    assert np.array_equal(view.to_frame, np.eye(3))


SIZES = st.tuples(st.integers(1, 200), st.integers(1, 200), st.sampled_from([None, 3]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=SIZES, level=st.integers(0, 255), lights=st.lists(st.sampled_from(["top", "side"]), max_size=3))
def test_whatever_comes_in_an_inspection_comes_out(make: Make, size: tuple, level: int, lights: list[str]) -> None:
    h, w, channels = size
    pixels = np.full((h, w) if channels is None else (h, w, channels), level, np.uint8)
    frames: Frames = {"front": [frame(pixels, light) for light in lights]}
    found = make(view={"frame_px": None}).inspect(TRIGGER, frames, ())
    assert found.verdict is Verdict.PASS or found.reasons
    if "top" not in lights:
        assert found.verdict is Verdict.REVIEW
    assert ReasonCode.FAULT not in codes(found)
