"""Labels on the screen: what to do now, the keys that say it is done, two persons, where codes stand."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from memory_labels import seen_label
from PyQt6.QtCore import QCoreApplication, QPoint, QRect, Qt

from shellmark_gui import labelwords
from shellmark_gui.desks import label_desk
from shellmark_gui.desks.label_pictures import label_picture, pictures_of
from shellmark_gui.keys import Action
from shellmark_gui.labelwords import LabelKeys, label_look, print_word, standing_word
from shellmark_gui.shapes import Shape
from shellmark_gui.theme import FAIL_COLOUR, PASS_COLOUR, REVIEW_COLOUR
from shellmark_gui.troubles import told
from shellmark_inspect.errors import InputError, WrongState
from shellmark_inspect.labelling import FAULTS, TO_DO, Fault, Labelling, LabelState
from shellmark_inspect.records import Order
from shellmark_inspect.said import Said
from shellmark_inspect.types import Disposition, Verdict
from shellmark_trace import PrinterError, States, Suspicion

S = LabelState
KEYS = LabelKeys("B", "N", "P")


@pytest.fixture(autouse=True)
def no_rest(monkeypatch):
    """Keys that may be pressed at once; one test is about their rest."""
    monkeypatch.setattr(label_desk, "REST_S", 0.0)


@pytest.fixture
def labels(qtbot, window, station):
    """A station that prints labels, all its cases good, somebody signed in."""
    station.plan = (Verdict.PASS,)
    window._signed_in("张三")
    labels = station.give_labels()
    qtbot.waitUntil(window.station_page.label.isVisible)
    return labels


@pytest.fixture
def stick(judged, labels, qtbot, window):
    """Judge a case whose label comes out; the record."""

    def one(case_id: str | None = None, **values):
        record = judged(case_id)
        labels.stick(record.inspection.trigger.case_id, record.code.serial, record.code.text, **values)
        qtbot.waitUntil(lambda: window.station_page.label.now.state is S.STICK)
        return record

    return one


@pytest.fixture
def page(qtbot, window, labels):
    """The label's page."""
    qtbot.keyClick(window, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: window.page is window.labels.page)
    return window.labels.page


def press(page, name: str) -> None:
    assert page.work_buttons[name].isEnabled(), name
    page.work_buttons[name].click()


def give(window, text: str) -> None:
    """Type one thing where it is asked for."""
    assert window.page is window.labels.entry_page
    window.labels.entry_page.entry.setText(text)
    window.labels.entry_page.accept.click()


# ── the station's page ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_station_without_labels_looks_as_before(qtbot, window, judged):
    judged()
    judged()
    page = window.station_page
    assert not page.label.isVisible()
    assert page.code.isVisible()
    assert page.lamps.names == ("camera", "disk", "model", "database")
    for key in (Qt.Key.Key_B, Qt.Key.Key_N, Qt.Key.Key_P):
        qtbot.keyClick(window, key)
    assert window.page is page
    assert [thumbnail.standing for thumbnail in page.history.thumbnails] == [("", "")] * 12
    window._open_newest()
    assert window.record_page.code.standing == ""


def test_a_label_is_stuck_read_and_active(qtbot, window, labels, stick, station):
    record = stick()
    panel = window.station_page.label
    assert panel.tile.word == "请贴标签"
    assert panel.tile.shape is Shape.ARROW
    assert "20-00001" in panel.tile.line
    assert "贴好后按 [B]" in panel.tile.line
    assert not window.station_page.code.isVisible()
    assert panel.buttons[Action.LABEL_DONE].text() == "标签已贴好"
    assert "标签 正常" in window.station_page.lamps.accessibleName()
    qtbot.keyClick(window, Qt.Key.Key_B)
    qtbot.waitUntil(lambda: panel.tile.word == f"标签已激活 {record.code.serial[-6:]}")
    assert labels.said == [("stuck", "张三", record.code.serial)]
    assert (panel.tile.colour, panel.tile.shape) == (PASS_COLOUR, Shape.TICK)
    qtbot.waitUntil(lambda: window.station_page.history.thumbnails[0].standing == ("已激活", PASS_COLOUR))
    assert not panel.buttons[Action.LABEL_DONE].isVisible()


def test_no_label_came_and_all_are_stripped_in_somebody_s_name(qtbot, window, labels, stick):
    record = stick()
    window.operator = ""
    panel = window.station_page.label
    qtbot.keyClick(window, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: panel.tile.word == "撕掉全部标签")
    assert (panel.tile.colour, panel.tile.shape) == (FAIL_COLOUR, Shape.CROSS)
    assert "没有出标签" in panel.tile.line
    assert "撕净后按 [B]" in panel.tile.line
    assert panel.buttons[Action.LABEL_DONE].text() == "已全部撕净"
    qtbot.keyClick(window, Qt.Key.Key_B)
    assert window.page is window.operator_page
    window.operator_page.named.emit("李四")
    qtbot.waitUntil(lambda: labels.said[-1] == ("stripped", "李四", record.code.serial))
    assert window.page is window.station_page
    qtbot.waitUntil(lambda: window.station_page.history.thumbnails[0].standing == ("作废", FAIL_COLOUR))
    assert panel.tile.word == "没有待贴标签的箱壳"


def test_a_label_that_was_not_read_is_read_again(qtbot, window, labels, stick):
    record = stick()
    panel = window.station_page.label
    labels.fault = Fault.NOT_READ
    qtbot.keyClick(window, Qt.Key.Key_B)
    qtbot.waitUntil(lambda: panel.tile.word == "撕掉全部标签")
    assert panel.buttons[Action.LABEL_NONE].text() == "再读一次"
    labels.fault = None
    qtbot.keyClick(window, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: panel.tile.word == f"标签已激活 {record.code.serial[-6:]}")
    assert [words[0] for words in labels.said] == ["stuck", "stuck"]


def test_a_void_code_is_not_read_again(qtbot, window, labels, stick):
    stick()
    labels.go(S.STRIP, fault=Fault.VOIDED)
    panel = window.station_page.label
    qtbot.waitUntil(lambda: panel.tile.word == "撕掉全部标签")
    assert not panel.buttons[Action.LABEL_NONE].isVisible()
    qtbot.keyClick(window, Qt.Key.Key_N)
    qtbot.wait(30)
    assert labels.said == []


def test_a_second_press_is_not_for_what_the_first_brought_about(qtbot, window, labels, stick, monkeypatch):
    stick()
    monkeypatch.setattr(label_desk, "REST_S", 60.0)
    labels.fault = Fault.WEAK
    window.labels._rests_until_s = 0.0
    qtbot.keyClick(window, Qt.Key.Key_B)
    qtbot.waitUntil(lambda: window.station_page.label.now.state is S.STRIP)
    assert not window.station_page.label.buttons[Action.LABEL_DONE].isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_B)
    qtbot.wait(50)
    assert [words[0] for words in labels.said] == ["stuck"]


def test_a_press_that_is_not_due_is_said(qtbot, window, labels, stick):
    stick()
    labels.now, seen = Labelling(S.IDLE), window.labels._now
    window.labels._now = seen
    window.labels.act(Action.LABEL_DONE)
    qtbot.waitUntil(lambda: "is not due now" in window.station_page.live.canvas._footer)


def test_the_verdict_of_the_case_stays_first(qtbot, window, station, labels, stick, judged):
    stick()
    station.plan = (Verdict.FAIL,)
    judged()
    page = window.station_page
    qtbot.waitUntil(lambda: page.label.low and page.cards[0].isVisible())
    QCoreApplication.processEvents()

    def where(part) -> QRect:
        return QRect(part.mapTo(window, QPoint(0, 0)), part.size())

    assert page.verdict.size().height() == 200
    for other in (page.label, page.cards[0], page.cards[1]):
        assert not where(page.verdict).intersects(where(other))
        assert not where(page.label).intersects(where(other)) or other is page.label
    assert page.label.height() < page.verdict.height()
    assert "20-00001" in page.label.tile.line
    assert page.cards[0].reason is not None
    labels.proven()
    qtbot.waitUntil(lambda: not page.label.isVisible())
    assert page.cards[2].isVisible()


@pytest.mark.parametrize("state", [S.SUPERVISOR, S.REFUSED, S.HELD, S.STRIP])
def test_what_wants_a_person_is_seen_beside_a_fail_too(qtbot, window, station, labels, judged, state):
    station.plan = (Verdict.FAIL,)
    judged()
    qtbot.waitUntil(lambda: not window.station_page.label.isVisible())
    labels.go(state, case_id="20-00001", serial="X" * 13)
    qtbot.waitUntil(window.station_page.label.isVisible)
    assert window.station_page.label.tile.line


def test_a_printer_that_is_away_says_since_when_and_how_many_wait(qtbot, window, labels, judged):
    labels.go(S.OFFLINE, detail="printer 192.0.2.7:9100 does not answer", waiting=1)
    panel = window.station_page.label
    qtbot.waitUntil(lambda: panel.tile.word == "打印机离线")
    since = window.labels._since
    assert (datetime.now(UTC) - since).total_seconds() < 5
    window.labels._since = datetime(2026, 11, 29, 8, 5).astimezone()
    for number in range(2, 4):
        judged()
        labels.go(S.OFFLINE, detail="printer 192.0.2.7:9100 does not answer", waiting=number)
    qtbot.waitUntil(lambda: "08:05 起离线，3 个编码待打印" in panel.tile.line)
    assert panel.tile.colour == REVIEW_COLOUR
    assert window.station_page.buttons[Action.TRIGGER].isEnabled()
    labels.go(S.PRINTING, case_id="20-00001", serial="X" * 13)
    qtbot.waitUntil(lambda: panel.tile.word == "正在打印标签")
    assert window.labels._since is None


def test_an_order_that_is_complete_leads_to_the_next(qtbot, window, labels, page):
    window.home()
    labels.ordered = Order("MO-1", 20, "B7", 20)
    panel = window.station_page.label
    qtbot.waitUntil(lambda: panel.tile.word == "订单已完成")
    panel.buttons[Action.LABELS].click()
    qtbot.waitUntil(lambda: page.list.rows[-1].word == "20 / 20")
    press(page, "order")
    give(window, "MO-2")
    give(window, "many")
    assert "不是数字" in window.labels.entry_page.title.text()
    give(window, "500")
    give(window, "")
    qtbot.waitUntil(lambda: labels.said == [("order", "MO-2", 500, "", "张三")])
    assert window.page is page


# ── the label's page ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_shows_the_label_what_was_seen_and_what_was_counted(qtbot, window, labels, stick, page):
    stick(attempt=3)
    qtbot.waitUntil(lambda: page.label._image is not None)
    assert page.list.rows[0].word == "第 3 张，最多 8 张"
    assert page.list.rows[3].word == "18230 → -"
    assert page.seen._image is None
    labels.go(S.STRIP, fault=Fault.SEVERAL)
    labels.seen = replace(labels.seen, frame=seen_label(labels.seen.label), uec=0.31, after=18_232)
    qtbot.waitUntil(lambda: page.seen._image is not None)
    assert (page.list.rows[2].word, page.list.rows[2].colour) == ("差", FAIL_COLOUR)
    assert "0.31" in page.list.rows[2].facts
    labels.seen = replace(labels.seen, frame=seen_label(labels.seen.label, seed=2))
    image = page.seen._image
    qtbot.waitUntil(lambda: page.seen._image is not image)  # another frame, nothing else new
    assert page.list.rows[3].word == "18230 → 18232"
    assert page.list.rows[3].facts == "增加了 2，应为 1"
    press(page, "done")
    qtbot.waitUntil(lambda: [words[0] for words in labels.said] == ["stripped"])


def test_pictures_are_made_off_the_gui_thread_and_standings_asked_off_it(qtbot, window, labels, stick, monkeypatch):
    made: list[str] = []

    def remembering(sight):
        made.append(threading.current_thread().name)
        return pictures_of(sight)

    monkeypatch.setattr("shellmark_gui.desks.label_pictures.pictures_of", remembering)
    stick()
    window.labels.open()
    qtbot.waitUntil(lambda: window.labels.page.label._image is not None)
    assert made
    assert not any("MainThread" in name for name in made)
    qtbot.waitUntil(lambda: bool(labels.asked_on))
    assert "MainThread" not in labels.asked_on


def test_a_label_is_enlarged_by_whole_dots(labels, stick):
    record = stick()
    picture = label_picture(labels.seen.label)
    assert picture.source.width() == labels.seen.label.shape[1]
    assert record.code is not None


def test_two_different_persons_give_another_round(qtbot, window, labels, stick, page):
    window.operator = ""
    labels.go(S.SUPERVISOR, case_id="20-00001", serial="X" * 13)
    qtbot.waitUntil(lambda: page.tile.word == "需要主管")
    press(page, "supervise")
    assert window.page is window.operator_page
    window.operator_page.named.emit("张三")
    assert "张三 和谁一起" in window.labels.entry_page.title.text()
    give(window, " 张三 ")
    assert window.page is window.labels.entry_page
    assert "请换另一个人" in window.labels.entry_page.title.text()
    assert labels.said == []
    give(window, "王主管")
    qtbot.waitUntil(lambda: labels.said == [("supervise", "张三", "王主管")])
    assert window.operator == "张三"
    assert window.page is page


def test_whoever_leaves_a_question_says_nothing(qtbot, window, labels, page):
    labels.go(S.SUPERVISOR, case_id="20-00001")
    qtbot.waitUntil(lambda: page.work_buttons["supervise"].isEnabled())
    press(page, "supervise")
    window.labels.entry_page.buttons[Action.BACK].click()
    assert window.page is page
    assert labels.said == []


@pytest.fixture
def count(qtbot, window, page):
    """The count of the shift's labels, opened from the label's page."""
    press(page, "reconcile")
    found = window.labels.count.page
    qtbot.waitUntil(lambda: window.page is found and found.tally is not None)
    return found


def test_the_shift_s_labels_are_counted_and_signed_by_one_when_all_agrees(qtbot, window, labels, count):
    assert count.tile.word == "全部对上"
    assert [row.word for row in count.list.rows] == ["41", "41", "38", "3", "0", "-"]
    assert count.list.rows[0].facts == "18230 → 18271"
    assert count.list.rows[3].facts == "废标箱里应有 3 张"
    assert count.signed.text() == "还没有人签过字"
    press(count, "left")
    give(window, "959")
    qtbot.waitUntil(lambda: window.page is count and count.list.rows[5].word == "41")
    assert count.list.rows[5].facts == "剩 959 张"
    press(count, "sign")
    qtbot.waitUntil(lambda: labels.said == [("reconcile", "张三", "", 959, "")])
    qtbot.waitUntil(lambda: count.signed.text().startswith("上次签字：张三"))
    assert count.line.text() == "张三 已签字：41 张"
    assert count.list.rows[0].word == "0"
    count.buttons[Action.BACK].click()
    assert window.page is window.labels.page


@pytest.mark.parametrize(("typed", "left"), [("958", 958), ("", None)])
def test_where_counts_differ_two_persons_sign_and_say_where_labels_are(qtbot, window, labels, page, typed, left):
    labels.printed = 42
    labels.go(S.REFUSED, fault=Fault.ODOMETER, detail=Said("the odometer shows {count}, {due} is due", count=2, due=1))
    qtbot.waitUntil(lambda: page.tile.word == "打印机计数不符，停止打印")
    assert page.detail.text() == "打印机计数为 2，应为 1"
    press(page, "reconcile")
    count = window.labels.count.page
    qtbot.waitUntil(lambda: count.tile.word == "计数对不上")
    assert (count.list.rows[0].word, count.list.rows[0].colour) == ("42", FAIL_COLOUR)
    assert "4" in count.list.rows[3].facts
    press(count, "left")
    give(window, typed)
    qtbot.waitUntil(lambda: window.page is count and count.work_buttons["sign"].isEnabled())
    press(count, "sign")
    give(window, "王主管")
    assert window.page is window.choice_page
    window.choice_page.answers[0].click()
    qtbot.waitUntil(lambda: labels.said == [("reconcile", "张三", "王主管", left, "found and destroyed")])
    qtbot.waitUntil(lambda: count.tile.word == "全部对上")
    assert window.page is count


def test_a_count_can_be_looked_at_while_a_label_is_on_its_way_but_not_signed(qtbot, window, labels, stick, page):
    stick()
    press(page, "reconcile")
    count = window.labels.count.page
    qtbot.waitUntil(lambda: count.tile.word == "有标签正在贴")
    assert count.work_buttons["again"].isEnabled()
    assert not count.work_buttons["sign"].isEnabled()
    labels.proven()
    press(count, "again")
    qtbot.waitUntil(lambda: count.tile.word == "全部对上")
    labels.go(S.OFFLINE)
    press(count, "again")
    qtbot.waitUntil(lambda: count.tile.word == "没有问到打印机")
    assert not count.work_buttons["sign"].isEnabled()


def test_a_count_that_changed_before_it_was_signed_is_shown_anew(qtbot, window, labels, count):
    labels.printed = 42
    press(count, "sign")
    qtbot.waitUntil(lambda: count.tile.word == "计数对不上")
    assert "需要两个不同的人" in count.line.text()
    assert labels.said == []


def test_an_active_case_is_labelled_anew_by_two(qtbot, window, labels, stick, page):
    press(page, "relabel")
    assert "没有已激活的标签" in page.line.text()
    stick("20-77777")
    labels.proven()
    qtbot.waitUntil(lambda: window.labels._active != "")
    press(page, "relabel")
    assert "20-77777" in window.choice_page.answers[0].text()
    window.choice_page.answers[0].click()
    window.choice_page.answers[2].click()
    give(window, "王主管")
    qtbot.waitUntil(lambda: labels.said == [("relabel", "20-77777", "张三", "王主管", "wrong_place")])


def test_a_new_roll_is_told(qtbot, window, labels, page):
    press(page, "roll")
    give(window, "R2611-04")
    give(window, "1000")
    qtbot.waitUntil(lambda: labels.said == [("roll", "R2611-04", 1000, "张三")])


# ── records and words ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_opened_case_says_where_its_code_stands(qtbot, window, station, labels, judged):
    record = judged()
    labels.standings[record.code.serial] = (States.SHIPPED, Suspicion.COPIED)
    window._open_newest()
    assert window.record_page.code.standing == "待打印"
    qtbot.waitUntil(lambda: window.record_page.code.standing == "已发货 · 疑似被复制")
    labels.standings[record.code.serial] = (States.VOID, Suspicion.NONE)
    window.home()
    void = replace(record, code=replace(record.code, state="VOID"))
    window.labels.standings.clear()
    window._open_record(void)
    qtbot.waitUntil(window.record_page.fate.isVisible)
    assert window.record_page.fate.text() == "标签：作废"
    station.overrule(record.row, Disposition.NG, operator="张三", reason_code="missed").result(10)


def test_every_word_of_labels_is_there_and_the_station_s_own(language):
    assert set(labelwords._LOOKS) == set(labelwords._WORDS) == set(labelwords._LINES) == set(TO_DO) == set(LabelState)
    assert set(labelwords._FAULTS) == set(FAULTS) == set(Fault)
    assert set(labelwords._STANDINGS) == set(States)
    assert set(labelwords._SUSPICIONS) == set(Suspicion)
    for fault, (chinese, english) in FAULTS.items():
        language.use("zh")
        assert labelwords.fault_word(fault) == chinese
        language.use("en")
        assert labelwords.fault_word(fault) == english
    for several in (labelwords.RELABEL_REASONS, labelwords.COUNT_NOTES):
        assert len(several) <= 12


@pytest.mark.parametrize("code", ["zh", "en"])
def test_each_state_says_something_with_any_fault(language, code):
    language.use(code)
    for state, fault in itertools.product(LabelState, [None, *Fault]):
        look = label_look(Labelling(state, "20-00001", "A" * 13, 1, fault, "detail", 100), KEYS)
        assert look.word, state
        assert look.line, state
        assert "{" not in look.line, state
        assert look.wants_person == (state in (S.STICK, S.STRIP, S.REFUSED, S.SUPERVISOR, S.HELD))


@pytest.mark.parametrize("state", [S.PRINTING, S.STICK, S.REFUSED, S.SUPERVISOR])
def test_a_label_that_may_be_out_twice_is_named(language, state):
    now = Labelling(state, "20-00002", "A" * 13, 2, doubted=("K7M2PQX4D8TZ9",))
    calm = label_look(Labelling(state, "20-00002", "A" * 13, 2), KEYS)
    assert label_look(now, KEYS).line == f"{calm.line} · 标签 …4D8TZ9 可能多出一张，请找出来"
    language.use("en")
    assert "Label …4D8TZ9 may be out twice: look for it" in label_look(now, KEYS).line


def test_how_well_a_label_is_printed_is_one_plain_word(language):
    assert [print_word(uec)[0] for uec in (None, 0.36, 0.37, 0.61, 0.62, 1.0)] == [
        "未读到",
        "差",
        "可",
        "可",
        "好",
        "好",
    ]


def test_codes_stand_in_plain_words(language):
    words = [standing_word(state)[0] for state in States]
    assert words == ["待打印", "已送打印", "已激活", "已发货", "已认领", "已退回", "已返修", "已停用", "作废"]
    assert standing_word(States.ACTIVE, Suspicion.SUSPECT) == ("已激活 · 存疑", REVIEW_COLOUR)
    assert standing_word(States.ACTIVE, Suspicion.CLEARED) == ("已激活", PASS_COLOUR)


def test_what_went_wrong_with_labels_is_said_in_chinese(language):
    assert told(PrinterError("printer a:9100 is away")) == "打印机没有应答：printer a:9100 is away"
    assert told(WrongState("code X is VOID")).startswith("期间已有变化")
    assert told(InputError("two persons")).startswith("无法执行")
