from __future__ import annotations

import pytest

from shellmark_inspect.teaching.clock import Clock


def test_the_share_goes_forward_and_the_time_left_follows() -> None:
    now = 0.0
    clock = Clock(lambda: now)
    assert clock.advance("goods", 0.0).left_s is None
    shares = []
    for second, (stage, fraction) in enumerate(
        [("features", 0.5), ("features", 0.2), ("features", 1.0), ("memory", 0.5), ("usual", 0.5), ("memory", 0.9),
         ("threshold", 0.5), ("something new", 0.5)], 1
    ):  # fmt: skip
        now = 10.0 * second
        told = clock.advance(stage, fraction)
        shares.append(told.done)
        assert told.left_s == pytest.approx(now * (1 - told.done) / told.done)
    assert shares == sorted(shares)
    assert shares[2] == pytest.approx(0.58)
    assert 0.8 < shares[-1] < 1
    assert clock.advance("done", 1.0).done == 1.0
