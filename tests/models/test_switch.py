"""Which version judges: never one that was not let through, one switch at a time, whole, and back again."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from shellmark_models import BundleError, Store, write_bundle
from shellmark_models.activation import read_active
from shellmark_models.evaluation.gate import GateCheck, GateReport, this_machine
from shellmark_models.registry import stored_at
from shellmark_models.switch import activate, gate_of, keep_gate, rollback


@pytest.fixture
def store(tmp_path, taught, make):
    """Versions 1, 2 and 3 of one model, taught in that order."""
    for day, version in enumerate(("1", "2", "3"), 1):
        write_bundle(make.with_card(taught, version=version, created=f"2026-01-0{day}T00:00:00Z"), tmp_path)
    return Store(tmp_path)


def let_through(store: Store, version: str, *, passed: bool = True, machine: str | None = None) -> None:
    stored = store.find(f"noise/{version}")
    checks = (GateCheck("parity", passed, 0.001, 0.05),)
    report = GateReport(stored.digest, machine or this_machine(), datetime.datetime.now(datetime.UTC), checks)
    keep_gate(store, stored, report)


def test_a_version_taught_later_is_not_used_before_it_was_activated(store):
    assert store.find("noise").version == "1"
    let_through(store, "2")
    assert store.find("noise").version == "1", "the gate alone changes nothing"
    activate(store, "noise", "2", by="Li")
    assert store.find("noise").version == "2"
    assert store.find("noise/3").version == "3"


def test_the_first_taught_counts_not_the_lowest_number(tmp_path, taught, make):
    write_bundle(make.with_card(taught, version="5", created="2026-01-01T00:00:00Z"), tmp_path)
    write_bundle(make.with_card(taught, version="4", created="2026-01-02T00:00:00Z"), tmp_path)
    assert Store(tmp_path).find("noise").version == "5"


def test_activation_says_who_when_and_what_was_before(store, tmp_path):
    for version in ("2", "3"):
        let_through(store, version)
        activate(store, "noise", version, by=f"Li {version}")
    said = json.loads((tmp_path / "noise" / "active.json").read_text("utf-8"))
    assert (said["version"], said["before"], said["by"]) == ("3", ["2", "1"], "Li 3")
    assert [switch["how"] for switch in said["history"]] == ["activate", "activate"]
    assert rollback(store, "noise", by="Wang").version == "2"
    assert store.find("noise").version == "2"
    assert rollback(store, "noise", by="Wang").version == "1"
    with pytest.raises(BundleError, match="no other version judged before"):
        rollback(store, "noise", by="Wang")
    assert store.find("noise").version == "1"


def test_without_the_gate_a_version_is_refused(store, tmp_path):
    with pytest.raises(BundleError, match="noise/2: has not been through the gate on this machine"):
        activate(store, "noise", "2", by="Li")
    let_through(store, "2", passed=False)
    with pytest.raises(BundleError, match=r"did not pass the gate \(parity\)"):
        activate(store, "noise", "2", by="Li")
    let_through(store, "2", machine="another PC")
    assert gate_of(store, store.find("noise/2")) is None
    with pytest.raises(BundleError, match="has not been through the gate"):
        activate(store, "noise", "2", by="Li")
    assert not (tmp_path / "noise" / "active.json").exists()


def test_the_gate_of_another_file_does_not_count(store, tmp_path, taught, make):
    let_through(store, "2")
    path = tmp_path / "noise" / "2" / "model.onnx"
    path.write_bytes(make.with_card(taught, version="2", notes="changed"))
    with pytest.raises(BundleError, match="has not been through the gate"):
        activate(store, "noise", "2", by="Li")


def test_force_needs_a_reason_and_is_kept(store, tmp_path):
    with pytest.raises(BundleError, match="give a reason"):
        activate(store, "noise", "2", by="Li", force=True, reason=" ")
    activate(store, "noise", "2", by="Li", force=True, reason="line down, agreed with QA")
    (switch,) = read_active([tmp_path], "noise").history
    assert (switch.how, switch.reason, switch.by) == ("force", "line down, agreed with QA", "Li")


def test_nobody_activates_without_a_name(store):
    let_through(store, "2")
    with pytest.raises(BundleError, match="say who"):
        activate(store, "noise", "2", by=" ")
    with pytest.raises(BundleError, match="say who"):
        rollback(store, "noise", by="")


def test_activating_what_is_active_changes_nothing(store, tmp_path):
    let_through(store, "2")
    activate(store, "noise", "2", by="Li")
    before = (tmp_path / "noise" / "active.json").read_bytes()
    activate(store, "noise", "2", by="Wang")
    assert (tmp_path / "noise" / "active.json").read_bytes() == before


def test_a_file_changed_after_its_activation_is_not_loaded(store, tmp_path, taught, make):
    let_through(store, "2")
    activate(store, "noise", "2", by="Li")
    path = tmp_path / "noise" / "2" / "model.onnx"
    path.write_bytes(make.with_card(taught, version="2", threshold=9.0))
    with pytest.raises(BundleError, match="was activated; restore that file"):
        store.find("noise")


def test_no_rollback_to_a_file_that_changed_since(store, tmp_path, taught, make):
    for version in ("2", "3"):
        let_through(store, version)
        activate(store, "noise", version, by="Li")
    (tmp_path / "noise" / "2" / "model.onnx").write_bytes(make.with_card(taught, version="2", threshold=9.0))
    with pytest.raises(BundleError, match="is not the file that judged before"):
        rollback(store, "noise", by="Li")
    assert store.find("noise").version == "3"


def test_an_active_version_that_is_gone_is_an_error_not_another_version(store, tmp_path):
    let_through(store, "2")
    activate(store, "noise", "2", by="Li")
    (tmp_path / "noise" / "2" / "model.onnx").unlink()
    with pytest.raises(BundleError, match="noise/2, which is active,: not in"):
        store.find("noise")
    assert rollback(store, "noise", by="Li").version == "1"


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"version": "2"}', '{"version": "../2", "at": "2026-01-01T00:00:00Z", "by": "x"}', "[]", "\0" * 99],
)
def test_a_damaged_file_stops_rather_than_guesses(store, tmp_path, text):
    (tmp_path / "noise" / "active.json").write_text(text, "utf-8")
    with pytest.raises(BundleError, match=r"active\.json: is damaged"):
        store.find("noise")
    assert len(store.list()) == 3, "the list still stands"


def test_a_bomb_of_a_file_is_not_read(store, tmp_path):
    with (tmp_path / "noise" / "active.json").open("wb") as file:
        file.truncate(2**33)
    with pytest.raises(BundleError, match="too large"):
        store.find("noise")


def test_two_activations_at_once_are_one_after_the_other_and_both_are_kept(store, tmp_path):
    for version in ("2", "3"):
        let_through(store, version)
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(activate, Store(tmp_path), "noise", version, by="Li") for version in ("2", "3")]
        assert sorted(one.result().version for one in done) == ["2", "3"]
    active = read_active([tmp_path], "noise")
    assert sorted(switch.version for switch in active.history) == ["2", "3"]
    assert active.before == (active.history[0].version, "1")


def test_another_process_that_activates_is_waited_for_and_then_named(store, tmp_path):
    let_through(store, "2")
    hold = "with FileLock(sys.argv[1]): print('held', flush=True); sys.stdin.read()"
    code = f"import sys; from filelock import FileLock\n{hold}"
    command = [sys.executable, "-c", code, str(tmp_path / "noise" / ".lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline().strip() == "held"
        with pytest.raises(BundleError, match="another activation is under way"):
            activate(store, "noise", "2", by="Li")
        other.communicate()
    assert store.find("noise").version == "1"
    activate(store, "noise", "2", by="Li")
    with FileLock(tmp_path / "noise" / ".lock", timeout=0):
        assert store.find("noise").version == "2", "reading needs no lock"


def test_a_full_disk_in_the_middle_leaves_the_old_version(store, tmp_path, monkeypatch):
    for version in ("2", "3"):
        let_through(store, version)
    activate(store, "noise", "2", by="Li")
    files = sorted(p.name for p in (tmp_path / "noise").iterdir())

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shellmark_models.writing.os.fsync", full)
    with pytest.raises(BundleError, match="No space left"):
        activate(store, "noise", "3", by="Li")
    with pytest.raises(BundleError, match="No space left"):
        let_through(store, "3")
    monkeypatch.undo()
    assert store.find("noise").version == "2"
    assert sorted(p.name for p in (tmp_path / "noise").iterdir()) == files


def test_a_store_that_cannot_be_written_is_passed_over_for_one_before_it(tmp_path, taught, make, monkeypatch):
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    for version in ("1", "2"):
        write_bundle(make.with_card(taught, version=version), theirs)
    store = Store(mine, theirs)
    really = Path.mkdir

    def read_only(path: Path, *args: object, **kwargs: object) -> None:
        if theirs in (path, *path.parents):
            raise OSError(30, "Read-only file system")
        really(path, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", read_only)
    let_through(store, "2")
    activate(store, "noise", "2", by="Li")
    assert (mine / "noise" / "active.json").is_file()
    assert not (theirs / "noise" / "active.json").exists()
    assert store.find("noise").version == "2"
    alone = Store(theirs)
    with pytest.raises(BundleError, match="Read-only file system"):
        activate(alone, "noise", "2", by="Li", force=True, reason="none")


def test_what_the_gate_said_of_a_bundle_in_no_store_lies_in_it_or_else_in_a_store(tmp_path, store, monkeypatch):
    loose = shutil.copytree(store.find("noise/2").folder, tmp_path / "lid")
    stored, mine = stored_at(loose), Store(tmp_path / "mine")
    assert (str(stored), stored.in_store, stored.folder) == ("noise/2", False, loose)
    assert stored_at(loose / "model.onnx") == stored
    assert stored_at(store.find("noise/2").path).in_store
    report = GateReport(stored.digest, this_machine(), datetime.datetime.now(datetime.UTC), ())
    keep_gate(mine, stored, report)
    assert (loose / "gate.json").is_file()
    assert gate_of(mine, stored) == report
    (loose / "gate.json").unlink()
    really = Path.mkdir

    def read_only(path: Path, *args: object, **kwargs: object) -> None:
        if path == loose:
            raise OSError(30, "Read-only file system")
        really(path, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", read_only)
    keep_gate(mine, stored, report)
    assert (tmp_path / "mine" / "noise" / "2" / "gate.json").is_file()
    assert gate_of(mine, stored) == report


def test_the_store_that_came_with_the_program_is_never_written(tmp_path, taught, make, monkeypatch):
    packaged = tmp_path / "packaged"
    for version in ("1", "2"):
        write_bundle(make.with_card(taught, version=version), packaged)
    monkeypatch.setattr("shellmark_models.switch.packaged_store", lambda: packaged)
    before = sorted(packaged.rglob("*"))
    store = Store(tmp_path / "user", packaged)
    let_through(store, "2")
    activate(store, "noise", "2", by="Li")
    assert sorted(packaged.rglob("*")) == before
    assert store.find("noise").version == "2"


def test_the_file_in_force_is_the_one_that_is_changed(tmp_path, taught, make):
    first, second = tmp_path / "first", tmp_path / "second"
    write_bundle(make.with_card(taught, version="1"), first)
    write_bundle(make.with_card(taught, version="2"), second)
    store = Store(first, second)
    let_through(store, "2")
    activate(store, "noise", "2", by="Li")
    assert (second / "noise" / "active.json").is_file()
    rollback(store, "noise", by="Li")
    assert store.find("noise").version == "1"
    assert not (first / "noise" / "active.json").exists()
