"""First query told once, devices told apart, retries forgiven, scans in the factory not counted."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from site_stand import Stand
from site_story import GTIN, Story

from shellmark_trace import States, Suspicion
from shellmark_trace.clones import Place
from shellmark_trace.site import FINDINGS, VERDICTS, Finding, Standing, by_counting, without_counting
from shellmark_trace.site.devices import SALT_AGE_S, new_token

CODES = 200
AT_ONCE = 4
SHANGHAI = Place("上海", 31.2, 121.5)
CHENGDU = Place("成都", 30.7, 104.1)


def shipped(stand: Stand, count: int) -> list[Story]:
    stories = [Story() for _ in range(count)]
    for first in range(0, count, 50):
        events = [event for story in stories[first : first + 50] for event in story.shipped()]
        assert stand.upload(*events).status_code == 200
    return stories


def at_once(work: list[Any]) -> list[Any]:
    """What each piece of work gives, all begun at the same moment."""
    gate, found = threading.Barrier(len(work)), []

    def run(one: Any) -> None:
        gate.wait()
        found.append(one())

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_first_query_is_told_once_per_code(either: Stand) -> None:
    told: Counter[int] = Counter()
    for story in shipped(either, CODES):
        asks = [lambda s=story: either.site.queries.ask(GTIN, s.serial, new_token(), None, 1e9)] * AT_ONCE
        told[[answer.finding for answer in at_once(asks)].count(Finding.FIRST)] += 1
    assert told == {1: CODES}


def test_first_query_is_told_once_over_http(stand: Stand) -> None:
    phones = [stand.phone(f"phone {n}") for n in range(AT_ONCE)]
    for story in shipped(stand, 20):
        pages = at_once([lambda p=phone, s=story: p.get(s.path) for phone in phones])
        assert [page.status_code for page in pages] == [200] * AT_ONCE
        assert sum('id="first"' in page.text for page in pages) == 1


def test_a_request_sent_twice_on_a_bad_network_is_one_device(stand: Stand) -> None:
    story = stand.tell(Story())
    lost, again = stand.phone("same"), stand.phone("same")
    assert 'id="first"' in lost.get(story.path).text  # this answer never arrives
    assert 'id="again"' in again.get(story.path).text
    assert 'id="again"' in again.get(story.path).text
    assert 'id="other"' in lost.get(story.path).text  # had it been another phone, it would not be told a lie
    assert lost.cookies["shellmark_device"] != again.cookies["shellmark_device"]


def test_a_phone_that_has_its_cookie_is_not_replaced(stand: Stand) -> None:
    story = stand.tell(Story())
    mine, same = stand.phone("same"), stand.phone("same")
    mine.get(story.path)
    mine.get(story.path)
    assert 'id="other"' in same.get(story.path).text


def test_nothing_but_a_query_counts(stand: Stand) -> None:
    story = stand.tell(Story())
    phone = stand.phone()
    assert phone.head(story.path).status_code == 200
    assert phone.get(story.path, headers={"sec-purpose": "prefetch"}).status_code == 204
    assert phone.post("/find", data={"serial": story.serial}).status_code == 200
    phone.post(f"{story.path}/claim", data={"pin": "00000000"})
    assert 'id="first"' in phone.get(story.path).text


def test_a_scan_in_the_factory_takes_no_first_query_and_is_noted(either: Stand) -> None:
    story = Story()
    either.upload(*story.shipped()[:-1])
    assert 'id="unshipped"' in either.phone("worker").get(story.path).text
    story.step, story.number = 4, 10
    either.upload(story.to("SHIPPED"))
    assert 'id="first"' in either.phone("buyer").get(story.path).text
    assert [a["kind"] for a in either.site.inspecting.alerts("li")] == ["before_shipping"]


@pytest.mark.parametrize(("state", "kind"), [("VOID", "void"), ("RETIRED", "after_retiring")])
def test_hard_rules(stand: Stand, state: str, kind: str) -> None:
    story = stand.tell(Story())
    stand.upload(story.to(state))
    for _ in range(3):
        stand.phone().get(story.path)
    (alert,) = stand.site.inspecting.alerts("li")
    assert (alert["kind"], alert["times"], alert["serial"]) == (kind, 3, story.serial)


def test_a_copied_code_is_warned_of_and_an_inspector_decides(either: Stand) -> None:
    story, ask = either.tell(Story()), either.site.queries.ask
    found = [
        ask(GTIN, story.serial, new_token(), place, 1e9 + n).finding for n, place in enumerate((SHANGHAI, CHENGDU) * 2)
    ]
    assert found[:2] == [Finding.FIRST, Finding.OTHER]
    assert found[-1] == Finding.COPIED
    (alert,) = either.site.inspecting.alerts("li")
    assert alert["kind"] == "score"
    either.site.inspecting.close_alert("li", alert["alert"], "genuine", "shop's display")
    assert ask(GTIN, story.serial, new_token(), None, 1e9).finding == Finding.OTHER
    assert either.site.inspecting.alerts("li") == []


def test_one_device_may_ask_for_ever(stand: Stand) -> None:
    story, token = stand.tell(Story()), new_token()
    found = [stand.site.queries.ask(GTIN, story.serial, token, (SHANGHAI, CHENGDU)[n % 2], 1e9 + n) for n in range(60)]
    assert [answer.finding for answer in found] == [Finding.FIRST] + [Finding.AGAIN] * 59
    assert found[-1].earlier == 59


def test_no_two_codes_share_a_devices_name_and_a_salt_is_worn_out(stand: Stand) -> None:
    one, two, token = stand.tell(Story()), stand.tell(Story()), new_token()
    ask = stand.site.queries.ask
    ask(GTIN, one.serial, token, None, 1e9)
    ask(GTIN, two.serial, token, None, 1e9)
    assert ask(GTIN, one.serial, token, None, 1e9 + SALT_AGE_S + 1).finding == Finding.AGAIN  # still known
    with stand.site.database.reading() as connection:
        names = list(connection.scalars(sa.text("SELECT device FROM devices")))
        everything = [
            str(row)
            for table in ("devices", "scans", "codes")
            for row in connection.execute(sa.text(f"SELECT * FROM {table}"))
        ]
    assert len(set(names)) == 2
    assert {name.split(":")[0] for name in names} == {"1", "2"}  # the one that asked again has the new salt's name
    assert not any(token in row or "127.0.0.1" in row for row in everything)


def test_the_city_comes_only_from_the_proxys_header(make_stand: Any) -> None:
    stand = make_stand(city_header="X-City")
    story = stand.tell(Story())
    stand.phone("a", X_City="Shanghai;31.23;121.47").get(story.path)
    stand.phone("b", X_City="nonsense").get(story.path)
    with stand.site.database.reading() as connection:
        rows = connection.execute(sa.text("SELECT city, latitude, longitude FROM devices ORDER BY first_s")).all()
    assert [tuple(row) for row in rows] == [("Shanghai", 31.2, 121.5), (None, None, None)]


def test_the_months_are_counted(stand: Stand) -> None:
    story = stand.tell(Story())
    for n in range(3):
        stand.phone(f"phone {n}").get(story.path)
    (month,) = stand.phone().get("/monthly.json").json()
    assert (month["scans"], month["other"], month["warned"]) == (3, 2, 0)


@pytest.mark.parametrize("state", list(States))
@pytest.mark.parametrize("suspicion", list(Suspicion))
def test_every_standing_has_an_answer(state: States, suspicion: Suspicion) -> None:
    found = without_counting(Standing(state, suspicion, "", Suspicion.NONE))
    if state is States.VOID:
        assert found is Finding.VOID
    elif suspicion in (Suspicion.SUSPECT, Suspicion.COPIED):
        assert found is Finding.COPIED
    else:
        assert (found is None) == (state in {"SHIPPED", "CLAIMED", "RETURNED", "REWORKED"})


def test_no_count_makes_a_fake() -> None:
    assert {by_counting(n, 0, 10**6, owner=False) for n in range(2, 10_000, 97)} == {Finding.OTHER}
    assert set(FINDINGS) == set(Finding)
    assert len(VERDICTS) == 5
    assert not any("假" in f"{told.head.zh}{told.more and told.more.zh}{told.means.zh}" for told in FINDINGS.values())
