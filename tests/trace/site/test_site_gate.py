"""Before every route: hosts, floods, headers; and the inspector's door."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from site_stand import Stand
from site_story import GTIN, HOST, Story

from shellmark_trace import SiteError, new_serial
from shellmark_trace.site import Database, Rate, Site, SiteSettings, check_batches
from shellmark_trace.site.access import new_session, read_session
from shellmark_trace.site.limits import Limit, Recent, bucket_of
from shellmark_trace.site.pages import prefers_english
from shellmark_trace.site.parts import read_place


def test_a_flood_from_one_address_is_stopped_and_others_are_served(make_stand: Callable[..., Stand]) -> None:
    stand = make_stand(pages=Rate(50, 1.0))
    story = stand.tell(Story())
    flood, found = stand.phone("flood"), list[int]()
    threads = [
        threading.Thread(target=lambda: found.extend(flood.get(story.path).status_code for _ in range(75)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {200, 429}
    assert found.count(200) <= 60
    refused = flood.get(story.path)
    assert refused.headers["retry-after"] == "1"
    assert "太频繁" in refused.text
    other = stand.phone("other", address="127.0.0.2")
    assert other.get(story.path).status_code == 200
    assert stand.upload(*Story().shipped()).status_code == 200  # a station is not an address that asks
    assert flood.get("/healthz").status_code == 200


def test_guessing_serials_is_slowed_down_and_the_true_code_still_answers(stand: Stand) -> None:
    story, phone = stand.tell(Story()), stand.phone()
    found = [phone.get(f"/01/{GTIN}/21/{new_serial()}").status_code for _ in range(30)]
    assert found.count(404) <= 22
    assert found.count(429) >= 8
    assert phone.get(story.path).status_code == 200


def test_a_form_of_too_many_fields_and_one_that_breaks_off_are_no_tracebacks(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"{stand.tell(Story()).path}/claim"
    answer = stand.phone().post(path, content="&".join(["a=1"] * 21))
    assert (answer.status_code, "text/html" in answer.headers["content-type"]) == (400, True)
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 90\r\n\r\npin="
    with socket.create_connection(("127.0.0.1", stand.port)) as phone:
        phone.sendall(head.encode())
    assert stand.phone().get("/healthz").status_code == 200
    assert "Exception" not in caplog.text


def test_limits_are_bounded() -> None:
    limit, recent = Limit(Rate(2, 1.0), most=100), Recent(most=100)
    for n in range(1000):
        assert limit.allows(f"a{n}", 0.0)
        recent.give((str(n),), f"t{n}", 0.0)
    assert len(limit._left) == len(recent._given) == 100
    assert [limit.allows("x", 5.0) for _ in range(3)] == [True, True, False]
    assert limit.allows("x", 6.5)
    assert not limit.allows("x", 6.6)


def test_a_customers_ipv6_net_is_one_address() -> None:
    assert bucket_of("2001:db8::1") == bucket_of("2001:db8::ffff:1")
    assert bucket_of("2001:db8:0:1::1") != bucket_of("2001:db8::1")
    assert bucket_of("::ffff:192.0.2.1") == bucket_of("192.0.2.1")


@pytest.mark.parametrize("host", ["id.examp1e.cn", "evil.cn", "id.example.cn.evil.cn", ""])
def test_another_host_is_no_host_of_ours(stand: Stand, host: str) -> None:
    story = stand.tell(Story())
    page = stand.phone(host=host).get(story.path)
    assert page.status_code == 421
    assert "正品" not in page.text
    assert "id.example.cn" in page.text


def test_a_nul_character_is_no_fault_of_the_site(either: Stand) -> None:
    story = either.tell(Story())
    desk = either.phone()
    desk.post("/inspector/login", data={"token": either.site.tokens.add("inspector", "li")})
    for path in ("case/%00", "raw/%00.json", f"photo/%00/{'0' * 64}", f"small/{story.serial}/%00", "proof/%00/1"):
        assert desk.get(f"/inspector/{path}").status_code == 404, path
    for path in ("/01/06901234567892/21/%00", "/photo/%00/%00.jpg", f"/01/%00/21/{story.serial}", "/%00"):
        assert either.phone().get(path).status_code == 404, path
    assert desk.post("/inspector/unlock/%00").status_code in (303, 404)
    assert desk.post("/inspector/find", data={"serial": "\0"}).is_redirect
    assert either.phone().post("/inspector/login", data={"token": "\0"}).status_code == 401
    either.upload(Story(serial=story.serial, step=3, row=9).to("VOID"))
    (alert,) = either.site.inspecting.alerts("li")
    place = f"/inspector/alert/{alert['alert']}"
    assert desk.post(place, data={"outcome": "genuine", "note": "a\0b"}).is_redirect
    for change in ({"case_id": "a\0"}, {"facts": {"deep": ["\0"]}}, {"facts": {"\0": 1}}):
        event = Story().to("RESERVED")
        event["payload"] |= change
        answer = either.upload(event)
        assert answer.status_code == 422
        assert "NUL" in answer.json()["error"]
    assert either.upload(Story().to("RESERVED") | {"key": "a\0:0:x"}).status_code == 422


@pytest.mark.parametrize("path", ["code", "/", "/privacy", "/monthly", "/inspector", "/nothing", "unknown"])
def test_every_page_has_the_headers_the_host_and_both_languages(stand: Stand, path: str) -> None:
    story = stand.tell(Story())
    where = {"code": story.path, "unknown": Story().path}.get(path, path)
    page = stand.phone(host=HOST).get(where)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "https://id.example.cn/" in page.text
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert page.text.count('class="zh"') == page.text.count('class="en"') > 3
    assert len(page.content) < 60_000


def test_the_browsers_language() -> None:
    assert not prefers_english("")
    assert not prefers_english("zh-CN,zh;q=0.9,en;q=0.8")
    assert prefers_english("en-GB,en;q=0.9,zh;q=0.8")
    assert prefers_english("de,en;q=0.5")
    assert not prefers_english("en;q=x,zh")


def test_places_that_are_none() -> None:
    for text in (None, "", "Shanghai", "a;b;c", ";1;2", "x;91;0", "x;nan;0", "x;1;2;3"):
        assert read_place(text) is None, text
    assert read_place("上海;31.23;121.47".encode().decode("latin-1")).city == "上海"  # type: ignore[union-attr]


def test_only_an_inspector_sees_the_trace_and_every_look_is_noted(stand: Stand) -> None:
    story, desk = stand.tell(Story()), stand.phone("desk")
    token = stand.site.tokens.add("inspector", "李稽查")
    for path in ("/inspector", f"/inspector/case/{story.serial}", f"/inspector/proof/{story.serial}/0"):
        assert desk.get(path).status_code == 401
    assert desk.post("/inspector/login", data={"token": stand.token}).status_code == 401  # a station is no inspector
    assert desk.post("/inspector/login", data={"token": token}).status_code == 303
    page = desk.get(f"/inspector/case/{story.serial}").text
    for word in ("已发货", "op-3f9a", "sha256:" + "b" * 64, "gloss-20"):
        assert word in page
    assert desk.get(f"/inspector/case/{Story().serial}").status_code == 404
    seen = [(a["inspector"], a["what"]) for a in stand.site.inspecting.accesses("me")]
    assert seen[1:] == [("李稽查", "trace"), ("李稽查", "trace"), ("李稽查", "login")]
    stand.site.tokens.remove("inspector", "李稽查")
    assert desk.get("/inspector").status_code == 401


@pytest.mark.parametrize("number", ["9" * 25, "-1", "x"])
def test_a_number_in_a_path_that_no_database_holds_is_a_page(stand: Stand, number: str) -> None:
    phone, story = stand.phone(), stand.tell(Story())
    phone.post("/inspector/login", data={"token": stand.site.tokens.add("inspector", "li")})
    for answer in (
        phone.get(f"/inspector/proof/{story.serial}/{number}"),
        phone.post(f"/inspector/alert/{number}", data={"outcome": "genuine"}),
    ):
        assert answer.status_code == 422
        assert "text/html" in answer.headers["content-type"]
    headers = {"authorization": f"Bearer {stand.token}"}
    text = f"c2sp.org/tlog-proof@v1\nindex {number}\n\n"
    answer = phone.put(f"/upload/proofs/{story.serial}/{number}", content=text, headers=headers)
    assert answer.status_code == 422
    assert "number" in answer.json()["error"]


def test_a_session_cannot_be_made_or_stretched() -> None:
    key = b"k" * 32
    cookie = new_session(key, "li", 1000.0)
    assert read_session(key, cookie, 1001.0) == "li"
    assert read_session(key, cookie, 1e9) is None
    until, name, seal = cookie.split(":")
    for forged in (
        f"{int(until) + 9}:{name}:{seal}",
        f"{until}:{b'root'.hex()}:{seal}",
        "a:b:c",
        ":::",
        "",
        "é:é:é",
    ):
        assert read_session(key, forged, 1001.0) is None
    assert read_session(b"x" * 32, cookie, 1001.0) is None


def test_a_code_that_was_issued_but_not_uploaded_is_told_so_only_by_signature_and_manifest(
    make_stand: Callable[..., Stand],
) -> None:
    story = Story()
    stand = make_stand(issued=lambda link, signature: (link.serial, signature) == (story.serial, "good"))
    phone = stand.phone()
    assert 'id="issued"' in phone.get(f"{story.path}?91=good").text
    assert phone.get(f"{story.path}?91=bad").status_code == 404
    assert phone.get(story.path).status_code == 404
    assert phone.get(f"{Story().path}?91=good").status_code == 404


def test_a_batch_that_spreads_raises_an_alert(either: Stand) -> None:
    from shellmark_trace.clones import Place

    cities = (Place("Shanghai", 31.2, 121.5), Place("Chengdu", 30.7, 104.1))
    stories = [Story(batch="B1") for _ in range(40)] + [Story(batch="B2") for _ in range(40)]
    either.upload(*(event for story in stories for event in story.shipped()))
    for story in stories[:6]:
        for n, city in enumerate(cities):
            either.site.queries.ask(GTIN, story.serial, f"token {n}", city, 1e9 + 1e6 * n)
    with either.site.database.writing() as connection:
        ((gtin, batch, z),) = check_batches(connection, 1e9)
    assert (gtin, batch) == (GTIN, "B1")
    assert z > 3.1


def test_one_process_holds_the_database(tmp_path: Path) -> None:
    site = Site(SiteSettings(tmp_path, HOST))
    with pytest.raises(SiteError, match="in use by another verify site"):
        Site(SiteSettings(tmp_path, HOST))
    assert site.database.settings() == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    site.close()


def test_closing_waits_for_who_writes_and_nobody_writes_after(tmp_path: Path) -> None:
    database, writing, ended = Database(tmp_path / "v.db"), threading.Event(), threading.Event()

    def write() -> None:
        with database.writing() as connection:
            writing.set()
            ended.wait(0.5)
            connection.execute(sa.text("UPDATE about SET value = value"))
            ended.set()

    thread = threading.Thread(target=write)
    thread.start()
    writing.wait()
    database.close()
    assert ended.is_set()
    thread.join()
    with pytest.raises(SiteError), database.writing():
        pass


def test_databases_that_cannot_be_had(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("shopping list, quite long, so that it is no database at all" * 20)
    for url in ("mysql://x/y", "sqlite://", "://", str(tmp_path / "text.db"), "postgresql://nobody@127.0.0.1:1/none"):
        with pytest.raises(SiteError):
            Database(url)
    database = Database(tmp_path / "new.db")
    with database.writing() as connection:
        connection.execute(sa.text("UPDATE about SET value = '99'"))
    database.close()
    with pytest.raises(SiteError, match="newer"):
        Database(tmp_path / "new.db")


def test_a_database_that_fails_is_a_page_not_a_traceback(stand: Stand, monkeypatch: Any) -> None:
    story = stand.tell(Story())

    def fails(*_args: Any, **_options: Any) -> None:
        raise SiteError("disk full")

    monkeypatch.setattr(stand.site.queries, "ask", fails)
    page = stand.phone().get(story.path)
    assert page.status_code == 503
    assert re.search("请稍后再试", page.text)
    assert "disk" not in page.text
