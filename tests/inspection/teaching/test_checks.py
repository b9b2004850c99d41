from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from shellmark_inspect.teaching.checks import check_sketches, outlier_remark, outliers
from shellmark_inspect.teaching.report import Kind, Remark
from shellmark_inspect.teaching.sketch import Sketch, sketch
from shellmark_inspect.types import Pixels


def shell(seed: int, size: tuple[int, int] = (240, 320), tint: Sequence[float] = (1.0, 1.0, 1.0)) -> Pixels:
    """A shell with ribs that all share, placed a little differently, with a grain of its own."""
    generator = np.random.default_rng(seed)
    x = np.arange(size[1]) + generator.uniform(-2, 2)
    ribs = 120 + 25 * np.sin(2 * np.pi * x / 40)
    grain = cv2.GaussianBlur(generator.normal(0, 60, size), (0, 0), 3)
    pixels = (ribs[None, :] + grain)[..., None] * np.asarray(tint) + generator.normal(0, 2, (*size, 3))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def drawn(name: str, pixels: Pixels) -> Sketch:
    return sketch(name, [Path(name)], [pixels], [np.ones(pixels.shape[:2], np.bool_)])


def kinds(remarks: Sequence[Remark]) -> dict[Kind, tuple[str, ...]]:
    return {remark.kind: remark.cases for remark in remarks}


def test_different_shells_of_one_sku_give_no_remark() -> None:
    assert not check_sketches([drawn(f"g{seed}", shell(seed)) for seed in range(30)], 30)


def test_a_shell_photographed_again_is_found() -> None:
    sketches = [drawn(f"g{seed}", shell(seed)) for seed in range(20)]
    generator = np.random.default_rng(99)
    noisy = np.clip(shell(3) * 0.97 + generator.normal(0, 2, (240, 320, 3)), 0, 255).astype(np.uint8)
    squeezed = cv2.imdecode(cv2.imencode(".jpg", shell(7), [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_COLOR)
    sketches += [drawn("again", noisy), drawn("jpeg", np.asarray(squeezed, np.uint8))]
    (found,) = [remark for remark in check_sketches(sketches, 22) if remark.kind is Kind.ALIKE]
    assert found.cases == ("g3", "again", "g7", "jpeg")
    assert "g3, again; g7, jpeg: 20 shells rather than 22" in found.text


def test_two_kinds_of_shell_are_found() -> None:
    sketches = [drawn(f"g{seed}", shell(seed)) for seed in range(12)]
    sketches += [drawn(f"blue{seed}", shell(seed, tint=(1.3, 0.9, 0.5))) for seed in range(12, 16)]
    assert kinds(check_sketches(sketches, 16))[Kind.TWO_KINDS] == ("blue12", "blue13", "blue14", "blue15")


def test_light_that_drifts_is_one_kind() -> None:
    sketches = [drawn(f"g{i}", shell(i, tint=np.full(3, 0.9 + 0.2 * i / 29))) for i in range(30)]
    assert Kind.TWO_KINDS not in kinds(check_sketches(sketches, 30))


def test_other_sizes_and_few_goods_are_said() -> None:
    sketches = [drawn(f"g{seed}", shell(seed)) for seed in range(5)] + [drawn("small", shell(9, (200, 320)))]
    found = check_sketches(sketches, 6)
    assert kinds(found)[Kind.SIZES] == ("small",)
    assert "5 are 320x240, 1 are not (small)" in " ".join(remark.text for remark in found)
    assert "6 goods promise little" in " ".join(remark.text for remark in found)


def test_an_outlier_is_named_with_how_far_it_is() -> None:
    generator = np.random.default_rng(5)
    scores = np.exp(generator.gumbel(0, 0.08, 30)) * 0.7
    names = [f"g{i}" for i in range(30)]
    highest = scores.max()
    scores[4], scores[11] = 2.4 * highest, 1.8 * highest
    found = outliers(names, scores.tolist())
    assert [name for name, _ in found] == ["g4", "g11"]
    (remark,) = outlier_remark(found)
    assert remark.text.startswith("these 2 look unlike the others: g4 (2.4x), g11 (1.8x)")


def test_one_far_above_the_next_is_named_however_the_rest_scatters() -> None:
    rest = np.geomspace(0.28, 0.45, 10)
    assert outliers([f"g{i}" for i in range(11)], [*rest, 1.0]) == [("g10", pytest.approx(1.0 / 0.45))]
    assert outliers([f"g{i}" for i in range(11)], [*rest, 0.6]) == []


def test_usual_goods_are_rarely_called_outliers() -> None:
    generator = np.random.default_rng(6)
    names = [f"g{i}" for i in range(30)]
    called = sum(bool(outliers(names, np.exp(generator.gumbel(0, 0.1, 30)).tolist())) for _ in range(500))
    assert called / 500 < 0.06


@pytest.mark.parametrize("scores", [[], [1.0, 9.0], [1.0] * 6, [1.0, 1.0, 1.0, 1.0, 5.0]])
def test_too_few_or_all_alike(scores: list[float]) -> None:
    found = outliers([str(i) for i in range(len(scores))], scores)
    assert [name for name, _ in found] == (["4"] if 5.0 in scores else [])
