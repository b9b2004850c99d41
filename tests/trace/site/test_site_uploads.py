"""What stations send: each event once, in any order, from whoever has a token, and nothing that is not what it says."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import pytest
import sqlalchemy as sa
from site_stand import Stand
from site_story import GTIN, Story, picture

from shellmark_trace import new_serial


def codes(stand: Stand) -> list[tuple[Any, ...]]:
    with stand.site.database.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text("SELECT state, suspicion, case_id FROM codes"))]


def test_events_in_any_order_end_in_the_same_state(either: Stand) -> None:
    for seed in range(4):
        story = Story()
        events = story.shipped()
        random.Random(seed).shuffle(events)
        for event in events:
            assert either.upload(event).json() == {"taken": 1, "repeated": 0, "wanted": []}
        assert either.upload(*events).json() == {"taken": 0, "repeated": 5, "wanted": []}
    assert codes(either) == [("SHIPPED", "NONE", "SX20-000123")] * 4


def test_a_doubt_of_the_daily_check_is_no_copy(stand: Stand) -> None:
    checked, printed = stand.tell(Story()), stand.tell(Story())
    stand.upload(checked.to("SUSPECT", subject="suspicion", reason="check 7 failed"))
    stand.upload(printed.to("SUSPECT", subject="suspicion", reason="odometer"))
    assert stand.site.queries.ask(GTIN, checked.serial, "a", None, 1e9).finding == "first"
    assert stand.site.queries.ask(GTIN, printed.serial, "a", None, 1e9).finding == "copied"


def test_two_histories_of_a_code_raise_an_alert(stand: Stand) -> None:
    story = stand.tell(Story())
    other = Story(serial=story.serial, station="st01", row=story.row + 10_000, step=3, number=90)
    assert stand.upload(other.to("VOID")).status_code == 200
    assert codes(stand)[0][0] == "SHIPPED"
    assert [a["kind"] for a in stand.site.inspecting.alerts("li")] == ["upload_conflict"]


@pytest.mark.parametrize("token", ["wrong", "é", "wrong wrong"])
def test_no_token_no_upload(stand: Stand, token: str) -> None:
    headers = {"authorization": f"Bearer {token}".encode()}
    answer = stand.phone().post("/upload/events", json={"events": []}, headers=headers)
    assert answer.status_code == 401
    assert stand.phone().put(f"/upload/photos/{'0' * 64}", content=b"x").status_code == 401


def test_an_inspectors_token_uploads_nothing_and_a_removed_one_neither(stand: Stand) -> None:
    assert stand.upload(token=stand.site.tokens.add("inspector", "li")).status_code == 401
    assert stand.upload().status_code == 200
    assert stand.site.tokens.remove("station", "st01") == 1
    assert stand.upload().status_code == 401


def test_guessing_tokens_is_slowed_down(stand: Stand) -> None:
    found = [stand.upload(token="guess").status_code for _ in range(25)]
    assert found[:20] == [401] * 20
    assert set(found[20:]) <= {401, 429}
    assert found.count(429) >= 3


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"serial": "0123"}, "serial"),
        ({"text": "https://x.cn/"}, "no code"),
        ({"text": "HTTPS://ID.EXAMPLE.CN/01/06901234567893/21/0123456789ABC"}, "check digit"),
        ({"after": "SOLD"}, "SOLD"),
        ({"text": None}, "text"),
        ({"images": [{"digest": "../../etc"}]}, "digest"),
        ({"images": [{"digest": "sha256:" + "a" * 64, "corners": [[1, 2]]}]}, "corners"),
    ],
)
def test_an_event_that_does_not_say_what_it_must(stand: Stand, change: dict[str, Any], says: str) -> None:
    good, bad = Story().to("RESERVED"), Story().to("RESERVED")
    bad["payload"] |= change
    answer = stand.upload(good, bad)
    assert answer.status_code == 422
    assert says in answer.json()["error"]
    assert codes(stand) == []  # nothing of the call is kept


@pytest.mark.parametrize(
    "change",
    [
        {"at": "0001-01-01T00:00:00"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:59-12:00"},
        {"key": "no-number"},
        {"key": f"x:{10**30}:ACTIVE"},
        {"payload": {"facts": {"picture": "c" * 64, "corners_px": [["nan", 1]] * 4}}},
        {"kind": "inspection", "payload": {"row": 2**80}},
        {"kind": "inspection", "payload": {"row": 1e308}},
        {"kind": "inspection", "payload": {"row": "9" * 5000}},
        {"kind": "inspection", "payload": {"versions": "1.0"}},
    ],
)
def test_what_no_table_or_page_can_hold_is_refused(stand: Stand, change: dict[str, Any]) -> None:
    story = Story()
    event = story.passed() if change.get("kind") == "inspection" else story.to("ACTIVE")
    event |= change | {"payload": event["payload"] | change.get("payload", {})}
    answer = stand.upload(event)
    assert answer.status_code == 422
    assert len(answer.json()["error"]) < 400
    assert stand.site.inspecting.trace("li", story.serial) is None


def test_bodies_that_are_no_upload(stand: Stand) -> None:
    headers = {"authorization": f"Bearer {stand.token}"}
    phone = stand.phone()
    for body in (b"", b"{", b'{"events": 5}', b"\xff\xfe", b'{"events":[{"number":1}]}'):
        assert phone.post("/upload/events", content=body, headers=headers).status_code == 422
    assert phone.post("/upload/events", content=b"x" * (9 << 20), headers=headers).status_code == 413


def test_pictures_are_what_their_digest_says_and_awaited(stand: Stand) -> None:
    data = picture()
    digest = hashlib.sha256(data).hexdigest()
    assert stand.photo(digest, data).status_code == 404  # nobody has named it
    noise = b"no picture at all"
    named = hashlib.sha256(noise).hexdigest()
    story = Story(pictures=[("frame", "front", data, None), ("frame", "back", noise, None)])
    assert stand.upload(*story.shipped()).json()["wanted"] == [digest, named]
    assert stand.photo(digest, data[:-1]).status_code == 422
    assert stand.photo(named, noise).status_code == 422
    assert stand.photo(digest, data).status_code == 200
    assert stand.photo(digest, data).status_code == 404  # it is here
    page = stand.phone().get(f"/photo/{story.serial}/{digest}.jpg")
    assert page.headers["content-type"] == "image/jpeg"
    assert len(page.content) < 60_000
    assert stand.phone().get(f"/photo/{Story().serial}/{digest}.jpg").status_code == 404


def test_a_failed_cases_pictures_are_not_asked_for(stand: Stand) -> None:
    story = Story(pictures=[("frame", "front", picture(), None)])
    event = story.passed()
    event["payload"] |= {"verdict": "FAIL", "code": None}
    assert stand.upload(event).json()["wanted"] == []


def test_a_proof_is_kept_and_handed_to_inspectors(stand: Stand) -> None:
    story = stand.tell(Story())
    proof = "c2sp.org/tlog-proof@v1\nindex 3\nAAAA\n\ntrace.example.cn/st01\n4\nroot\n\n— sig\n"
    headers = {"authorization": f"Bearer {stand.token}"}
    put = stand.phone().put
    assert put(f"/upload/proofs/{story.serial}/3", content=proof.encode(), headers=headers).status_code == 200
    assert put(f"/upload/proofs/{story.serial}/4", content=proof.encode(), headers=headers).status_code == 422
    assert put(f"/upload/proofs/{Story().serial}/3", content=proof.encode(), headers=headers).status_code == 422
    assert stand.site.inspecting.proof("li", story.serial, 3) == proof


def foreign(stand: Stand) -> list[dict[str, Any]]:
    """The open alerts about another station's steps."""
    return [alert["facts"] for alert in stand.site.inspecting.alerts("li") if alert["kind"] == "other_station"]


def test_a_step_by_another_station_is_kept_and_alerts_once_a_code(either: Stand) -> None:
    story = either.tell(Story())
    assert foreign(either) == []
    other = either.site.tokens.add("station", "st02")
    rework = Story(serial=story.serial, station="st02", step=4, number=100)
    steps = [rework.to("RETURNED", reason="wheel"), rework.to("REWORKED"), rework.to("VOID", reason="lost")]
    assert either.upload(*steps, token=other).json()["taken"] == 3
    assert codes(either)[0][0] == "VOID", "a case may be reworked elsewhere"
    assert foreign(either) == [{"stations": ["st02"], "first": "st01", "after": "VOID", "reason": "lost"}]
    (alert,) = either.site.inspecting.alerts("li")
    assert (alert["serial"], alert["times"]) == (story.serial, 3)
    either.site.inspecting.close_alert("li", alert["alert"], "genuine", "rework")
    either.upload(rework.to("SUSPECT", subject="suspicion"), token=other)
    assert foreign(either) == [], "an inspector has looked at this station's changes"
    thief = either.site.tokens.add("station", "st03")
    either.upload(Story(serial=story.serial, station="st03", step=9).to("CLEARED", subject="suspicion"), token=thief)
    assert foreign(either)[0]["stations"] == ["st03"]


def test_another_stations_pass_and_proof_alert_too(stand: Stand) -> None:
    story, other = stand.tell(Story()), stand.site.tokens.add("station", "st02")
    fresh = Story(serial=story.serial, station="st02", pictures=[("frame", "front", picture(), None)])
    stand.upload(fresh.passed(), token=other)
    assert foreign(stand)[0]["inspection"] == fresh.row
    story = stand.tell(Story())
    proof = b"c2sp.org/tlog-proof@v1\nindex 3\nAAAA\n\ntrace.example.cn/st01\n4\nroot\n\n\xe2\x80\x94 sig\n"
    headers = {"authorization": f"Bearer {other}"}
    stand.phone().put(f"/upload/proofs/{story.serial}/3", content=proof, headers=headers)
    assert foreign(stand)[0]["proof"] == 3


def test_a_rework_station_that_is_listed_and_whoever_sets_pins_alert_nobody(make_stand: Any) -> None:
    stand = make_stand(rework=frozenset({"mes"}))
    pins, mes = (stand.site.tokens.add("station", name) for name in ("pins", "mes"))
    story = Story()
    told = {"serial": story.serial, "text": story.text, "hash": "ab" * 32}
    assert stand.upload(story._event("pin", f"pin:{story.serial}", told), token=pins).status_code == 200
    stand.tell(story)  # the code is the station's, though its PIN came first
    stand.upload(Story(serial=story.serial, step=4).to("RETURNED"), token=mes)
    assert codes(stand)[0][0] == "RETURNED"
    assert foreign(stand) == []
    assert stand.site.inspecting.trace("li", story.serial).code["station"] == "st01"


def test_clearing_a_stations_step_leaves_a_copied_codes_alarm(stand: Stand) -> None:
    story = stand.tell(Story())
    stand.upload(Story(serial=story.serial, step=3, row=9).to("VOID"))
    with stand.site.database.writing() as connection:
        connection.execute(sa.text("UPDATE codes SET score = 5, alarm = 'SUSPECT'"))
    (alert,) = stand.site.inspecting.alerts("li")
    stand.site.inspecting.close_alert("li", alert["alert"], "genuine", "")
    code = stand.site.inspecting.trace("li", story.serial).code  # type: ignore[union-attr]
    assert (code["alarm"], code["score"]) == ("SUSPECT", 5)


def test_which_codes_have_another_pin_is_told_to_stations_only(either: Any) -> None:
    held, free = either.tell(Story()), Story()
    told = {"serial": held.serial, "text": held.text, "hash": "ab" * 32}
    assert either.upload(held._event("pin", "pin:held", told)).status_code == 200
    headers = {"authorization": f"Bearer {either.token}"}
    station = either.phone("station")

    def asked(pins: Any) -> Any:
        return station.post("/upload/pins", json={"pins": pins}, headers=headers)

    assert asked({held.serial: "ab" * 32, free.serial: "cd" * 32}).json() == {"other": []}
    assert asked({held.serial: "cd" * 32, free.serial: "cd" * 32}).json() == {"other": [held.serial]}
    for odd in ({"x": "ab" * 32}, {held.serial: "ab"}, [held.serial], {new_serial(): "ab" * 32 for _ in range(501)}):
        assert asked(odd).status_code == 422
    assert station.post("/upload/pins", json={"pins": {}}).status_code == 401
