"""`shellmark models import` from the file to a bundle that a station can judge with."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from shellmark_inspect.app import main
from shellmark_models import load
from shellmark_models.evaluation.parity import compare


@pytest.fixture(autouse=True)
def _same_logging_after() -> Iterator[None]:
    before = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:], logging.root.level = before


@pytest.fixture
def call(monkeypatch, capsys):
    """Runs the command line in this process; gives its exit code, output and errors."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["shellmark", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


@pytest.fixture
def goods(tmp_path):
    """A folder of twelve goods."""
    folder = tmp_path / "goods"
    folder.mkdir()
    for seed in range(12):
        generator = np.random.default_rng(seed)
        x = np.arange(64)[None, :, None] + 3.1 * seed
        pixels = 110 + 20 * np.sin(2 * np.pi * x / 12) + generator.normal(0, 12, (64, 64, 3))
        cv2.imwrite(str(folder / f"{seed:02}.png"), np.clip(pixels, 0, 255).astype(np.uint8))
    return folder


def test_an_export_becomes_a_bundle(call, foreign, tmp_path):
    card = tmp_path / "card.toml"
    card.write_text('name = "lid"\nversion = "3"\nlicence = "Apache-2.0"\nnotes = "from the lab"\npx_per_mm = 6.0\n')
    out = tmp_path / "bundle"
    code, text, _ = call("models", "import", foreign.exported("padim", tmp_path), "--card", card, "--out", out)
    assert code == 0
    assert "guessed: kind: anomaly" in text
    assert "nothing is promised, no goods set it" in text
    model = load(out, threads=1)
    assert (model.card.name, model.card.version, model.card.px_per_mm) == ("lid", "3", 6.0)
    assert (model.card.goods, model.card.false_reject_bound) == (0, 1.0)
    assert model.card.backbone is not None
    assert model.card.backbone.name == "padim.onnx"
    checked = compare(model, out / "parity.npz")
    assert checked is not None
    assert max(checked.score_off, checked.map_off) < 1e-3
    model.close()
    assert (out / "recipe" / "recipe.toml").is_file()


def test_goods_set_the_threshold_at_once_or_later(call, foreign, goods, tmp_path):
    raw = foreign.exported("patchcore-raw", tmp_path)
    code, text, _ = call("models", "import", raw, "--goods", goods, "--out", tmp_path / "a", "--threads", "1", "--json")
    assert code == 0
    card = json.loads(text[text.index("{") :])["card"]
    assert (card["goods"], card["parent"]) == (12, "a/as-exported")
    stated = tmp_path / "card.toml"
    stated.write_text("threshold = 0.9\nmap_threshold = 0.9\nname = 'a'")
    assert call("models", "import", raw, "--card", stated, "--out", tmp_path / "b")[0] == 0
    code, text, _ = call("train", goods, "--continue", tmp_path / "b", "--out", tmp_path / "c", "--threads", "1")
    assert code == 0
    assert "n = 12" in text
    first, later = load(tmp_path / "a", threads=1), load(tmp_path / "c", threads=1)
    assert later.card.threshold == pytest.approx(first.card.threshold)
    assert later.card.family == "imported"
    first.close()
    later.close()


def test_a_licence_that_binds_is_said(call, foreign, tmp_path):
    card = tmp_path / "card.toml"
    card.write_text('licence = "AGPL-3.0"')
    _, text, _ = call("models", "import", foreign.exported("boxes", tmp_path), "--card", card, "--out", tmp_path / "b")
    assert "owes them its source" in text


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ("name = '../x'", "name"),
        ("digest = 'sha256:" + "0" * 64 + "'", "its card says"),
        ("threshold = 0.5", "map_threshold is missing"),
        ("", "nothing says where its threshold lies"),
        ("channels = ['west', 'north', 'east']", "--recipe"),
    ],
)
def test_bad_input_ends_in_one_line_and_leaves_nothing(call, foreign, tmp_path, card, told):
    (tmp_path / "card.toml").write_text(card)
    out = tmp_path / "bundle"
    raw = foreign.exported("patchcore-raw", tmp_path)
    code, text, error = call("models", "import", raw, "--card", tmp_path / "card.toml", "--out", out)
    assert code == 2
    assert told in error
    assert error.count("\n") == 1
    assert "Traceback" not in text + error
    assert sorted(path.name for path in tmp_path.iterdir()) == ["card.toml"]


def test_a_bundle_is_not_overwritten(call, foreign, tmp_path):
    path = foreign.exported("padim", tmp_path)
    out = tmp_path / "bundle"
    assert call("models", "import", path, "--out", out)[0] == 0
    before = (out / "model.onnx").read_bytes()
    code, _, error = call("models", "import", path, "--out", out)
    assert code == 2
    assert "exists" in error
    assert (out / "model.onnx").read_bytes() == before
