"""The bundles that ship: small, licensed, and they open."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from shellmark_models import Store, bundle_roots, load
from shellmark_models.evaluation.gate import parity_check
from shellmark_models.evaluation.parity import PARITY_FILE, compare
from shellmark_models.rescale import good_scores

ROOT = Path(__file__).resolve().parents[2]
STORED = Store(bundle_roots()[1]).list()


def test_every_sample_sku_has_its_bundle():
    skus = {case["sku"] for case in json.loads((ROOT / "sample_images" / "manifest.json").read_text("utf-8"))["cases"]}
    assert skus <= {stored.name for stored in STORED}


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: f"{stored.name}/{stored.version}")
def test_a_bundle_is_small_licensed_and_opens(stored):
    card = stored.card
    assert stored.path.stat().st_size < 10_000_000
    assert (card.licence, card.backbone.licence) == ("Apache-2.0", "BSD-3-Clause")
    assert card.goods >= 12
    assert len(card.labels) >= 8
    model = load(stored.path, threads=1)
    size = card.views_px[0] if card.registered else (300, 400)
    assert model.look(np.full((*size, card.planes), 90, np.uint8)).anomaly.shape == size
    model.close()


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: f"{stored.name}/{stored.version}")
def test_a_bundle_answers_here_as_where_it_was_taught(stored):
    model = load(stored.path)
    found = compare(model, stored.folder / PARITY_FILE)
    assert parity_check(found).passed, found
    assert len(good_scores(stored.folder)) == stored.card.goods
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
    good, bad = (model.look(view).anomaly[plain].max() for view in (tile, spoilt))
    assert good < 1.2 < bad
    model.close()
