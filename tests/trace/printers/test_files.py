"""Labels as files, and the table of printers."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shellmark_trace import PrinterError
from shellmark_trace.printers import (
    PRINTERS,
    FilePrinter,
    FilesSettings,
    Printer,
    Zebra,
    build_printer,
    read_printer_settings,
)

DOTS = np.random.default_rng(1).random((60, 91)) < 0.4


def test_every_label_is_a_file_of_its_own_whole_and_never_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    printer = FilePrinter(folder, form="png")
    for _ in range(5):
        printer.print(DOTS)
    files = sorted(folder.iterdir())
    assert len(files) == 5
    assert all(path.suffix == ".png" for path in files)  # nothing of the writing is left
    with Image.open(files[0]) as image:
        np.testing.assert_array_equal(~np.asarray(image), DOTS)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert printer.odometer() is None
    printer.close()


def test_a_taken_name_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import datetime as clock

    import shellmark_trace.printers.files as room

    class Stopped(clock.datetime):
        @classmethod
        def now(cls, tz: clock.tzinfo | None = None) -> clock.datetime:
            return clock.datetime(2026, 11, 23, 8, 15, tzinfo=clock.UTC)

    monkeypatch.setattr(room, "datetime", Stopped)
    for shade in (DOTS, ~DOTS):
        FilePrinter(tmp_path, form="png").print(shade)
    pictures = [~np.asarray(Image.open(path)) for path in sorted(tmp_path.iterdir(), key=lambda path: len(path.name))]
    np.testing.assert_array_equal(pictures[0], DOTS)
    np.testing.assert_array_equal(pictures[1], ~DOTS)


def test_a_pdf_is_a_page_of_the_labels_size(tmp_path: Path) -> None:
    FilePrinter(tmp_path, dpi=600).print(np.ones((236, 472), np.bool_))
    (path,) = tmp_path.iterdir()
    data = path.read_bytes()
    assert data.startswith(b"%PDF")
    box = data.partition(b"/MediaBox [")[2].partition(b"]")[0].split()
    assert [float(side) * 25.4 / 72 for side in box[2:]] == pytest.approx(
        [472 / 600 * 25.4, 236 / 600 * 25.4], abs=0.01
    )


def test_a_folder_that_takes_nothing_is_told_in_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(PrinterError, match=r"label folder .*: free it or name another"):
        FilePrinter(blocked / "labels").print(DOTS)
    if hasattr(os, "geteuid") and os.geteuid() == 0 and Path("/dev/full").exists():
        with pytest.raises(PrinterError):
            FilePrinter(Path("/dev/full")).print(DOTS)


def test_the_table_makes_printers_of_settings(tmp_path: Path) -> None:
    made = {
        "files": read_printer_settings({"kind": "files", "folder": "out"}, tmp_path),
        "zebra": read_printer_settings({"kind": "zebra", "host": "192.0.2.9", "dpi": 203}),
    }
    assert set(made) == set(PRINTERS)
    assert isinstance(made["files"], FilesSettings)
    assert made["files"].folder == tmp_path / "out"
    printers: dict[str, Printer] = {kind: build_printer(settings) for kind, settings in made.items()}
    assert isinstance(printers["files"], FilePrinter)
    assert isinstance(printers["zebra"], Zebra)
    assert printers["zebra"].dots_per_mm == pytest.approx(7.99, abs=0.01)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({}, "kind '' is unknown: say one of files, zebra"),
        ({"kind": "cups"}, "kind 'cups' is unknown"),
        ({"kind": "zebra"}, "host"),
        ({"kind": "zebra", "host": "a", "port": 0}, "port"),
        ({"kind": "zebra", "host": "a", "dpi": 200}, "dpi"),
        ({"kind": "zebra", "host": "a", "copies": 2}, "copies"),
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, object], word: str) -> None:
    with pytest.raises(PrinterError, match=word):
        read_printer_settings(settings)
