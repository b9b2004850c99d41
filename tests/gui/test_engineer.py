"""The engineer's pages on the real station: gate, activation between two cases, shadow, threshold, corrections."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPolygonF
from real_station import sample_recipes

from shellmark_gui.keys import Action
from shellmark_gui.window import StationWindow
from shellmark_inspect.station import Station, StationConfig, samples_folder
from shellmark_inspect.types import Disposition, Verdict
from shellmark_models import Store, bundle_roots

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
WITHIN_MS = 120_000


@pytest.fixture
def real(tmp_path):
    """A station on one SKU of the samples, its model in a store of its own."""
    recipes = sample_recipes()
    assert recipes, "the bundles of the sample SKUs ship with the program"
    data = tmp_path
    shipped = Store(*bundle_roots()).find(recipes[0].name)
    store = data / "store"
    shutil.copytree(shipped.path.parent, store / shipped.name / shipped.version)
    front = {"kind": "folder", "path": str(samples_folder() / "manifest.json"), "loop": True}
    config = StationConfig(
        station="screen", data=data, cameras={"front": front}, recipes=(recipes[0],), models=(store,), threads=1
    )
    with Station(config) as station:
        yield station


@pytest.fixture
def window(qtbot, real, language):
    window = StationWindow(real, language)
    window.resize(1920, 1080)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window._signed_in("张三")
    yield window
    window.close()
    window.deleteLater()


def judged(qtbot, window, real, *, wanted: Verdict | None = None):
    for _ in range(40):
        record = real.trigger().result(60)
        if wanted is None or record.verdict is wanted:
            break
    qtbot.waitUntil(lambda: window.station_page.target is not None and window.station_page.target.row == record.row)
    qtbot.waitUntil(lambda: window.station_page.buttons[Action.MORE].isEnabled())
    return record


def candidate(qtbot, window) -> str:
    """A version with another threshold, made on the screen and sent through the gate."""
    window.engineer.open()
    models, page = window.engineer.models_page, window.engineer.threshold_page
    qtbot.waitUntil(lambda: models.versions != ())
    before = {one.version for one in models.versions}
    qtbot.mouseClick(models.work_buttons["threshold"], Qt.MouseButton.LeftButton)
    page.slider.setValue(110)
    qtbot.waitUntil(lambda: page.work_buttons["keep"].isEnabled(), timeout=WITHIN_MS)
    qtbot.mouseClick(page.work_buttons["keep"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: {one.version for one in models.versions} > before, timeout=WITHIN_MS)
    (made,) = {one.version for one in models.versions} - before
    assert models.chosen == made
    return made


def test_the_judged_frame_has_its_map_of_scores(qtbot, window, real):
    record = judged(qtbot, window, real, wanted=Verdict.FAIL)
    (scores,) = (one for one in record.inspection.evidence if one.kind == "map")
    assert scores.pixels.max() >= 100
    qtbot.keyClick(window, Qt.Key.Key_H)
    assert window.station_page.live.canvas.heat is not None


def test_a_candidate_of_the_threshold_s_page_goes_through_the_real_gate(qtbot, window, real):
    judged(qtbot, window, real)
    made = candidate(qtbot, window)
    models = window.engineer.models_page
    qtbot.waitUntil(
        lambda: models.version is not None and models.version.version == made and models.version.gate is not None,
        timeout=WITHIN_MS,
    )
    assert {check.name for check in models.version.gate.checks} >= {"file", "recipe", "parity", "threshold", "latency"}
    assert not models.version.active
    if not models.version.gate.passed:
        assert not models.work_buttons["activate"].isEnabled()
        return
    qtbot.mouseClick(models.work_buttons["activate"], Qt.MouseButton.LeftButton)
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: models.version.version == made and models.version.active, timeout=WITHIN_MS)
    assert judged(qtbot, window, real).inspection.versions.model.endswith(f"/{made}")
    window.engineer.open()
    qtbot.waitUntil(models.work_buttons["rollback"].isEnabled)
    qtbot.mouseClick(models.work_buttons["rollback"], Qt.MouseButton.LeftButton)
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: models.version.version != made and models.version.active, timeout=WITHIN_MS)


def test_a_shadow_sees_the_cases_that_follow(qtbot, window, real):
    window.engineer.open()
    models = window.engineer.models_page
    qtbot.waitUntil(lambda: models.versions != ())
    if len(models.versions) < 2:
        candidate(qtbot, window)
    other = next(one.version for one in models.versions if not one.active)
    window.engineer.models.open(other)
    qtbot.waitUntil(models.work_buttons["shadow"].isEnabled)
    qtbot.mouseClick(models.work_buttons["shadow"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: models.shadowing.version is not None, timeout=WITHIN_MS)
    for _ in range(3):
        real.trigger().result(60)
    qtbot.waitUntil(lambda: models.shadowing.seen + models.shadowing.dropped >= 3, timeout=WITHIN_MS)
    qtbot.waitUntil(models.work_buttons["shadow"].isEnabled)
    qtbot.mouseClick(models.work_buttons["shadow"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: models.shadowing.version is None, timeout=WITHIN_MS)


def test_a_missed_defect_is_queued_with_its_pictures_though_the_line_goes_on(qtbot, window, real):
    record = judged(qtbot, window, real, wanted=Verdict.PASS)
    qtbot.keyClick(window, Qt.Key.Key_F2)
    qtbot.waitUntil(window.station_page.live.lesson_button.isVisible)
    assert window.station_page.target.disposition is Disposition.NG
    qtbot.keyClick(window, Qt.Key.Key_T)
    page = window.region_page
    qtbot.waitUntil(lambda: page.canvas._image is not None)
    real.trigger().result(60)  # the line goes on while it is drawn
    page.canvas.regions.append(QPolygonF(QRectF(QPointF(100, 100), QPointF(180, 160))))
    page.canvas.changed.emit()
    qtbot.mouseClick(page.work_buttons["queue"], Qt.MouseButton.LeftButton)
    case = record.inspection.trigger.case_id
    qtbot.waitUntil(lambda: real.workshop.corrections().queued() != [], timeout=WITHIN_MS)
    (queued,) = (one for one in real.workshop.corrections().queued() if one.case_id == case)
    assert queued.kind == "missed"
    assert {path.suffix for path in Path(queued.folder).iterdir()} >= {".png", ".json"}


def test_a_false_alarm_is_queued_by_one_key(qtbot, window, real):
    record = judged(qtbot, window, real, wanted=Verdict.FAIL)
    qtbot.keyClick(window, Qt.Key.Key_F3)
    qtbot.waitUntil(window.station_page.live.lesson_button.isVisible)
    qtbot.keyClick(window, Qt.Key.Key_T)
    case = record.inspection.trigger.case_id
    qtbot.waitUntil(lambda: any(one.case_id == case for one in real.workshop.corrections().queued()), timeout=WITHIN_MS)


def test_a_teaching_is_cancelled_and_leaves_nothing_in_the_store(qtbot, window, real):
    window.engineer.open()
    models, page = window.engineer.models_page, window.engineer.teach_page
    qtbot.waitUntil(lambda: models.versions != ())
    before = sorted(path.name for path in (real.config.models[0] / models.versions[0].name).iterdir())
    window.engineer.teaching.open()
    page.show_folder("goods", samples_folder() / real.recipe().sku / "learn" / "good")
    qtbot.waitUntil(page.work_buttons["start"].isEnabled)
    qtbot.mouseClick(page.work_buttons["start"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page._stage not in ("", "start"), timeout=WITHIN_MS)
    qtbot.mouseClick(page.work_buttons["cancel"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.line.text().startswith("教学已取消"), timeout=WITHIN_MS)
    assert sorted(path.name for path in (real.config.models[0] / models.versions[0].name).iterdir()) == before
    assert page.work_buttons["start"].isVisible()


def test_the_preview_shows_stored_cases_with_what_people_decided(qtbot, window, real):
    for _ in range(3):
        judged(qtbot, window, real)
    window.engineer.threshold.open()
    page = window.engineer.threshold_page
    page.slider.setValue(200)
    qtbot.waitUntil(lambda: page.preview is not None and page.preview.times == 2.0, timeout=WITHIN_MS)
    assert page.preview.n > 0
    if page.tiles.tiles:
        qtbot.waitUntil(lambda: page.tiles.places[0].image is not None, timeout=WITHIN_MS)
