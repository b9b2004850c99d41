"""What a station tells, as plain values."""

from __future__ import annotations

from typing import Any

GTIN = "06901234567892"
SERIAL = "0012345E67890"
EPC = f"https://id.gs1.org/01/{GTIN}/21/{SERIAL}"
VERSIONS = {"model": "gloss/1", "model_digest": "sha256:" + "a" * 64, "recipe_digest": "sha256:" + "b" * 64}


def record(verdict: str = "PASS", **changes: Any) -> dict[str, Any]:
    """An inspection's or a decision's record."""
    told = {
        "row": 1,
        "sequence": 1,
        "station": "st01",
        "recorded_at": "2026-11-23T08:00:00.123456+00:00",
        "case_id": "壳 1/2",
        "sku": "gloss-20",
        "verdict": verdict,
        "disposition": None,
        "operator": "op-7",
        "reason_code": "",
        "master": None,
        "versions": VERSIONS,
        "code": None,
    }
    return told | changes


def step(before: str | None, after: str, **changes: Any) -> dict[str, Any]:
    """A step of a code."""
    told = {"serial": SERIAL, "gtin": GTIN, "case_id": "壳 1/2", "before": before, "after": after, "operator": "op-7"}
    return told | {"reason": "pass", "row": 1, "at": "2026-11-23T08:00:09.5+00:00"} | changes
