"""The key list: two of three, canonical, versioned, expiring; rotation and revocation."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from pathlib import Path

import pytest
from small_factory import DAY, GTIN, NOW, ORIGIN, OTHER_GTIN, Factory, key_file

from shellmark_trace import KeyFileError, SignatureInvalid, TraceError
from shellmark_trace.keys import (
    LIST_LIFE,
    OVERLAP,
    WINDOW,
    Kind,
    Roots,
    Seen,
    differences,
    draft,
    new_entry,
    open_list,
    parse_draft,
    read_seen,
    renewed,
    revoked,
    rotated,
    sign_draft,
    write_seen,
)
from shellmark_trace.log import Note, Signer

FACTORY = Factory()
KEYS = FACTORY.keys()
LIFE = LIST_LIFE


@pytest.mark.parametrize("who", [*itertools.permutations(range(3), 2), *itertools.permutations(range(3), 3)])
def test_any_two_holders_in_any_order_make_a_list(who: tuple[int, ...]) -> None:
    assert open_list(FACTORY.signed(KEYS, who), FACTORY.roots, NOW) == KEYS


@pytest.mark.parametrize("who", [(), (0,), (1,), (2,), (1, 1), (2, 2, 2)])
def test_one_holder_is_not_enough_however_often_he_signs(who: tuple[int, ...]) -> None:
    with pytest.raises(SignatureInvalid, match="2 of a, b, c must"):
        open_list(FACTORY.signed(KEYS, who), FACTORY.roots, NOW)


def test_a_stranger_s_signature_does_not_count_and_a_stranger_cannot_sign() -> None:
    stranger = key_file(Kind.ROOT, "b")
    note = Note(KEYS.text())
    _, note = sign_draft(str(note), FACTORY.holders[0], FACTORY.roots)
    forged = note.adding([Signer("b", stranger.private).sign(note.text)])
    with pytest.raises(SignatureInvalid):
        open_list(str(forged), FACTORY.roots, NOW)
    for other in (stranger, FACTORY.station, FACTORY.log):
        with pytest.raises(KeyFileError, match="none of the root holders"):
            sign_draft(str(note), other, FACTORY.roots)


def test_a_holder_s_own_line_with_another_signature_is_refused() -> None:
    said = FACTORY.signed(KEYS, (0, 1)).decode()
    other = FACTORY.signed(FACTORY.keys(NOW + DAY), (0, 1)).decode()
    mixed = said[: said.index("— b")] + other[other.index("— b") :]
    with pytest.raises(SignatureInvalid, match="does not fit"):
        open_list(mixed, FACTORY.roots, NOW)
    with pytest.raises(SignatureInvalid, match="does not fit"):
        sign_draft(mixed, FACTORY.holders[2], FACTORY.roots)


def test_every_changed_byte_is_noticed() -> None:
    said = FACTORY.signed(KEYS)
    for place in range(0, len(said), 7):
        changed = bytearray(said)
        changed[place] ^= 0x01
        with pytest.raises(TraceError):
            open_list(bytes(changed), FACTORY.roots, NOW)


def test_a_log_s_checkpoint_and_a_list_cannot_be_taken_for_each_other() -> None:
    text = f"{ORIGIN}\n1\n{'A' * 43}=\n"
    note = Note(text).adding([Signer(one.name, one.private).sign(text) for one in FACTORY.holders])
    with pytest.raises(KeyFileError, match="first line"):
        open_list(str(note), FACTORY.roots, NOW)


@pytest.mark.parametrize("seen", [0, 1, 2])
def test_the_same_or_a_newer_version_is_believed(seen: int) -> None:
    assert open_list(FACTORY.signed(KEYS), FACTORY.roots, NOW, seen=seen).version == 2


def test_an_older_version_an_expired_and_a_future_list_are_refused() -> None:
    said = FACTORY.signed(KEYS)
    with pytest.raises(KeyFileError, match="rolled back"):
        open_list(said, FACTORY.roots, NOW, seen=3)
    with pytest.raises(KeyFileError, match="expired"):
        open_list(said, FACTORY.roots, NOW + LIFE)
    assert open_list(said, FACTORY.roots, NOW + LIFE - timedelta(seconds=1))
    with pytest.raises(KeyFileError, match="clock"):
        open_list(said, FACTORY.roots, NOW - DAY)
    assert open_list(said, FACTORY.roots, NOW - timedelta(minutes=59))


def test_a_list_written_another_way_is_refused_even_if_it_is_signed() -> None:
    value = json.loads(KEYS.text().split("\n")[1])
    for body in (json.dumps(value), json.dumps(value, separators=(",", ":")) + " "):
        text = f"shellmark key list v1\n{body}\n"
        note = Note(text).adding([Signer(one.name, one.private).sign(text) for one in FACTORY.holders])
        with pytest.raises(KeyFileError, match="canonical"):
            open_list(str(note), FACTORY.roots, NOW)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("version",), 0),
        (("version",), "two"),
        (("surprise",), 1),
        (("hosts",), []),
        (("hosts",), ["not a host"]),
        (("expires",), "2026-01-01T00:00:00Z"),
        (("keys", 2, "id"), "000000"),
        (("keys", 2, "gtins"), []),
        (("keys", 2, "gtins"), ["06901234567893"]),
        (("keys", 2, "most"), 0),
        (("keys", 2, "log"), "trace.example.cn/other"),
        (("keys", 2, "kind"), "root"),
        (("keys", 2, "ends"), "2020-01-01T00:00:00Z"),
        (("keys", 0, "gtins"), [GTIN]),
        (("keys", 1, "vkey"), "m1+00000000+AAAA"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused_by_name(place: tuple[str | int, ...], value: object) -> None:
    said = json.loads(KEYS.text().split("\n")[1])
    inner = said
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(KeyFileError) as caught:
        parse_draft(f"shellmark key list v1\n{json.dumps(said)}\n\n")
    assert "\n" not in str(caught.value)


def test_three_different_holders_are_needed() -> None:
    a, b, _ = (one.card.verifier for one in FACTORY.holders)
    twice = key_file(Kind.ROOT, "c")
    for wrong in ((a, b), (a, b, b), (a, b, a, twice.card.verifier)):
        with pytest.raises(KeyFileError, match=r"three different|3 root holders"):
            Roots(wrong)
    same_key_other_name = type(a)("c", a.key)
    with pytest.raises(KeyFileError, match="3 root holders"):
        Roots((a, b, same_key_other_name))


def test_roots_are_read_from_cards_or_bare_keys() -> None:
    lines = "\n".join(str(one.card) for one in FACTORY.holders)
    assert Roots.parse(f"# the holders\n{lines}\n") == FACTORY.roots
    assert Roots.parse("\n".join(one.card.verifier.vkey for one in FACTORY.holders)) == FACTORY.roots
    for wrong in ("", "hello", lines.replace("root a", "station a"), lines.replace("root a+", "root a+0")):
        with pytest.raises(KeyFileError):
            Roots.parse(wrong)


def test_rotation_overlaps_by_two_weeks_and_keeps_the_old_key() -> None:
    later = NOW + timedelta(days=80)
    fresh = key_file(Kind.STATION, "st01")
    new = new_entry(fresh.card, later, gtins=(GTIN,), most=500, log=ORIGIN)
    found = rotated(KEYS, new, later, LIFE)
    old = found.entry(FACTORY.station_id)
    assert old is not None
    assert found.version == KEYS.version + 1
    assert old == KEYS.entry(FACTORY.station_id)  # it would have ended within the two weeks anyway
    assert new.starts < old.ends <= new.starts + OVERLAP
    assert new.ends - new.starts == WINDOW
    assert open_list(FACTORY.signed(found), FACTORY.roots, later) == found
    with pytest.raises(KeyFileError, match="already"):
        rotated(found, new, later, LIFE)
    with pytest.raises(KeyFileError, match="clock"):
        rotated(found, new_entry(key_file(Kind.MANIFEST, "m2").card, later), later - DAY, LIFE)


def test_a_rotation_in_the_middle_shortens_the_old_window() -> None:
    later = NOW + timedelta(days=30)
    found = rotated(KEYS, new_entry(key_file(Kind.STATION, "st01").card, later, gtins=(GTIN,), most=5), later, LIFE)
    old = found.entry(FACTORY.station_id)
    assert old is not None
    assert old.ends == later + OVERLAP


def test_other_stations_are_not_touched_by_a_rotation() -> None:
    other = new_entry(key_file(Kind.STATION, "st02").card, NOW, gtins=(OTHER_GTIN,), most=5, log=ORIGIN)
    found = rotated(KEYS, other, NOW, LIFE)
    assert found.entry(FACTORY.station_id) == KEYS.entry(FACTORY.station_id)
    assert found.gtins == {GTIN, OTHER_GTIN}


def test_a_revocation_names_an_index_and_can_only_grow() -> None:
    found = revoked(KEYS, FACTORY.station_id, 100, "PC stolen", NOW, LIFE)
    entry = found.entry(FACTORY.station_id)
    assert entry is not None
    assert entry.revoked is not None
    assert entry.revoked.from_index == 100
    for later in (100, 101, 10_000):
        with pytest.raises(KeyFileError, match="only an earlier"):
            revoked(found, FACTORY.station_id, later, "x", NOW, LIFE)
    assert revoked(found, FACTORY.station_id, 99, "earlier", NOW, LIFE).version == found.version + 1
    with pytest.raises(KeyFileError, match="first leaf"):
        revoked(KEYS, FACTORY.station_id, None, "x", NOW, LIFE)
    manifest = KEYS.of_kind(Kind.MANIFEST)[0].id
    with pytest.raises(KeyFileError, match="no log"):
        revoked(KEYS, manifest, 5, "x", NOW, LIFE)
    assert revoked(KEYS, manifest, None, "x", NOW, LIFE)
    with pytest.raises(KeyFileError, match="no key"):
        revoked(KEYS, "000000", 5, "x", NOW, LIFE)


def test_a_list_is_renewed_and_keeps_its_hosts() -> None:
    later = NOW + timedelta(days=100)
    found = renewed(KEYS, later, LIFE, ["v.example.cn", "id.example.cn"])
    assert found.hosts == ("ID.EXAMPLE.CN", "V.EXAMPLE.CN")
    assert (found.version, found.expires, found.keys) == (3, later + LIFE, KEYS.keys)
    assert any("V.EXAMPLE.CN" in line for line in differences(KEYS, found))
    with pytest.raises(KeyFileError, match="host"):
        renewed(KEYS, later, LIFE, ["no host"])


def test_a_holder_is_shown_what_changes() -> None:
    changed = revoked(KEYS, FACTORY.station_id, 100, "PC stolen", NOW + DAY, LIFE)
    said = "\n".join(differences(KEYS, changed))
    assert "version: 2 -> 3" in said
    assert f"revoked: from leaf 100 of its log on, {NOW + DAY:%Y-%m-%d %H:%M} UTC, PC stolen" in said
    assert not set("{}'[]") & set(said)
    fewer = changed.model_copy(update={"keys": changed.keys[:2], "hosts": ("EVIL.CN",), "factory_en": "Other"})
    said = "\n".join(differences(KEYS, fewer))
    assert "REMOVED: station key" in said
    assert "hosts: ID.EXAMPLE.CN -> EVIL.CN" in said
    assert "factory: 平湖箱包厂 Pinghu Luggage -> 平湖箱包厂 Other" in said
    (new,) = (line for line in differences(None, KEYS) if line.startswith("new: station key"))
    assert new.endswith(f" of {GTIN}, logged in {ORIGIN}")


def test_a_holder_reads_every_change_of_a_key_in_words() -> None:
    """No field of an entry is shown as the program keeps it, and a revocation that is taken back cries out."""
    early, late = (revoked(KEYS, FACTORY.station_id, index, "PC stolen", NOW + DAY, LIFE) for index in (99, 100))
    said = "\n".join(differences(late, early))
    assert "revoked: from leaf 100 of its log on, " in said
    assert " PC stolen -> from leaf 99 of its log on, " in said
    assert "REVOCATION TAKEN BACK: from leaf 99 of its log on" in "\n".join(differences(early, KEYS))
    assert "revoked: from leaf 99" in "\n".join(differences(None, early))
    manifest = KEYS.of_kind(Kind.MANIFEST)[0]
    gone = revoked(KEYS, manifest.id, None, "lost stick", NOW, LIFE)
    assert any(f"revoked: wholly, {NOW:%Y-%m-%d %H:%M} UTC, lost stick" in line for line in differences(KEYS, gone))
    one = KEYS.entry(FACTORY.station_id)
    assert one is not None
    changes = {"ends": one.ends + DAY, "gtins": (GTIN, OTHER_GTIN), "most": 7, "log": ""}
    keys = tuple(key.model_copy(update=changes) if key is one else key for key in KEYS.keys)
    said = "\n".join(differences(KEYS, KEYS.model_copy(update={"keys": keys})))
    assert f"ends {one.ends:%Y-%m-%d %H:%M} UTC -> {one.ends + DAY:%Y-%m-%d %H:%M} UTC" in said
    assert f"GTINs {GTIN} -> {GTIN}, {OTHER_GTIN}" in said
    assert f"codes at most {one.most} -> 7" in said
    assert f"log {ORIGIN} -> -" in said
    assert not set("{}'[]") & set(said)


@pytest.mark.parametrize(
    "said", [b"", b"\n\n", b"shellmark key list v1\n", b"\xff\xfe", b"[" * 100_000, b"a\n\n\xe2\x80\x94 a b\n"]
)
def test_any_bytes_are_a_list_or_one_line(said: bytes) -> None:
    with pytest.raises(TraceError) as caught:
        open_list(said, FACTORY.roots, NOW)
    assert "\n" not in str(caught.value)


def test_a_draft_is_signed_in_turns_by_holders_who_have_only_the_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.list"
    file.write_text(str(draft(KEYS)))
    for place in (2, 0):
        _, note = sign_draft(file.read_text(), FACTORY.holders[place], FACTORY.roots)
        file.write_text(str(note))
    assert open_list(file.read_bytes(), FACTORY.roots, NOW) == KEYS


def test_what_was_seen_never_goes_back(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "seen.json"
    assert read_seen(file, FACTORY.roots) == Seen()
    seen = Seen().with_version("keys", 3, NOW).with_version("keys", 2, NOW - DAY)
    assert seen.version("keys") == 3
    assert seen.at(NOW - DAY) == NOW
    assert seen.at(NOW + DAY) == NOW + DAY
    write_seen(file, FACTORY.roots, seen)
    assert read_seen(file, FACTORY.roots) == seen
    other = Factory().roots
    assert read_seen(file, other) == Seen()
    write_seen(file, other, Seen().with_version("keys", 9, NOW))
    assert read_seen(file, FACTORY.roots) == seen
    mine = next(iter(json.loads(file.read_bytes())))
    for damage in (b"{", b"[]", b"\xff", b"[" * 100_000, json.dumps({mine: {"versions": 3}}).encode()):
        file.write_bytes(damage)
        with pytest.raises(KeyFileError, match="damaged"):
            read_seen(file, FACTORY.roots)
