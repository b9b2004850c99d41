"""Drift: from notes of records to what is wrong, exactly at the limits, over restarts, and on a whole station."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import cv2
import numpy as np
import pytest
from small_station import Place, good

from shellmark_calibration import Grade
from shellmark_inspect.errors import InputError
from shellmark_inspect.loop import Light, StationState
from shellmark_inspect.recipe import DriftSpec
from shellmark_inspect.records import Reading
from shellmark_inspect.station import DueWhy, Kind, Quantity, Station, TroubleCode
from shellmark_inspect.station.drift import Monitor
from shellmark_inspect.station.quantities import quantity_of
from shellmark_inspect.types import ReasonCode, Verdict, Versions

Open = Callable[..., Station]
WITHIN_S = 60.0
VERSIONS = Versions("p", "r", "sha256:r", "m/1", "sha256:m", "sha256:c")
SPEC = DriftSpec(readings=5, weight=1.0)


def reading(row: int, notes: dict[str, float], **changes: Any) -> Reading:
    values: dict[str, Any] = {
        "row": row,
        "at": datetime.now(UTC),
        "calibration": VERSIONS.calibration,
        "model_digest": VERSIONS.model_digest,
        "verdict": Verdict.PASS,
        "accepted": True,
        "master": False,
        "notes": notes,
        "scores": {"front": 0.5},
    }
    return Reading(**(values | changes))


def fed(notes: Iterable[dict[str, float]], spec: DriftSpec = SPEC, **changes: Any) -> Monitor:
    monitor = Monitor("s", spec, VERSIONS)
    for row, one in enumerate(notes, 1):
        monitor.see(reading(row, one, **changes))
    return monitor


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("front.tile_level_west", Quantity("front", "tile_level_west", Kind.LIGHT, "west", "tile")),
        ("front.gain_top", Quantity("front", "gain_top", Kind.LIGHT, "top", "goods")),
        ("a.b.shell_noise_n", Quantity("a.b", "shell_noise_n", Kind.NOISE, "n", "goods")),
        ("front.tile_x_mm", Quantity("front", "tile_x_mm", Kind.POSITION, "", "tile")),
        ("front.turn_deg", Quantity("front", "turn_deg", Kind.TURN)),
        ("front.correlation", None),
        ("front.tile_level_", None),
        ("tile_x_mm", None),
    ],
)
def test_notes_are_known_by_their_names(note: str, expected: Quantity | None) -> None:
    assert quantity_of(note) == expected


@pytest.mark.parametrize(
    ("note", "at", "blocks"),
    [
        ("tile_level_west", 90.1, None),
        ("tile_level_west", 90.0, False),
        ("tile_level_west", 85.1, False),
        ("tile_level_west", 85.0, True),
        ("tile_level_west", 110.0, False),
        ("gain_west", 100 / 0.9, False),
        ("gain_west", 100 / 0.85, True),
        ("tile_x_mm", 100.99, None),
        ("tile_x_mm", 101.0, False),
        ("tile_y_mm", 97.0, True),
        ("tile_sharpness_west", 60.0, True),
        ("tile_sharpness_west", 200.0, None),
        ("tile_noise_west", 150.0, False),
        ("tile_noise_west", 10.0, None),
        ("turn_deg", 100.5, False),
        ("scale", 100.3, False),
    ],
)
def test_a_limit_that_is_reached_warns_or_blocks(note: str, at: float, blocks: bool | None) -> None:
    monitor = fed([{f"front.{note}": 100.0}] * 5 + [{f"front.{note}": at}])
    assert [trouble.blocks for trouble in monitor.troubles()] == ([] if blocks is None else [blocks])


def test_a_trouble_names_recipe_view_light_amount_and_what_to_do() -> None:
    monitor = fed([{"front.tile_level_west": 100.0}] * 5 + [{"front.tile_level_west": 83.0}])
    (trouble,) = monitor.troubles()
    assert str(trouble) == (
        "s, view front, light west: 17.0 % darker than its baseline on the tile: clean lamp and lens and look at the "
        "exposure, else replace the lamp and calibrate the light"
    )
    assert (trouble.code, trouble.lamp) == (TroubleCode.LIGHT, "light")


def test_a_shift_is_that_of_both_directions() -> None:
    there = {"front.tile_x_mm": 10.0, "front.tile_y_mm": 20.0}
    (trouble,) = fed([there] * 5 + [{"front.tile_x_mm": 11.8, "front.tile_y_mm": 22.4}]).troubles()
    assert (trouble.code, trouble.values["mm"]) == (TroubleCode.CAMERA_MOVED, pytest.approx(3.0))
    assert trouble.blocks


def test_where_single_shells_lie_is_no_drift_but_where_they_lie_on_average_is() -> None:
    random = np.random.default_rng(7)
    spec = DriftSpec()
    nuisance = [{"front.shift_x_mm": x, "front.shift_y_mm": y} for x, y in random.uniform(-1.2, 1.2, (200, 2))]
    blocks = [trouble.blocks for trouble in fed(nuisance, spec).troubles()]
    assert True not in blocks
    moved = [{"front.shift_x_mm": x + 4, "front.shift_y_mm": y} for x, y in random.uniform(-1.2, 1.2, (30, 2))]
    (trouble,) = fed([*nuisance, *moved], spec).troubles()
    assert (trouble.code, trouble.blocks) == (TroubleCode.SHELLS_MOVED, True)


def test_a_jump_of_the_tile_blocks_after_three_cases() -> None:
    still = [{"front.tile_x_mm": 10.0}] * 30
    jumped = [{"front.tile_x_mm": 13.2}]
    grades = [[trouble.blocks for trouble in fed([*still, *jumped * n], DriftSpec()).troubles()] for n in (1, 2, 3)]
    assert grades == [[], [False], [True]]


def test_only_accepted_goods_tell_of_goods_and_every_case_of_the_tile() -> None:
    notes = {"front.tile_level_west": 100.0, "front.shell_level_west": 50.0}
    monitor = fed([notes] * 5, accepted=False, verdict=Verdict.FAIL)
    assert {quantity.name for quantity in monitor.quantities()} == {"tile_level_west", "alarms"}
    monitor = fed([notes] * 5, accepted=False, master=True)
    assert {quantity.name for quantity in monitor.quantities()} == {"tile_level_west"}


def test_a_high_rate_of_alarms_and_a_rising_score_warn() -> None:
    alarmed = Monitor("s", DriftSpec(), VERSIONS)
    for row in range(1, 13):
        alarmed.see(reading(row, {}, accepted=False, verdict=Verdict.FAIL))
    assert [(trouble.code, trouble.blocks) for trouble in alarmed.troubles()] == [(TroubleCode.ALARMS, False)]
    scores = [0.50, 0.52, 0.48, 0.51, 0.49, 0.60]
    rising = Monitor("s", SPEC, VERSIONS)
    for row, score in enumerate(scores, 1):
        rising.see(reading(row, {}, scores={"front": score, "side": 0.1}))
    assert [trouble.code for trouble in rising.troubles()] == [TroubleCode.SCORE]


def test_another_calibration_begins_the_light_anew_and_another_model_the_score() -> None:
    monitor = Monitor("s", SPEC, VERSIONS)
    notes = {"front.tile_level_west": 100.0}
    for row in range(1, 6):
        monitor.see(reading(row, notes, calibration="sha256:old"))
    assert {quantity.name for quantity in monitor.quantities()} == {"score", "alarms"}
    for row in range(6, 11):
        monitor.see(reading(row, notes, model_digest="sha256:old"))
    assert {(one.name, one.basis) for one in monitor.unkept()} == {
        ("score", "sha256:m"), ("tile_level_west", "sha256:c"),
    }  # fmt: skip


def test_a_monitor_made_anew_from_the_records_is_the_same() -> None:
    random = np.random.default_rng(3)
    notes = [{"front.tile_level_west": v, "front.tile_x_mm": v / 7} for v in random.normal(95, 2, 500)]
    spec = DriftSpec()
    whole = fed(notes, spec)
    readings = [reading(row, one) for row, one in enumerate(notes, 1)]
    again = Monitor("s", spec, VERSIONS)
    again.restore(whole.unkept(), readings[-again.needs :])
    for quantity in whole.quantities():
        one, other = whole.chart(quantity), again.chart(quantity)
        assert one is not None
        assert other is not None
        assert other.ewma[-1] == pytest.approx(one.ewma[-1], abs=1e-4)
        assert (other.baseline, other.grade) == (one.baseline, one.grade)
    assert again.unkept() == ()


def test_a_chart_says_where_a_quantity_may_be() -> None:
    monitor = fed([{"front.tile_level_west": v} for v in (98.0, 99.0, 100.0, 101.0, 102.0, 95.0)])
    chart = monitor.chart(Quantity("front", "tile_level_west", Kind.LIGHT, "west", "tile"))
    assert chart is not None
    assert list(chart.values) == [98, 99, 100, 101, 102, 95]
    assert math.isnan(chart.ewma[3])
    assert chart.ewma[-1] == 95
    assert chart.warn == pytest.approx((90, 110))
    assert chart.block == pytest.approx((85, 115))
    assert chart.control is not None
    assert chart.control[0] == pytest.approx(100 - 3 * 1.4826)
    assert chart.grade is Grade.GOOD
    assert monitor.chart(Quantity("front", "x", Kind.LIGHT)) is None


def test_what_is_no_number_is_passed_over() -> None:
    monitor = fed([{"front.tile_level_west": math.nan, "front.gain_top": 0.0}] * 9)
    assert {quantity.name for quantity in monitor.quantities()} == {"score", "alarms"}


def test_a_case_of_six_views_and_five_lights_costs_little() -> None:
    lights = ("north", "east", "south", "west", "diffuse")
    names = ("tile_level", "tile_sharpness", "tile_noise", "shell_level", "shell_sharpness", "shell_noise", "gain")
    notes = {f"v{view}.{name}_{light}": 100.0 for view in range(6) for name in names for light in lights}
    notes |= {f"v{v}.{n}": 1.0 for v in range(6) for n in ("tile_x_mm", "tile_y_mm", "shift_x_mm", "shift_y_mm")}
    monitor = fed([notes] * 30, DriftSpec())
    began = time.process_time()
    for row in range(31, 131):
        monitor.see(reading(row, notes))
        monitor.troubles()
    assert (time.process_time() - began) / 100 < 0.02, "234 quantities"


# ── on a whole station ──────────────────────────────────────────────────────────────────────────────────────────────

LIT: dict[str, Any] = {"view": {"steps": [{"step": "illumination"}]}, "drift": {"readings": 5}}


def fill(place: Place, levels: Iterable[float]) -> None:
    """Good shells under so much light."""
    place.cases.mkdir(exist_ok=True)
    first = len(list(place.cases.iterdir()))
    for number, level in enumerate(levels, first):
        pixels = np.clip(good(100 + number % 8) * level, 0, 255).astype(np.uint8)
        (place.cases / f"{number:03}.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


def test_a_lamp_that_fades_warns_then_blocks_and_a_new_baseline_frees(place: Place, opened: Open) -> None:
    fill(place, [1.0] * 6 + [0.88] * 3 + [0.75] * 12)
    station = opened(place.recipe(**LIT))
    assert "light" not in station.status().lamps
    for _ in range(6):
        station.trigger().result(WITHIN_S)
    assert station.status().lamps["light"].light is Light.GREEN
    for _ in range(3):
        station.trigger().result(WITHIN_S)
    lamp = station.status().lamps["light"]
    assert lamp.light is Light.YELLOW
    assert "noise, view front, light top: " in lamp.text
    assert "darker than its baseline on the goods: clean lamp and lens" in lamp.text
    assert station.status().blocked == ()
    station.run()
    station.wait()
    assert station.status().state is StationState.READY
    records = station.records()
    assert records[0].inspection.reasons[0].code is ReasonCode.BLOCKED
    assert len(records) < 21, "the run was held"
    assert station.status().lamps["light"].light is Light.RED
    station.close()
    again = opened(place.recipe(**LIT))
    assert again.status().blocked, "a restart forgets nothing"
    with pytest.raises(InputError, match="a new baseline needs an operator and a reason"):
        again.drift.reset_baseline("e1", " ").result(WITHIN_S)
    again.drift.reset_baseline("e1", "the lamp was replaced").result(WITHIN_S)
    assert again.status().blocked == ()
    again.close()
    assert opened(place.recipe(**LIT)).status().blocked == (), "it is kept"


def test_a_new_baseline_makes_a_check_due(place: Place, opened: Open) -> None:
    place.fill(["good", "good"])
    station = opened(place.recipe(masters=[{"name": "fine", "kind": "ok"}]), checks={"shifts": []})
    station.checks.begin("w17").result(WITHIN_S)
    station.checks.place().result(WITHIN_S)
    station.checks.place().result(WITHIN_S)
    assert station.checks.due() == ()
    station.drift.reset_baseline("e1", "the lens was cleaned").result(WITHIN_S)
    assert [one.why for one in station.checks.due()] == [DueWhy.WORK]
