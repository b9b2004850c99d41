from __future__ import annotations

import numpy as np
import pytest

import shellmark_models as models
from shellmark_models import features as frozen
from shellmark_models.families.memory import graph
from shellmark_models.families.memory.plan import plan_for
from shellmark_models.session import Session
from shellmark_models.training.coreset import nearest

HOW = {"name": "noise", "version": "1", "channels": ("west", "north", "diffuse"), "px_per_mm": 6.0}


def tile(make, seed: int) -> np.ndarray:
    return make.shell(seed)[: make.TILE_PX, : make.TILE_PX].copy()


def test_a_good_shell_stays_low_and_a_mark_is_found_where_it_is(model, make):
    bad = tile(make, 101)
    bad[60:66, 40:80] = 230
    good, found = (model.look(image).anomaly for image in (tile(make, 100), bad))
    assert good.shape == (make.TILE_PX, make.TILE_PX)
    assert found[63, 60] > 1 > found[120, 120]
    assert good.max() < found.max() / 1.5


def test_a_view_of_any_size_is_looked_at(model, make):
    for size in ((50, 300), (make.TILE_PX, make.TILE_PX), (140, 139)):
        image = np.resize(tile(make, 100), (*size, 3))
        assert model.look(image).anomaly.shape == size


def test_only_what_the_mask_shows_counts(model, make):
    bad = tile(make, 101)
    bad[60:66, 40:80] = 230
    mask = np.ones(bad.shape[:2], np.bool_)
    mask[40:90, 20:100] = False
    assert model.look(bad, mask=mask).score < model.look(bad).score


@pytest.mark.parametrize(
    "view", [np.zeros((128, 128), np.uint8), np.zeros((128, 128, 4), np.uint8), np.zeros((128, 128, 3))]
)
def test_views_of_another_kind(model, view):
    with pytest.raises(models.InferenceError, match="wanted a uint8 view"):
        model.look(view)


def test_a_closed_model_says_so(bundle, make):
    model = models.load(bundle, threads=1)
    model.close()
    with pytest.raises(models.InferenceError, match="closed"):
        model.look(np.zeros((make.TILE_PX, make.TILE_PX, 3), np.uint8))
    with pytest.raises(models.InferenceError, match="closed"):
        model.name([make.specked(1, 4)])


@pytest.mark.parametrize("at_once", [graph.ROWS_AT_ONCE, 8])
def test_the_network_computes_what_teaching_computes(make, monkeypatch, at_once):
    monkeypatch.setattr(graph, "ROWS_AT_ONCE", at_once)
    plan = plan_for(models.COLOUR)
    generator = np.random.default_rng(5)
    banks = {
        name: graph.Bank(
            projection=generator.normal(size=(graph.width_of(name), 10)).astype(np.float32),
            offset=generator.normal(size=10).astype(np.float32),
            rows=generator.normal(size=(30, 10)).astype(np.float32),
            scales=generator.uniform(0.5, 2, 30).astype(np.float32),
            defects=generator.normal(size=(3, 10)).astype(np.float32),
        )
        for name in plan.backbones
    }
    feeds = {"tiles": tile(make, 3)[None], "inside": np.ones((1, 1, 16, 16), np.float32)}
    feeds["inside"][..., 8:] = 0
    whole, part = (
        Session(graph.memory_graph(plan, models.COLOUR, given).SerializeToString(), source="x", threads=1)
        for given in (banks, None)
    )
    for name, bank in banks.items():
        features, sums = part.run([f"{name}.features", f"{name}.sums"], feeds)
        z = features[0].transpose(1, 2, 0).reshape(256, -1) @ bank.projection + bank.offset
        distance, known = whole.run([f"{name}.distance", f"{name}.known"], feeds)
        np.testing.assert_allclose(distance[0].ravel(), nearest(z, bank.rows, bank.scales)[0], rtol=1e-2)
        np.testing.assert_allclose(known[0].ravel(), nearest(z, bank.defects)[0], rtol=1e-2)
        np.testing.assert_allclose(whole.run([f"{name}.sums"], feeds)[0], sums, rtol=1e-4)
        feeds_all = feeds | {"inside": np.ones((1, 1, 16, 16), np.float32)}
        assert not np.allclose(part.run([f"{name}.sums"], feeds_all)[0], sums)


def test_colour_frames_are_turned_red_first():
    backbone, _ = frozen.load_backbone()
    lights, colour = (
        Session(frozen.feature_graph(backbone, channels).SerializeToString(), source="x", threads=1)
        for channels in (("a", "b", "c"), models.COLOUR)
    )
    pixels = np.random.default_rng(6).integers(0, 255, (1, 64, 64, 3), dtype=np.uint8)
    (forwards,) = lights.run(["features"], {"tiles": pixels})
    (backwards,) = colour.run(["features"], {"tiles": np.ascontiguousarray(pixels[..., ::-1])})
    np.testing.assert_array_equal(forwards, backwards)


def test_the_card_says_what_was_taught(model, make):
    card = model.card
    assert (card.name, card.version, card.family) == ("noise", "1", "memory")
    assert (card.tile_px, card.overlap_px, card.channels) == (make.TILE_PX, 32, ("west", "north", "diffuse"))
    assert (card.goods, card.learned_cases, card.labels) == (6, 6, ("scratch", "speck"))
    assert card.false_reject_bound == pytest.approx(models.false_reject_bound(6))
    assert card.backbone is not None
    assert card.backbone.licence == "BSD-3-Clause"


def test_teaching_twice_gives_the_same_network(taught, make):
    again = models.teach(make.goods(), make.labelled(), **HOW, options=make.OPTIONS)
    cards = [make.card_of(data) for data in (taught, again)]
    assert cards[0].graph_digest == cards[1].graph_digest
    assert cards[0].data_digest == cards[1].data_digest
    assert cards[0].threshold == cards[1].threshold


def test_a_case_is_scored_by_a_memory_that_did_not_see_it(make):
    usual = [models.TeachCase(f"g{seed}", [make.shell(seed)]) for seed in range(5)]
    marked = make.shell(9)
    marked[40:60, 40:60] = 240
    data = models.teach([*usual, models.TeachCase("odd", [marked])], **HOW, options=make.OPTIONS)
    plain = models.teach(usual, **HOW, options=make.OPTIONS)
    odd, calm = (make.card_of(d).threshold for d in (data, plain))
    assert odd > 1.5 * calm


def test_what_lies_outside_the_mask_is_not_learned(make):
    marked = [make.shell(seed) for seed in range(4)]
    marked[2][:, 100:] = 240
    mask = np.zeros(marked[0].shape[:2], np.bool_)
    mask[:, :60] = True
    with_masks = [models.TeachCase(f"g{i}", [pixels], [mask]) for i, pixels in enumerate(marked)]
    without = [models.TeachCase(f"g{i}", [pixels]) for i, pixels in enumerate(marked)]
    cards = [make.card_of(models.teach(cases, **HOW, options=make.OPTIONS)) for cases in (with_masks, without)]
    assert cards[0].threshold < cards[1].threshold / 1.5
    assert cards[0].data_digest != cards[1].data_digest
    nowhere = [models.TeachCase(f"g{i}", [pixels], [mask & False]) for i, pixels in enumerate(marked)]
    with pytest.raises(models.TeachError, match="masks leave nothing"):
        models.teach(nowhere, **HOW, options=make.OPTIONS)


@pytest.mark.parametrize(("cases", "told"), [([], "0 good"), ([0], "1 good"), ([0, 1, 0], "twice")])
def test_too_few_cases(cases, told, make):
    cases = [make.goods(2)[index] for index in cases]
    with pytest.raises(models.TeachError, match=told):
        models.teach(cases, **HOW, options=make.OPTIONS)


def test_one_class_is_none(make):
    with pytest.raises(models.TeachError, match="two classes"):
        models.teach(make.goods(2), make.labelled()[:3], **HOW, options=make.OPTIONS)


def test_unknown_families_and_bad_names(make):
    with pytest.raises(models.TeachError, match=r"choose one of: .*memory"):
        models.teach(make.goods(2), **HOW, family="oracle", options=make.OPTIONS)
    with pytest.raises(models.TeachError, match="version"):
        models.teach(make.goods(2), **(HOW | {"version": "a/b"}), options=make.OPTIONS)


def test_progress_is_told_and_a_wish_to_stop_is_heard(make):
    told: list[tuple[str, float]] = []
    models.teach(make.goods(3), **HOW, options=make.OPTIONS, progress=lambda stage, part: told.append((stage, part)))
    assert told[-1] == ("done", 1.0)
    assert {"features", "memory", "threshold"} <= {stage for stage, _ in told}
    assert all(0 <= part <= 1 for _, part in told)
    heard = 0

    def stop_at_third() -> bool:
        nonlocal heard
        heard += 1
        return heard >= 3

    with pytest.raises(models.TeachCancelled, match="nothing was written"):
        models.teach(make.goods(3), **HOW, options=make.OPTIONS, cancelled=stop_at_third)


def test_scratches_and_specks_are_named_and_what_is_neither_is_unknown(model, make):
    crops = [make.scratched(80, 70.0), make.specked(81, 5), make.scratched(82, 10.0)]
    namings = model.name(crops)
    assert [naming.label for naming in namings] == ["scratch", "speck", "scratch"]
    assert all(sum(naming.scores.values()) == pytest.approx(1, abs=1e-6) for naming in namings)
    strange = np.random.default_rng(7).integers(0, 255, (96, 96, 3), dtype=np.uint8)
    mask = np.zeros((96, 96), np.bool_)
    mask[20:70, 20:70] = True
    assert model.name([models.Crop(strange, mask, 6.0)])[0].label == models.UNKNOWN


def test_without_classes_everything_is_unknown(tmp_path, make):
    data = models.teach(make.goods(2), **HOW, options=make.OPTIONS)
    model = models.load(models.write_bundle(data, tmp_path), threads=1)
    assert model.card.labels == ()
    assert model.name([make.specked(1, 4)])[0].label == models.UNKNOWN
    model.close()


def test_the_backbone_is_the_one_its_card_says():
    _, origin = frozen.load_backbone()
    assert origin.digest == "sha256:988b632d59503a7af7f58e502499c02752b6de2a062a47582ca19ecbc2677b86"


def test_the_memory_family_sees_the_same_in_weak_light():
    backbone, _ = frozen.load_backbone()
    generator = np.random.default_rng(9)
    pixels = generator.normal(120, 3, (1, 96, 96, 3))
    pixels += 40 * np.sin(np.arange(96) / 4)[:, None]
    change = {}
    for level in (True, False):
        network = frozen.feature_graph(backbone, HOW["channels"], level=level).SerializeToString()
        session = Session(network, source="x", threads=1)
        usual, weak = (session.run(["features"], {"tiles": (k * pixels).astype(np.uint8)})[0] for k in (1.0, 0.7))
        change[level] = float(np.abs(weak - usual).mean() / usual.std())
    assert change[True] < change[False] / 2
