"""The bundles that ship: small, licensed, and they open."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from shellmark_models import Place, Store, bundle_roots, load

ROOT = Path(__file__).resolve().parents[2]
STORED = Store(bundle_roots()[1]).list()


def test_every_sample_sku_has_its_bundle():
    skus = {case["sku"] for case in json.loads((ROOT / "sample_images" / "manifest.json").read_text("utf-8"))["cases"]}
    assert skus <= {stored.name for stored in STORED}


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: f"{stored.name}/{stored.version}")
def test_a_bundle_is_small_licensed_and_opens(stored):
    card = stored.card
    assert stored.path.stat().st_size < 6_000_000
    assert (card.licence, card.backbone.licence) == ("Apache-2.0", "BSD-3-Clause")
    assert card.goods >= 12
    assert len(card.labels) >= 8
    model = load(stored.path, threads=1)
    tiles = np.full((1, card.tile_px, card.tile_px, 3), 90, np.uint8)
    (prediction,) = model.predict(tiles, [Place(0, 0, 0)])
    assert prediction.anomaly.shape == (card.tile_px, card.tile_px)
    model.close()


def test_the_large_picture_needs_no_model_of_its_own_places():
    memory = next(stored for stored in STORED if stored.name == "grain-memory")
    model = load(memory.path, threads=1)
    frames = ROOT / "sample_images" / "grain-horizontal" / "test" / "good" / "g001"
    planes = [cv2.imread(str(frames / f"front_{light}.jpg"), cv2.IMREAD_GRAYSCALE) for light in model.card.channels]
    side = model.card.tile_px
    tile = np.dstack(planes)[130 : 130 + side, 90 : 90 + side]
    spoilt = tile.copy()
    spoilt[160:172, 80:140] = 255
    plain = np.s_[130:230, 40:180]
    good, bad = (prediction.anomaly[plain].max() for prediction in model.predict(np.stack([tile, spoilt])))
    assert good < 1.2 < bad
    model.close()
