"""Teaching that goes on from a bundle: what it remembers, and whom it knows again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from small_station import good, scratched

from shellmark_inspect.errors import InputError
from shellmark_inspect.sets import read_set
from shellmark_inspect.teaching import Kind, Outcome, TeachPlan, plain_recipe, teach_plan
from shellmark_inspect.teaching.goods import Goods, Learned, Prepared, learned_now
from shellmark_inspect.teaching.kept import LEARNED_FILE, learned_bytes, read_bundle
from shellmark_inspect.teaching.marked import marked_cases, missed_cases
from shellmark_models import BundleError, load

WriteGoods = Callable[..., Path]


def learn(folder: Path, known: list[Learned] | None = None) -> Goods:
    goods = Goods(Prepared(plain_recipe("x")), read_set(folder).to_learn, known=known or [])
    assert len(list(goods)) == len(goods.sketches)
    return goods


def said(goods: Goods) -> list[tuple[Kind, str]]:
    return [(remark.kind, remark.cases[0]) for remark in goods.remarks]


def test_what_was_learned_is_not_counted_twice(write_goods: WriteGoods) -> None:
    first = learned_now(learn(write_goods(range(3))).sketches, {"g000.png": 0.7})
    assert [one.score for one in first] == [0.7, None, None]
    again = learn(write_goods(range(5)), first)
    assert [drawn.case for drawn in again.sketches] == ["g003.png", "g004.png"]
    assert said(again) == [(Kind.KNOWN, f"g00{i}.png") for i in range(3)]
    elsewhere = learn(write_goods([1, 9], "other"), first)
    assert [drawn.case for drawn in elsewhere.sketches] == ["g009.png"]
    assert said(elsewhere) == [(Kind.KNOWN, "g001.png")]


def test_another_shell_of_a_known_name_gets_a_name_of_its_own(write_goods: WriteGoods, tmp_path: Path) -> None:
    first = learned_now(learn(write_goods(range(2))).sketches, {})
    other = tmp_path / "other"
    other.mkdir()
    cv2.imwrite(str(other / "g000.png"), good(77))
    assert [drawn.case for drawn in learn(other, first).sketches] == ["g000.png (2)"]


def test_a_picture_that_changed_since_is_left_out_and_said(write_goods: WriteGoods) -> None:
    folder = write_goods(range(3))
    first = learned_now(learn(folder).sketches, {})
    cv2.imwrite(str(folder / "g001.png"), good(78))
    again = learn(folder, first)
    assert not again.sketches
    assert (Kind.CHANGED, "g001.png") in said(again)


def test_a_bundle_remembers_what_it_learned(write_goods: WriteGoods, tmp_path: Path) -> None:
    goods = write_goods()
    bundle = teach_plan(TeachPlan(goods=goods, out=tmp_path / "noise", threads=1)).folder
    learned = [Learned("a", "sha256:1", "sha256:2", 0.5), Learned("箱", "sha256:3", "sha256:4")]
    (bundle / LEARNED_FILE).write_bytes(learned_bytes({"bank": np.arange(6.0).reshape(2, 3)}, learned))
    former = read_bundle(bundle)
    assert str(former) == "noise/1"
    assert list(former.learned) == learned
    assert set(former.before) == {"bank"}
    assert former.recipe is not None
    assert former.recipe.digest == plain_recipe("noise").digest
    with pytest.raises(InputError, match="of family memory, not imported: use `shellmark models import"):
        teach_plan(TeachPlan(goods=goods, continue_from=bundle, family="imported", out=tmp_path / "other"))
    with pytest.raises(InputError, match="of family memory, not memory-lean: teach memory-lean anew"):
        teach_plan(TeachPlan(goods=goods, continue_from=bundle, family="memory-lean", out=tmp_path / "other"))
    (bundle / LEARNED_FILE).write_bytes(b"torn")
    with pytest.raises(BundleError, match="is damaged"):
        read_bundle(bundle)
    (bundle / LEARNED_FILE).unlink()
    with pytest.raises(InputError, match="kept nothing to go on from"):
        read_bundle(bundle)


def test_missed_defects_are_read_with_their_masks(tmp_path: Path) -> None:
    bad, mask = scratched(4), np.zeros((128, 128), np.uint8)
    cv2.line(mask, (30, 30), (82, 80), 255, 3)
    cv2.imwrite(str(tmp_path / "m1.png"), bad)
    cv2.imwrite(str(tmp_path / "m1_mask.png"), mask)
    prepared = Prepared(plain_recipe("x"))
    (case,) = missed_cases(prepared, marked_cases(tmp_path), lambda: None)
    assert (case.defects[0] == (mask > 0)).all()
    (tmp_path / "m1_mask.png").unlink()
    with pytest.raises(InputError, match=r"case m1\.png has no mask"):
        list(missed_cases(prepared, marked_cases(tmp_path), lambda: None))
    cv2.imwrite(str(tmp_path / "m1_mask.png"), 0 * mask)
    with pytest.raises(InputError, match="marks nothing"):
        list(missed_cases(prepared, marked_cases(tmp_path), lambda: None))


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        ({"goods": Path("g")}, "say where the bundle goes"),
        ({"goods": Path("g"), "out": Path("o"), "store": Path("s")}, "say where the bundle goes"),
        ({"out": Path("o")}, "nothing to learn"),
        ({"out": Path("o"), "missed": Path("m")}, "a new model needs good cases"),
        ({"goods": Path("g"), "out": Path("o"), "missed": Path("m")}, "give it with --continue"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(plan: dict[str, Path], line: str) -> None:
    with pytest.raises(InputError, match=line):
        TeachPlan(**{"goods": None} | plan)  # type: ignore[arg-type]


def labels(bundle: Path) -> tuple[str, ...]:
    model = load(bundle, threads=1)
    model.close()
    return model.card.labels


def test_names_are_added_to_a_bundle_whose_finder_stays(write_mvtec: WriteGoods, tmp_path: Path) -> None:
    root = write_mvtec()
    first = teach_plan(TeachPlan(goods=root, out=tmp_path / "noise", labelled=root, threads=1)).folder
    assert labels(first) == ("scratch", "smear")
    for seed in range(3):
        spot = good(60 + seed)
        cv2.circle(spot, (64, 64), 14 + seed, (20, 20, 20), -1)
        (tmp_path / "more" / "burn").mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / "more" / "burn" / f"{seed}.png"), spot[40:90, 40:90])
    plan = TeachPlan(goods=None, labelled=tmp_path / "more", continue_from=first, out=tmp_path / "noise2", threads=1)
    outcome = teach_plan(plan)
    assert labels(outcome.folder) == ("burn", "scratch", "smear")
    old, new = load(first, threads=1), load(outcome.folder, threads=1)
    assert (new.card.version, new.card.parent, new.card.goods) == ("2", "noise/1", old.card.goods)
    spot = good(90)
    cv2.circle(spot, (64, 64), 12, (20, 20, 20), -1)
    assert old.look(spot).score == new.look(spot).score
    old.close()
    new.close()
    assert [one.value for one in outcome.report.remarks if one.kind is Kind.NAMES] == [1.0]


def score(bundle: Path, pixels: np.ndarray) -> float:
    model = load(bundle, threads=1)
    try:
        return model.look(pixels).score
    finally:
        model.close()


def go_on(former: Path, out: Path, **what: Path) -> Outcome:
    return teach_plan(TeachPlan(**{"goods": None} | what, continue_from=former, out=out, threads=1))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle taught from eight goods that lie beside it."""
    root = tmp_path_factory.mktemp("first")
    (root / "goods").mkdir()
    for seed in range(8):
        cv2.imwrite(str(root / "goods" / f"g{seed:03}.png"), good(seed))
    return teach_plan(TeachPlan(goods=root / "goods", out=root / "noise", threads=1)).folder


def test_more_goods_tighten_the_bound(first: Path, write_goods: WriteGoods, tmp_path: Path) -> None:
    more = write_goods(range(20, 26), "more")
    cv2.imwrite(str(more / "old.png"), good(3))
    outcome = go_on(first, tmp_path / "noise2", goods=more)
    model = load(outcome.folder, threads=1)
    model.close()
    assert (model.card.version, model.card.parent, model.card.goods) == ("2", "noise/1", 14)
    assert model.card.false_reject_bound == pytest.approx(1 - 0.05 ** (1 / 14))
    assert [one.text for one in outcome.report.remarks if one.kind is Kind.KNOWN] == [
        "old.png was learned before: counted once"
    ]
    assert len(outcome.report.scores) == 14
    again = go_on(outcome.folder, tmp_path / "noise3", goods=write_goods(range(30, 32), "most"))
    assert (again.report.goods, again.report.learned, again.report.new) == (16, 16, 2)


def test_a_false_call_is_learned_and_does_not_lift_the_threshold(first: Path, tmp_path: Path) -> None:
    called = scratched(60)
    (tmp_path / "called").mkdir()
    cv2.imwrite(str(tmp_path / "called" / "c.png"), called)
    assert score(first, called) > 2
    outcome = go_on(first, tmp_path / "noise2", false_calls=tmp_path / "called")
    assert (outcome.report.goods, outcome.report.learned) == (8, 9)
    assert score(outcome.folder, called) < 1
    spot = good(90)
    cv2.circle(spot, (64, 64), 12, (20, 20, 20), -1)
    assert score(outcome.folder, spot) > 1
    assert score(first, called) > 2, "the old version stays as it was"


def test_a_missed_defect_is_found_afterwards(first: Path, tmp_path: Path) -> None:
    missed, mask = good(70), np.zeros((128, 128), np.uint8)
    cv2.circle(mask, (64, 64), 5, 255, -1)
    missed[mask > 0] = np.clip(missed[mask > 0].astype(int) + 5, 0, 255).astype(np.uint8)
    (tmp_path / "missed").mkdir()
    cv2.imwrite(str(tmp_path / "missed" / "m.png"), missed)
    cv2.imwrite(str(tmp_path / "missed" / "m_mask.png"), mask)
    assert score(first, missed) < 1
    outcome = go_on(first, tmp_path / "noise2", missed=tmp_path / "missed")
    assert outcome.report.missed == ("m.png",)
    assert score(outcome.folder, missed) > 1
    assert score(outcome.folder, good(71)) < 1
