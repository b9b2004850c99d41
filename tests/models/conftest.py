"""Small shells of noise, and one small model taught from them; nothing here needs torch or photographs."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import onnx
import pytest

import shellmark_models as models
from shellmark_models.card import CARD_KEY, properties

TILE_PX = 128
OPTIONS = models.TeachOptions(tile_px=TILE_PX, overlap_px=32, rows=200, dims=64, threads=1)


def shell(seed: int, size: tuple[int, int] = (140, 200)) -> np.ndarray:
    """A grey shell with ribs and a little noise, its ribs shifted by the seed."""
    generator = np.random.default_rng(seed)
    x = np.arange(size[1]) + generator.uniform(0, 24)
    ribs = 110 + 20 * np.sin(2 * np.pi * x / 24)
    pixels = ribs[None, :, None] + generator.normal(0, 2, (*size, 3))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def scratched(seed: int, angle_deg: float) -> models.Crop:
    pixels, mask = shell(seed, (96, 96)), np.zeros((96, 96), np.uint8)
    reach = 22 * np.array([np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))])
    ends = [tuple(int(v) for v in 48 + sign * reach) for sign in (-1, 1)]
    cv2.line(mask, *ends, 1, 2)
    pixels[mask > 0] = 220
    return models.Crop(pixels, mask > 0, 6.0)


def specked(seed: int, radius_px: int) -> models.Crop:
    pixels, mask = shell(seed, (96, 96)), np.zeros((96, 96), np.uint8)
    cv2.circle(mask, (48, 48), radius_px, 1, -1)
    pixels[mask > 0] = 25
    return models.Crop(pixels, mask > 0, 6.0)


def goods(count: int = 6) -> list[models.TeachCase]:
    return [models.TeachCase(f"g{seed}", [shell(seed)]) for seed in range(count)]


def labelled() -> list[models.LabelledCrop]:
    scratches = [models.LabelledCrop("scratch", scratched(40 + i, 25.0 * i)) for i in range(6)]
    return scratches + [models.LabelledCrop("speck", specked(60 + i, 3 + i)) for i in range(6)]


def with_properties(data: bytes, changes: dict[str, str | None]) -> bytes:
    changed = onnx.load_model_from_string(data)
    entries = properties(changed) | changes
    del changed.metadata_props[:]
    onnx.helper.set_model_props(changed, {key: value for key, value in entries.items() if value is not None})
    return changed.SerializeToString()


def with_card(data: bytes, **changes: object) -> bytes:
    """The same model with some fields of its card changed."""
    card = json.loads(properties(onnx.load_model_from_string(data))[CARD_KEY])
    return with_properties(data, {CARD_KEY: json.dumps(card | changes)})


def card_of(data: bytes) -> models.Card:
    return models.Card.model_validate_json(properties(onnx.load_model_from_string(data))[CARD_KEY])


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """Makers of shells, crops, samples and spoilt models; tests cannot import each other."""
    names = (shell, scratched, specked, goods, labelled, with_card, with_properties, card_of)
    return SimpleNamespace(**{maker.__name__: maker for maker in names}, OPTIONS=OPTIONS, TILE_PX=TILE_PX)


@pytest.fixture(scope="session")
def taught() -> bytes:
    """A model of family memory, tile 128, that names scratches and specks."""
    return models.teach(
        goods(),
        labelled(),
        name="noise",
        version="1",
        channels=("west", "north", "diffuse"),
        px_per_mm=6.0,
        options=OPTIONS,
    )


@pytest.fixture(scope="session")
def bundle(taught: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That model's file in a store."""
    return models.write_bundle(taught, tmp_path_factory.mktemp("store"))


@pytest.fixture
def model(bundle: Path):
    """That model, open."""
    opened = models.load(bundle, threads=1)
    yield opened
    opened.close()
