"""A database of an older schema is copied and brought up to date; a program never touches what is newer than itself."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shellmark_inspect.errors import DatabaseTooNew, RecordsError
from shellmark_inspect.records import migrate
from shellmark_inspect.types import Inspection

Make = Callable[..., Inspection]
NEXT = """
\"\"\"A schema of tomorrow.\"\"\"
from alembic import op
revision = "9999"
down_revision = "{head}"
def upgrade():
    op.execute("CREATE TABLE tomorrow (a INTEGER)")
"""


def tomorrow(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """From here on the program has one more migration."""
    here = Path(migrate.__file__).parent / "migrations"
    shutil.copytree(here, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "v9999_tomorrow.py").write_text(NEXT.format(head=migrate.HEAD))
    patch.setattr(migrate, "_FOLDER", folder)
    patch.setattr(migrate, "HEAD", "9999")


def test_an_older_database_is_brought_up_to_date_and_kept_as_it_was(
    bench: Any, inspection: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = migrate.HEAD
    records = bench.open()
    stored = records.store(bench.begin(records, inspection(1)), gtin="06901234567892")
    records.close()
    with monkeypatch.context() as patch:
        tomorrow(tmp_path / "migrations", patch)
        with pytest.raises(RecordsError, match="start a station on it once"):
            bench.reader()
        records = bench.open()
        assert records.next_trigger_number() == 2
        reader = bench.reader()
        assert reader.get(stored.row).code == stored.code
        assert reader.facts().schema == "9999"
        records.close()
        bench.open().close()  # a second start changes nothing
    for open_it in (bench.open, bench.reader):
        with pytest.raises(DatabaseTooNew, match=f"9999, this program knows up to {today}"):
            open_it()
    if bench.url.startswith("sqlite"):
        copy = tmp_path / f"records.db.schema-{today}"
        with closing(sqlite3.connect(copy)) as db:
            assert db.execute("SELECT count(*) FROM inspections").fetchone() == (1,)
            assert db.execute("SELECT name FROM sqlite_master WHERE name = 'tomorrow'").fetchone() is None
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert not list(tmp_path.glob("*.part"))
