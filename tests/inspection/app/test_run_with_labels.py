"""`shellmark run --headless` on a station that prints labels: it says what its labels wait for."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_station import Place
from typer.testing import CliRunner

from shellmark_inspect.app.cli import app
from shellmark_inspect.errors import ConfigError
from shellmark_inspect.station import LabelSpec

FILES = {"kind": "files", "folder": "labels"}
CAMERAS = {
    "front": {"kind": "folder", "path": "cases"},
    "label": {"kind": "folder", "path": "cases", "loop": True},
}


def test_a_run_without_a_window_says_what_the_labels_wait_for(place: Place) -> None:
    place.fill(["good", "good"])
    config = place.write_config(cameras=CAMERAS, label={"printer": FILES, "view": "label", "uncounted": True})
    first = CliRunner().invoke(app, ["run", str(config), "--headless"])
    assert first.exit_code == 0, first.output
    assert "labels wait: the window confirms them (shellmark gui)" in first.stderr
    again = CliRunner().invoke(app, ["run", str(config), "--headless"])
    assert again.stderr.count("label for case 001-good.png: Stick the label on the case") == 1
    quiet = CliRunner().invoke(app, ["run", str(config), "--headless", "--json"])
    assert quiet.stderr == ""


def test_a_station_without_labels_says_nothing_of_them(place: Place) -> None:
    place.fill(["good"])
    result = CliRunner().invoke(app, ["run", str(place.write_config()), "--headless"])
    assert result.exit_code == 0
    assert result.stderr == ""


def test_a_printer_that_would_never_print_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no odometer and would never print: set uncounted = true"):
        LabelSpec(printer=FILES, view="label").printer_settings(tmp_path)
    assert not LabelSpec(printer=FILES, view="label", uncounted=True).printer_settings(tmp_path).counts
    assert LabelSpec(printer={"kind": "zebra", "host": "h"}, view="label").printer_settings(tmp_path).counts
