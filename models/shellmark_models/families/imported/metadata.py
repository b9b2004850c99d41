"""What exporters leave in the metadata of a network, or in a file beside it."""

from __future__ import annotations

import ast
import json
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MOST_TEXT = 2**20


def thresholds_beside(path: Path) -> dict[str, float]:
    """Thresholds that older anomalib wrote into a file beside the network; empty where there is none."""
    for name in ("metadata.json", "meta_data.json"):
        file = path.parent / name
        try:
            if not file.is_file() or file.stat().st_size > _MOST_TEXT:
                continue
            found = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(found, dict):
            return {k: float(v) for k, v in found.items() if isinstance(v, int | float) and math.isfinite(v)}
    return {}


def class_names(facts: Mapping[str, str]) -> list[str] | None:
    """Class names in the metadata, as a list or a dictionary by number; None where there are none."""
    text = facts.get("names")
    if text is None or len(text) > _MOST_TEXT:
        return None
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    if isinstance(found, dict):
        if sorted(found) != list(range(len(found))):
            return None
        found = [found[i] for i in range(len(found))]
    return [str(name) for name in found] if isinstance(found, list) else None
