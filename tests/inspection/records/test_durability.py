"""What durability rests on: settings, one writer, readers that cannot write, a schema that is what it should be."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from shellmark_inspect.errors import RecordsError
from shellmark_inspect.records import RecordReader, Records, database, migrate, schema
from shellmark_inspect.types import Inspection
from shellmark_trace import LIVE, TRANSITIONS, States, Suspicion

Make = Callable[..., Inspection]


def test_every_commit_is_on_the_disk(sqlite: Any) -> None:
    found = sqlite.open().settings()
    assert found["journal_mode"] == "wal"
    assert found["synchronous"] == 2, "FULL"
    assert found["foreign_keys"] == 1


def test_postgresql_waits_for_the_disk(postgresql: Any) -> None:
    assert postgresql.open().settings()["synchronous_commit"] == "on"


def test_a_reader_can_neither_write_nor_checkpoint(sqlite: Any, inspection: Make) -> None:
    records = sqlite.open()
    sqlite.begin(records, inspection(1))
    reader = database.reader(database.read_url(sqlite.url))
    wal = Path(f"{database.file_of(database.read_url(sqlite.url))}-wal")
    size = wal.stat().st_size
    with reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM triggers").scalar() == 1
        for statement in ("DELETE FROM triggers", "PRAGMA wal_checkpoint(TRUNCATE)", "CREATE TABLE t (a)"):
            with pytest.raises(sa.exc.OperationalError):
                connection.exec_driver_sql(statement)
        assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 1
    reader.dispose()
    assert wal.stat().st_size == size > 0


def test_one_connection_writes_and_the_lock_keeps_it_alone(sqlite: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[bool] = []
    connect = sqlite3.connect

    def watched(name: Any, *rest: Any, **options: Any) -> sqlite3.Connection:
        opened.append("mode=ro" not in str(name))
        return connect(name, *rest, **options)

    monkeypatch.setattr("sqlite3.dbapi2.connect", watched)
    monkeypatch.setattr("sqlite3.connect", watched)
    records = sqlite.open()
    reader = sqlite.reader()
    records.next_trigger_number()
    reader.latest()
    reader.counts()
    assert opened.count(True) == 1
    assert opened.count(False) >= 1


@pytest.mark.parametrize(
    ("version", "has_it"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 50, 4), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 54, 1), False),
    ],
)
def test_the_versions_with_the_wal_reset_bug_are_known(version: tuple[int, int, int], has_it: bool) -> None:
    assert database.wal_reset_bug(version) is has_it


def test_the_migrations_make_the_schema(bench: Any) -> None:
    bench.open().close()
    engine = sa.create_engine(bench.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.TABLES) == []
    assert ScriptDirectory(str(Path(migrate.__file__).parent / "migrations")).get_current_head() == migrate.HEAD


def test_the_schema_knows_the_states_of_a_code() -> None:
    checks = {c.name: str(c.sqltext) for c in schema.codes.constraints if isinstance(c, sa.CheckConstraint)}
    assert all(f"'{state}'" in checks["ck_codes_state"] for state in States)
    assert all(f"'{suspicion}'" in checks["ck_codes_suspicion"] for suspicion in Suspicion)


def test_the_database_allows_the_steps_of_the_life_cycle_and_no_other(sqlite: Any, inspection: Make) -> None:
    records = sqlite.open()
    stored = records.store(sqlite.begin(records, inspection(1)), gtin="06901234567892")
    assert stored.code is not None
    records.close()
    file = database.file_of(database.read_url(sqlite.url))
    for before in States:
        for after in States:
            with closing(sqlite3.connect(file, isolation_level=None)) as db:
                db.execute("BEGIN IMMEDIATE")
                guard = db.execute("SELECT sql FROM sqlite_master WHERE name = 'guard_codes_update'").fetchone()[0]
                db.execute("DROP TRIGGER guard_codes_update")
                db.execute("UPDATE codes SET state = ?", (before,))
                db.execute(guard)
                allowed = after in TRANSITIONS[before] or after is before
                if allowed:
                    db.execute("UPDATE codes SET state = ?", (after,))
                else:
                    with pytest.raises(sqlite3.IntegrityError, match="cannot take this step"):
                        db.execute("UPDATE codes SET state = ?", (after,))
                db.execute("ROLLBACK")
    assert _live_states(file) == {str(state) for state in LIVE}


def _live_states(file: Path | None) -> set[str]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        text = db.execute("SELECT sql FROM sqlite_master WHERE name = 'ux_codes_live'").fetchone()[0]
    return {str(state) for state in States if f"'{state}'" in text.split("WHERE")[1]}


def test_a_schema_that_cannot_be_made_whole_is_not_made_at_all(sqlite: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "_FOLDER", _broken_migrations(sqlite, patch))
        with pytest.raises(RecordsError):
            sqlite.open()
    with closing(sqlite3.connect(database.file_of(database.read_url(sqlite.url)))) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == []
    assert sqlite.open().next_trigger_number() == 1


def _broken_migrations(sqlite: Any, patch: pytest.MonkeyPatch) -> Path:
    """The real migrations with a fault after the last statement."""
    source = Path(migrate.__file__).parent / "migrations"
    folder = sqlite.images.parent / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text((source / "env.py").read_text())
    for path in (source / "versions").glob("v*.py"):
        text = path.read_text().replace(
            "\n\n\ndef _guard_on_sqlite", "\n    op.execute('SELECT no_such')\n\n\ndef _guard_on_sqlite"
        )
        assert "no_such" in text
        (folder / "versions" / path.name).write_text(text)
    return folder


@pytest.mark.parametrize("content", [b"this is no database, however long the text of it may be" * 40, b"\x00" * 5000])
def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "r.db"
    file.write_bytes(content)
    with pytest.raises(RecordsError, match=r"r\.db") as caught:
        Records.open(file, tmp_path / "i", station="st01", host="x.cn")
    assert "\n" not in str(caught.value)
    assert file.read_bytes() == content


@pytest.mark.parametrize("url", ["mysql://h/x", "sqlite://", "sqlite:///:memory:", "nonsense://"])
def test_a_url_that_cannot_hold_records_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(RecordsError):
        Records.open(url, tmp_path, station="st01", host="x.cn")


def test_a_reader_needs_a_database(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="run a station first"):
        RecordReader(tmp_path / "no.db", tmp_path)
    empty = tmp_path / "empty.db"
    empty.touch()
    with pytest.raises(RecordsError, match="start a station on it once"):
        RecordReader(empty, tmp_path)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for url, images in ((tmp_path / "file" / "r.db", tmp_path / "i"), (tmp_path / "r.db", tmp_path / "file" / "i")):
        with pytest.raises(RecordsError, match="file"):
            Records.open(url, images, station="st01", host="x.cn")
    Records.open(tmp_path / "r.db", tmp_path / "i", station="st01", host="x.cn").close()


def test_readers_see_every_commit_while_the_station_writes(sqlite: Any, inspection: Make) -> None:
    records, reader = sqlite.open(), sqlite.reader()
    done = threading.Event()
    seen: list[int] = []
    faults: list[Exception] = []

    def watch() -> None:
        try:
            while not done.is_set():
                seen.append(reader.size())
                assert len(reader.latest(5)) <= 5
                reader.counts()
        except Exception as e:  # noqa: BLE001 - told to the test's own thread
            faults.append(e)

    threads = [threading.Thread(target=watch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(1, 31):
        records.store(sqlite.begin(records, inspection(number, f"c{number}")), gtin="06901234567892")
        assert reader.size() == number
    done.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert seen
