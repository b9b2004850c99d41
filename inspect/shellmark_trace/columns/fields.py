"""The fields of a record as one row has them, from its plain JSON values (`records.record_json`, an outbox payload)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

Cell = str | int | float | None
"""What a cell holds; None for nothing."""

Told = Mapping[str, Any]


def _of_code(name: str) -> Callable[[Told], Cell]:
    return lambda told: "" if told["code"] is None else told["code"][name]


def _version(name: str) -> Callable[[Told], Cell]:
    return lambda told: told["versions"][name]


def _text(name: str) -> Callable[[Told], Cell]:
    return lambda told: told.get(name) or ""


def _longest_mm(told: Told) -> Cell:
    return max((d["length_mm"] for d in told["defects"] if d["length_mm"] is not None), default=None)


def moment_of(told: Told) -> datetime:
    """When the record was made, UTC."""
    return datetime.fromisoformat(told["recorded_at"]).astimezone(UTC)


FIELDS: Mapping[str, Callable[[Told], Cell]] = MappingProxyType(
    {
        "row": lambda told: told["row"],
        "sequence": lambda told: told["sequence"],
        "station": lambda told: told["station"],
        "recorded_at": lambda told: moment_of(told).isoformat(timespec="milliseconds"),
        "case_id": lambda told: told["case_id"],
        "sku": lambda told: told["sku"],
        "verdict": lambda told: told["verdict"],
        "disposition": _text("disposition"),
        "reasons": lambda told: "; ".join(reason["text"] for reason in told["reasons"]),
        "defects": lambda told: len(told["defects"]),
        "longest_mm": _longest_mm,
        "gtin": _of_code("gtin"),
        "serial": _of_code("serial"),
        "code": _of_code("text"),
        "code_state": _of_code("state"),
        "operator": lambda told: told["operator"],
        "reason_code": lambda told: told["reason_code"],
        "note": lambda told: told["note"],
        "previous": lambda told: told["previous"],
        "pictures": lambda told: len(told["images"]),
        "program": _version("program"),
        "recipe": _version("recipe"),
        "recipe_digest": _version("recipe_digest"),
        "model": _version("model"),
        "model_digest": _version("model_digest"),
        "calibration": _version("calibration"),
        "master": _text("master"),
        "suspect": _text("suspect"),
        "order": _text("order"),
        "batch": _text("batch"),
    }
)
"""Every field by its name, in the order of an export without a mapping."""

TEXT_FIELDS = frozenset({"case_id", "gtin", "serial", "order", "batch"})
"""Fields a spreadsheet would take for numbers."""

OWN_FIELDS: Mapping[str, Callable[[Told], Cell]] = MappingProxyType(
    {
        "key": lambda told: f"{told['station']}:{told['sequence']}",
        "result": lambda told: told["disposition"] or told["verdict"],
    }
)
"""Further fields for mappings: what tells a repeat, and what holds in the end (a decision, else the verdict)."""
