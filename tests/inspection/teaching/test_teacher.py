from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from small_station import Place, good

from shellmark_inspect.errors import InputError
from shellmark_inspect.inspector import Inspector
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.teaching import Advance, Kind, Outcome, TeachPlan, plain_recipe, teach_plan, valid_name
from shellmark_inspect.teaching.course import BEGUN_WITH
from shellmark_inspect.types import Frame, Trigger, Verdict
from shellmark_models import FAMILIES, TeachCancelled, load
from shellmark_models.evaluation.parity import PARITY_FILE, compare

WriteGoods = Callable[..., Path]


def teach(goods: Path | None, out: Path, **more: object) -> Outcome:
    return teach_plan(TeachPlan(goods=goods, out=out, threads=1, **more))  # type: ignore[arg-type]


def remarks(outcome: Outcome, kind: Kind) -> list[str]:
    return [remark.text for remark in outcome.report.remarks if remark.kind is kind]


def judged(bundle: Path, pixels: np.ndarray) -> Verdict:
    recipe = Recipe.read(bundle / "recipe")
    model = load(bundle, threads=1)
    try:
        frame = Frame(pixels, 1, time.monotonic_ns(), "camera", recipe.views[0].lights[0])
        return Inspector(recipe, model).inspect(Trigger(1, 0, "c"), {recipe.views[0].name: [frame]}, []).verdict
    finally:
        model.close()


def test_a_folder_of_pictures_becomes_a_bundle_that_judges(write_goods: WriteGoods, tmp_path: Path) -> None:
    outcome = teach(write_goods(range(8)), tmp_path / "My Bundle")
    bundle = tmp_path / "My Bundle"
    assert outcome.folder == bundle
    assert {path.name for path in bundle.iterdir()} >= {
        "model.onnx",
        "recipe",
        "parity.npz",
        "goods.json",
        "metrics.json",
    }
    model = load(bundle, threads=1)
    assert (model.card.name, model.card.version, model.card.goods) == ("my-bundle", "1", 8)
    assert model.digest == outcome.digest
    parity = compare(model, bundle / PARITY_FILE)
    model.close()
    assert parity is not None
    assert (parity.views, parity.score_off) == (3, pytest.approx(0, abs=1e-3))
    assert remarks(outcome, Kind.SCALE)
    spot = good(90)
    cv2.circle(spot, (64, 64), 12, (20, 20, 20), -1)
    assert judged(bundle, spot) is Verdict.FAIL
    assert judged(bundle, good(3)) is Verdict.PASS


def test_grey_pictures_are_taught_and_judged(tmp_path: Path) -> None:
    goods = tmp_path / "grey"
    goods.mkdir()
    for seed in range(5):
        cv2.imwrite(str(goods / f"{seed}.png"), good(seed)[..., 0])
    teach(goods, tmp_path / "bundle")
    assert judged(tmp_path / "bundle", good(2)[..., 0]) is Verdict.PASS


def test_the_test_split_is_never_learned(write_mvtec: WriteGoods, tmp_path: Path) -> None:
    outcome = teach(write_mvtec(), tmp_path / "bundle")
    assert sorted(outcome.report.files) == [f"train/good/{i:03}.png" for i in range(4)]


def test_labelled_defects_are_named_when_asked_for(write_mvtec: WriteGoods, tmp_path: Path) -> None:
    root = write_mvtec()
    assert not load_labels(teach(root, tmp_path / "without").folder)
    taught = teach(root, tmp_path / "with", labelled=root)
    assert load_labels(taught.folder) == ("scratch", "smear")
    assert remarks(taught, Kind.NAMES)[0].startswith("few crops of scratch, smear (5 or more are useful)")


def load_labels(bundle: Path) -> tuple[str, ...]:
    model = load(bundle, threads=1)
    model.close()
    return model.card.labels


def test_a_mask_of_another_size_is_refused(write_mvtec: WriteGoods, tmp_path: Path) -> None:
    root = write_mvtec()
    cv2.imwrite(str(root / "ground_truth" / "scratch" / "050_mask.png"), np.full((64, 64), 255, np.uint8))
    with pytest.raises(InputError, match=r"050_mask\.png is 64x64, its picture 128x128"):
        teach(root, tmp_path / "bundle", labelled=root)
    assert not (tmp_path / "bundle").exists()


def test_pictures_that_cannot_be_used_are_left_out_and_said(write_goods: WriteGoods, tmp_path: Path) -> None:
    goods = write_goods(range(5))
    (goods / "torn.png").write_bytes((goods / "g000.png").read_bytes()[:500])
    cv2.imwrite(str(goods / "deep.png"), good(8).astype(np.uint16) * 257)
    cv2.imwrite(str(goods / "clear.png"), np.dstack([good(9), np.full((128, 128), 99, np.uint8)]))
    (goods / "same.png").write_bytes((goods / "g001.png").read_bytes())
    cv2.imwrite(str(goods / "small.png"), good(11, 96))
    outcome = teach(goods, tmp_path / "bundle")
    left = " ".join(remarks(outcome, Kind.LEFT_OUT))
    assert "torn.png is left out: picture" in left
    assert "16 bits per channel: save it with 8" in left
    assert "has 4 channels" in left
    assert remarks(outcome, Kind.COPY) == ["same.png is a copy of g001.png: counted once"]
    assert "(small.png)" in remarks(outcome, Kind.SIZES)[0]
    assert (outcome.report.new, outcome.report.goods) == (6, 6)


def test_a_folder_of_torn_pictures_says_what_is_wrong_with_them(write_goods: WriteGoods, tmp_path: Path) -> None:
    goods = write_goods(range(4))
    for name in ("g001.png", "g003.png"):
        (goods / name).write_bytes(b"")
    with pytest.raises(InputError, match=r"2 of 4 good cases can be used, 3 are the least: g001\.png is left out"):
        teach(goods, tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


def test_a_family_that_compares_places_needs_aligned_views(write_goods: WriteGoods, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the recipe needs an align step in every view"):
        teach(write_goods(), tmp_path / "bundle", family="registered")


def test_every_family_that_goods_do_not_make_has_a_command_that_begins_it() -> None:
    assert set(BEGUN_WITH) == {name for name, family in FAMILIES.items() if not family.anew}


def test_a_case_is_left_out_by_name(write_goods: WriteGoods, tmp_path: Path) -> None:
    outcome = teach(write_goods(range(5)), tmp_path / "bundle", without=("g002.png",))
    assert "g002.png" not in outcome.report.files
    assert outcome.report.goods == 4


def test_a_store_gets_the_next_version(place: Place, tmp_path: Path) -> None:
    place.fill(["good"] * 4)
    store, recipe = tmp_path / "store", place.recipe()
    for version in ("1", "2"):
        outcome = teach_plan(TeachPlan(goods=place.cases, store=store, recipe=recipe, threads=1))
        assert outcome.folder == store / "noise" / version
    kept = Recipe.read(outcome.folder / "recipe")
    assert (kept.sku, kept.views[0].px_per_mm) == ("noise", 6.0)
    assert [path.name for path in (store / "noise").iterdir() if path.name.startswith(".")] == []


def test_progress_goes_forward_to_the_end(write_goods: WriteGoods, tmp_path: Path) -> None:
    told: list[Advance] = []
    teach_plan(TeachPlan(goods=write_goods(), out=tmp_path / "bundle", threads=1), advance=told.append)
    shares = [one.done for one in told]
    assert shares == sorted(shares)
    assert (shares[-1], told[-1].stage) == (1.0, "done")
    assert [one.stage for one in told if one.done == 1.0] == ["done"]
    assert any(one.left_s is not None and one.left_s > 0 for one in told)


@pytest.mark.parametrize("after", [1, 3, 8, 12])
def test_cancelled_at_any_moment_leaves_nothing(write_goods: WriteGoods, tmp_path: Path, after: int) -> None:
    goods = write_goods()
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > after

    with pytest.raises(TeachCancelled):
        teach_plan(TeachPlan(goods=goods, out=tmp_path / "bundle", threads=1), cancelled=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["goods"]


@pytest.mark.parametrize("name", ["model.onnx", "parity.npz", "goods.json"])
def test_a_full_disk_is_one_line_and_no_half_bundle(
    write_goods: WriteGoods, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    goods = write_goods()
    writing = {"write_bytes": Path.write_bytes, "write_text": Path.write_text}

    def refusing(method: str) -> Callable[..., int]:
        def write(path: Path, *data: object) -> int:
            if path.name == name:
                raise OSError(errno.ENOSPC, "No space left on device")
            return writing[method](path, *data)  # type: ignore[operator]

        return write

    for method in writing:
        monkeypatch.setattr(Path, method, refusing(method))
    with pytest.raises(InputError, match=r"the disk is full, or that of .*: free some space and teach again"):
        teach(goods, tmp_path / "bundle")
    assert [path.name for path in tmp_path.iterdir()] == ["goods"]


@pytest.mark.slow
def test_a_disk_that_is_really_full(write_goods: WriteGoods, tiny_disk: Path) -> None:
    (tiny_disk / "ballast").write_bytes(bytes(15 * 2**20))
    with pytest.raises(InputError, match="the disk is full"):
        teach(write_goods(), tiny_disk / "bundle")
    assert [path.name for path in tiny_disk.iterdir()] == ["ballast"]


def test_plain_pictures_of_several_lights_need_a_recipe(tmp_path: Path) -> None:
    for case in range(3):
        folder = tmp_path / "goods" / f"c{case}"
        folder.mkdir(parents=True)
        for light in ("west", "north"):
            cv2.imwrite(str(folder / f"front_{light}.png"), good(case))
    with pytest.raises(InputError, match=r"several pictures \(front_north, front_west\): say what they are"):
        teach(tmp_path / "goods", tmp_path / "bundle")


@pytest.mark.parametrize(
    ("text", "name"), [("Gloss 20 (red)", "gloss-20-red"), ("箱", "model"), ("..", "model"), ("a" * 99, "a" * 64)]
)
def test_a_name_is_made_valid(text: str, name: str) -> None:
    assert valid_name(text) == name
    assert plain_recipe(name).sku == name


CHILD = """
import sys
class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "torchvision"):
            raise ImportError(name + " was imported")
sys.meta_path.insert(0, NoTorch())
from shellmark_inspect.app import main
main()
"""


def shellmark(*arguments: object) -> subprocess.Popen[str]:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, *map(str, arguments)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


@pytest.mark.slow
def test_the_command_teaches_without_torch(write_goods: WriteGoods, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    with shellmark("train", write_goods(), "--out", bundle, "--json", "--threads", 1) as process:
        told, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    assert json.loads(told)["bundle"] == str(bundle)
    assert json.loads(told)["goods"] == 4


def until_taught(process: subprocess.Popen[str], left: Path) -> None:
    """Waits until the teaching has its workplace."""
    deadline = time.monotonic() + 60
    while not (left / "bundle").is_dir():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind on Windows")
def test_ctrl_c_and_a_kill_leave_no_half_bundle(write_goods: WriteGoods, tmp_path: Path) -> None:
    goods, left = write_goods(range(30)), tmp_path / ".bundle.teaching"
    with shellmark("train", goods, "--out", tmp_path / "bundle", "--threads", 1) as process:
        until_taught(process, left)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "teaching was stopped: nothing was written" in err
    assert not left.exists()
    with shellmark("train", goods, "--out", tmp_path / "bundle", "--threads", 1) as process:
        until_taught(process, left)
        with pytest.raises(InputError, match="is being taught by another process"):
            teach(goods, tmp_path / "bundle")
        process.kill()
        process.communicate(timeout=60)
    assert not (tmp_path / "bundle").exists()
    teach(write_goods(), tmp_path / "bundle")
    assert (tmp_path / "bundle" / "model.onnx").is_file()
    assert not left.exists()


@pytest.mark.parametrize("family", ["memory"])
def test_a_bad_shell_among_the_goods_is_named(write_goods: WriteGoods, tmp_path: Path, family: str) -> None:
    goods = write_goods(range(12))
    bad = good(40)
    cv2.circle(bad, (64, 64), 20, (10, 10, 10), -1)
    cv2.imwrite(str(goods / "bad.png"), bad)
    outcome = teach(goods, tmp_path / "bundle", family=family)
    assert max(outcome.report.scores, key=lambda case: outcome.report.scores[case]) == "bad.png"
    assert "this one looks unlike the others: bad.png" in remarks(outcome, Kind.OUTLIER)[0]
    metrics = json.loads((outcome.folder / "metrics.json").read_text("utf-8"))
    assert {row["case"]: row["score"] for row in metrics["good_scores"]}["bad.png"] == pytest.approx(
        outcome.report.scores["bad.png"], abs=1e-4
    )
    without = teach(goods, tmp_path / "without", family=family, without=("bad.png",))
    assert not remarks(without, Kind.OUTLIER)
