"""`shellmark label`: a preview as it would be printed, a test print, a label in a picture, bad input in one line."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest
import zxingcpp
from typer.testing import CliRunner

from shellmark_inspect.app.cli import BadUse, app
from shellmark_inspect.errors import ShellmarkError
from shellmark_inspect.station import samples_folder
from shellmark_trace import TraceError

RUNNER = CliRunner()
GTIN = "06901234567892"
SAMPLE = f"HTTPS://ID.EXAMPLE.CN/01/{GTIN}/21/{'0' * 13}"
WORDS = ("--sku", "GV-24", "--name", "拉杆箱", "--gtin", GTIN, "--host", "id.example.cn", "--date", "2026-11-23")


def _emulator() -> ModuleType:
    path = Path(__file__).parents[2] / "trace" / "printers" / "emulator.py"
    spec = importlib.util.spec_from_file_location("label_printer_emulator", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def said(*words: str, code: int = 0) -> str:
    result = RUNNER.invoke(app, ["label", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def test_a_preview_is_the_label_marked_as_a_sample(tmp_path: Path) -> None:
    for ending in ("png", "pdf", "zpl"):
        told = said("preview", *WORDS, "--out", str(tmp_path / f"label.{ending}"))
        assert "591 x 354 dots, 50.0 x 30.0 mm" in told
    pixels = cv2.imread(str(tmp_path / "label.png"), cv2.IMREAD_GRAYSCALE)
    assert [one.text for one in zxingcpp.read_barcodes(pixels)] == [SAMPLE]
    job = (tmp_path / "label.zpl").read_bytes()
    printed = _emulator().drawn(job[3:-4])
    np.testing.assert_array_equal(printed[:, :591], pixels == 0)
    assert (tmp_path / "label.pdf").read_bytes().startswith(b"%PDF")


def test_a_recipe_gives_article_and_name(tmp_path: Path) -> None:
    recipe = next(path for path in sorted(samples_folder().rglob("*.toml")) if "gtin" in path.read_text("utf-8"))
    said("preview", "--recipe", str(recipe), "--out", str(tmp_path / "label.png"))
    said("preview", *WORDS, "--template", "signed", "--dpi", "203", "--out", str(tmp_path / "signed.png"))
    (symbol,) = zxingcpp.read_barcodes(cv2.imread(str(tmp_path / "signed.png")))
    assert symbol.text.startswith(SAMPLE + "?91=")


def test_a_test_print_counts_one_label_or_ends_with_one(tmp_path: Path) -> None:
    emulator = _emulator()
    with emulator.Emulator() as printer:
        words = ("print-test", *WORDS, "--printer", f"127.0.0.1:{printer.port}")
        assert json.loads(said(*words, "--json"))["labels"] == 1
        printer.faults = emulator.Faults(double=1.0)
        assert "2 label(s)" in said(*words, code=1)
        assert len(printer.pictures) == 3
        assert printer.without_jzn == 0


def test_a_stations_configuration_gives_host_template_and_printer(tmp_path: Path) -> None:
    config = tmp_path / "station.toml"
    label = '[label]\nview = "eye"\nuncounted = true\ntemplate = "wide.toml"\n'
    camera = '[cameras.eye]\nkind = "folder"\npath = "."\n'
    printer = '[label.printer]\nkind = "files"\nfolder = "labels"\nformat = "png"\ndpi = 203\n'
    config.write_text('station = "st01"\nhost = "ID.EXAMPLE.CN"\nrecipes = ["r.toml"]\n' + camera + label + printer)
    (tmp_path / "wide.toml").write_text('name = "wide"\nwidth_mm = 60\n')
    article = ("--gtin", GTIN, "--config", str(config))
    assert "60.1 x 30.0 mm" in said("preview", *article, "--out", str(tmp_path / "label.png"))
    assert "counts nothing" in said("print-test", *article)
    (printed,) = (tmp_path / "labels").iterdir()
    for path in (printed, tmp_path / "label.png"):
        assert [one.text for one in zxingcpp.read_barcodes(cv2.imread(str(path)))] == [SAMPLE]


def test_a_label_is_read_and_judged(tmp_path: Path) -> None:
    picture = tmp_path / "标签.png"
    said("preview", *WORDS, "--out", str(picture))
    cv2.imwrite(str(tmp_path / "bare.png"), np.full((200, 200), 128, np.uint8))
    (one,) = json.loads(said("read", str(picture), "--json"))
    assert one["verdict"] is None
    assert (one["labels"][0]["text"], one["labels"][0]["uec"]) == (SAMPLE, 1.0)
    assert "right" in said("read", str(picture), "--serial", "0" * 13, "--host", "id.example.cn")
    assert "other serial" in said("read", str(picture), "--serial", "1" * 13, "--host", "id.example.cn", code=1)
    assert "no label" in said("read", str(tmp_path / "bare.png"))


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("preview", "--out", "l.png"), "needs its article's GTIN"),
        (("preview", "--gtin", "06901234567890", "--out", "l.png"), "wrong check digit"),
        (("preview", "--gtin", GTIN, "--out", "l.bmp"), "ending in .png"),
        (("preview", "--gtin", GTIN, "--out", "nowhere/l.png"), "folder that exists"),
        (("preview", "--gtin", GTIN, "--dpi", "250", "--out", "l.png"), "203, 300 or 600"),
        (("preview", "--gtin", GTIN, "--template", "fancy", "--out", "l.png"), "'fancy' is unknown"),
        (("preview", "--gtin", GTIN, "--template", "none.toml", "--out", "l.png"), "cannot be read"),
        (("preview", "--gtin", GTIN, "--host", "MUCH.TOO.LONG.EXAMPLE.CN", "--out", "l.png"), "takes 18"),
        (("print-test", "--gtin", GTIN, "--printer", "127.0.0.1:1"), "see that it is on"),
        (("print-test", "--gtin", GTIN, "--printer", "host:port"), "host:port"),
        (("print-test", "--gtin", GTIN), "which printer"),
        (("print-test", "--gtin", GTIN, "--printer", ""), "host"),
        (("read", "none.png"), "cannot be read"),
        (("read", "text.png"), "is no picture"),
        (("read", "empty.png"), "is no picture"),
        (("read", "text.png", "--serial", "SHORT"), "is no picture|SHORT"),
    ],
)
def test_bad_input_is_one_line(
    words: tuple[str, ...], word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "empty.png").write_bytes(b"")
    result = RUNNER.invoke(app, ["label", *words], standalone_mode=False)
    assert isinstance(result.exception, ShellmarkError | TraceError | BadUse), result.output
    said = getattr(result.exception, "message", str(result.exception))  # how the command line tells a bad option
    assert re.search(word, said), said
    assert "\n" not in said
