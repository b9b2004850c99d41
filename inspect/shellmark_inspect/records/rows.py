"""Values to rows and back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_inspect.types import (
    Code,
    Defect,
    Disposition,
    ImageRef,
    Inspection,
    Placed,
    Reason,
    ReasonCode,
    Record,
    Trigger,
    Verdict,
    Versions,
)

from . import check_reading, schema
from .label_values import Order

Row = sa.RowMapping
_VERSIONS = ("program", "recipe", "recipe_digest", "model", "model_digest", "calibration")
_PLAIN = ("view", "zone", "label", "light")
_MEASURES = (
    "label_score",
    "score",
    "length_mm",
    "width_mm",
    "diameter_mm",
    "area_mm2",
    "uncertainty_mm",
    "crop_px_per_mm",
)


def text(value: str) -> str:
    """Text every database takes: without NUL, lone surrogates replaced (a folder's name may hold them)."""
    return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "�")


def plain(value: Any) -> Any:
    """A value as JSON has it: no NaN or infinity (None instead), no numpy scalars, clean text."""
    if isinstance(value, Mapping):
        return {text(str(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, str):
        return text(str(value))
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def inspection_row(inspection: Inspection) -> dict[str, Any]:
    """What the row of an inspection says of the inspection itself."""
    return {
        "trigger": inspection.trigger.number,
        "case_id": text(inspection.trigger.case_id),
        "opened_ns": inspection.trigger.opened_ns,
        "sku": text(inspection.sku),
        "verdict": str(inspection.verdict),
        "scores": plain(inspection.scores),
        "timings_ms": plain(inspection.timings_ms),
        "notes": plain(inspection.notes),
        **versions_row(inspection.versions),
        **placed_row(inspection.trigger.placed),
    }


def versions_row(versions: Versions) -> dict[str, str]:
    """The versions as columns."""
    return {name: text(value) for name, value in asdict(versions).items()}


def placed_row(placed: Placed | None) -> dict[str, Any]:
    """The place of a master as columns; NULL for production."""
    if placed is None:
        return {"check": None, "master": None, "place": None}
    return {"check": placed.check, "master": text(placed.master), "place": placed.place}


def placed_of(row: Row) -> Placed | None:
    """The place of a master in a row."""
    return None if row["check"] is None else Placed(row["check"], row["master"], row["place"])


def ordered_row(order: Order | None) -> dict[str, str | None]:
    """The order and batch as columns; NULL where there are none."""
    return {"order_no": order.number if order else None, "batch": order.batch if order else None}


def interrupted(row: Row) -> Inspection:
    """The inspection of a trigger that a crash left open."""
    trigger = Trigger(row["number"], row["opened_ns"], row["case_id"], placed=placed_of(row))
    return Inspection(trigger, row["sku"], Verdict.REVIEW, (Reason(ReasonCode.INTERRUPTED),), (), versions_of(row))


def without_pixels(inspection: Inspection) -> Inspection:
    """The inspection as a record carries it: its pictures are files."""
    found = tuple(replace(defect, crop=None) for defect in inspection.defects)
    return replace(inspection, defects=found, evidence=())


def reason_rows(row: int, inspection: Inspection) -> list[dict[str, Any]]:
    """The reasons of an inspection."""
    return [
        {"row": row, "place": place, "code": str(reason.code), "values": plain(reason.values), "defect": reason.defect}
        for place, reason in enumerate(inspection.reasons)
    ]


def defect_rows(row: int, inspection: Inspection) -> list[dict[str, Any]]:
    """The defects of an inspection, without their crops."""
    return [
        {
            "row": row,
            "place": place,
            **{name: text(getattr(defect, name)) for name in _PLAIN},
            **{name: plain(float(getattr(defect, name))) for name in _MEASURES},
            "centre_x_mm": plain(float(defect.centre_mm[0])),
            "centre_y_mm": plain(float(defect.centre_mm[1])),
            "contour_px": np.asarray(defect.contour_px, "<f4").tobytes(),
        }
        for place, defect in enumerate(inspection.defects)
    ]


def image_rows(row: int, refs: Iterable[ImageRef], folder: Path) -> list[dict[str, Any]]:
    """The pictures of an inspection; paths are kept relative to the folder."""
    return [
        {
            "row": row,
            "place": place,
            "kind": text(ref.kind),
            "view": text(ref.view),
            "light": text(ref.light),
            "path": ref.path.relative_to(folder).as_posix(),
            "digest": ref.digest,
            "defect": ref.defect,
        }
        for place, ref in enumerate(refs)
    ]


def versions_of(row: Row) -> Versions:
    """The versions in a row."""
    return Versions(**{name: row[name] for name in _VERSIONS})


def load(connection: Connection, rows: Iterable[Row], folder: Path, *, follow: bool = True) -> list[Record]:
    """The records of rows of `inspections`, with their parts fetched in one query a table.

    `follow` names for a code whose label was replaced what came in its place; without it a record's code is the one it
    was written with.
    """
    heads = list(rows)
    origins = sorted({_origin(head) for head in heads})
    reasons = _parts(connection, schema.reasons, origins)
    defects = _parts(connection, schema.defects, origins)
    images = _parts(connection, schema.images, origins)
    suspect = check_reading.marks(connection, origins)
    codes = _codes(connection, {head["serial"] for head in heads if head["serial"] is not None}, follow=follow)
    return [
        Record(
            row=head["row"],
            sequence=head["sequence"],
            station=head["station"],
            recorded_at=head["recorded_at"],
            inspection=_inspection(head, reasons.get(_origin(head), ()), defects.get(_origin(head), ())),
            images=tuple(_image(part, folder) for part in images.get(_origin(head), ())),
            code=codes.get(head["serial"]),
            disposition=None if head["disposition"] is None else Disposition(head["disposition"]),
            operator=head["operator"],
            reason_code=head["reason_code"],
            note=head["note"],
            previous=head["previous"],
            master=head["master"] or "",
            suspect=suspect.get(_origin(head), ""),
            order=head["order_no"] or "",
            batch=head["batch"] or "",
        )
        for head in heads
    ]


def _origin(head: Row) -> int:
    return int(head["row"] if head["origin"] is None else head["origin"])


def _parts(connection: Connection, table: sa.Table, rows: list[int]) -> dict[int, list[Row]]:
    query = sa.select(table).where(table.c.row.in_(rows)).order_by(table.c.row, table.c.place)
    found: dict[int, list[Row]] = {}
    for part in connection.execute(query).mappings():
        found.setdefault(part["row"], []).append(part)
    return found


def _codes(connection: Connection, serials: set[str], *, follow: bool) -> dict[str, Code]:
    """The codes of these serials; with `follow`, for one whose label was replaced, what came in its place."""
    if not serials:
        return {}
    old, now = schema.codes.c, schema.codes.alias("now").c
    better = sa.and_(now.row == old.row, now.serial != old.serial, now.state != "VOID", old.state == "VOID")
    found = (old.serial, old.text, old.state, now.serial, now.text, now.state)
    query = sa.select(*found).join(now.serial.table, better, isouter=True).where(old.serial.in_(sorted(serials)))
    return {
        row[0]: Code(*row[:3]) if row[3] is None or not follow else Code(*row[3:]) for row in connection.execute(query)
    }


def _inspection(head: Row, reasons: Iterable[Row], defects: Iterable[Row]) -> Inspection:
    return Inspection(
        trigger=Trigger(head["trigger"], head["opened_ns"], head["case_id"], placed=placed_of(head)),
        sku=head["sku"],
        verdict=Verdict(head["verdict"]),
        reasons=tuple(Reason(ReasonCode(row["code"]), _values(row["values"]), row["defect"]) for row in reasons),
        defects=tuple(_defect(row) for row in defects),
        versions=versions_of(head),
        scores=_values(head["scores"]),
        timings_ms=_values(head["timings_ms"]),
        notes=_values(head["notes"]),
    )


def _values(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {key: math.nan if value is None else value for key, value in stored.items()}


def _defect(row: Row) -> Defect:
    measures = _values({name: row[name] for name in (*_MEASURES, "centre_x_mm", "centre_y_mm")})
    centre_mm = (measures.pop("centre_x_mm"), measures.pop("centre_y_mm"))
    contour_px = np.frombuffer(row["contour_px"], "<f4").reshape(-1, 2).astype(np.float64)
    return Defect(**{name: row[name] for name in _PLAIN}, **measures, centre_mm=centre_mm, contour_px=contour_px)


def _image(row: Row, folder: Path) -> ImageRef:
    return ImageRef(row["kind"], row["view"], row["light"], folder / row["path"], row["digest"], row["defect"])
