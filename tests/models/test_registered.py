"""Families that compare places: the classical one by its filters alone, the registered one with the network besides."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

import shellmark_models as models
from shellmark_models.families.classical.bank import STEPS, measures, responses
from shellmark_models.families.classical.combine import combine, lifted
from shellmark_models.families.classical.reference import highest_in_cells, lowest_in_cells

HOW = {"name": "noise", "version": "1", "channels": ("west", "north", "diffuse"), "px_per_mm": 6.0}
SIZE = (140, 200)
FAMILIES = ("classical", "registered")


def aligned(seed: int) -> np.ndarray:
    """A shell whose ribs are always at the same place, with a bright plate that is no defect."""
    generator = np.random.default_rng(seed)
    x = np.arange(SIZE[1])
    pixels = (110 + 20 * np.sin(2 * np.pi * x / 24))[None, :, None] + generator.normal(0, 2, (*SIZE, 3))
    pixels[20:40, 100:150] += 90
    return np.clip(pixels, 0, 255).astype(np.uint8)


def goods(first: int, last: int) -> list[models.TeachCase]:
    return [models.TeachCase(f"g{seed}", [aligned(seed)]) for seed in range(first, last)]


@pytest.fixture(scope="module", params=FAMILIES)
def bundle(request, make) -> models.TaughtBundle:
    return models.teach_bundle(goods(0, 8), make.labelled(), **HOW, family=request.param, options=make.OPTIONS)


def opened(bundle, folder):
    return models.load(models.write_bundle(bundle.model, folder), threads=1)


@pytest.fixture(scope="module")
def model(bundle, tmp_path_factory):
    model = opened(bundle, tmp_path_factory.mktemp("store"))
    yield model
    model.close()


def test_goods_it_never_saw_stay_low_everywhere(model):
    highest = [model.look(aligned(seed)).score for seed in range(100, 110)]
    assert max(highest) < 1.3
    assert np.median(highest) < 1.0


@pytest.mark.parametrize(("top", "left"), [(60, 20), (100, 120), (70, 180), (10, 60)])
def test_a_small_mark_is_found_where_it_is(model, top, left):
    bad = aligned(200)
    bad[top : top + 3, left : left + 3] += 45
    found = model.look(bad)
    y, x = np.unravel_index(found.anomaly.argmax(), SIZE)
    assert found.score > 1
    assert abs(y - top) < 8
    assert abs(x - left) < 8


@pytest.mark.parametrize(("start", "level"), [(60, 12), (66, 12), (66, -15), (60, -18)])
@pytest.mark.parametrize("step", [(0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (2, -1)])
def test_a_faint_line_is_found_in_any_direction_bright_or_dark(model, step, start, level):
    bad = aligned(210).astype(int)
    for i in range(28):
        bad[80 + i * step[0] // max(map(abs, step)), start + i * step[1] // max(map(abs, step))] += level
    found = model.look(np.clip(bad, 0, 255).astype(np.uint8))
    assert found.anomaly[75:115, 30:95].max() > 1


def test_an_edge_a_pixel_elsewhere_is_no_defect_and_one_farther_off_is(model):
    def moved(pixels: int) -> float:
        shell = aligned(302).astype(int)
        shell[20:40, 100:150] -= 90
        shell[20 + pixels : 40 + pixels, 100:150] += 90
        return model.look(np.clip(shell, 0, 255).astype(np.uint8)).anomaly.max()

    assert moved(1) < 2
    assert moved(3) > 5


def test_a_missing_plate_is_a_defect_though_plain_shell_is_good_elsewhere(model):
    bare = aligned(300)
    bare[20:40, 100:150] = aligned(301)[60:80, 100:150]
    assert model.look(bare).anomaly[20:40, 100:150].max() > 2


def test_nothing_counts_outside_the_mask(model):
    bad, mask = aligned(201), np.ones(SIZE, np.bool_)
    bad[60:70, 20:30] = 255
    mask[:, :120] = False  # filters look 24 px round a pixel, the network farther
    assert model.look(bad).score > 1
    assert model.look(bad, mask=mask).score < 1.3


def test_the_map_tells_what_the_score_tells(model):
    bad = aligned(202)
    usual = float(np.median(model.look(bad).anomaly))
    bad[60:64, 20:24] += 40
    found = model.look(bad)
    assert found.score == pytest.approx(float(found.anomaly.max()))
    assert np.median(found.anomaly) < 0.6
    assert np.median(found.anomaly) < usual + 0.2, "a mark is seen where it is, the rest of the shell as it was"


def test_views_it_does_not_know_are_refused(model):
    with pytest.raises(models.InferenceError, match="not view 3"):
        model.look(aligned(1), view=3)
    with pytest.raises(models.InferenceError, match="px: take the reference picture it was taught with"):
        model.look(aligned(1)[:100])
    with pytest.raises(models.InferenceError, match="uint8 view"):
        model.look(aligned(1)[..., :1])


def test_it_says_that_it_compares_places_and_names_regions(model, make):
    assert model.card.registered
    assert model.card.views_px == (SIZE,)
    assert [n.label for n in model.name([make.scratched(90, 30), make.specked(91, 6)])] == ["scratch", "speck"]


def test_a_closed_model_says_so(bundle, tmp_path):
    model = opened(bundle, tmp_path)
    model.close()
    with pytest.raises(models.InferenceError, match="closed"):
        model.look(aligned(1))


def test_its_bound_pays_for_one_measure(bundle):
    assert bundle.card.false_reject_bound == pytest.approx(models.false_reject_bound(8))
    assert set(bundle.case_scores) == {f"g{seed}" for seed in range(8)}
    assert max(bundle.case_scores.values()) <= 1


def test_teaching_goes_on_from_what_was_kept(bundle, make, tmp_path):
    how = {**HOW, "version": "2", "family": bundle.card.family, "options": make.OPTIONS}
    more = models.teach_bundle(goods(8, 14), **how, before=bundle.kept)
    assert (more.card.goods, more.card.learned_cases) == (14, 14)
    assert more.card.false_reject_bound < bundle.card.false_reject_bound
    model = opened(more, tmp_path)
    bad = aligned(203)
    bad[60:63, 20:23] += 45
    assert model.look(bad).score > 1
    assert np.median([model.look(aligned(seed)).score for seed in range(100, 105)]) < 1
    model.close()


def test_a_false_call_is_learned_and_has_no_say_in_the_threshold(bundle, make, tmp_path):
    odd = aligned(500)
    odd[100:110, 40:50] += 60
    called = models.TeachCase("called", [odd], counts=False)
    how = {**HOW, "version": "2", "family": bundle.card.family, "options": make.OPTIONS}
    again = models.teach_bundle([called], **how, before=bundle.kept)
    assert (again.card.goods, again.card.learned_cases) == (8, 9)
    assert again.card.threshold == pytest.approx(bundle.card.threshold)
    before, after = opened(bundle, tmp_path / "before"), opened(again, tmp_path / "after")
    assert after.look(odd).score < before.look(odd).score
    before.close()
    after.close()


def test_a_lesson_may_not_learn_a_case_again_nor_go_on_with_other_channels(bundle, make):
    how = {**HOW, "family": bundle.card.family, "options": make.OPTIONS, "before": bundle.kept}
    with pytest.raises(models.TeachError, match="learned before"):
        models.teach_bundle(goods(0, 1), **how)
    with pytest.raises(models.TeachError, match="other channels"):
        models.teach_bundle([], **{**how, "channels": ("west", "north", "diffuse", "diffuse.a")})


def test_a_missed_defect_counts_more_afterwards(bundle, make, tmp_path):
    bad, where = aligned(204), np.zeros(SIZE, np.bool_)
    bad[60:76, 20:36] += 3
    where[58:78, 18:38] = True
    before = opened(bundle, tmp_path / "before")
    weak = before.look(bad).anomaly[where].max()
    before.close()
    missed = [models.MissedCase("missed", [bad], [where])]
    how = {**HOW, "version": "2", "family": bundle.card.family, "options": make.OPTIONS}
    again = models.teach_bundle([], **how, before=bundle.kept, missed=missed)
    after = opened(again, tmp_path / "after")
    assert after.look(bad).anomaly[where].max() > max(weak, 0.9)
    after.close()


def test_views_of_two_sizes_are_refused(make, bundle):
    cases = [models.TeachCase("a", [aligned(1)]), models.TeachCase("b", [aligned(2)[:100]])]
    with pytest.raises(models.TeachError, match="another size"):
        models.teach(cases, **HOW, family=bundle.card.family, options=make.OPTIONS)


def test_copies_of_one_shell_and_too_few_are_refused(make):
    copies = [models.TeachCase(f"g{i}", [aligned(1)]) for i in range(4)]
    with pytest.raises(models.TeachError, match="copy"):
        models.teach(copies, **HOW, family="classical", options=make.OPTIONS)
    with pytest.raises(models.TeachError, match="at least 3"):
        models.teach(goods(0, 2), **HOW, family="classical", options=make.OPTIONS)


def test_teaching_stops_when_asked(make):
    with pytest.raises(models.TeachCancelled):
        models.teach(goods(0, 4), **HOW, family="classical", options=make.OPTIONS, cancelled=lambda: True)


def test_colour_that_grey_hides_is_found_by_the_chroma(make, tmp_path):
    channels = ("west", "north", "diffuse", "diffuse.a", "diffuse.b")

    def five(seed: int, yellow: int = 0) -> np.ndarray:
        chroma = np.random.default_rng([seed, 5]).normal(128, 1, (*SIZE, 2))
        chroma[60:66, 60:66, 1] += yellow
        return np.dstack([aligned(seed), chroma.astype(np.uint8)])

    cases = [models.TeachCase(f"g{seed}", [five(seed)]) for seed in range(8)]
    how = {**HOW, "channels": channels, "family": "classical", "options": make.OPTIONS}
    model = opened(models.teach_bundle(cases, **how), tmp_path)
    assert model.look(five(400)).score < 1.3
    assert model.look(five(400, yellow=8)).anomaly[56:70, 56:70].max() > 1
    model.close()


def test_a_colour_frame_gives_grey_and_both_chromas(make, tmp_path):
    how = {**HOW, "channels": models.COLOUR, "family": "classical", "options": make.OPTIONS}
    model = opened(models.teach_bundle(goods(0, 8), **how), tmp_path)
    bad = aligned(401)
    bad[60:66, 60:66] = (40, 90, 140)
    assert model.look(bad).anomaly[56:70, 56:70].max() > 1
    model.close()


def test_memory_sees_the_first_three_of_five_planes(make):
    cases = [models.TeachCase(f"g{s}", [np.dstack([aligned(s), aligned(s)[..., :2]])]) for s in range(3)]
    channels = ("west", "north", "diffuse", "diffuse.a", "diffuse.b")
    taught = models.teach_bundle(cases, **{**HOW, "channels": channels}, family="memory", options=make.OPTIONS)
    assert taught.card.channels == channels[:3]


LINEAR = ("fine", "line", "level", "spot")


def test_filters_answer_to_both_signs_alike():
    difference = (np.random.default_rng(3).normal(0, 5, (64, 96)) * STEPS).astype(np.int16)
    kinds = (False, True)
    plain = list(responses([difference, difference], kinds))
    turned = list(responses([-difference, -difference], kinds))
    looked_at = [sign for one in plain for sign in one if sign is not None]
    assert len(looked_at) == len(measures(kinds))
    names = [name for name in dict.fromkeys(one.split()[1] for one in measures((False,))) if name != "trace"]
    for name in LINEAR:
        (bright, dark), (_, other) = plain[names.index(name)], turned[names.index(name)]
        assert np.abs(bright.astype(int) + other).max() <= 4, "give or take the rounding of whole steps"
        assert dark.shape == bright.shape


def answers_to(difference: np.ndarray) -> dict[str, float]:
    """The highest of every grey measure in a picture of one difference."""
    answers = responses([(difference * STEPS).astype(np.int16)], (False,))
    signed = [(one, sign) for pair in answers for one, sign in zip(pair, (1, -1), strict=True) if one is not None]
    return dict(zip(measures((False,)), (float((sign * one).max()) / STEPS for one, sign in signed), strict=True))


def test_a_bright_fibre_is_no_dark_trace_and_a_crack_is():
    fibre, crack = np.zeros((96, 96)), np.zeros((96, 96))
    fibre[48, 40:60], crack[48, 40:60] = 40, -10
    dusty, cracked = answers_to(fibre), answers_to(crack)
    assert dusty["0 line -"] > cracked["0 line -"] / 2, "a linear filter sees a dark rim beside what is bright"
    assert dusty["0 trace -"] == 0
    assert cracked["0 trace -"] > 3


@pytest.mark.parametrize("angle", range(0, 180, 15))
def test_a_long_line_counts_in_any_direction_and_a_short_bright_one_does_not(angle):
    along = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
    drawn = {}
    for name, reach, level in (("scratch", 20, 10.0), ("fibre", 4, 40.0)):
        picture = np.zeros((128, 128), np.float32)
        ends = [np.round((64 + side * reach * along) * 16).astype(int).tolist() for side in (-1, 1)]
        cv2.line(picture, *ends, level, 2, cv2.LINE_8, 4)
        drawn[name] = answers_to(picture)
    line, long = (drawn["scratch"][name] / drawn["fibre"][name] for name in ("0 line +", "0 long +"))
    assert line < 0.5, "the fibre outshines the scratch"
    assert long > 3 * line, "but it is not long"


def test_a_view_too_small_for_a_long_line_has_none():
    assert set(answers_to(np.zeros((16, 16))).values()) == {0.0}


def test_the_whole_of_a_long_line_is_drawn():
    picture = np.zeros((128, 128))
    picture[60:62, 30:100] = 20
    _, _, (long, _), *_ = responses([(picture * STEPS).astype(np.int16)], (False,))
    assert (long[30, 17:48] > 0.5 * long.max()).all()
    assert long[30, 60:].max() < 0.1 * long.max()


def test_a_cell_holds_its_highest_and_its_lowest():
    response = np.random.default_rng(4).integers(-500, 500, (32, 48)).astype(np.int16)
    cells = response.reshape(4, 8, 6, 8)
    assert np.array_equal(highest_in_cells(response, 1), cells.max(axis=(1, 3)))
    assert np.array_equal(lowest_in_cells(response, 1), cells.min(axis=(1, 3)))


def test_a_good_shells_score_does_not_know_its_own_values():
    highest = np.random.default_rng(5).uniform(1, 2, (10, 4)).astype(np.float32)
    highest[3, 2] = 50
    lift = np.ones(4, np.float32)
    scores = combine(highest, lift).scores
    assert scores.argmax() == 3
    assert scores[3] > 10, "what goods reach is taken from the others"


def test_a_lift_lets_the_best_measure_reach_the_limit_and_is_bounded():
    lift = lifted(np.ones(3, np.float32), np.array([0.2, 0.8, 0.1], np.float32))
    assert lift[1] == pytest.approx(1.1 / 0.8)
    assert lifted(np.ones(1, np.float32), np.array([0.01], np.float32))[0] == pytest.approx(3)
    assert lifted(np.ones(1, np.float32), np.array([2.0], np.float32))[0] == 1
