"""The kept map of scores: where it lies, what it keeps, and that nothing below the limit looks as if it reached it."""

from __future__ import annotations

import numpy as np
import pytest

from shellmark_inspect.judge import score_map
from shellmark_inspect.types import MAP_LIMIT, View


def plain_view(size: tuple[int, int], *, to_frame: np.ndarray | None = None, shell: np.ndarray | None = None) -> View:
    planes = {"top": np.zeros((*size, 3), np.uint8)}
    return View("front", planes, np.eye(3) if to_frame is None else to_frame, np.eye(3), shell=shell)


@pytest.mark.parametrize("size", [(300, 400), (1944, 2592), (1000, 33), (700, 511)])
def test_the_highest_score_survives_where_it_is(size: tuple[int, int]) -> None:
    h, w = size
    anomaly = np.full(size, 0.2, np.float32)
    at = (h * 3 // 4 + 1, w // 3)
    anomaly[at] = 1.7
    found = score_map(anomaly, plain_view(size), size)
    assert max(found.shape) <= 512
    assert found.max() == 170
    y, x = np.unravel_index(found.argmax(), found.shape)
    assert abs(y - at[0] * found.shape[0] / h) <= 1.5
    assert abs(x - at[1] * found.shape[1] / w) <= 1.5


def test_only_what_reaches_the_limit_reaches_its_value() -> None:
    below = np.nextafter(np.float32(1.0), np.float32(0.0))
    anomaly = np.array([[below, 1.0, 0.999, 9.0, 0.0]], np.float32)
    found = score_map(anomaly, plain_view((1, 5)), (1, 5))
    assert found.tolist() == [[MAP_LIMIT - 1, MAP_LIMIT, MAP_LIMIT - 1, 255, 0]]


def test_what_is_not_judged_is_nothing() -> None:
    shell = np.zeros((40, 60), np.bool_)
    shell[:, :30] = True
    found = score_map(np.full((40, 60), 2.0, np.float32), plain_view((40, 60), shell=shell), (40, 60))
    assert (found[:, :30] == 200).all()
    assert (found[:, 30:] == 0).all()


def test_a_view_cut_out_and_turned_lies_where_it_was_in_the_frame() -> None:
    # a quarter turn: the view's x is the frame's y; the view's left top is the frame's (x 699, y 100)
    to_frame = np.array([[0.0, -1.0, 699.0], [1.0, 0.0, 100.0], [0.0, 0.0, 1.0]])
    anomaly = np.zeros((200, 300), np.float32)
    anomaly[20, 250] = 1.2
    found = score_map(anomaly, plain_view((200, 300), to_frame=to_frame), (1000, 1000))
    assert found.shape == (512, 512)
    y, x = np.unravel_index(found.argmax(), found.shape)
    assert found[y, x] == 120
    assert y == pytest.approx(350 * 0.512, abs=1.5)
    assert x == pytest.approx(679 * 0.512, abs=1.5)
    assert not found[:, 370:].any()


def test_a_view_made_larger_keeps_its_specks() -> None:
    to_frame = np.diag([0.5, 0.5, 1.0])
    anomaly = np.zeros((2000, 2000), np.float32)
    spots = [(3, 5), (777, 1203), (1998, 1999)]
    for spot in spots:
        anomaly[spot] = 1.1
    found = score_map(anomaly, plain_view((2000, 2000), to_frame=to_frame), (1000, 1000))
    assert (found >= MAP_LIMIT).sum() >= len(spots)
