"""`shellmark run --headless` on a station that prints labels: it says what its labels wait for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from label_shop import emulator
from logged_station import ORIGIN, PASSPHRASE, VARIABLE, log_section
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


def test_the_doctor_asks_the_printer_and_opens_the_logs_key(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    with emulator.Emulator() as printer:
        zebra = {"kind": "zebra", "host": printer.host, "port": printer.port}
        label = {"printer": zebra, "view": "label"}
        config = place.write_config(cameras=CAMERAS, label=label, log=log_section(place))
        found = findings(config)
        assert found["printer"] == ("good", f"zebra, 300 dpi, odometer {emulator.FIRST_COUNT}")
        assert found["log"] == ("good", f"{ORIGIN}, its key opens, 0 witnesses")
        assert not printer.jobs
    monkeypatch.delenv(VARIABLE)
    found = findings(config)
    assert found["printer"][0] == "bad"
    assert "see that it is on" in found["printer"][1]
    assert f"env:{VARIABLE} gave no passphrase" in found["log"][1]


def test_the_doctor_refuses_what_a_run_refuses(place: Place) -> None:
    label = {"printer": {"kind": "zebra", "host": "127.0.0.1", "port": 1}, "view": "nolabel"}
    told = {"site": {"kind": "verify", "url": "https://v.example.cn", "token_file": "verify.token"}}
    found = findings(
        place.write_config(cameras=CAMERAS, label=label, host="A-NAME-FAR-TOO-LONG.EXAMPLE.CN", outputs=told)
    )
    assert found["printer"][0] == found["host"][0] == found["output"][0] == "bad"
    assert "there is neither a view nor a camera nolabel" in found["printer"][1]
    assert "the label takes 18" in found["host"][1]
    assert "verify.token cannot be read: put it there" in found["output"][1]
    assert found["camera"] == ("good", "no device is wanted: every camera reads files")
    (place.folder / "verify.token").write_text("t" * 32)
    fine = findings(place.write_config(cameras=CAMERAS, label=label | {"view": "label"}, outputs=told))
    assert fine["output"] == ("good", "site: verify")
    assert fine["host"][0] == "good"


def findings(config: Path) -> dict[str, tuple[str, str]]:
    rows = json.loads(CliRunner().invoke(app, ["doctor", str(config), "--json"]).stdout)
    return {row["what"]: (row["health"], row["text"]) for row in rows}
