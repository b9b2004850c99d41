"""Outputs that post, against a real web service that fails: at least once, nothing lost, in order, repeats known."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from web_service import WebService

from shellmark_inspect.errors import ConfigError
from shellmark_inspect.outputs import (
    Epcis,
    EpcisSettings,
    Output,
    OutputError,
    Rows,
    RowsSettings,
    build_output,
    deliver,
    read_output_settings,
)
from shellmark_inspect.records import Event, Records
from shellmark_inspect.types import Inspection, Trigger, Verdict, Versions

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
MAPPING = """
[[columns]]
name = "key"
from = "key"
[[columns]]
name = "结果"
from = "result"
words = { PASS = "合格", FAIL = "不合格" }
"""


def told(number: int) -> dict[str, Any]:
    versions = {"model": "m/1", "model_digest": "sha256:a", "recipe_digest": "sha256:b"}
    found = {
        "row": number,
        "sequence": number,
        "station": "st01",
        "recorded_at": NOW.isoformat(),
        "case_id": f"c{number}",
    }
    found |= {"sku": "s", "verdict": "PASS", "disposition": None, "operator": "", "reason_code": "", "master": None}
    return found | {"versions": versions, "code": None}


def event(number: int, kind: str = "inspection") -> Event:
    payload = told(number) if kind == "inspection" else {"outcome": "passed"}
    return Event(number, f"st01:{number}", kind, NOW, payload)


@dataclass
class Waiting:
    """An outbox in memory; `grows` adds so many events at each look."""

    events: list[Event]
    cursor: int = 0
    grows: int = 0
    most: int = 10**6
    looks: int = field(default=0)

    def pending(self, target: str, limit: int = 100) -> Sequence[Event]:
        self.looks += 1
        fresh = range(len(self.events) + 1, min(self.most, len(self.events) + self.grows) + 1)
        self.events += [event(n) for n in fresh]
        return [e for e in self.events if e.number > self.cursor][:limit]

    def delivered(self, target: str, number: int) -> None:
        self.cursor = max(self.cursor, number)


def epcis(service: WebService, **changes: Any) -> Epcis:
    settings = {"url": service.url, "host": "x.cn", "offset": "+08:00", "timeout_s": 0.4, "job_s": 5.0} | changes
    return Epcis(EpcisSettings(**settings), pause=lambda _s: None)


def rows(service: WebService, folder: Path, **changes: Any) -> Rows:
    (folder / "map.toml").write_text(MAPPING, "utf-8")
    settings = {
        "url": service.url,
        "columns": "map.toml",
        "state": "state/rows.json",
        "timeout_s": 0.4,
        "form": "plain",
    }
    return Rows(RowsSettings(**settings | changes).rooted(folder), pause=lambda _s: None)


def until_done(outbox: Waiting, make: Callable[[], Output], tries: int = 60) -> int:
    """Deliver as a station does, a new output now and then as after a restart; how often it failed."""
    output, failed = make(), 0
    for number in range(tries):
        try:
            deliver(outbox, "t", output)
            return failed
        except OutputError as e:
            failed += "\n" not in str(e)
        if number % 3 == 2:
            output = make()
    raise AssertionError("never delivered")


def cases_of(posts: list[Any]) -> list[str]:
    """The cases of the EPCIS documents posted, in order, repeats known by their ids left out."""
    seen: dict[str, str] = {}
    for post in posts:
        for found in post["epcisBody"]["eventList"]:
            seen.setdefault(found["eventID"], found["epcList"][0].rpartition("/")[2])
    return list(seen.values())


def keys_of(posts: list[Any]) -> list[str]:
    """The keys of the rows posted, in order, calls of a known transaction left out."""
    seen: dict[str, list[str]] = {}
    for post in posts:
        seen.setdefault(post["transaction_id"], [row["key"] for row in post["rows"]])
    return [key for keys in seen.values() for key in keys]


def test_an_epcis_repository_takes_a_document_a_batch(service: WebService) -> None:
    outbox = Waiting([event(1), event(2, "check"), event(3)])
    assert deliver(outbox, "t", epcis(service)) == 3
    (post,) = service.posts
    assert post["type"] == "EPCISDocument"
    assert cases_of([post]) == ["c1", "c3"]
    assert service.headers[0]["gs1-epcis-capture-error-behaviour"] == "rollback"
    assert "authorization" not in service.headers[0]


def test_what_has_no_epcis_event_is_not_posted(service: WebService) -> None:
    assert deliver(Waiting([event(1, "check")]), "t", epcis(service)) == 1
    assert service.posts == []


def test_a_capture_job_is_waited_for(service: WebService) -> None:
    service.moods.extend(["job"])
    deliver(Waiting([event(1)]), "t", epcis(service))
    assert service.looks == 2


def test_a_capture_job_that_fails_is_offered_again(service: WebService) -> None:
    service.moods.extend(["failing job"])
    outbox = Waiting([event(1)])
    with pytest.raises(OutputError, match="bad event"):
        deliver(outbox, "t", epcis(service))
    assert outbox.cursor == 0


@pytest.mark.parametrize(
    ("mood", "says"),
    [
        ("500", "127.0.0.1 answers 500"),
        ("400", "refused with 400"),
        ("lost", "no whole answer|is not there"),
        ("dropped", "no whole answer|is not there"),
        ("slow", "timed out|no whole answer"),
        ("half", "no whole answer"),
        ("elsewhere", "answers 307"),
    ],
)
def test_every_failure_is_one_line_and_moves_no_cursor(service: WebService, mood: str, says: str) -> None:
    service.moods.append(mood)
    outbox = Waiting([event(1)])
    with pytest.raises(OutputError, match=says) as found:
        deliver(outbox, "t", epcis(service))
    assert "\n" not in str(found.value)
    assert outbox.cursor == 0


def test_a_service_that_is_not_there_is_one_line() -> None:
    settings = EpcisSettings(url="http://127.0.0.1:9/capture", host="x.cn", timeout_s=0.5)
    with pytest.raises(OutputError, match="is not there"):
        Epcis(settings).send([event(1)])


@pytest.mark.parametrize("seed", range(3))
def test_epcis_comes_at_least_once_in_order_whatever_happens(service: WebService, seed: int) -> None:
    service.slow_s = 0.6
    service.moods.extend(random.Random(seed).choices(["500", "lost", "dropped", "half", "ok", "slow"], k=12))
    outbox = Waiting([event(n) for n in range(1, 251)], grows=7, most=300)
    assert until_done(outbox, lambda: epcis(service)) > 0
    assert cases_of(service.posts) == [f"c{n}" for n in range(1, len(outbox.events) + 1)]


@pytest.mark.parametrize("size", [100, 30])
@pytest.mark.parametrize("seed", range(3))
def test_rows_come_at_least_once_in_order_whatever_happens(
    service: WebService, tmp_path: Path, seed: int, size: int
) -> None:
    service.slow_s = 0.6
    service.moods.extend(random.Random(seed).choices(["500", "lost", "dropped", "half", "ok", "slow"], k=15))
    outbox = Waiting([event(n) for n in range(1, 38)], grows=11, most=333)
    assert until_done(outbox, lambda: rows(service, tmp_path, rows=size)) > 0
    assert keys_of(service.posts) == [f"st01:{n}" for n in range(1, len(outbox.events) + 1)]
    assert max(len(post["rows"]) for post in service.posts) <= size


def test_a_call_whose_answer_was_lost_is_made_again_as_it_was(service: WebService, tmp_path: Path) -> None:
    service.moods.append("lost")
    outbox = Waiting([event(n) for n in range(1, 38)])
    with pytest.raises(OutputError):
        deliver(outbox, "t", rows(service, tmp_path))
    outbox.events += [event(n) for n in range(38, 61)]
    deliver(outbox, "t", rows(service, tmp_path))
    first, again, rest = service.posts
    assert first == again
    assert [row["key"] for row in rest["rows"]] == [f"st01:{n}" for n in range(38, 61)]


def test_rows_are_as_jiandaoyun_asks(service: WebService, tmp_path: Path) -> None:
    deliver(Waiting([event(1)]), "t", rows(service, tmp_path, form="jiandaoyun", app="a1", entry="e1"))
    (post,) = service.posts
    assert set(post) == {"app_id", "entry_id", "transaction_id", "data_list"}
    assert post["data_list"] == [{"key": {"value": "st01:1"}, "结果": {"value": "合格"}}]


def test_calls_keep_their_distance(service: WebService, tmp_path: Path) -> None:
    paused: list[float] = []
    (tmp_path / "map.toml").write_text(MAPPING, "utf-8")
    settings = RowsSettings(url=service.url, columns="map.toml", state="s.json", form="plain", rows=10).rooted(tmp_path)
    output = Rows(settings, clock=lambda: sum(paused), pause=paused.append)
    deliver(Waiting([event(n) for n in range(1, 51)]), "t", output)
    assert len(service.posts) == 5
    assert paused == pytest.approx([0.1] * 4)


def test_a_token_comes_from_outside(service: WebService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MES_TOKEN", " secret\n")
    deliver(Waiting([event(1)]), "t", epcis(service, token_env="MES_TOKEN"))
    (tmp_path / "token").write_text("from-file\n")
    deliver(Waiting([event(1)]), "t", epcis(service, token_file=tmp_path / "token"))
    assert [h["authorization"] for h in service.headers] == ["Bearer secret", "Bearer from-file"]
    for wrong in ({"token_env": "NO_SUCH"}, {"token_file": tmp_path / "none"}):
        with pytest.raises(OutputError, match="put it there"):
            deliver(Waiting([event(1)]), "t", epcis(service, **wrong))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"kind": "epcis", "url": "ftp://x", "host": "x.cn"}, "give an address"),
        ({"kind": "epcis", "url": "https://me:pass@x", "host": "x.cn"}, "without a name or password"),
        ({"kind": "epcis", "url": "https://x", "host": "x.cn", "gln": "1"}, "not 13 digits"),
        ({"kind": "epcis", "url": "https://x"}, "host: Field required"),
        ({"kind": "epcis", "url": "https://x", "host": "x.cn", "token": "secret"}, "token: unknown key"),
        ({"kind": "rows", "url": "https://x", "columns": "m", "state": "s"}, "needs app and entry"),
        ({"kind": "rows", "url": "https://x", "columns": "m", "state": "s", "form": "plain", "rows": 101}, "rows: "),
        (
            {"kind": "rows", "url": "https://x", "columns": "m", "state": "s", "form": "plain", "calls_per_s": 11},
            "calls",
        ),
    ],
)
def test_impossible_settings_are_named(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        read_output_settings("mes", settings)


def test_a_mapping_or_state_that_cannot_be_used_is_one_line(service: WebService, tmp_path: Path) -> None:
    settings = {"kind": "rows", "url": service.url, "columns": "m.toml", "state": "s.json", "form": "plain"}
    with pytest.raises(OutputError, match="are missing"):
        build_output(read_output_settings("mes", settings, tmp_path))
    (tmp_path / "m.toml").write_text(MAPPING, "utf-8")
    (tmp_path / "s.json").write_text("shopping list")
    with pytest.raises(OutputError, match="look what the service has"):
        build_output(read_output_settings("mes", settings, tmp_path))


CHILD = """
import json
import sys
from pathlib import Path
from shellmark_inspect.outputs import build_output, deliver, read_output_settings
from shellmark_inspect.records import Records

folder = Path(sys.argv[1])
said = json.loads(sys.argv[2])
outputs = {name: build_output(read_output_settings(name, said[name], folder)) for name in said}
records = Records.open(folder / "r.db", folder / "i", station="st01", host="x.cn")
print("ready", flush=True)
for name, output in outputs.items():
    deliver(records, name, output, batch=10)
print("done", flush=True)
"""


@pytest.mark.slow
def test_a_killed_station_loses_nothing_and_repeats_are_known(service: WebService, tmp_path: Path) -> None:
    records = Records.open(tmp_path / "r.db", tmp_path / "i", station="st01", host="x.cn")
    versions = Versions("0.1.0", "demo", "sha256:" + "a" * 64)
    for number in range(1, 101):
        trigger = Trigger(number, number, f"c{number}")
        records.begin(trigger, "sku", versions)
        records.store(Inspection(trigger, "sku", Verdict.PASS, (), (), versions), gtin="06901234567892")
    records.close()
    (tmp_path / "map.toml").write_text(MAPPING, "utf-8")
    service.slow_s = 0.02
    service.moods.extend(["slow"] * 400)
    outputs = {
        "mes": {"kind": "rows", "url": service.url, "columns": "map.toml", "state": "rows.json", "form": "plain"},
        "brand": {"kind": "epcis", "url": service.url, "host": "x.cn", "offset": "+08:00"},
    }
    generator, kills = random.Random(7), 0
    while True:
        command = [sys.executable, "-c", CHILD, str(tmp_path), json.dumps(outputs)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            if kills == 3:
                assert child.stdout.readline() == "done\n"
                break
            time.sleep(generator.uniform(0.1, 0.7))
            child.send_signal(signal.SIGKILL)
            kills += 1
    documents = [post for post in service.posts if "epcisBody" in post]
    calls = [post for post in service.posts if "rows" in post]
    assert cases_of(documents) == [f"c{n}" for n in range(1, 101)]
    assert keys_of(calls) == [f"st01:{n}" for n in range(1, 101)]
    assert len(service.posts) < 4 * 40
