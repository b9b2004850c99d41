"""The station's log: published, witnessed, refused when it was rolled back, and every edit found where it is."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from logged_station import COSIGNER, ORIGIN, PASSPHRASE, VARIABLE, edit, log_key, log_section, served
from small_station import Place

from shellmark_inspect.app.checks import records_of
from shellmark_inspect.errors import ConfigError
from shellmark_inspect.loop import Light
from shellmark_inspect.records import RecordReader
from shellmark_inspect.station import Checked, Station, StationConfig, TroubleCode, check_log, open_log, publish
from shellmark_inspect.types import Disposition, ReasonCode, Verdict
from shellmark_trace import LogForked, leaf, new_salt, payload_hash
from shellmark_trace.log import CHECKPOINT, Note, Tile, open_checkpoint

Open = Callable[..., Station]
WITHIN_S = 60.0


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, PASSPHRASE)


def run(place: Place, opened: Open, *kinds: str, first: int = 1, **log: Any) -> Station:
    """Open the station and let it run over these shells."""
    for old in place.cases.glob("*.png") if place.cases.is_dir() else ():
        old.unlink()
    place.fill(kinds, first)
    station = opened(log=log_section(place, *log.pop("witnesses", ()), **log))
    station.run()
    station.wait()
    return station


def checked(place: Place, **options: Any) -> Checked:
    config = StationConfig.read(place.folder / "station.toml")
    reader = RecordReader(config.url, config.images)
    try:
        return check_log(config, reader, **options)
    finally:
        reader.close()


def take(here: Path, there: Path) -> None:
    """Put a database, with what SQLite keeps beside it, in the place of another."""
    there.mkdir(exist_ok=True)
    for old in there.glob("records.db*"):
        old.unlink()
    for file in here.glob("records.db*"):
        shutil.copy(file, there)


def shown(place: Place) -> int:
    said = (place.folder / "data" / "log" / CHECKPOINT).read_bytes()
    return open_checkpoint(said, [log_key(place)])[0].size


def leaves(place: Place) -> int:
    with closing(sqlite3.connect(place.folder / "data" / "records.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM log_leaves").fetchone()[0])


def test_a_run_is_published_and_holds(place: Place, opened: Open) -> None:
    station = run(place, opened, "good", "scratched", "good", post="chat.txt")
    assert station.status().lamps["log"].light is Light.GREEN
    station.close()
    assert shown(place) == leaves(place) > 3
    assert checked(place) == Checked(shown(place), shown(place), 0, (), {})
    posted = (place.folder / "data" / "chat.txt").read_text("utf-8")
    assert posted.split("\n")[:2] == [ORIGIN, str(shown(place))]
    shutil.rmtree(place.folder / "data" / "log")
    station = run(place, opened, "good", first=9)
    station.close()
    found = checked(place, against=[posted])
    assert (found.faults, found.leaves) == ((), leaves(place))


def test_a_replaced_label_and_a_decision_after_it_are_no_edits(place: Place, opened: Open) -> None:
    run(place, opened, "good", "good").close()
    with records_of(place.folder / "station.toml") as records:
        for code in records.labels.waiting():
            records.labels.send(code.serial)
            records.labels.count(code.serial, 7)
            records.labels.replace(code.serial, "read back as another")
        records.overrule(1, Disposition.OK, operator="li", reason_code="looked")
        for code in records.labels.waiting():
            records.labels.send(code.serial)
            records.labels.count(code.serial, 8)
            records.labels.replace(code.serial, "none read")
    assert checked(place).faults == (), "what is newer than a leaf is no edit of what it tells of"
    edit(database(place), ("UPDATE codes SET text = replace(text, 'HTTPS', 'https') WHERE row = 2", ()))
    assert "was edited: text" in checked(place).faults[0]


def test_witnesses_cosign_and_one_that_is_away_keeps_no_case_back(place: Place, opened: Open, tmp_path: Path) -> None:
    gone = "http://127.0.0.1:9"
    station = run(place, opened, "good", "good", witnesses=[gone])
    assert [record.verdict for record in station.records()] == [Verdict.PASS] * 2
    assert all(record.code for record in station.records())
    assert station.status().blocked == ()
    station.close()
    assert checked(place).witnessed == 0
    config = StationConfig.read(place.folder / "station.toml")
    with served(place, tmp_path / "w") as address:
        reader = RecordReader(config.url, config.images)
        section = config.model_copy(update={"log": type(config.log).model_validate(log_section(place, address))})
        head, missing = publish(open_log(section, reader), [w.at for w in section.log.witnesses])
        reader.close()
    assert missing == []
    assert Note.parse(head.witnessed).signed_by([COSIGNER.verifier])
    assert checked(place).witnessed == leaves(place)


def test_records_that_were_rolled_back_give_no_codes(place: Place, opened: Open, tmp_path: Path) -> None:
    run(place, opened, "good").close()
    data, backup, newest = place.folder / "data", tmp_path / "backup", tmp_path / "newest"
    take(data, backup)
    run(place, opened, "good", "good", first=2).close()
    take(data, newest)
    take(backup, data)
    station = run(place, opened, "good", first=5)
    assert station.records() == (), "automatic mode is refused"
    assert "were rolled back; put the newest database back" in station.status().blocked[0]
    assert [trouble.code for trouble in station.clearance.troubles()] == [TroubleCode.LOG_FORKED]
    assert station.status().lamps["log"].light is Light.RED
    record = station.trigger().result(WITHIN_S)
    assert (record.verdict, record.code) == (Verdict.REVIEW, None)
    assert record.inspection.reasons[0].code is ReasonCode.BLOCKED
    size = shown(place)
    station.close()
    assert shown(place) == size, "nothing more is signed"
    assert any("rolled back" in fault or "edited" in fault for fault in checked(place).faults)
    take(newest, data)
    station = run(place, opened, "good", first=7)
    assert station.status().blocked == ()
    station.close()
    assert checked(place).faults == ()


def test_a_witness_knows_when_everything_here_was_rolled_back(place: Place, opened: Open, tmp_path: Path) -> None:
    with served(place, tmp_path / "w") as address:
        run(place, opened, "good", witnesses=[address]).close()
        data, backup = place.folder / "data", tmp_path / "backup"
        shutil.copytree(data, backup)
        station = run(place, opened, "good", "good", first=2, witnesses=[address])
        station.clearance.notary.call()  # type: ignore[union-attr]
        size = leaves(place)
        deadline = time.monotonic() + WITHIN_S
        while checked(place).witnessed != size and time.monotonic() < deadline:
            time.sleep(0.05)
        station.close()
        assert checked(place).witnessed == size
        shutil.rmtree(data)
        shutil.copytree(backup, data)
        station = run(place, opened, "good", first=8, witnesses=[address])
        assert f"has seen {size} leaves of the log" in station.status().blocked[0]
        assert station.trigger().result(WITHIN_S).code is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"origin": "trace.example.cn/other"}, "give its own key"),
        ({"key": "none.key"}, "cannot be read"),
        ({"passphrase": "env:SHELLMARK_NO_SUCH"}, "gave no passphrase"),
        ({"passphrase": "prompt"}, "cannot ask for the passphrase"),
        ({"origin": "https://trace.example.cn"}, "without scheme"),
        ({"witnesses": [{"address": "ftp://x", "key": COSIGNER.verifier.vkey}]}, "begins with https"),
        ({"witnesses": [{"address": "https://x", "key": "nothing"}]}, "no key"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_section_that_cannot_be_used_opens_no_station(
    place: Place, opened: Open, changes: dict[str, Any], why: str
) -> None:
    place.fill(["good"])
    with pytest.raises(ConfigError, match=why):
        opened(log=log_section(place, **changes))


# ── edits ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def logged_once(tmp_path_factory: pytest.TempPathFactory, noise_store: Path) -> Place:
    """A station that has run over eight shells and is closed."""
    place = Place(tmp_path_factory.mktemp("logged"), noise_store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, PASSPHRASE)
        run(place, lambda **changes: Station(place.config(**changes)).open(), *["good", "scratched"] * 4).close()
    return place


@pytest.fixture
def logged(logged_once: Place, tmp_path: Path) -> Place:
    """A copy of it, to be edited."""
    place = Place(Path(shutil.copytree(logged_once.folder, tmp_path / "logged")), logged_once.store)
    assert checked(place).faults == ()
    return place


def database(place: Place) -> Path:
    return place.folder / "data" / "records.db"


def kept(place: Place, index: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A leaf's entry and payload."""
    with closing(sqlite3.connect(database(place))) as connection:
        query = 'SELECT l.entry, p.payload FROM log_leaves l JOIN log_payloads p USING (station, "index")'
        entry, payload = connection.execute(f'{query} WHERE "index" = ?', (index,)).fetchone()
    return json.loads(entry), json.loads(payload)


def leaf_of(place: Place, kind: str, number: int) -> int:
    """The index of the nth leaf of a kind."""
    found = [index for index in range(leaves(place)) if kept(place, index)[0]["kind"] == kind]
    return found[number]


@pytest.mark.parametrize("column", ["verdict", "operator", "case_id", "sku", "model_digest", "recorded_at"])
def test_an_edited_record_is_named_exactly(logged: Place, column: str) -> None:
    index = leaf_of(logged, "inspection", 3)
    row = kept(logged, index)[1]["row"]
    case = kept(logged, leaf_of(logged, "inspection", 0))[1]["case_id"]
    value = {"verdict": "PASS", "recorded_at": "2020-01-01 00:00:00.000000", "case_id": case}.get(column, "other")
    edit(database(logged), (f"UPDATE inspections SET {column} = ? WHERE row = ?", (value, row)))
    faults = checked(logged).faults
    assert [fault for fault in faults[1:] if "stands in no record" not in fault] == []
    assert faults[0].startswith(f"leaf {index} (row {row}")
    assert "the record was edited" in faults[0]


@pytest.mark.parametrize("value", ["no such thing", b"\xff\xfe", -1, 1e308, 2**61])
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("inspections", "verdict"),
        ("inspections", "scores"),
        ("inspections", "recorded_at"),
        ("inspections", "serial"),
        ("reasons", "values"),
        ("defects", "contour_px"),
        ("images", "path"),
        ("code_events", "facts"),
        ("code_events", "at"),
        ("log_leaves", "entry"),
        ("log_leaves", "index"),
        ("log_payloads", "payload"),
        ("log_payloads", "salt"),
    ],
)
def test_an_edit_to_what_no_station_writes_is_found_and_nothing_breaks(
    logged: Place, table: str, column: str, value: Any
) -> None:
    command = f'UPDATE {table} SET "{column}" = ? WHERE rowid = (SELECT min(rowid) FROM {table})'
    edit(database(logged), ("PRAGMA ignore_check_constraints = ON", ()), (command, (value,)))
    assert re.match(r"leaf \d+ \(|leaf 0: the leaf was deleted", checked(logged).faults[0])


def test_an_entry_turned_into_text_is_no_entry_and_one_nested_beyond_reading_none_either(logged: Place) -> None:
    edit(database(logged), ('UPDATE log_leaves SET entry = CAST(entry AS TEXT) WHERE "index" = 2', ()))
    assert "its entry or its hash was edited" in checked(logged).faults[0]
    deep = b"[" * 50_000
    digest = hashlib.sha256(b"\x00" + deep).digest()
    edit(database(logged), ('UPDATE log_leaves SET entry = ?, hash = ? WHERE "index" = 1', (deep, digest)))
    assert checked(logged).faults[0].startswith("leaf 1 ")


CODE = "(SELECT min(serial) FROM codes)"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (f"UPDATE code_events SET second_operator = 'wang' WHERE serial = {CODE}", "step was edited: second_operator"),
        (f"UPDATE code_events SET facts = '{{\"uec\": 0.9}}' WHERE serial = {CODE}", "step was edited: facts"),
        (f"UPDATE code_events SET station = 'st09' WHERE serial = {CODE}", "step was edited: "),
        (f"UPDATE codes SET case_id = (SELECT max(case_id) FROM cases) WHERE serial = {CODE}", "was edited: case_id"),
        (f"UPDATE codes SET drawn_at = '2020-01-01 00:00:00.000000' WHERE serial = {CODE}", "was edited: drawn"),
        (f"UPDATE codes SET station = 'st09' WHERE serial = {CODE}", "was edited: drawn"),
        (f"UPDATE codes SET batch = 'B9' WHERE serial = {CODE}", "was edited: batch"),
        (f"UPDATE codes SET suspicion = 'COPIED' WHERE serial = {CODE}", "stands at COPIED, its last step led to NONE"),
        ("UPDATE inspections SET kind = 'overrule' WHERE row = 1", "the record was edited: kind"),
    ],
)
def test_what_a_leaf_did_not_tell_cannot_be_put_in_later(logged: Place, command: str, says: str) -> None:
    edit(database(logged), ("PRAGMA ignore_check_constraints = ON", ()), (command, ()))
    assert says in checked(logged).faults[0]


def again(place: Place, table: str, **changes: Any) -> tuple[str, tuple[Any, ...]]:
    """The first row of a table once more, with changes: a row the station never wrote."""
    with closing(sqlite3.connect(database(place))) as connection:
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    kept_names = [f'"{name}"' for name in names if name not in changes]
    given = ", ".join(f'"{name}"' for name in changes)
    select = f"SELECT {', '.join(kept_names)}, {', '.join('?' for _ in changes)} FROM {table} LIMIT 1"
    return f"INSERT INTO {table} ({', '.join(kept_names)}, {given}) {select}", tuple(changes.values())


def test_rows_that_were_added_are_found(logged: Place) -> None:
    fresh = "0123456789ABC"
    code = again(logged, "codes", serial=fresh, state="ACTIVE", text="HTTPS://X/" + fresh, case_id="002-scratched.png")
    edit(database(logged), code)
    assert f"code {fresh} stands at ACTIVE, its last step led to nothing" in checked(logged).faults[0]
    edit(database(logged), again(logged, "code_events", event=9000, serial=fresh, step=0, after="ACTIVE"))
    assert f"rows were added, such as row 1 of code {fresh}" in checked(logged).faults[0]
    edit(database(logged), again(logged, "inspections", row=900, sequence=900, trigger=900))
    assert any("rows were added, such as row 900" in fault for fault in checked(logged).faults)


def rehashed(place: Place, index: int, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change a payload, and make salt, entry and hash anew so that they fit."""
    entry, payload = kept(place, index)
    content, salt = json.dumps(change(payload)).encode(), new_salt()
    data = leaf({**entry, "payload": payload_hash(content, salt)})
    told = "json_patch(payload, ?)"
    edit(
        database(place),
        ('UPDATE log_payloads SET payload = ?, salt = ? WHERE "index" = ?', (content, salt, index)),
        (f"UPDATE outbox SET payload = {told} WHERE number = ?", (json.dumps(change({})), index + 1)),
        (
            'UPDATE log_leaves SET entry = ?, hash = ? WHERE "index" = ?',
            (data, hashlib.sha256(b"\x00" + data).digest(), index),
        ),
    )


def test_an_insider_who_makes_the_leaf_anew_is_found_by_what_is_published(logged: Place) -> None:
    index = leaf_of(logged, "inspection", 3)
    row = kept(logged, index)[1]["row"]
    rehashed(logged, index, lambda payload: payload | {"verdict": "PASS"})
    edit(database(logged), ("UPDATE inspections SET verdict = 'PASS' WHERE row = ?", (row,)))
    faults = checked(logged).faults
    assert faults[0].startswith(f"leaf {index} (row {row})")
    assert "is not the published one" in faults[0]


def test_an_insider_who_makes_the_tiles_anew_is_found_by_the_checkpoint(logged: Place) -> None:
    kept_copy = logged.folder / "mirror"
    shutil.copytree(logged.folder / "data" / "log", kept_copy)
    index = leaf_of(logged, "inspection", 3)
    rehashed(logged, index, lambda payload: payload | {"note": "as if"})
    row = kept(logged, index)[1]["row"]
    edit(database(logged), ("UPDATE inspections SET note = 'as if' WHERE row = ?", (row,)))
    with closing(sqlite3.connect(database(logged))) as connection:
        query = 'SELECT entry, hash FROM log_leaves ORDER BY "index"'
        entries = connection.execute(query).fetchall()
    log = logged.folder / "data" / "log"
    for size in range(1, len(entries) + 1):
        if (log / Tile(0, 0, size).path).exists():
            (log / Tile(0, 0, size).path).write_bytes(b"".join(digest for _, digest in entries[:size]))
            framed = (len(entry).to_bytes(2, "big") + entry for entry, _ in entries[:size])
            (log / Tile(-1, 0, size).path).write_bytes(b"".join(framed))
    faults = checked(logged).faults
    assert faults == (f"the records do not lead to the signed checkpoint of {len(entries)} leaves: one was edited",)
    faults = checked(logged, mirror=kept_copy).faults
    assert faults[0].startswith(f"leaf {index} (row {row})"), "a copy elsewhere says which"


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE log_payloads SET payload = x'7b7d' WHERE \"index\" = ?", "its payload was edited"),
        ("UPDATE log_leaves SET entry = x'7b7d' WHERE \"index\" = ?", "its entry or its hash was edited"),
        ("UPDATE log_leaves SET hash = zeroblob(32) WHERE \"index\" = ?", "its entry or its hash was edited"),
        ("DELETE FROM log_leaves WHERE \"index\" = ?", "the leaf was deleted"),
        ("UPDATE log_leaves SET \"index\" = 9999 WHERE \"index\" = ?", "the leaf was deleted"),
    ],
)  # fmt: skip
def test_an_edited_leaf_is_named_exactly(logged: Place, statement: str, why: str) -> None:
    index = leaf_of(logged, "inspection", 2)
    edit(database(logged), (statement, (index,)))
    faults = checked(logged).faults
    assert faults[0].startswith(f"leaf {index}")
    assert why in faults[0]


def test_an_edited_code_is_named(logged: Place) -> None:
    index = leaf_of(logged, "code", 1)
    serial = kept(logged, index)[1]["serial"]
    edit(database(logged), ("UPDATE code_events SET operator = 'nobody' WHERE serial = ?", (serial,)))
    faults = checked(logged).faults
    assert f"serial {serial}" in faults[0]
    assert faults[0].startswith(f"leaf {index} ")
    edit(
        database(logged),
        ("UPDATE code_events SET operator = '' WHERE serial = ?", (serial,)),
        ("UPDATE codes SET state = 'SHIPPED' WHERE serial = ?", (serial,)),
    )
    assert checked(logged).faults == (
        f"code {serial} stands at SHIPPED, its last step led to RESERVED: its row was edited",
    )


def test_the_last_leaf_cut_off_is_a_roll_back(logged: Place) -> None:
    last = leaves(logged) - 1
    edit(database(logged), ('DELETE FROM log_leaves WHERE "index" = ?', (last,)))
    assert f"leaf {last}: the records end here, {last + 1} leaves were signed" in checked(logged).faults[0]
    config = StationConfig.read(logged.folder / "station.toml")
    reader = RecordReader(config.url, config.images)
    with pytest.raises(LogForked):
        open_log(config, reader).publish()
    reader.close()


def test_an_erased_payload_leaves_the_log_whole(logged: Place) -> None:
    edit(database(logged), ("DELETE FROM log_payloads", ()))
    found = checked(logged)
    assert found.faults == ()
    assert sum(found.erased.values()) == leaves(logged)
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\d", day) for day in found.erased)
    edit(database(logged), ("UPDATE outbox SET at = 'once' WHERE number = 1", ()))
    assert checked(logged).erased["unknown"] == 1


def erase(place: Place, index: int) -> tuple[str, tuple[Any, ...]]:
    return 'DELETE FROM log_payloads WHERE "index" = ?', (index,)


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        (
            ["UPDATE inspections SET verdict = 'PASS' WHERE row = :row"],
            "the record is not what the outbox told: verdict",
        ),
        (
            ["UPDATE inspections SET operator = 'wang' WHERE row = :row"],
            "the record is not what the outbox told: operator",
        ),
        (
            [
                "UPDATE inspections SET verdict = 'PASS' WHERE row = :row",
                "UPDATE outbox SET payload = json_set(payload, '$.verdict', 'PASS') WHERE number = :number",
            ],
            "says verdict PASS, the entry FAIL: it was edited",
        ),
        (["UPDATE outbox SET payload = '{}' WHERE number = :number"], "it was edited"),
        (["DELETE FROM outbox WHERE number = :number"], "of the outbox was deleted or edited"),
    ],
)
def test_an_erased_payload_hides_no_edit_that_the_entry_or_the_outbox_contradicts(
    logged: Place, statements: list[str], says: str
) -> None:
    index = next(index for index in range(leaves(logged)) if kept(logged, index)[0].get("verdict") == "FAIL")
    row = kept(logged, index)[1]["row"]
    names = {":row": str(row), ":number": str(index + 1)}
    for name, value in names.items():
        statements = [one.replace(name, value) for one in statements]
    edit(database(logged), erase(logged, index), *((one, ()) for one in statements))
    found = checked(logged)
    assert len(found.faults) == 1
    assert found.faults[0].startswith(f"leaf {index} (its payload is erased")
    assert says in found.faults[0]
    assert sum(found.erased.values()) == 1


def test_an_erased_step_is_still_compared(logged: Place) -> None:
    index = leaf_of(logged, "code", 0)
    serial = kept(logged, index)[1]["serial"]
    edit(
        database(logged),
        erase(logged, index),
        ("UPDATE code_events SET operator = 'wang' WHERE serial = ?", (serial,)),
    )
    assert "the code's step is not what the outbox told: operator" in checked(logged).faults[0]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("payload = json_set(payload, '$.verdict', 'PASS')", "payload"),
        ("payload = json_set(payload, '$.operator', 'wang')", "payload"),
        ("payload = json_set(payload, '$.corrects', 'x')", "corrects"),
        ("payload = 'no json'", None),
        ("payload = '[1]'", "payload"),
        ("key = 'st01:999'", "key"),
        ("kind = 'overrule'", "kind"),
        ("row = (SELECT max(row) FROM inspections)", "row"),
        (f"serial = {CODE}", "serial"),
        ("at = '2020-01-01 00:00:00.000000'", "at"),
        ("at = 'never'", None),
        ("station = 'st09'", None),
        ("number = 9000", None),
    ],
)
def test_an_edited_event_of_the_outbox_is_named(logged: Place, change: str, wrong: str | None) -> None:
    index = next(index for index in range(leaves(logged)) if kept(logged, index)[0].get("verdict") == "FAIL")
    edit(database(logged), (f"UPDATE outbox SET {change} WHERE number = ?", (index + 1,)))
    faults = checked(logged).faults
    what = "was edited: " + wrong if wrong else "of the outbox was deleted or edited"
    assert faults[0].startswith(f"leaf {index} (row")
    assert f"its event {index + 1} " in faults[0]
    assert what in faults[0]


def test_what_a_decision_corrects_is_what_was_told_then(place: Place, opened: Open) -> None:
    run(place, opened, "scratched").close()
    with records_of(place.folder / "station.toml") as records:
        records.overrule(1, Disposition.OK, operator="li", reason_code="looked")
        records.overrule(2, Disposition.NG, operator="wang", reason_code="looked again")
    assert checked(place).faults == ()
    at = "json_set(payload, '$.corrects.verdict', 'PASS')"
    edit(database(place), (f"UPDATE outbox SET payload = {at} WHERE key = 'st01:2'", ()))
    assert "was edited: corrects" in checked(place).faults[0]
    edit(database(place), ("UPDATE outbox SET payload = json_remove(payload, '$.corrects') WHERE key = 'st01:2'", ()))
    assert "was edited: corrects" in checked(place).faults[0]


def test_an_event_that_was_added_is_found(logged: Place) -> None:
    edit(database(logged), again(logged, "outbox", number=900, key="st01:900"))
    assert any("events were added, such as event 900" in fault for fault in checked(logged).faults)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE cases SET sku = 'silk' WHERE case_id = ?", "the case's row was edited: sku"),
        ("UPDATE cases SET station = 'st09' WHERE case_id = ?", "the case's row was edited: station"),
        ("UPDATE cases SET first_at = '2020-01-01 00:00:00.000000' WHERE case_id = ?", "was edited: first_at"),
        ("UPDATE cases SET first_at = 'never' WHERE case_id = ?", "the case it tells of was deleted or edited"),
        ("DELETE FROM cases WHERE case_id = ?", "the case it tells of was deleted or edited"),
    ],
)
def test_an_edited_case_is_named_with_its_first_record(logged: Place, change: str, says: str) -> None:
    index = leaf_of(logged, "inspection", 2)
    case = kept(logged, index)[1]["case_id"]
    edit(database(logged), (change, (case,)))
    faults = checked(logged).faults
    assert faults[0].startswith(f"leaf {index} (row")
    assert says in faults[0]
    assert len(faults) == 1


def test_a_case_that_was_added_is_found(logged: Place) -> None:
    edit(database(logged), again(logged, "cases", case_id="case-0"))
    assert checked(logged).faults == ("case case-0 stands in no record: its row was added",)
