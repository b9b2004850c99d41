"""What inspectors are shown: the whole trace as a page people can read, whatever a station has sent."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from site_stand import Stand
from site_story import Story, picture, traced

from shellmark_trace.site.trace_words import CLASSES, DISPOSITIONS, REASONS, STATES

SENTENCES = Path(__file__).parents[3] / "gui" / "shellmark_gui" / "text" / "shellmark_zh.ts"
MOST_BYTES = 60_000


@pytest.fixture
def desk(stand: Stand) -> httpx.Client:
    return logged_in(stand, "li")


def logged_in(stand: Stand, name: str) -> httpx.Client:
    client = stand.phone()
    assert client.post("/inspector/login", data={"token": stand.site.tokens.add("inspector", name)}).is_redirect
    return client


def test_the_trace_says_everything_in_words_of_both_languages(stand: Stand, desk: httpx.Client) -> None:
    story = stand.tell(traced())
    page = desk.get(f"/inspector/case/{story.serial}").text
    for word in ("st01", "mobile 1", "sha256:" + "b" * 64, "gloss-20", "op-3f9a", story.case_id, "2026-11-20 09:30"):
        assert word in page
    words = (
        ("合格", "PASS"),
        ("不合格", "FAIL"),
        ("已发货", "shipped"),
        ("划痕", "scratch"),
        ("打印机计数", "printer's count"),
    )
    for zh, en in words:
        assert zh in page
        assert en in page.replace("&#39;", "'")
    assert "4.3 × 0.2 ± 0.1 mm" in page
    assert "1211 → 1212" in page
    assert "划痕：长 23.8 mm，A 区允许 5.0" in page
    assert "{" not in page.partition("</style>")[2], "no raw data in the page"
    assert len(page.encode()) < MOST_BYTES


def test_what_the_program_says_itself_is_chinese_on_the_chinese_side(stand: Stand, desk: httpx.Client) -> None:
    story = Story(batch="B7")
    passed = story.passed()
    passed["payload"]["order"] = "4711"
    lost = {"attempt": 2, "why": "not_read", "odometer": [1211, 1212]}
    steps = [story.to("RESERVED"), story.to("SENT", reason="send"), story.to("VOID", reason="not_read", facts=lost)]
    doubted = story.to("SUSPECT", subject="suspicion", reason="check 12 failed", facts={"check": 12})
    own = story.to("CLEARED", subject="suspicion", reason="found & destroyed")
    stand.upload(passed, *steps, doubted, own)
    stand.phone().get(story.path)
    for page in (desk.get(f"/inspector/case/{story.serial}").text, desk.get("/inspector").text):
        assert '<span class="zh">当时状态</span>' in page
        assert '<span class="zh">作废</span><span class="en" lang="en">void</span>' in page
    page = desk.get(f"/inspector/case/{story.serial}").text
    for zh, en in (
        ("送打印", "send"),
        ("标签读不出", "label not read"),
        ("点检 12 未通过", "check 12 failed"),
        ("第几次打印", "attempt"),
        ("订单 · 批次", "Order · batch"),
    ):
        assert f'<span class="zh">{zh}</span><span class="en" lang="en">{en}</span>' in page
    assert "4711 · B7" in page
    assert " · found &amp; destroyed" in page
    assert "查看履历" in desk.get("/inspector").text


@pytest.mark.parametrize(("order", "name"), [("4711", "订单"), (None, "批次")])
def test_an_order_is_not_called_a_batch(stand: Stand, desk: httpx.Client, order: str | None, name: str) -> None:
    story = Story(batch="" if order else "B7")
    passed = story.passed()
    passed["payload"]["order"] = order
    stand.upload(passed, story.to("RESERVED"))
    inspections = desk.get(f"/inspector/case/{story.serial}").text.partition("检验</span>")[2]
    found = re.search(r'<dt><span class="zh">(订单|批次|订单 · 批次)</span>', inspections)
    assert found is not None
    assert found[1] == name


def test_the_raw_data_is_there_to_download_without_what_pins_are_checked_by(stand: Stand, desk: httpx.Client) -> None:
    story = stand.tell(traced())
    told = {"serial": story.serial, "text": story.text, "hash": "ab" * 32}
    stand.upload(story._event("pin", f"pin:{story.serial}", told))
    answer = desk.get(f"/inspector/raw/{story.serial}.json")
    assert answer.headers["content-disposition"] == f'attachment; filename="{story.serial}.json"'
    raw = answer.json()
    assert [step["after"] for step in raw["steps"]] == ["RESERVED", "SENT", "ACTIVE", "SHIPPED"]
    assert raw["inspections"][0]["payload"]["defects"][0]["length_mm"] == 23.82
    assert "pin_hash" not in raw["code"]
    assert "ab" * 32 not in answer.text
    assert desk.get(f"/inspector/raw/{Story().serial}.json").status_code == 404
    assert stand.phone().get(f"/inspector/raw/{story.serial}.json").status_code == 401


def test_pictures_are_shown_small_to_inspectors_only_and_each_look_is_noted(stand: Stand, desk: httpx.Client) -> None:
    story = stand.tell(Story(pictures=[("frame", "front", picture(), None)]))
    page = desk.get(f"/inspector/case/{story.serial}").text
    place = page.partition('<img src="')[2].partition('"')[0]
    assert desk.get(place).headers["content-type"] == "image/jpeg"
    assert stand.phone().get(place).status_code == 401
    assert desk.get(f"/inspector/small/{story.serial}/{'0' * 64}").status_code == 404
    seen = [(one["inspector"], one["what"]) for one in stand.site.inspecting.accesses("wang")]
    assert ("li", "small photo") in seen


def odd_values(payload: dict[str, Any]) -> None:
    payload["defects"] = [{"label": "dent", "length_mm": 4, "width_mm": 1}] * 100 + [5, None, {"label": None}]
    payload["defects"] += [{"length_mm": "x", "diameter_mm": 1e308, "area_mm2": 10**400}] * 5
    payload["reasons"] = [{"code": "over_limit", "text": "t" * 900, "values": {"value": "x"}}, "x", {"code": {}}] * 9
    payload["scores"] = {f"view{n}": n / 3 for n in range(100)}
    payload["operator"] = {"<script>": ["alert(1)"]}


def odd_facts(payload: dict[str, Any]) -> None:
    payload["facts"] = {f"<b>{n}": {"deep": ["箱" * 300]} for n in range(40)} | {"n": 10**400, "x": [True, None]}
    payload["reason"] = "<script>alert(1)</script>" * 30


@pytest.mark.parametrize("spoil", [odd_values, odd_facts])
def test_a_page_stays_small_and_whole_whatever_a_station_sent(
    stand: Stand, desk: httpx.Client, spoil: Callable[[dict[str, Any]], None]
) -> None:
    story = Story()
    events = story.shipped()
    for _ in range(12):
        again = Story(serial=story.serial, number=story.number)
        events += [again.passed(), story.to("RETURNED"), story.to("REWORKED"), story.to("SHIPPED")]
        story.number = again.number + 200
    for event in events:
        spoil(event["payload"])
    assert stand.upload(*events).json()["taken"] == len(events)
    answer = desk.get(f"/inspector/case/{story.serial}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert len(answer.content) < MOST_BYTES
    assert len(desk.get(f"/inspector/raw/{story.serial}.json").json()["steps"]) == 40


def test_an_alert_that_was_decided_says_by_whom_and_when(stand: Stand, desk: httpx.Client) -> None:
    story = stand.tell(Story())
    stand.upload(Story(serial=story.serial, step=3, row=9).to("VOID"))
    (alert,) = stand.site.inspecting.alerts("li")
    place = f"/inspector/alert/{alert['alert']}"
    assert desk.post(place, data={"outcome": "genuine", "note": "st01 restored"}).is_redirect
    late = logged_in(stand, "王稽查").post(place, data={"outcome": "copied"})
    assert late.status_code == 409
    for word in ("警报已处理过", "decided before", "已解除", ">li<", "st01 restored", "时间（北京）"):
        assert word in late.text
    code = stand.site.inspecting.trace("li", story.serial).code  # type: ignore[union-attr]
    assert code["alarm"] == "NONE", "the second decision changes nothing"
    assert desk.post("/inspector/alert/999", data={"outcome": "copied"}).status_code == 404
    assert desk.post(place, data={"outcome": "maybe"}).status_code == 400


def test_the_words_are_those_of_the_stations_screen() -> None:
    contexts = ElementTree.parse(SENTENCES).getroot().iter("context")
    screen = {
        (context.findtext("name"), message.findtext("source")): message.findtext("translation")
        for context in contexts
        for message in context.iter("message")
    }
    for text in CLASSES.values():
        assert screen["defect", text.en] == text.zh
    for text in STATES.values():
        assert screen["label", text.en] == text.zh
    for text in DISPOSITIONS.values():
        assert screen["disposition", text.en] == text.zh
    assert set(REASONS.values()) <= {zh for (where, _), zh in screen.items() if where == "reason"}
