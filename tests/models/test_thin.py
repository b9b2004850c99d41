from __future__ import annotations

import numpy as np

import shellmark_models as models


def test_teach_load_and_find(tmp_path):
    generator = np.random.default_rng(0)
    shells = [generator.integers(100, 120, (140, 200, 3), dtype=np.uint8) for _ in range(4)]
    goods = [models.TeachCase(f"g{i}", [shell]) for i, shell in enumerate(shells)]
    options = models.TeachOptions(tile_px=128, overlap_px=32, rows=200, threads=1)
    data = models.teach(goods, name="grey", version="1", channels=("w", "n", "d"), px_per_mm=6.0, options=options)
    model = models.load(models.write_bundle(data, tmp_path), threads=1)
    bad = shells[0][:128, :128].copy()
    bad[60:70, 40:80] = 250
    good, found = (p.anomaly for p in model.predict(np.stack([shells[0][:128, :128], bad])))
    assert good.max() < 1 < found[65, 60]
    model.close()
