"""How the classifier is fitted: what has a voice, what is too far, and what few crops can tell."""

from __future__ import annotations

import numpy as np
import pytest

from shellmark_models import UNKNOWN
from shellmark_models.naming import DESCRIPTION, SOURCES, Namer
from shellmark_models.training.classifier import fit

CLASSES = ("bump", "dent", "speck")


def described(count: int, seed: int, *told_by: int) -> tuple[np.ndarray, list[str]]:
    """Descriptions that tell three classes apart only in some sources; the last source is silent."""
    generator = np.random.default_rng(seed)
    labels = [label for label in CLASSES for _ in range(count)]
    x = generator.normal(0, 1, (len(labels), DESCRIPTION)).astype(np.float32)
    x[:, SOURCES[-1]] = 0
    for source in told_by:
        for row, label in enumerate(labels):
            first = SOURCES[source].start + 4 * CLASSES.index(label)
            x[row, first : first + 4] += 6
    return x, labels


def taught(count: int, *told_by: int) -> Namer:
    x, labels = described(count, 1, *told_by)
    return fit(x, labels, range(len(labels)))


def right(namer: Namer, *told_by: int) -> float:
    x, labels = described(20, 2, *told_by)
    return float(np.mean([namer.name(row).label == label for row, label in zip(x, labels, strict=True)]))


def test_a_silent_source_has_no_voice():
    namer = taught(8, 0)
    assert namer.sources[-1].weight == 0
    assert sum(source.weight for source in namer.sources) == pytest.approx(1)


def test_crops_left_out_give_the_voice_to_the_source_that_tells():
    by_measures, by_looks = taught(8, 0), taught(8, 1, 2)
    assert by_measures.sources[0].weight > by_looks.sources[0].weight == 0
    assert right(by_measures, 0) > 0.9
    assert right(by_looks, 1, 2) > 0.8  # 4 numbers of 1536 tell


def test_what_is_not_like_what_was_taught_is_unknown():
    namer = taught(8, 0)
    x, _ = described(4, 3, 0)
    assert {namer.name(row + np.float32(30)).label for row in x} == {UNKNOWN}


def test_what_says_nothing_is_called_unknown_rather_than_surely_named():
    x, labels = described(8, 1)
    namer = fit(x, labels, range(len(labels)))
    scores = [max(namer.name(row).scores[label] for label in CLASSES) for row in described(20, 2)[0]]
    assert np.mean(scores) < 0.6


def test_variants_of_one_crop_are_left_out_together():
    x, labels = described(2, 1)
    twice = np.concatenate([x, x])
    lone, paired = fit(twice, labels * 2, range(12)), fit(twice, labels * 2, [*range(6), *range(6)])
    assert paired.sharpness < lone.sharpness  # copies of a crop on both sides would make it sure of noise


def test_a_class_of_one_crop_can_be_named_and_the_same_crops_teach_the_same():
    x, labels = described(1, 1, 0)
    namer = fit(x, labels, range(3))
    assert [namer.name(row).label for row in x] == labels
    again = fit(x, labels, range(3))
    assert namer.to_text() == again.to_text()


def test_kept_crops_teach_the_same_again_but_for_their_steps():
    namer = taught(8, 0)
    kept = Namer.from_text(namer.to_text(), "x").kept
    labels = [namer.labels[code] for code in kept.codes]
    again = fit(kept.descriptions.astype(np.float32), labels, kept.groups.tolist())
    assert right(again, 0) == pytest.approx(right(namer, 0), abs=0.05)
