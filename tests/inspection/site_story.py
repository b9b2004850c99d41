"""What a station tells of a case, and a site to tell it to; imported by path from the site's tests."""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from shellmark_trace import digital_link, new_serial
from shellmark_trace.entries import canonical, leaf_hash, payload_hash

GTIN = "06901234567892"
HOST = "ID.EXAMPLE.CN"
START = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


def picture(colour: tuple[int, int, int] = (40, 70, 120), *, label: bool = False, side_px: int = 900) -> bytes:
    """A JPEG that looks a little like a case, with its label or without."""
    image = Image.new("RGB", (side_px * 3 // 4, side_px), (226, 228, 231))
    pen = ImageDraw.Draw(image)
    w, h = image.size
    pen.rounded_rectangle((w * 0.12, h * 0.08, w * 0.88, h * 0.94), 40, fill=colour)
    for rib in range(7):
        x = w * (0.2 + 0.1 * rib)
        pen.line((x, h * 0.12, x, h * 0.9), fill=tuple(c + 25 for c in colour), width=6)
    if label:
        pen.rectangle((w * 0.55, h * 0.7, w * 0.75, h * 0.85), fill=(250, 250, 250))
        for n in range(120):
            x, y = w * 0.565 + (n * 7919 % 11) * w * 0.0155, h * 0.71 + (n * 104729 % 11) * h * 0.0115
            pen.rectangle((x, y, x + w * 0.012, y + h * 0.009), fill=(10, 10, 10))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


@dataclass
class Story:
    """The events of one case, each with its key, numbered as the outbox does."""

    serial: str = field(default_factory=new_serial)
    case_id: str = "SX20-000123"
    station: str = "st01"
    pictures: Sequence[tuple[str, str, bytes, Any]] = ()
    row: int = field(default_factory=itertools.count(1).__next__)
    batch: str = ""
    step: int = 0
    number: int = 0

    @property
    def text(self) -> str:
        return digital_link(HOST, GTIN, self.serial)

    @property
    def path(self) -> str:
        return f"/01/{GTIN}/21/{self.serial}"

    def passed(self) -> dict[str, Any]:
        payload = {
            "row": self.row,
            "sequence": self.row,
            "station": self.station,
            "case_id": self.case_id,
            "sku": "SX20-GLOSS-BLUE",
            "batch": self.batch,
            "verdict": "PASS",
            "disposition": None,
            "operator": "op-3f9a",
            "scores": {"front": 0.41},
            "reasons": [],
            "notes": {},
            "versions": {"model": "mobile 1", "model_digest": "sha256:" + "b" * 64, "recipe": "gloss-20"},
            "code": {"serial": self.serial, "gtin": GTIN, "text": self.text, "state": "RESERVED"},
            "images": [self._image(p) for p in self.pictures if p[0] == "frame"],
        }
        return self._event("inspection", f"{self.station}:{self.row}", payload)

    def to(self, after: str, *, subject: str = "state", reason: str = "pass", **more: Any) -> dict[str, Any]:
        key = f"{self.serial}:{self.step}:{after}"
        payload = {"serial": self.serial, "gtin": GTIN, "text": self.text, "case_id": self.case_id, "after": after}
        payload |= {"before": None, "reason": reason, "operator": "op-3f9a", "row": self.row, **more}
        if subject != "state":
            payload["subject"] = subject
        if after == "ACTIVE":
            payload["images"] = [self._image(p) for p in self.pictures if p[0] == "label"]
        self.step += 1
        return self._event("code", key, payload)

    def shipped(self) -> list[dict[str, Any]]:
        return [self.passed(), *(self.to(state) for state in ("RESERVED", "SENT", "ACTIVE", "SHIPPED"))]

    def _event(self, kind: str, key: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        self.number += 1
        at = START + timedelta(seconds=self.number)
        return {"number": self.number, "key": key, "kind": kind, "at": at.isoformat(), "payload": dict(payload)}

    @staticmethod
    def _image(told: tuple[str, str, bytes, Any]) -> dict[str, Any]:
        kind, view, data, corners = told
        image = {"kind": kind, "view": view, "light": "left", "digest": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        return image | ({} if corners is None else {"corners": corners})


def write_proof(folder: Path, story: Story) -> Path:
    """The proof of a log's only leaf, that the story's code became ACTIVE, with the leaf and the record beside it."""
    told = {"gtin": GTIN, "serial": story.serial, "after": "ACTIVE", "at": "2026-11-20T01:30:00+00:00"}
    payload, salt = canonical(told), b"salt" * 8
    entry = canonical({"kind": "code", "after": "ACTIVE", "payload": payload_hash(payload, salt)})
    root = base64.b64encode(leaf_hash(entry)).decode()
    text = f"c2sp.org/tlog-proof@v1\nindex 0\n\ntrace.example.cn/st01\n1\n{root}\n\n\u2014 n AAAAAAAA\n"
    (folder / "case.tlog-proof").write_text(text, "utf-8")
    (folder / "case.leaf").write_bytes(entry)
    record = {"salt": base64.b64encode(salt).decode(), "payload": payload.decode()}
    (folder / "case.record.json").write_text(json.dumps(record))
    return folder / "case.tlog-proof"


def traced(**changes: Any) -> Story:
    """A case that failed, was reworked and passed with a small scratch, and the proof of its label."""
    story = Story(**changes)
    passed, steps, shipped = story.passed, story.to, story.shipped
    names = {"label": "scratch", "zone": "A", "view": "front", "light": "left"}
    small = names | {"length_mm": 4.31, "width_mm": 0.22, "area_mm2": 0.9, "uncertainty_mm": 0.1, "score": 1.04}
    large = small | {"length_mm": 23.82, "area_mm2": 4.6, "score": 2.31}
    limit = {"label": "scratch", "measure": "length", "value": 23.82, "unit": "mm", "zone": "A", "limit": 5.0}
    reason = {"code": "over_limit", "text": "scratch length 23.8 mm, zone A allows 5.0", "values": limit, "defect": 0}
    made = {"batch": "B2611-7", "order": "MO-2611-07"}

    def told(**more: Any) -> dict[str, Any]:
        event = passed()
        event["payload"] |= {"defects": [small], **made, **more}
        return event

    def failed() -> dict[str, Any]:
        row = 1_000_000 + story.row
        event = told(verdict="FAIL", code=None, defects=[large], reasons=[reason], row=row, sequence=row, images=[])
        return event | {"key": f"{story.station}:{row}"}

    def step(after: str, **more: Any) -> dict[str, Any]:
        facts = {"uec": 0.81, "uec_least": 0.37, "odometer": [1211, 1212]} if after == "ACTIVE" else {}
        return steps(after, **({"facts": facts} | more))

    story.passed, story.to = told, step  # type: ignore[method-assign]
    story.shipped = lambda: [failed(), *shipped()]  # type: ignore[method-assign]
    return story
