"""The plan: disjoint seeds, sizes over the whole range, ribs too."""

from collections import Counter

import numpy as np
from generator.nuisances import draw_nuisances
from generator.plan import LARGEST, SMALLEST, Counts, in_small, plan
from generator.sku import LABELS, SKUS


def test_no_two_cases_share_a_seed_or_a_name() -> None:
    cases = plan(Counts())
    assert len({case.seed for case in cases}) == len({case.name for case in cases}) == len(cases)


def test_the_plan_is_always_the_same() -> None:
    assert plan(Counts()) == plan(Counts())


def test_every_label_of_a_sku_is_in_every_learning_case() -> None:
    for case in plan(Counts()):
        if (case.split, case.kind) == ("learn", "defect"):
            assert {w.label for w in case.wanted} == set(SKUS[case.sku].labels)


def test_sizes_are_log_uniform_over_the_range() -> None:
    times = np.array([w.times_limit for c in plan(Counts()) if c.split == "test" for w in c.wanted])
    assert times.min() >= SMALLEST
    assert times.max() <= LARGEST
    quarters = np.histogram(np.log(times), bins=4, range=(np.log(SMALLEST), np.log(LARGEST)))[0]
    assert quarters.min() >= 0.15 * len(times)


def test_test_defects_are_asked_for_on_ribs_and_between() -> None:
    asked = Counter(w.on_rib for c in plan(Counts()) if c.split == "test" for w in c.wanted)
    assert asked[True] >= 20
    assert asked[False] >= 20


def test_every_label_is_tested() -> None:
    tested = Counter(w.label for c in plan(Counts()) if c.split == "test" for w in c.wanted)
    assert set(tested) == set(LABELS)


def test_the_smaller_set_is_a_part_of_the_whole() -> None:
    small = [case for case in plan(Counts()) if in_small(case)]
    assert 60 < len(small) < 100
    assert all(case.split != "large" for case in small)


def test_nuisances_depend_on_the_seed_alone() -> None:
    assert draw_nuisances(5) == draw_nuisances(5)
    assert draw_nuisances(5) != draw_nuisances(6)
    drawn = [draw_nuisances(seed) for seed in range(200)]
    assert max(abs(n.shift_mm[0]) for n in drawn) <= 2
    assert max(abs(n.turn_deg) for n in drawn) <= 0.7
    assert 0.15 < np.mean([min(n.lamp.values()) < 1 for n in drawn]) < 0.45


def test_fresh_shells_share_no_seed_and_no_size_with_the_samples() -> None:
    samples, fresh = plan(Counts()), plan(Counts(), fresh=1)
    assert [case.name for case in samples] == [case.name for case in fresh]
    small = [(a, b) for a, b in zip(samples, fresh, strict=True) if a.split != "large"]
    assert not {a.seed for a, _ in small} & {b.seed for _, b in small}
    assert all(a.wanted != b.wanted for a, b in small if a.wanted)
