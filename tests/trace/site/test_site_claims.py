"""The PIN: five tries, the first right one binds, the owner hands on, erases; nobody else can."""

from __future__ import annotations

import re
import threading
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from site_stand import Stand
from site_story import GTIN, Story

from shellmark_trace import ALPHABET, KeyFileError
from shellmark_trace.clones import Place
from shellmark_trace.site import Claimed, erase_old, new_pin, pin_hash, site_key
from shellmark_trace.site.claiming import Claims
from shellmark_trace.site.claims import TRANSFER_S, read_symbols
from shellmark_trace.site.devices import new_token

NOW = 1.8e9


def with_pin(stand: Stand) -> tuple[Story, str]:
    story, pin = stand.tell(Story()), new_pin()
    told = {"serial": story.serial, "text": story.text, "hash": pin_hash(stand.site.key, story.serial, pin).hex()}
    assert stand.upload(story._event("pin", f"pin:{story.serial}", told)).status_code == 200
    return story, pin


def other_than(pin: str) -> str:
    return pin[:-1] + ALPHABET[(ALPHABET.index(pin[-1]) + 1) % 32]


@pytest.fixture
def claims(either: Stand) -> Claims:
    return either.site.claims


def test_the_first_right_pin_binds(either: Stand, claims: Claims) -> None:
    story, pin = with_pin(either)
    mine, other = new_token(), new_token()
    assert claims.claim(story.serial, pin, mine, NOW) is Claimed.BOUND
    assert claims.claim(story.serial, pin.lower(), mine, NOW) is Claimed.MINE
    assert claims.claim(story.serial, pin, other, NOW) is Claimed.CONFLICT
    assert "pin_conflict" in [a["kind"] for a in either.site.inspecting.alerts("li")]


def test_six_guesses_lock_even_the_right_pin_out(either: Stand, claims: Claims) -> None:
    story, pin = with_pin(either)
    found = [claims.claim(story.serial, other_than(pin), new_token(), NOW) for _ in range(6)]
    assert found == [Claimed.WRONG] * 5 + [Claimed.LOCKED]
    assert claims.claim(story.serial, pin, new_token(), NOW) is Claimed.LOCKED
    either.site.inspecting.unlock("li", story.serial)
    assert claims.claim(story.serial, pin, new_token(), NOW) is Claimed.BOUND


def test_forty_guesses_at_once_are_five_tries(either: Stand, claims: Claims) -> None:
    story, pin = with_pin(either)
    found: list[Claimed] = []

    def guess() -> None:
        found.extend(claims.claim(story.serial, other_than(pin), new_token(), NOW) for _ in range(10))

    threads = [threading.Thread(target=guess) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(Claimed.WRONG) == 5
    assert found.count(Claimed.LOCKED) == 35


def test_what_is_no_pin_costs_no_try(stand: Stand) -> None:
    story, pin = with_pin(stand)
    for typed in ("", "1234567", "123456789", "UUUUUUUU", "12 34", "你好你好你好你好"):
        assert stand.site.claims.claim(story.serial, typed, "t", NOW) is Claimed.MALFORMED
    assert stand.site.claims.claim(story.serial, f" {pin[:4]}-{pin[4:]} ".lower(), "t", NOW) is Claimed.BOUND
    assert read_symbols("oOiIlL00", 8) == "00111100"


def test_a_case_without_a_pin(stand: Stand) -> None:
    story = stand.tell(Story())
    assert stand.site.claims.claim(story.serial, "00000000", "t", NOW) is Claimed.NO_PIN
    assert 'name="pin"' not in stand.phone().get(story.path).text


def test_a_second_pin_is_refused(stand: Stand) -> None:
    story, pin = with_pin(stand)
    told = {"serial": story.serial, "text": story.text, "hash": "ab" * 32}
    answer = stand.upload(story._event("pin", "another", told))
    assert (answer.status_code, "has a PIN" in answer.json()["error"]) == (422, True)
    assert stand.site.claims.claim(story.serial, pin, "t", NOW) is Claimed.BOUND


def test_the_owner_hands_it_on(either: Stand, claims: Claims) -> None:
    story, pin = with_pin(either)
    mine, buyer, stranger = new_token(), new_token(), new_token()
    claims.claim(story.serial, pin, mine, NOW)
    assert claims.offer(story.serial, stranger, NOW) is None
    code = claims.offer(story.serial, mine, NOW)
    assert code is not None
    assert claims.claim(story.serial, code, stranger, NOW + TRANSFER_S + 1) is Claimed.WRONG  # too late
    code = claims.offer(story.serial, mine, NOW)
    assert code is not None
    assert claims.claim(story.serial, code, buyer, NOW) is Claimed.MOVED
    assert claims.claim(story.serial, code, stranger, NOW) is Claimed.WRONG  # once
    assert claims.claim(story.serial, pin, mine, NOW) is Claimed.CONFLICT
    assert claims.claim(story.serial, pin, buyer, NOW) is Claimed.MINE


def test_the_owner_is_told_so_whoever_else_asks(stand: Stand) -> None:
    story, pin = with_pin(stand)
    mine, others = stand.phone("mine"), [stand.phone(f"other {n}") for n in range(2)]
    mine.get(story.path)
    page = mine.post(f"{story.path}/claim", data={"pin": pin})
    assert "已认领" in page.text
    for other in others:
        assert 'id="other"' in other.get(story.path).text
    assert 'id="again"' in mine.get(story.path).text
    page = mine.post(f"{story.path}/transfer")
    code = re.search(r'class="big">([^<]+)<', page.text)
    assert code is not None
    assert "转让完成" in others[0].post(f"{story.path}/claim", data={"pin": code[1]}).text
    assert 'class="big"' not in mine.post(f"{story.path}/transfer").text


def test_a_buyer_erases_what_is_kept_of_them(either: Stand) -> None:
    story, pin = with_pin(either)
    phone, other = either.phone("mine"), either.phone("other")
    phone.get(story.path)
    other.get(story.path)
    phone.post(f"{story.path}/claim", data={"pin": pin})
    assert "已删除" in phone.post(f"{story.path}/forget").text
    with either.site.database.reading() as connection:
        left = {t: connection.scalar(sa.text(f"SELECT count(*) FROM {t}")) for t in ("devices", "scans", "claims")}
        queries = connection.scalar(sa.text("SELECT queries FROM codes"))
    assert left == {"devices": 1, "scans": 1, "claims": 0}
    assert queries == 2
    assert 'id="other"' in phone.get(story.path).text  # a stranger now, and told no lie


def test_old_personal_data_goes(either: Stand) -> None:
    story = either.tell(Story())
    ask = either.site.queries.ask
    ask(GTIN, story.serial, "old", Place("Shanghai", 31.2, 121.5), NOW)
    ask(GTIN, story.serial, "new", None, NOW + 390 * 86_400)
    gone = erase_old(either.site.database, NOW + 401 * 86_400)
    assert (gone.scans, gone.devices, gone.salts) == (1, 1, 1)
    assert ask(GTIN, story.serial, "third", None, NOW + 401 * 86_400).finding == "other"


def test_the_sites_key_is_private(tmp_path: Path) -> None:
    path = tmp_path / "site.key"
    key = site_key(path)
    assert len(key) == 32
    assert site_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        site_key(path)
    path.chmod(0o600)
    for text in ("", "abc", "00" * 31, "né"):
        path.write_text(text)
        with pytest.raises(KeyFileError, match="backup"):
            site_key(path)


def test_neither_pin_nor_token_is_kept(stand: Stand) -> None:
    story, pin = with_pin(stand)
    phone = stand.phone()
    phone.get(story.path)
    phone.post(f"{story.path}/claim", data={"pin": pin})
    token = phone.cookies["shellmark_device"]
    kept = b"".join(p.read_bytes() for p in Path(stand.site.settings.folder).rglob("*") if p.is_file())
    for secret in (pin, token, stand.token):
        assert secret.encode() not in kept


def test_a_station_is_told_of_a_claim_until_it_has_kept_it(either: Stand, claims: Claims) -> None:
    story, pin = with_pin(either)
    either.tell(Story())
    mine = {"authorization": f"Bearer {either.token}"}
    others = {"authorization": f"Bearer {either.site.tokens.add('station', 'st02')}"}
    ask = either.phone("station").get
    assert ask("/upload/claims", headers=mine).json() == {"claimed": []}
    claims.claim(story.serial, pin, new_token(), NOW)
    assert ask("/upload/claims", headers=mine).json() == {"claimed": [story.serial]}
    assert ask("/upload/claims", headers=others).json() == {"claimed": []}
    assert ask("/upload/claims").status_code == 401
    either.upload(story.to("CLAIMED", reason="claim"))
    assert ask("/upload/claims", headers=mine).json() == {"claimed": []}


def test_an_owner_is_not_told_that_nobody_else_has_asked(stand: Stand) -> None:
    story, pin = with_pin(stand)
    first, owner = stand.phone("first"), stand.phone("owner")
    first.get(story.path)
    owner.get(story.path)
    owner.post(f"{story.path}/claim", data={"pin": pin})
    page = owner.get(story.path).text
    assert "正品·您已查询过" in page
    assert "或者您已用内码认领" in page
    assert "来自您的这部手机" not in page


def test_a_case_that_came_back_has_no_owner(either: Stand, claims: Claims) -> None:
    story, pin = with_pin(either)
    returned = story.to("RETURNED", reason="wheel broken")
    came_back = datetime.fromisoformat(returned["at"]).timestamp()
    assert claims.claim(story.serial, pin, new_token(), came_back - 60) is Claimed.BOUND
    either.upload(returned)
    buyer = new_token()
    assert claims.claim(story.serial, pin, buyer, came_back + 60) is Claimed.BOUND
    either.upload(returned)  # sent again it takes nobody's claim
    assert claims.claim(story.serial, pin, buyer, came_back + 120) is Claimed.MINE
    late = story.to("REWORKED", reason="wheel replaced")
    either.upload(late)
    assert claims.claim(story.serial, pin, new_token(), came_back + 180) is Claimed.CONFLICT
