"""The engineer's door on a real station: versions, gate, activation between two cases, rollback, shadow, preview."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from candidates import digest_of, make_versions
from small_station import MODEL, SIDE_PX, Place, good

from shellmark_inspect.errors import InputError, ShellmarkError
from shellmark_inspect.loop import Light, StationState
from shellmark_inspect.station import Station, workshop
from shellmark_inspect.station.gating import GateTask
from shellmark_inspect.station.workshop import ModelVersion, TeachRequest
from shellmark_inspect.types import Disposition, Record, Verdict
from shellmark_models import Store
from shellmark_models.activation import read_active
from shellmark_models.switch import activate, rollback

Open = Callable[..., Station]
WITHIN_S = 110.0
TAUGHT_WITHIN_S = 400.0
teaches = pytest.mark.timeout(900)


@pytest.fixture(scope="session")
def versions_store(noise_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Versions 1, 2 (hardly another) and 3 (so high a threshold that nothing is found)."""
    return make_versions(noise_store, tmp_path_factory.mktemp("versions") / "store")


@pytest.fixture
def place(tmp_path: Path, versions_store: Path) -> Place:
    """A place with a store of its own."""
    return Place(tmp_path, shutil.copytree(versions_store, tmp_path / "store"))


def inspect(station: Station) -> Record:
    return station.trigger().result(WITHIN_S)


def forced(place: Place, version: str) -> None:
    """What `shellmark models activate --force` does in another process."""
    activate(Store(place.store), MODEL, version, by="CLI", force=True, reason="test")


@pytest.fixture(autouse=True)
def _patient_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a case takes beside other tests is not tried here: tests/models/test_gate.py tries its limit."""
    monkeypatch.setattr(workshop, "GateTask", partial(GateTask, seconds=60.0))


def let_through(station: Station, version: str) -> None:
    report = station.workshop.gate(version).result(WITHIN_S)
    assert report.passed, report


def test_versions_are_shown_with_the_one_that_judges(place: Place, opened: Open) -> None:
    place.fill(["good"])
    (place.store / MODEL / "9").mkdir()
    (place.store / MODEL / "9" / "model.onnx").write_bytes(b"torn")
    station = opened()
    shown = station.workshop.versions()
    assert [(one.version, one.active) for one in shown] == [("1", True), ("2", False), ("3", False), ("9", False)]
    assert [one.parent for one in shown[:3]] == [None, "noise/1", "noise/2"]
    assert shown[0].digest == digest_of(place.store, "1")
    assert shown[0].gate is None
    assert "not an ONNX file" in shown[3].broken


def test_the_gate_then_activation_then_rollback(place: Place, opened: Open) -> None:
    place.fill(["good"] * 4)
    station = opened()
    first = inspect(station)
    with pytest.raises(InputError, match="noise/2: has not been through the gate"):
        station.workshop.activate("2", "Li").result(WITHIN_S)
    report = station.workshop.gate("2").result(WITHIN_S)
    assert [(check.name, check.passed) for check in report.checks] == [
        (name, True) for name in ("file", "recipe", "parity", "threshold", "golden", "latency", "memory")
    ]
    assert station.workshop.gating() == report.checks
    assert inspect(station).inspection.versions.model == "noise/1", "the gate alone changes nothing"
    now = station.workshop.activate("2", "Li").result(WITHIN_S)
    assert (now.version, now.active) == ("2", True)
    second = inspect(station)
    began = time.monotonic()
    assert station.workshop.rollback("Wang").result(WITHIN_S).version == "1"
    assert time.monotonic() - began < 2.0
    third = inspect(station)
    judged = [record.inspection.versions for record in (first, second, third)]
    assert [one.model for one in judged] == ["noise/1", "noise/2", "noise/1"]
    assert judged[1].model_digest == digest_of(place.store, "2")
    assert station.status().lamps["model"].text == "noise/1"
    with pytest.raises(InputError, match="no other version judged before"):
        station.workshop.rollback("Wang").result(WITHIN_S)


def test_the_gate_is_remembered_beside_the_version(place: Place, opened: Open) -> None:
    place.fill(["good"])
    station = opened()
    let_through(station, "2")
    assert (place.store / MODEL / "2" / "gate.json").is_file()
    station.close()
    again = opened()
    (gate,) = [one.gate for one in again.workshop.versions() if one.version == "2"]
    assert gate is not None
    assert gate.passed


def test_a_threshold_that_is_not_what_its_goods_say_is_blocked(place: Place, opened: Open) -> None:
    place.fill(["scratched"])
    station = opened()
    report = station.workshop.gate("3").result(WITHIN_S)
    failed = [check for check in report.checks if not check.passed]
    assert [check.name for check in failed] == ["threshold"]
    assert "too high" in failed[0].detail
    with pytest.raises(InputError, match=r"did not pass the gate \(threshold\)"):
        station.workshop.activate("3", "Li").result(WITHIN_S)
    assert inspect(station).verdict is Verdict.FAIL


def test_a_version_that_cannot_be_loaded_leaves_the_old_one_running(place: Place, opened: Open) -> None:
    place.fill(["good"] * 2)
    station = opened()
    let_through(station, "2")
    file = place.store / MODEL / "2" / "model.onnx"
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(InputError, match="not an ONNX file") as caught:
        station.workshop.activate("2", "Li").result(WITHIN_S)
    assert "\n" not in str(caught.value)
    assert read_active([place.store], MODEL) is None
    assert inspect(station).inspection.versions.model == "noise/1"


def test_a_store_that_cannot_be_written_leaves_the_old_one_running(
    place: Place, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.fill(["good"] * 2)
    station = opened()
    let_through(station, "2")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shellmark_models.writing.os.fsync", full)
    with pytest.raises(InputError, match="No space left"):
        station.workshop.activate("2", "Li").result(WITHIN_S)
    monkeypatch.undo()
    assert inspect(station).inspection.versions.model == "noise/1"


def test_in_a_run_each_case_is_judged_by_one_version_and_none_is_lost(place: Place, opened: Open) -> None:
    place.fill(["good"] * 24)
    station = opened()
    let_through(station, "2")
    seen: list[Record] = []
    begun = threading.Event()

    def listen(record: Record) -> None:
        seen.append(record)
        begun.set()

    station.subscribe(listen)
    station.run()
    assert begun.wait(WITHIN_S)
    station.workshop.activate("2", "Li").result(WITHIN_S)
    assert station.status().state is StationState.CONTINUOUS_EXECUTION, "the run goes on"
    station.wait()
    models = [record.inspection.versions.model for record in seen]
    assert len(seen) == 24
    assert all(record.inspection.scores for record in seen), "each was looked at"
    assert models == sorted(models), "one change, between two cases"
    assert set(models) == {"noise/1", "noise/2"}
    named = {"noise/1": digest_of(place.store, "1"), "noise/2": digest_of(place.store, "2")}
    assert all(named[one.inspection.versions.model] == one.inspection.versions.model_digest for one in seen)


def test_what_another_process_activates_is_said_and_taken_on_request(place: Place, opened: Open) -> None:
    place.fill(["good"] * 3)
    station = opened()
    forced(place, "2")
    station._look_around()
    lamp = station.status().lamps["model"]
    assert lamp.light is Light.YELLOW
    assert "noise/2 was activated elsewhere" in lamp.text
    assert inspect(station).inspection.versions.model == "noise/1", "not by itself"
    assert station.workshop.follow().result(WITHIN_S).version == "2"
    assert inspect(station).inspection.versions.model == "noise/2"
    assert station.status().lamps["model"].light is Light.GREEN
    rollback(Store(place.store), MODEL, by="CLI")
    assert "noise/1 was activated elsewhere" in station.workshop.news()


def test_what_another_process_activates_is_taken_at_the_next_changeover(place: Place, opened: Open) -> None:
    place.fill(["good"] * 3)
    station = opened(place.recipe("one"), place.recipe("two"))
    forced(place, "2")
    station.select("two").result(WITHIN_S)
    assert inspect(station).inspection.versions.model == "noise/2"
    assert station.workshop.news() == ""


def test_a_damaged_file_of_the_active_version_is_said_and_nothing_changes(place: Place, opened: Open) -> None:
    place.fill(["good"])
    station = opened()
    (place.store / MODEL / "active.json").write_text("{")
    station._look_around()
    assert "is damaged" in station.status().lamps["model"].text
    assert inspect(station).inspection.versions.model == "noise/1"


@pytest.mark.parametrize("pins", [{"model": "noise/1"}, {"model_digest": "yes"}])
def test_a_recipe_that_pins_its_model_is_not_changed_from_the_workshop(place: Place, opened: Open, pins: dict) -> None:
    place.fill(["good"] * 2)
    if "model_digest" in pins:
        pins = {"model_digest": digest_of(place.store, "1")}
    station = opened(place.recipe(**pins))
    let_through(station, "2")
    with pytest.raises(InputError, match="pins noise"):
        station.workshop.activate("2", "Li").result(WITHIN_S)
    forced(place, "2")
    assert station.workshop.news() == ""
    assert inspect(station).inspection.versions.model == "noise/1"


def test_a_shadow_sees_every_case_and_has_no_say(place: Place, opened: Open) -> None:
    place.fill(["good", "scratched", "scratched"])
    station = opened()
    station.workshop.shadow("3").result(WITHIN_S)
    verdicts = []
    for _ in range(3):
        verdicts.append(inspect(station).verdict)
        seen_all(station, len(verdicts))
    assert verdicts == [Verdict.PASS, Verdict.FAIL, Verdict.FAIL]
    state = station.workshop.shadowing()
    assert (state.version, state.seen, state.flipped, state.dropped, state.failed) == ("3", 3, 2, 0, 0)
    flips = station.workshop.flips()
    assert [flip.case_id for flip in flips] == ["003-scratched.png", "002-scratched.png"]
    assert {(flip.active_verdict, flip.shadow_verdict) for flip in flips} == {(Verdict.FAIL, Verdict.PASS)}
    assert all(flip.active_score > 1 > flip.shadow_score for flip in flips)
    assert flips[0].picture.shape == (SIDE_PX, SIDE_PX, 3)
    station.workshop.shadow(None).result(WITHIN_S)
    assert station.workshop.shadowing().version is None
    assert not [t for t in threading.enumerate() if t.name == "shadow"]


def seen_all(station: Station, cases: int) -> None:
    deadline = time.monotonic() + WITHIN_S
    while station.workshop.shadowing().seen < cases:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_shadow_that_is_slow_drops_cases_and_delays_none(
    place: Place, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.fill(["good"] * 6)
    station = opened()
    go_on = threading.Event()
    station.workshop.shadow("2").result(WITHIN_S)
    looks = station.workshop._shadow._inspector.inspect

    def slow(*args: object) -> object:
        go_on.wait(WITHIN_S)
        return looks(*args)

    monkeypatch.setattr(station.workshop._shadow._inspector, "inspect", slow, raising=False)
    for _ in range(6):
        assert inspect(station).verdict is Verdict.PASS
    assert station.workshop.shadowing().seen == 0
    assert station.workshop.shadowing().dropped >= 4
    go_on.set()
    state = None
    seen_all(station, 1)
    station.workshop.shadow(None).result(WITHIN_S)
    assert state is None


def test_a_shadow_that_breaks_is_counted_and_costs_nothing(
    place: Place, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.fill(["good"] * 2)
    station = opened()
    station.workshop.shadow("2").result(WITHIN_S)
    station.workshop._shadow._inspector.model.close()
    assert inspect(station).verdict is Verdict.PASS
    seen_all(station, 1)
    state = station.workshop.shadowing()
    assert (state.failed, state.flipped) == (1, 0)
    assert "closed" in state.message
    assert inspect(station).verdict is Verdict.PASS


def test_a_shadow_goes_on_beside_another_active_version_and_ends_when_it_is_that(place: Place, opened: Open) -> None:
    place.fill(["good"] * 4)
    station = opened()
    let_through(station, "2")
    station.workshop.shadow("3").result(WITHIN_S)
    station.workshop.activate("2", "Li").result(WITHIN_S)
    inspect(station)
    seen_all(station, 1)
    station.workshop.shadow("1").result(WITHIN_S)
    station.workshop.rollback("Li").result(WITHIN_S)
    assert station.workshop.shadowing().version is None


def test_closing_with_a_shadow_and_a_gate_running_leaves_nothing(place: Place, opened: Open) -> None:
    place.fill(["good"])
    station = opened()
    station.workshop.shadow("2").result(WITHIN_S)
    gate = station.workshop.gate("2")
    station.close()
    assert gate.cancelled() or isinstance(gate.exception(0), InputError) or gate.result(0).checks
    assert not [t for t in threading.enumerate() if t.name in {"shadow", "gate_0", "workshop_0"}]
    with pytest.raises(InputError, match="is closed"):
        station.workshop.preview(1.0).result(WITHIN_S)


def test_a_shadow_that_cannot_be_loaded_is_named(place: Place, opened: Open) -> None:
    place.fill(["good"])
    station = opened()
    with pytest.raises(InputError, match="noise/7"):
        station.workshop.shadow("7").result(WITHIN_S)
    assert inspect(station).verdict is Verdict.PASS


def test_a_preview_tells_what_a_threshold_would_flip(place: Place, opened: Open) -> None:
    place.fill(["good", "scratched", "good", "scratched"])
    station = opened()
    records = [inspect(station) for _ in range(4)]
    station.overrule(records[1].row, Disposition.NG, operator="Li", reason_code="confirmed").result(WITHIN_S)
    station.overrule(records[3].row, Disposition.OK, operator="Li", reason_code="false_call").result(WITHIN_S)
    same = station.workshop.preview(1.0).result(WITHIN_S)
    assert (same.n, same.to_pass, same.to_stop) == (4, (), ())
    assert [(r.hits, r.n) for r in (*same.overkill, *same.escapes)] == [(1, 1), (1, 1), (0, 1), (0, 1)]
    highest = max(score for record in records for score in record.inspection.scores.values())
    lax = station.workshop.preview(highest * 1.01).result(WITHIN_S)
    assert sorted(lax.to_pass) == ["002-scratched.png", "004-scratched.png"]
    assert [(r.hits, r.n) for r in (*lax.overkill, *lax.escapes)] == [(1, 1), (0, 1), (0, 1), (1, 1)]
    assert set(lax.rows) == set(lax.to_pass)
    strict = station.workshop.preview(0.1).result(WITHIN_S)
    assert sorted(strict.to_stop) == ["001-good.png", "003-good.png"]
    with pytest.raises(InputError, match="give a factor"):
        station.workshop.preview(0.0).result(WITHIN_S)


def test_a_rescaled_threshold_is_a_candidate_that_passes_the_gate(place: Place, opened: Open) -> None:
    place.fill(["good", "scratched"])
    station = opened()
    made = station.workshop.rescale(1.25).result(WITHIN_S)
    assert (made.version, made.parent, made.active, made.gate) == ("4", "noise/1", False, None)
    cards = {one.version: one.card for one in Store(place.store).list()}
    assert cards["4"].threshold == pytest.approx(1.25 * cards["1"].threshold)
    assert inspect(station).inspection.versions.model == "noise/1"
    let_through(station, "4")
    station.workshop.activate("4", "Li").result(WITHIN_S)
    assert inspect(station).verdict is Verdict.FAIL
    far = station.workshop.rescale(3.0).result(WITHIN_S)
    report = station.workshop.gate(far.version).result(WITHIN_S)
    assert [check.name for check in report.checks if not check.passed] == ["threshold"]


def mark() -> dict[str, np.ndarray]:
    mask = np.zeros((SIDE_PX, SIDE_PX), np.bool_)
    mask[60:70, 60:70] = True
    return {"front": mask}


def test_corrections_wait_with_their_pictures(place: Place, opened: Open) -> None:
    place.fill(["scratched", "good"])
    station = opened(save={"floor_bytes": 0, "frames": "all"})
    false_call, missed = inspect(station), inspect(station)
    station.workshop.correct(false_call.row, "false_call").result(WITHIN_S)
    station.workshop.correct(missed.row, "missed", mark()).result(WITHIN_S)
    station.workshop.correct(missed.row, "missed", mark()).result(WITHIN_S)
    queue = station.workshop.corrections()
    assert [(one.row, one.kind) for one in queue.queued()] == [(1, "false_call"), (2, "missed")]
    station.close()
    again = opened(save={"floor_bytes": 0, "frames": "all"})
    queue = again.workshop.corrections()
    assert [one.case_id for one in queue.queued()] == ["001-scratched.png", "002-good.png"]
    from shellmark_inspect.sets import read_set
    from shellmark_inspect.teaching.marked import marked_cases

    (case,) = marked_cases(queue.missed)
    assert case.mask is not None
    (good_case,) = read_set(queue.false_calls).to_learn
    assert good_case.kind == "good"


@pytest.mark.parametrize(
    ("row", "kind", "masks", "says"),
    [
        (99, "false_call", {}, "no record 99"),
        (1, "missed", {}, "mark the defect"),
        (1, "missed", {"front": np.zeros((SIDE_PX, SIDE_PX), np.bool_)}, "mark the defect"),
        (1, "missed", {"front": np.ones((4, 4), np.bool_)}, "is 4x4, its picture 128x128"),
        (1, "missed", {"back": np.ones((SIDE_PX, SIDE_PX), np.bool_)}, "the recipe has front"),
    ],
)
def test_an_impossible_correction_is_refused(
    place: Place, opened: Open, row: int, kind: str, masks: dict, says: str
) -> None:
    place.fill(["good"])
    station = opened()
    inspect(station)
    with pytest.raises(InputError, match=says):
        station.workshop.correct(row, kind, masks).result(WITHIN_S)
    assert station.workshop.corrections().queued() == []
    assert not list((place.folder / "data").rglob("*mask*"))


def test_a_case_whose_pictures_were_not_kept_cannot_be_corrected(place: Place, opened: Open) -> None:
    place.fill(["good"] * 2)
    station = opened()
    first = inspect(station)
    station.workshop.correct(first.row, "false_call").result(WITHIN_S)
    inspect(station)
    (place.folder / "data" / "corrections").rename(place.folder / "gone")
    with pytest.raises(InputError, match=r"was not kept: set save\.frames to all"):
        station.workshop.correct(first.row, "false_call").result(WITHIN_S)


def lesson(station: Station, request: TeachRequest) -> ModelVersion:
    return station.workshop.teach(request).result.result(TAUGHT_WITHIN_S)


def goods_folder(place: Place, count: int = 4) -> Path:
    folder = place.folder / "goods"
    folder.mkdir()
    for n in range(count):
        (folder / f"g{n}.png").write_bytes(cv2.imencode(".png", good(300 + n))[1].tobytes())
    return folder


@teaches
def test_a_candidate_is_taught_beside_the_active_version(place: Place, opened: Open) -> None:
    place.fill(["good"] * 2)
    station = opened()
    job = station.workshop.teach(TeachRequest(goods_folder(place)))
    with pytest.raises(InputError, match="a teaching runs already"):
        station.workshop.teach(TeachRequest(place.folder / "goods"))
    made = job.result.result(TAUGHT_WITHIN_S)
    assert (made.name, made.version, made.active, made.goods) == (MODEL, "4", False, 4)
    assert job.progress()[1] == 1.0
    assert job.report().goods == 4
    assert inspect(station).inspection.versions.model == "noise/1"
    report = station.workshop.gate("4").result(WITHIN_S)
    assert {check.name for check in report.checks if not check.passed} <= {"threshold"}, report


@teaches
def test_a_teaching_that_is_cancelled_or_fails_leaves_nothing(place: Place, opened: Open) -> None:
    place.fill(["good"])
    station = opened()
    job = station.workshop.teach(TeachRequest(goods_folder(place)))
    job.cancel()
    with pytest.raises(ShellmarkError, match="was stopped"):
        job.result.result(TAUGHT_WITHIN_S)
    with pytest.raises(ShellmarkError, match="gone"):
        lesson(station, TeachRequest(place.folder / "gone"))
    with pytest.raises(ShellmarkError, match="noise/9"):
        lesson(station, TeachRequest(place.folder / "goods", continue_from="9"))
    assert [one.version for one in station.workshop.versions()] == ["1", "2", "3"]
    running = station.workshop.teach(TeachRequest(place.folder / "goods"))
    station.close()
    assert isinstance(running.result.exception(0), ShellmarkError)
    assert sorted(path.name for path in (place.store / MODEL).iterdir()) == ["1", "2", "3"]


@teaches
def test_a_missed_defect_and_a_false_call_are_taught_and_become_golden(place: Place, opened: Open) -> None:
    place.fill(["scratched", "blemished"])
    station = opened(save={"floor_bytes": 0, "frames": "all"})
    first = lesson(station, TeachRequest(goods_folder(place)))
    activate(Store(place.store), MODEL, first.version, by="test", force=True, reason="it can be gone on from")
    station.workshop.follow().result(WITHIN_S)
    wrong, missed = inspect(station), inspect(station)
    station.workshop.correct(wrong.row, "false_call").result(WITHIN_S)
    station.workshop.correct(missed.row, "missed", mark()).result(WITHIN_S)
    made = lesson(station, TeachRequest(None, corrections=True))
    assert made.parent == f"noise/{first.version}"
    assert station.workshop.corrections().queued() == []
    report = station.workshop.gate(made.version).result(WITHIN_S)
    golden = next(check for check in report.checks if check.name == "golden")
    assert "of 1 that must be stopped passed" in golden.detail
    assert "of 1 good ones did not" in golden.detail
