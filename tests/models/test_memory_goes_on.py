"""A memory that goes on: more goods without the old pictures, defects it passed, what it keeps."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

import shellmark_models as models
from shellmark_models.card import properties
from shellmark_models.families.memory.bank import bank_of, choose
from shellmark_models.families.memory.evidence import Wholes, from_text, peaks, to_text, weigh
from shellmark_models.families.memory.model import MEMORY_KEY
from shellmark_models.families.memory.plan import LEAN, PHOTOGRAPHS, PLAN_KEY, plan_for, plan_of, working
from shellmark_models.training.teach import teach_bundle

HOW = {"name": "noise", "version": "1", "channels": models.COLOUR, "px_per_mm": 6.0}


def photographs(make, seeds: range) -> list[models.TeachCase]:
    return [models.TeachCase(f"g{seed}", [make.shell(seed, (96, 128))]) for seed in seeds]


def marked(make, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A shell with a mark hardly to be seen, and where it is."""
    pixels = make.shell(seed, (96, 128))
    mask = np.zeros(pixels.shape[:2], np.bool_)
    mask[40:64, 48:80] = True
    checks = 2 * (np.indices(mask.shape).sum(0) // 4 % 2)[..., None]
    return np.where(mask[..., None], np.clip(pixels.astype(int) + checks, 0, 255), pixels).astype(np.uint8), mask


@pytest.fixture(scope="module")
def first(make):
    return teach_bundle(photographs(make, range(5)), **HOW, options=make.OPTIONS)


@pytest.fixture
def opened(tmp_path):
    """Opens bundles, and closes them in the end."""
    held = []

    def open_it(bundle: models.TaughtBundle) -> models.Model:
        path = models.write_bundle(bundle.model, tmp_path / str(len(held)))
        held.append(models.load(path, threads=1))
        return held[-1]

    yield open_it
    for model in held:
        model.close()


def test_more_goods_tighten_the_bound_without_the_old_pictures(first, make):
    more = teach_bundle(photographs(make, range(5, 9)), **HOW, before=first.kept, options=make.OPTIONS)
    assert (more.card.goods, more.card.learned_cases) == (9, 9)
    assert more.card.false_reject_bound == pytest.approx(models.false_reject_bound(9))
    assert set(more.case_scores) == {f"g{seed}" for seed in range(9)}
    assert max(more.case_scores.values()) <= 1
    assert more.card.backbone is not None
    assert more.card.backbone.licence == "BSD-3-Clause AND Apache-2.0"
    assert more.card.data_digest != first.card.data_digest


def test_a_case_learned_before_is_not_counted_twice(first, make):
    with pytest.raises(models.TeachError, match="g4 is given twice"):
        teach_bundle(photographs(make, range(4, 6)), **HOW, before=first.kept, options=make.OPTIONS)
    again = [models.TeachCase("new name", [make.shell(3, (96, 128))])]
    with pytest.raises(models.TeachError, match="copy of case g3"):
        teach_bundle(again, **HOW, before=first.kept, options=make.OPTIONS)


def test_what_another_family_kept_is_refused(make):
    with pytest.raises(models.TeachError, match="teach from all good shells"):
        teach_bundle(photographs(make, range(2)), **HOW, before={"cases": np.zeros(0)}, options=make.OPTIONS)


def test_a_missed_defect_is_found_from_then_on_and_goods_are_not(first, make, opened):
    image, mask = marked(make, 50)
    missed = models.MissedCase("m1", [image], [mask])
    after = opened(teach_bundle([], **HOW, before=first.kept, missed=[missed], options=make.OPTIONS))
    other, where = marked(make, 51)
    found = after.look(other)
    assert found.score > 1
    assert found.anomaly[where].max() > 1 > found.anomaly[:24].max()
    assert after.look(make.shell(52, (96, 128))).score < 1
    assert opened(first).look(other).score < 1


def test_an_odd_good_shows_in_the_scores_of_the_cases(make):
    odd, _ = marked(make, 9)
    odd[20:60, 20:60] = 240
    cases = [*photographs(make, range(5)), models.TeachCase("odd", [odd])]
    scores = teach_bundle(cases, **HOW, options=make.OPTIONS).case_scores
    assert max(scores, key=scores.__getitem__) == "odd"
    assert scores["odd"] > 1.2 * max(score for case, score in scores.items() if case != "odd")


def test_a_map_stays_below_its_limit_where_the_view_passes(first, make, opened):
    model = opened(first)
    for seed in range(20, 24):
        prediction = model.look(make.shell(seed, (96, 128)))
        assert prediction.anomaly.max() <= max(prediction.score, 0) + 1e-5 or prediction.score > 1
    nothing = model.look(make.shell(20, (96, 128)), mask=np.zeros((96, 128), np.bool_))
    assert (nothing.score, nothing.anomaly.max()) == (0.0, 0.0)


def test_small_pictures_are_enlarged_and_large_ones_bounded():
    for height, width in ((64, 64), (640, 256), (3000, 4000)):
        view = working(plan_for(models.COLOUR), np.zeros((height, width, 3), np.uint8), None, 0, 0)
        h, w = view.pixels.shape[:2]
        assert 0.8 * PHOTOGRAPHS.least_px <= h * w <= 1.1 * PHOTOGRAPHS.most_px
        assert abs(np.log(h / w * width / height)) < 0.1
        assert view.inside.shape == (h // 8, w // 8)


def test_the_lean_memory_looks_at_fewer_pixels_and_says_so_in_its_file(make, tmp_path):
    data = models.teach(photographs(make, range(3)), **HOW, family="memory-lean", options=make.OPTIONS)
    model = models.load(models.write_bundle(data, tmp_path), threads=1)
    assert model.card.family == "memory-lean"
    assert plan_of(properties(onnx.load_model_from_string(data)).get(PLAN_KEY), "x") == LEAN
    assert model.look(make.shell(8, (700, 900))).anomaly.shape == (700, 900)
    model.close()
    lights = HOW | {"channels": ("a", "b", "c")}
    with pytest.raises(models.TeachError, match="one colour frame"):
        models.teach(photographs(make, range(2)), **lights, family="memory-lean", options=make.OPTIONS)
    with pytest.raises(models.BundleError, match="does not say how"):
        plan_of("[]", "x")


def test_the_smaller_the_views_the_more_is_remembered():
    small, middle, large = (PHOTOGRAPHS.rows(2000, px // 64) for px in (160_000, 520_000, 1_600_000))
    assert (small, large) == (8000, 2000)
    assert 2000 < middle < 4000


def test_the_rare_is_remembered_and_scales_follow_how_goods_lie():
    generator = np.random.default_rng(0)
    z = np.concatenate([generator.normal(0, 0.1, (500, 4)), [[9, 9, 9, 9]]]).astype(np.float32)
    chosen = choose(z, 40, 0, lambda: None)
    assert len(chosen) == 40
    assert 500 in chosen
    space = (np.eye(4, dtype=np.float32), np.zeros(4, np.float32))
    scales = bank_of(space, z[chosen], np.zeros((0, 4), np.float32)).scales
    assert scales[list(chosen).index(500)] == scales.max() > 2 * np.median(scales)


def test_evidence_is_weighed_by_how_much_goods_vary():
    generator = np.random.default_rng(1)
    evidence = generator.normal(0, 1, (200, 3)) * [0.1, 0.5, 0.2] + [1, 2, 3]
    judgement = weigh(evidence, (1, 1, 1), np.ones(1, np.float32), 0.0)
    quiet, loud = (judgement.raw(np.array([1, 2, 3]) + step) for step in ([0.3, 0, 0], [0, 0.3, 0]))
    assert quiet > loud > judgement.raw(np.array([1.0, 2, 3])) == pytest.approx(1, rel=0.1)
    wholes = Wholes.of(generator.normal(size=(6, 8)).astype(np.float32))
    back, kept = from_text(to_text(judgement, [wholes]), "x")
    assert back.raw(evidence[0]) == pytest.approx(judgement.raw(evidence[0]))
    np.testing.assert_allclose(kept[0].rows, wholes.rows, atol=2e-3)
    with pytest.raises(models.BundleError, match="spoilt"):
        from_text("AAAA", "x")


def test_the_peak_and_the_highest_share_of_a_map():
    cells = np.zeros((20, 20), np.float32)
    cells[3, 3:6] = 5
    inside = np.ones((20, 20), np.bool_)
    assert peaks(cells, inside) == (5.0, pytest.approx(15 / 12))
    inside[3] = False
    assert peaks(cells, inside) == (0.0, 0.0)


def test_a_model_that_lost_what_it_weighs_by_is_refused(first, make, tmp_path):
    for index, (key, told) in enumerate(((PLAN_KEY, "does not say how"), (MEMORY_KEY, "teach it again"))):
        data = make.with_properties(first.model, {key: None})
        with pytest.raises(models.BundleError, match=told):
            models.load(models.write_bundle(data, tmp_path / str(index)), threads=1)
