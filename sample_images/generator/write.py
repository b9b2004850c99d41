"""Files of the set: frames, masks, the manifest, and the nominal geometry of each SKU."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from . import VERSION
from .make import Made, Placed
from .shape import ZIP_MM, Rect, shape_of
from .sku import FRAME_PX, LABELS, PX_PER_MM, TEXELS_PER_MM, ZONE_B_BAND_MM

JPEG_QUALITY = 82
RENDERER = "mitsuba 3.9.1"
ARC_STEPS = 8


def write_case(out: Path, made: Made) -> dict[str, Any]:
    """Writes a case's frames and mask and returns its row of the manifest."""
    folder = out / made.case.name
    folder.mkdir(parents=True, exist_ok=True)
    names = {light: f"{made.case.name}/front_{light}.jpg" for light in made.frames}
    for light, name in names.items():
        write_picture(out / name, made.frames[light])
    mask = None
    if made.mask is not None:
        mask = f"{made.case.name}/front_mask.png"
        _write(out / mask, ".png", made.mask, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return {
        "case": made.case.name,
        "sku": made.case.sku,
        "split": made.case.split,
        "kind": made.case.kind,
        "seed": made.case.seed,
        "frames": {"front": names},
        "mask": mask,
        "nuisances": asdict(made.nuisances),
        "defects": [_defect(k, placed) for k, placed in enumerate(made.defects, 1)],
    }


def _write(path: Path, kind: str, image: NDArray[np.uint8], options: list[int]) -> None:
    ok, data = cv2.imencode(kind, image, options)
    if not ok:
        raise RuntimeError(f"{path}: cannot be encoded")
    path.write_bytes(data.tobytes())


def _defect(value: int, placed: Placed) -> dict[str, Any]:
    extent = placed.drawn.extent
    return {
        "label": placed.wanted.label,
        "code": LABELS[placed.wanted.label].code,
        "centre_mm": list(placed.centre_mm),
        "length_mm": round(extent.length_mm, 3),
        "width_mm": round(extent.width_mm, 3),
        "diameter_mm": round(extent.diameter_mm, 3),
        "area_mm2": round(extent.area_mm2, 4),
        "depth_mm": round(extent.depth_mm, 4),
        "zone": placed.zone,
        "times_limit": placed.wanted.times_limit,
        "mask_value": value,
    }


def write_manifest(out: Path, rows: list[dict[str, Any]]) -> None:
    """Writes manifest.json with the rows in the order given."""
    head = {
        "generator": f"shellmark-render {VERSION}",
        "renderer": RENDERER,
        "images": "rendered",
        "px_per_mm": PX_PER_MM,
    }
    lines = ",\n".join("  " + json.dumps(row) for row in rows)
    text = json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}\n"
    partial = out / "manifest.json.part"
    partial.write_text(text, encoding="utf-8")
    partial.replace(out / "manifest.json")


def read_rows(out: Path) -> dict[str, dict[str, Any]]:
    """Returns the rows of an earlier run's manifest by case, those whose files are all there."""
    path = out / "manifest.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["cases"] if path.exists() else []
    return {row["case"]: row for row in rows if all((out / name).exists() for name in files_of(row))}


def files_of(row: dict[str, Any]) -> list[str]:
    """Returns the files a row of the manifest names."""
    return [*row["frames"]["front"].values(), *([row["mask"]] if row["mask"] else [])]


def write_picture(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Writes a frame (h, w) or (h, w, 3) as the JPEG every frame of the set is."""
    _write(path, ".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1])


def write_geometry(out: Path, sku_name: str) -> None:
    """Writes <sku>/shell.json: outline, zone A and the fittings as polygons in mm of the nominal frame."""
    shape = shape_of(sku_name, FRAME_PX, TEXELS_PER_MM)
    radius = 15.0
    geometry = {
        "images": "rendered",
        "frame_px": list(FRAME_PX),
        "px_per_mm": PX_PER_MM,
        "outline_mm": _polygon(shape.outline, 0, radius),
        "zone_a_mm": _polygon(shape.outline, ZONE_B_BAND_MM, radius),
        "inside_zip_mm": _polygon(shape.outline, ZIP_MM + 0.5, radius),
        "ignore_mm": {
            "logo": _polygon(shape.logo, -1.0, 0),
            "lock": _polygon(shape.lock, -1.0, 0),
        },
        "ribs": {
            "run": shape.sku.ribs,
            "pitch_mm": shape.sku.rib_pitch_mm,
            "width_mm": shape.sku.rib_width_mm,
            "height_mm": shape.sku.rib_height_mm,
        },
        "labels": list(shape.sku.labels),
    }
    (out / sku_name).mkdir(parents=True, exist_ok=True)
    (out / sku_name / "shell.json").write_text(json.dumps(geometry, indent=1) + "\n", encoding="utf-8")


def _polygon(rect: Rect, inset: float, radius: float) -> list[list[float]]:
    """A rounded rectangle, `inset` mm inside `rect`, as a polygon with a few points per corner."""
    left, top, right, bottom = rect[0] + inset, rect[1] + inset, rect[2] - inset, rect[3] - inset
    r = max(0.0, radius - inset)
    if r == 0:
        return [[round(v, 2) for v in p] for p in ((left, top), (right, top), (right, bottom), (left, bottom))]
    corners = (
        (left + r, top + r, 180),
        (right - r, top + r, 270),
        (right - r, bottom - r, 0),
        (left + r, bottom - r, 90),
    )
    angles = np.linspace(0, 90, ARC_STEPS + 1)
    return [
        [round(float(x + r * np.cos(np.radians(a + d))), 2), round(float(y + r * np.sin(np.radians(a + d))), 2)]
        for x, y, a in corners
        for d in angles
    ]
