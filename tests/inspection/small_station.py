"""A small real station: shells of noise, a model taught from a few, a recipe, a folder of cases, a configuration.

Nothing here stands in for a part: cameras are folder cameras, the model is an ONNX file, the records are SQLite. Only
the shells are small (128 x 128 px, one tile), so that a case takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tomli_w

from shellmark_inspect.station import StationConfig
from shellmark_inspect.types import Pixels
from shellmark_models import TeachCase, TeachOptions, teach, write_bundle

SIDE_PX = 128
PX_PER_MM = 6.0
GTIN = "09520000001018"
MODEL = "noise"


def good(seed: int, side_px: int = SIDE_PX) -> Pixels:
    """A ribbed shell with a little noise."""
    generator = np.random.default_rng(seed)
    ribs = 110 + 20 * np.sin(2 * np.pi * (np.arange(side_px) + generator.uniform(-1, 1)) / 24)
    pixels = ribs[None, :, None] + generator.normal(0, 2, (side_px, side_px, 3))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def scratched(seed: int, side_px: int = SIDE_PX) -> Pixels:
    """Such a shell with a bright scratch of about 12 mm."""
    pixels = good(seed, side_px)
    cv2.line(pixels, (30, 30), (82, 80), (225, 225, 225), 3)
    return pixels


def blemished(seed: int) -> Pixels:
    """Such a shell with a dark spot of about 4 mm."""
    pixels = good(seed)
    cv2.circle(pixels, (64, 64), 12, (20, 20, 20), -1)
    return pixels


def large(seed: int) -> Pixels:
    """A scratched shell of 64 times the area: its pictures do not fit on a full disk."""
    return scratched(seed, 8 * SIDE_PX)


SHELLS: Mapping[str, Callable[[int], Pixels]] = {
    "good": good,
    "scratched": scratched,
    "blemished": blemished,
    "large": large,
}


def teach_noise(root: Path) -> Path:
    """A bundle of family memory taught from eight good shells; where its file is."""
    goods = [TeachCase(f"g{seed}", [good(seed)]) for seed in range(8)]
    options = TeachOptions(tile_px=SIDE_PX, overlap_px=32, rows=200, dims=64, margin=1.5, threads=1)
    data = teach(goods, name=MODEL, version="1", channels=("bgr",), px_per_mm=PX_PER_MM, options=options)
    return write_bundle(data, root)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one small station lives: its cases, recipes, configuration and records."""

    folder: Path
    store: Path

    @property
    def cases(self) -> Path:
        return self.folder / "cases"

    def fill(self, kinds: Sequence[str], first: int = 1) -> list[Path]:
        """Write one still per kind of shell, named by number and kind."""
        self.cases.mkdir(exist_ok=True)
        return [self._write(number, kind) for number, kind in enumerate(kinds, first)]

    def _write(self, number: int, kind: str) -> Path:
        path = self.cases / f"{number:03}-{kind}.png"
        path.write_bytes(cv2.imencode(".png", SHELLS[kind](100 + number))[1].tobytes())
        return path

    def recipe(self, sku: str = "noise", **changes: Any) -> Path:
        """Write a recipe of one view; `changes` replace or add keys, None takes one away."""
        view: dict[str, Any] = {
            "name": "front",
            "camera": "front",
            "lights": ["top"],
            "channels": ["top"],
            "px_per_mm": PX_PER_MM,
            "frame_px": [SIDE_PX, SIDE_PX],
        }
        view = {key: value for key, value in (view | changes.pop("view", {})).items() if value is not None}
        limits = [{"zone": "A", "label": "*", "length_mm": 2.0}]
        whole: dict[str, Any] = {
            "sku": sku,
            "name": f"Noise {sku}",
            "name_zh": "噪声箱壳",
            "gtin": GTIN,
            "model": MODEL,
            "views": [view],
            "limits": limits,
        }
        whole |= changes
        path = self.folder / f"{sku}.toml"
        path.write_text(tomli_w.dumps({key: value for key, value in whole.items() if value is not None}), "utf-8")
        return path

    def settings(self, *recipes: Path, **changes: Any) -> dict[str, Any]:
        """A configuration's keys; without recipes it makes the usual one."""
        named = recipes or (self.recipe(),)
        whole: dict[str, Any] = {
            "station": "st01",
            "data": "data",
            "cameras": {"front": {"kind": "folder", "path": "cases"}},
            "recipes": [path.name for path in named],
            "models": [str(self.store)],
            "save": {"floor_bytes": 0},
            "threads": 1,
        }
        whole |= changes
        return {key: value for key, value in whole.items() if value is not None}

    def write_config(self, *recipes: Path, **changes: Any) -> Path:
        """Write the configuration; its path."""
        path = self.folder / "station.toml"
        path.write_text(tomli_w.dumps(self.settings(*recipes, **changes)), "utf-8")
        return path

    def config(self, *recipes: Path, **changes: Any) -> StationConfig:
        """Write the configuration and read it."""
        return StationConfig.read(self.write_config(*recipes, **changes))
