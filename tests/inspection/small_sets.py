"""Small image sets of every layout, of the noise shells of `small_station`: for reading, teaching and the benchmark."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
from small_station import SIDE_PX, blemished, good, scratched

from shellmark_inspect.types import Pixels


def write(path: Path, pixels: Pixels) -> Path:
    """Write a picture, its folder as well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix.lower(), pixels)[1].tobytes())
    return path


def scratch_mask(side_px: int = SIDE_PX) -> Pixels:
    """Where `scratched` draws its scratch, 255."""
    mask = np.zeros((side_px, side_px), np.uint8)
    cv2.line(mask, (30, 30), (82, 80), 255, 3)
    return mask


def spot_mask() -> Pixels:
    """Where `blemished` draws its spot, 255."""
    mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    cv2.circle(mask, (64, 64), 12, 255, -1)
    return mask


DEFECTS = {"scratch": (scratched, scratch_mask), "spot": (blemished, spot_mask)}


def mvtec(folder: Path, *, learn: int = 4, goods: int = 4, each: int = 3, suffix: str = ".png") -> Path:
    """train/good, test/good, test/scratch, test/spot, ground_truth/<defect>/x_mask.png."""
    for i in range(learn):
        write(folder / "train" / "good" / f"{i:03}{suffix}", good(300 + i))
    for i in range(goods):
        write(folder / "test" / "good" / f"{i:03}{suffix}", good(400 + i))
    for label, (shell, mask) in DEFECTS.items():
        for i in range(each):
            write(folder / "test" / label / f"{i:03}{suffix}", shell(500 + i))
            write(folder / "ground_truth" / label / f"{i:03}_mask.png", mask())
    return folder


def classes(folder: Path, good_name: str = "good") -> Path:
    """good/, scratch/, spot/ with no split and no masks."""
    for i in range(4):
        write(folder / good_name / f"{i}.JPG", good(400 + i))
    for label, (shell, _) in DEFECTS.items():
        for i in range(2):
            write(folder / label / f"{i}.png", shell(500 + i))
    return folder


def indexed(folder: Path) -> Path:
    """index.csv with position groups, images/ and masks/."""
    rows = []
    for i in range(6):
        kind, shell = ("good", good) if i % 3 else ("spot", blemished)
        name = f"p{i}_crop_2"
        write(folder / "images" / f"{name}.png", shell(600 + i))
        if kind != "good":
            write(folder / "masks" / f"{name}.png", spot_mask())
        area = int((spot_mask() > 0).sum()) if kind != "good" else 0
        rows.append({"name": name, "label": kind, "mask_px": area, "position_group": f"g{i % 2}"})
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def manifest(folder: Path, sku: str = "noise", *, learn: int = 2, goods: int = 3, each: int = 2) -> Path:
    """manifest.json as the sample images have it: one view, one light, masks by value, sizes in mm."""
    rows = [_row(folder, sku, "learn", i, None) for i in range(learn)]
    rows += [_row(folder, sku, "test", i, None) for i in range(goods)]
    rows += [_row(folder, sku, "test", i, label) for label in DEFECTS for i in range(each)]
    rows.append(_row(folder, sku, "large", 0, None))
    (folder / "manifest.json").write_text(json.dumps({"images": "rendered", "cases": rows}), "utf-8")
    return folder


def _row(folder: Path, sku: str, split: str, i: int, label: str | None) -> dict[str, object]:
    case = f"{sku}/{split}/{label or 'good'}/{i:03}"
    shell, mask = DEFECTS[label] if label else (good, None)
    seeds = {"learn": 700, "test": 800, "large": 900}
    write(folder / case / "front_top.png", shell(seeds[split] + i))
    row: dict[str, object] = {"case": case, "sku": sku, "split": split, "kind": "defect" if label else "good"}
    row |= {"frames": {"front": {"top": f"{case}/front_top.png"}}, "mask": None, "defects": []}
    if mask is not None:
        write(folder / case / "front_mask.png", (mask() > 0).astype(np.uint8) * 3)
        area_mm2 = float((mask() > 0).sum()) / 36
        size = {"length_mm": 12.0, "diameter_mm": round(float(np.sqrt(4 * area_mm2 / np.pi)), 3)}
        row["mask"] = f"{case}/front_mask.png"
        row["defects"] = [{"label": label, **size, "times_limit": 1.5 if i % 2 == 0 else 0.7, "mask_value": 3}]
    return row


def lights(folder: Path) -> Path:
    """Class folders whose cases are sub-folders of three lights."""
    for kind, shell in (("good", good), ("scratch", scratched)):
        for i in range(3):
            for light in ("west", "north", "diffuse"):
                write(folder / kind / f"c{i}" / f"front_{light}.png", shell(300 + i))
    write(folder / "scratch" / "c0" / "front_mask.png", scratch_mask())
    return folder
