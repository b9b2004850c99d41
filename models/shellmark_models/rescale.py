"""A version like another one but for its threshold."""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from pydantic import ValidationError

from shellmark_models.card import CARD_KEY, Card, parse_model, properties
from shellmark_models.errors import BundleError
from shellmark_models.evaluation.gate import parity_check
from shellmark_models.evaluation.parity import PARITY_FILE, compare, parity_bytes, samples_of
from shellmark_models.registry import FILE_NAME, StoredModel, load, read_model
from shellmark_models.training.threshold import false_reject_bound

METRICS_FILE = "metrics.json"
SCORES_KEY = "good_scores"
_COPIED = ("recipe/**/*", "golden/**/*", "golden.json", "learned.npz", "goods.json")
_MOST_BYTES = 2**26


def good_scores(bundle: Path) -> Mapping[str, float] | None:
    """The held-out scores of the goods that set a bundle's threshold, by case, 1.0 = threshold; None: not kept.

    Raises BundleError when the file is damaged.
    """
    path = bundle / METRICS_FILE
    if not path.is_file():
        return None
    scores = _metrics(path).get(SCORES_KEY)
    try:
        return None if scores is None else {str(one["case"]): float(one["score"]) for one in scores}
    except (ValueError, TypeError, KeyError) as e:
        raise BundleError(f"{path}: {SCORES_KEY} are damaged ({e}); teach the bundle again") from e


def _metrics(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BundleError(f"{path}: is too large for what it is; teach the bundle again")
        said = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as e:
        raise BundleError(f"{path}: is damaged ({' '.join(str(e).split())}); teach the bundle again") from e
    if not isinstance(said, dict):
        raise BundleError(f"{path}: is damaged (no object); teach the bundle again")
    return said


def rescaled(stored: StoredModel, times: float, version: str) -> dict[str, bytes]:
    """The files of a bundle whose threshold is ``times`` that of another one; everything else is the same.

    Its card promises no more than its goods allow: where some of them now lie above the threshold, the bound of the
    order statistics for that rank. Raises BundleError.
    """
    if not (np.isfinite(times) and times > 0):
        raise BundleError(f"{stored}: threshold x {times} is none; give a number above 0")
    folder = stored.folder
    scores = good_scores(folder)
    lower = None if scores is None else {case: score / times for case, score in scores.items()}
    model = parse_model(read_model(stored.path), stored.path)
    entries = properties(model) | {CARD_KEY: _card(stored, times, version, list((lower or {}).values()))}
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, entries)
    data = bytes(model.SerializeToString(deterministic=True))
    files = {FILE_NAME: data, **_others(folder)}
    if lower is not None:
        told = [{"case": case, "score": score} for case, score in lower.items()]
        files[METRICS_FILE] = json.dumps({**_metrics(folder / METRICS_FILE), SCORES_KEY: told}, indent=1).encode()
    if (folder / PARITY_FILE).is_file():
        files[PARITY_FILE] = _parity(stored, data)
    return files


def _card(stored: StoredModel, times: float, version: str, scores: Sequence[float]) -> str:
    card = stored.card
    above = sum(score > 1.0 for score in scores)
    bound = card.false_reject_bound
    if above:
        bound = max(bound, false_reject_bound(len(scores), above + 1) if above < len(scores) else 1.0)
    changed = {
        "version": version,
        "created": datetime.datetime.now(datetime.UTC),
        "threshold": card.threshold * times,
        "false_reject_bound": bound,
        "parent": str(stored),
        "notes": f"the threshold of {stored} x {times:g}",
    }
    try:
        return Card.model_validate(card.model_dump() | changed).model_dump_json()
    except ValidationError as e:
        raise BundleError(f"{stored}: threshold x {times:g}: {e.errors()[0]['msg']}") from e


def _others(folder: Path) -> dict[str, bytes]:
    paths = {path for pattern in _COPIED for path in folder.glob(pattern) if path.is_file()}
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}


def _parity(stored: StoredModel, data: bytes) -> bytes:
    """What the new version answers to the views its parent keeps; the parent must first answer here as it was taught.

    A map is no mere multiple of another threshold's: what is drawn of it, and how high it may go, follows the limit.
    """
    place = stored.folder / PARITY_FILE
    with closing(load(stored.path)) as parent:
        found = parity_check(compare(parent, place))
    if not found.passed:
        raise BundleError(f"{stored} does not answer here as it was taught ({found.detail}): teach it again")
    with tempfile.TemporaryDirectory(prefix="shellmark-") as folder:
        file = Path(folder) / FILE_NAME
        file.write_bytes(data)
        with closing(load(file)) as model:
            return parity_bytes(model, samples_of(place))
