"""Teaching on a workshop in memory: the folder, the progress, cancelling, the goods report, teaching again."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from memory_station import drawn_shell
from memory_workshop import goods_folder, goods_report
from PyQt6.QtCore import Qt

from shellmark_gui.desks import teach_desk
from shellmark_gui.folders import listing
from shellmark_gui.goods import remark_words, tiles_of
from shellmark_gui.pages.teach_page import TeachPage
from shellmark_gui.workwords import time_left
from shellmark_inspect.errors import InputError
from shellmark_inspect.teaching.report import Kind, Remark


@pytest.fixture
def goods(tmp_path):
    folder = tmp_path / "goods"
    return folder, goods_folder(folder, [drawn_shell(number, (60, 80)) for number in range(12)])


@pytest.fixture
def page(qtbot, window):
    window.engineer.teaching.open()
    page = window.engineer.teach_page
    qtbot.waitUntil(lambda: page.active is not None)
    return page


def press(qtbot, page: TeachPage, name: str) -> None:
    button = page.work_buttons[name]
    assert button.isVisible(), name
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def begin(qtbot, page, folder, workshop):
    page.show_folder("goods", folder)
    press(qtbot, page, "start")
    qtbot.waitUntil(lambda: len(workshop.jobs) > 0)
    return workshop.jobs[-1]


def test_nothing_can_be_started_without_goods(page):
    assert not page.work_buttons["start"].isEnabled()
    assert not page.work_buttons["cancel"].isVisible()


def test_a_folder_is_chosen_by_taps(qtbot, window, page, goods):
    folder, files = goods
    window.engineer.teaching._start = folder.parent
    qtbot.mouseClick(page.choices["goods"], Qt.MouseButton.LeftButton)
    chooser = window.engineer.folder_page
    assert window.page is chooser
    qtbot.waitUntil(lambda: chooser.listing is not None and chooser.listing.path == folder.parent)
    qtbot.mouseClick(chooser.folders[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: chooser.listing.path == folder)
    assert f"{len(files)} 张图片" in chooser.about.text()
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: chooser.listing.path == folder.parent)
    qtbot.mouseClick(chooser.folders[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: chooser.listing.path == folder)
    qtbot.mouseClick(chooser.work_buttons["take"], Qt.MouseButton.LeftButton)
    assert window.page is page
    assert page.request().goods == folder


def test_a_path_that_is_not_there_is_said_and_the_old_folder_stays(qtbot, window, page, goods):
    folder, _ = goods
    window.engineer.teaching._start = folder
    qtbot.mouseClick(page.choices["goods"], Qt.MouseButton.LeftButton)
    chooser = window.engineer.folder_page
    qtbot.waitUntil(lambda: chooser.listing is not None)
    chooser.entry.setText(str(folder / "nowhere"))
    qtbot.keyClick(chooser.entry, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: chooser.line.text().startswith("找不到"))
    assert chooser.listing.path == folder


def test_digits_of_a_path_are_typed_and_press_nothing(qtbot, window, page, goods):
    window.engineer.teaching._start = goods[0]
    qtbot.mouseClick(page.choices["goods"], Qt.MouseButton.LeftButton)
    chooser = window.engineer.folder_page
    qtbot.waitUntil(lambda: chooser.listing is not None)
    chooser.entry.setFocus()
    chooser.entry.clear()
    qtbot.keyClicks(chooser.entry, "/data/123")
    assert chooser.entry.text() == "/data/123"
    assert window.page is chooser
    assert chooser.listing.path == goods[0]


def test_a_listing_counts_pictures_and_knows_no_hidden_folders(tmp_path):
    for name in ("b", "A", ".hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / "one.PNG").write_bytes(b"x")
    (tmp_path / "notes.txt").write_text("x")
    found = listing(tmp_path)
    assert [path.name for path in found.folders] == ["A", "b"]
    assert (found.pictures, found.above) == (1, tmp_path.parent)
    assert listing(Path(tmp_path.anchor)).above is None


def test_what_is_wished_is_what_is_asked(qtbot, page, goods, workshop, tmp_path):
    folder, _ = goods
    for name in ("family", "on", "queue"):
        qtbot.mouseClick(page.choices[name], Qt.MouseButton.LeftButton)
    page.show_folder("labelled", tmp_path)
    request = begin(qtbot, page, folder, workshop).request
    assert (request.goods, request.labelled, request.continue_from, request.corrections) == (
        folder,
        tmp_path,
        "2",
        True,
    )
    assert request.family == page.families[0]


def test_every_kind_of_model_that_goods_make_is_offered_by_its_name(qtbot, window, page):
    said = []
    for _ in range(5):
        qtbot.mouseClick(page.choices["family"], Qt.MouseButton.LeftButton)
        said.append((page.wishes.family, page.choices["family"].text()))
    assert said == [
        ("classical", "经典算法"),
        ("memory", "特征记忆"),
        ("memory-lean", "特征记忆（快速）"),
        ("registered", "逐点比对"),
        (None, "按配方"),
    ]


def test_progress_says_the_stage_and_the_time_left(qtbot, window, page, goods, workshop):
    job = begin(qtbot, page, goods[0], workshop)
    window.engineer.teaching._began_at -= 20
    job.go("folds", 0.5)
    qtbot.waitUntil(lambda: page.stage.text() == "良品互相检验")
    assert "50%" in page.left_words.text()
    assert "约剩 20 秒" in page.left_words.text()
    assert page.bar.value() == 500


@pytest.mark.parametrize(("fraction", "elapsed_s", "said"), [(0.01, 5, ""), (0.5, 30, "30"), (0.1, 60, "9")])
def test_the_time_left_is_said_once_it_is_known(window, fraction, elapsed_s, said):
    assert said in time_left(fraction, elapsed_s)
    assert bool(time_left(fraction, elapsed_s)) == bool(said)


def test_cancelling_is_at_once_and_leads_back_to_the_start(qtbot, page, goods, workshop):
    job = begin(qtbot, page, goods[0], workshop)
    qtbot.waitUntil(lambda: page.work_buttons["cancel"].isVisible())
    press(qtbot, page, "cancel")
    qtbot.waitUntil(job.cancelled.is_set)
    qtbot.waitUntil(lambda: page.work_buttons["start"].isVisible())
    assert page.line.text().startswith("教学已取消")
    assert page.version is None


def test_the_report_shows_the_cases_to_look_at_and_teaches_again_without_them(qtbot, page, goods, workshop):
    folder, files = goods
    job = begin(qtbot, page, folder, workshop)
    job.end(workshop.candidate(12), goods_report(files))
    qtbot.waitUntil(lambda: page.version is not None)
    assert page.tiles.tiles[0].key == "g003"
    assert page.tiles.tiles[0].alarming
    qtbot.waitUntil(lambda: page.tiles.places[0].image is not None)
    assert "误拒率" in page.summary.text()
    assert page.remarks[0].text().startswith("与其他良品不像")
    assert not page.work_buttons["again"].isEnabled()
    qtbot.mouseClick(page.tiles.places[0], Qt.MouseButton.LeftButton)
    assert page.work_buttons["again"].text() == "排除 1 件，重新教学"
    qtbot.waitUntil(lambda: page.tiles.places[1].image is not None)
    press(qtbot, page, "again")
    qtbot.waitUntil(lambda: len(workshop.jobs) == 2)
    assert workshop.jobs[-1].request.without == ("g003",)
    assert workshop.jobs[-1].request.goods == folder


def test_the_candidate_goes_to_the_gate_and_is_not_in_use(qtbot, window, page, goods, workshop):
    job = begin(qtbot, page, goods[0], workshop)
    made = workshop.candidate(12)
    job.end(made, goods_report(goods[1]))
    qtbot.waitUntil(lambda: page.version is not None)
    press(qtbot, page, "gate")
    models = window.engineer.models_page
    assert window.page is models
    qtbot.waitUntil(lambda: models.version is not None and models.version.gate is not None)
    assert models.version.version == made.version
    assert not models.version.active
    assert workshop.activated == []


def test_a_teaching_that_fails_says_why_and_shows_the_goods(qtbot, page, goods, workshop):
    job = begin(qtbot, page, goods[0], workshop)
    job.fail(InputError("g003/top.png is 60 x 80, the others 600 x 800: sort them out"), goods_report(goods[1]))
    qtbot.waitUntil(lambda: "sort them out" in page.line.text())
    assert page.line.text().startswith("无法执行：")
    assert not page.work_buttons["gate"].isEnabled()
    assert page.tiles.tiles


def test_a_second_teaching_that_is_refused_is_said(qtbot, page, goods, workshop):
    workshop.refuses = InputError("a teaching of gloss-vertical runs already: wait or cancel it")
    page.show_folder("goods", goods[0])
    press(qtbot, page, "start")
    qtbot.waitUntil(lambda: "wait or cancel it" in page.line.text())
    assert page.work_buttons["start"].isVisible()


def test_a_teaching_goes_on_while_the_station_s_page_is_shown(qtbot, window, page, goods, workshop):
    job = begin(qtbot, page, goods[0], workshop)
    window.home()
    job.end(workshop.candidate(12), goods_report(goods[1]))
    qtbot.waitUntil(lambda: "已教好" in window.station_page.live.canvas.footer)


def test_after_a_changeover_no_goods_of_another_sku_are_taught(qtbot, window, page, goods, workshop, station):
    page.show_folder("goods", goods[0])
    window.home()
    station.select("S24-GREEN").result(5)
    window.engineer.teaching.open()
    assert page.request().goods is None
    assert not page.work_buttons["start"].isEnabled()


def test_a_version_taught_for_another_sku_does_not_go_to_this_one_s_gate(qtbot, window, page, goods, workshop, station):
    job = begin(qtbot, page, goods[0], workshop)
    qtbot.waitUntil(lambda: window.engineer.teaching._job is job)
    station.select("S24-GREEN").result(5)
    job.end(workshop.candidate(12), goods_report(goods[1]))
    qtbot.waitUntil(lambda: window.engineer.teaching._job is None)
    assert page.version is None
    assert not page.work_buttons["gate"].isVisible()


def test_above_the_root_are_the_drives(qtbot, window, page):
    qtbot.mouseClick(page.choices["goods"], Qt.MouseButton.LeftButton)
    chooser = window.engineer.folder_page
    chooser.wanted.emit(Path(Path.home().anchor))
    qtbot.waitUntil(lambda: chooser.listing is not None and chooser.listing.drives)
    qtbot.mouseClick(chooser.work_buttons["above"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: chooser.listing.path is None)
    assert chooser.listing.folders
    assert not chooser.work_buttons["take"].isEnabled()


def test_a_slow_folder_is_not_shown_once_another_was_asked_for(qtbot, window, page, tmp_path, monkeypatch):
    (tmp_path / "slow" / "below").mkdir(parents=True)
    (tmp_path / "quick").mkdir()
    answered, may_answer = threading.Event(), threading.Event()

    def listed(path):
        if path.name == "slow":
            assert may_answer.wait(5)
            answered.set()
        return listing(path)

    monkeypatch.setattr(teach_desk, "listing", listed)
    chooser = window.engineer.folder_page
    chooser.wanted.emit(tmp_path / "slow")
    chooser.wanted.emit(tmp_path / "quick")
    qtbot.waitUntil(lambda: chooser.listing is not None and chooser.listing.path == tmp_path / "quick")
    may_answer.set()
    assert answered.wait(5)
    qtbot.wait(50)
    assert chooser.listing.path == tmp_path / "quick"


def test_every_kind_of_remark_has_words(window):
    for kind in Kind:
        assert remark_words(Remark(kind, (), "detail")).endswith("— detail")


def test_cases_to_look_at_come_first_then_the_highest_scores_each_once(goods):
    report = goods_report(goods[1])
    keys = [tile.key for tile in tiles_of(report)]
    assert keys[0] == "g003"
    assert set(keys[1:3]) == {"g005", "g006"}
    assert len(keys) == len(set(keys))
    rest = [report.scores[key] for key in keys[3:]]
    assert rest == sorted(rest, reverse=True)
    assert max(report.scores[key] for key in report.scores.keys() - set(keys)) <= min(rest)


def test_a_picture_that_went_away_meanwhile_is_said_to_be_missing(qtbot, page, goods, workshop):
    folder, files = goods
    job = begin(qtbot, page, folder, workshop)
    report = goods_report(files)
    files["g003"][0].unlink()
    job.end(workshop.candidate(12), report)
    qtbot.waitUntil(lambda: page.tiles.places[0]._missing)
    assert page.tiles.places[0].tile.key == "g003"
