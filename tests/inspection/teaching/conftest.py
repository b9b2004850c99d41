"""Small sets of goods: ribbed shells of noise, 128 px, so that a teaching takes a second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import pytest
from small_station import good, scratched

from shellmark_inspect.types import Pixels


def write(path: Path, pixels: Pixels) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), pixels)
    return path


@pytest.fixture
def write_goods(tmp_path: Path) -> Callable[..., Path]:
    """Writes goods of these seeds into a folder of this name."""

    def make(seeds: Sequence[int] = range(4), folder: str = "goods") -> Path:
        for seed in seeds:
            write(tmp_path / folder / f"g{seed:03}.png", good(seed))
        return tmp_path / folder

    return make


@pytest.fixture
def write_mvtec(tmp_path: Path) -> Callable[..., Path]:
    """Writes an MVTec-like set with a scratch class, masks and test goods."""

    def make(goods: int = 4) -> Path:
        root = tmp_path / "mvtec"
        for seed in range(goods):
            write(root / "train" / "good" / f"{seed:03}.png", good(seed))
        for seed in range(50, 53):
            write(root / "test" / "good" / f"{seed:03}.png", good(seed))
            for kind in ("scratch", "smear"):
                bad = scratched(seed + (20 if kind == "smear" else 0))
                write(root / "test" / kind / f"{seed:03}.png", bad)
                mask = (cv2.absdiff(bad, good(seed + (20 if kind == "smear" else 0))).max(axis=2) > 40).astype("uint8")
                write(root / "ground_truth" / kind / f"{seed:03}_mask.png", mask * 255)
        return root

    return make
