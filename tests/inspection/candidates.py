"""Further versions of the small model, with all that a taught bundle holds but for one teaching each."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
from small_station import MODEL, SIDE_PX, good

from shellmark_models import load
from shellmark_models.evaluation.parity import PARITY_FILE, Sample, parity_bytes
from shellmark_models.registry import FILE_NAME, Store
from shellmark_models.rescale import METRICS_FILE, SCORES_KEY, rescaled
from shellmark_models.writing import write_folder


def make_versions(noise: Path, root: Path) -> Path:
    """A store of versions 1 (the one in `noise`), 2 (hardly another) and 3 (a threshold so high that all passes)."""
    first = Store(shutil.copytree(noise, root)).find(f"{MODEL}/1")
    scores = [{"case": f"g{n}", "score": 0.7 + 0.02 * n} for n in range(first.card.goods)]
    (first.folder / METRICS_FILE).write_text(json.dumps({"goods": first.card.goods, SCORES_KEY: scores}), "utf-8")
    model = load(first.folder, threads=1)
    samples = [Sample(good(0)), Sample(good(1), mask=np.ones((SIDE_PX, SIDE_PX), np.bool_))]
    (first.folder / PARITY_FILE).write_bytes(parity_bytes(model, samples))
    model.close()
    for version, times in (("2", 1.02), ("3", 400.0)):
        parent = Store(root).find(f"{MODEL}/{int(version) - 1}")
        write_folder(rescaled(parent, times, version), root / MODEL / version, holds=FILE_NAME)
    return root


def digest_of(root: Path, version: str) -> str:
    return Store(root).find(f"{MODEL}/{version}").digest
