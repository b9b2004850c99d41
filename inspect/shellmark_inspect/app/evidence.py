"""`shellmark evidence`: every evidence channel of a stack of pictures under several lights."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from shellmark_calibration import LightError, Lights, mirror_ball, read_lights
from shellmark_calibration import report as pages
from shellmark_calibration.curve import found_gamma, in_alphabet
from shellmark_calibration.normals import Surface, surface
from shellmark_calibration.stack import (
    frames_of,
    linear,
    mask_of,
    matched,
    read_mask,
    read_picture,
    read_stack,
    white_of,
)
from shellmark_inspect.app.files import check_writable
from shellmark_inspect.app.printing import JsonOption, out, print_json, print_table
from shellmark_inspect.steps.bipolar import SLOW, slopes
from shellmark_inspect.steps.filters import contrast, signed
from shellmark_inspect.steps.lines import ridges
from shellmark_inspect.steps.normals import relief_of

LOW = 0.25
"""A light that leans less than this (the sine of its angle to the camera's axis) shows no slope: no bipolar channel."""
AXES = "x right, y up, z to the camera"
PLANES = "normals.tiff holds x, y, z in this order; OpenCV, which takes files for RGB, reads them as z, y, x"


def evidence(
    stack_dir: Annotated[Path, typer.Argument(help="Folder with one picture per light; one named mask is the mask.")],
    folder: Annotated[Path, typer.Option("--out", help="Folder to write to.")],
    lights: Annotated[
        Path | None, typer.Option(help="Lights: JSON, CSV or lines of name dx dy dz [intensity].")
    ] = None,
    chrome: Annotated[
        Path | None, typer.Option(help="Folder of a mirror ball under the same lights, and its mask.")
    ] = None,
    mask: Annotated[Path | None, typer.Option(help="Picture that is white where the object is.")] = None,
    gamma: Annotated[
        float | None,
        typer.Option(min=0.2, max=4.0, help="1: linear pictures; 2.2: an sRGB camera's. Default: told from the stack."),
    ] = None,
    y_down: Annotated[bool, typer.Option("--y-down", help="The directions in the file have y down.")] = False,
    trust: Annotated[
        bool, typer.Option("--trust", help="Take lamps and pictures (linear unless --gamma) as given.")
    ] = False,
    px_per_mm: Annotated[float, typer.Option(min=0.01, help="Scale, for dents of 10 and 20 mm and lines.")] = 1.0,
    html: Annotated[Path | None, typer.Option(help="Write a page with pictures.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write every evidence channel: normals and albedo as float TIFF, all as PNG, evidence.json.

    Normals have x right, y up, z to the camera. Example: `shellmark evidence cat --chrome chrome --out out`
    """
    check_writable(html)
    known = _lights(lights, chrome, y_down=y_down)
    files = matched(frames_of(stack_dir), known.names, stack_dir, named=known.named)
    pictures = read_stack(files)
    size = next(iter(pictures.values())).shape[:2]
    mask = mask or mask_of(stack_dir)
    inside = np.ones(size, np.bool_) if mask is None else read_mask(mask, (size[0], size[1]))
    white = white_of(list(pictures.values()))
    stack = np.stack([linear(picture, gamma or 1.0, white) for picture in pictures.values()])
    if not known.named and in_alphabet(stack, known, inside, [path.name for path in files.values()]):
        files, stack = _by_alphabet(files, stack)
    found_curve = 1.0 if trust or gamma is not None else found_gamma(stack, known, inside)
    if found_curve != 1:
        stack = np.asarray(255 * (stack / 255) ** np.float32(found_curve), np.float32)
    found = surface(stack, known, inside, refine=not trust)
    channels = _channels(stack, known, found, inside, px_per_mm)
    summary = _summary(files, known, found, inside, mask, gamma or found_curve, channels)
    _write(folder, found, channels, summary)
    if html is not None:
        pages.write_html(html, f"多光源证据 Multi-light evidence: {stack_dir.name}", _sections(summary, channels))
    _say(folder, summary, as_json=as_json)


def _by_alphabet(files: dict[str, Path], stack: NDArray[np.float32]) -> tuple[dict[str, Path], NDArray[np.float32]]:
    """The lights' pictures in the alphabet's order (10 before 2)."""
    paths = list(files.values())
    order = sorted(range(len(paths)), key=lambda i: paths[i].name)
    return dict(zip(files, [paths[i] for i in order], strict=True)), stack[order]


def _lights(lights: Path | None, chrome: Path | None, *, y_down: bool) -> Lights:
    if (lights is None) == (chrome is None):
        raise LightError("the lights' directions are not known: give either --lights FILE or --chrome FOLDER")
    if lights is not None:
        return read_lights(lights, y_down=y_down)
    assert chrome is not None
    files = frames_of(chrome)
    mask = mask_of(chrome)
    if mask is None:
        raise LightError(f"{chrome} holds no mask of the mirror ball: add one picture with mask in its name")
    pictures = [read_picture(path) for path in files]
    names = [path.stem.replace("_", ".").replace("-", ".").split(".")[-1] for path in files]
    return mirror_ball(names, pictures, read_mask(mask, (pictures[0].shape[0], pictures[0].shape[1])))


def _channels(stack: NDArray[np.float32], lights: Lights, found: Surface, inside: NDArray[np.bool_],
              px_per_mm: float) -> dict[str, NDArray[np.uint8]]:  # fmt: skip
    size = (inside.shape[0], inside.shape[1])
    most = max(float(np.percentile(found.albedo[inside], 99.5)), 1e-6)
    channels = {
        "normals": np.where(inside[..., None], np.rint((found.normals[..., ::-1] + 1) * 127.5), 0).astype(np.uint8),
        "normals.x": signed(found.normals[..., 0], 1.0, size),
        "normals.y": signed(found.normals[..., 1], 1.0, size),
        "normals.relief": signed(relief_of(found.normals), 0.2, size),
        "normals.albedo": np.clip(found.albedo * (255 / most), 0, 255).astype(np.uint8),
        "normals.rest": np.clip(found.rest * 1000, 0, 255).astype(np.uint8),
    }
    evened = stack.mean(axis=0)
    for name, level, direction in zip(lights.names, stack, lights.directions, strict=True):
        values = contrast(level, None, 24 * px_per_mm)
        channels[f"lines.{name}"] = signed(ridges(values, [0.6 * px_per_mm, 1.2 * px_per_mm]), 0.5, size)
        if math.hypot(direction[0], direction[1]) >= LOW:
            over = contrast(level, evened, SLOW * 20 * px_per_mm)
            azimuth = math.degrees(math.atan2(direction[1], direction[0]))
            channels[f"bipolar.{name}"] = signed(slopes(over, azimuth, [10 * px_per_mm, 20 * px_per_mm]), 0.25, size)
    for name, pixels in channels.items():
        if name not in {"normals", "normals.albedo", "normals.rest"}:
            pixels[~inside] = 128
    return channels


def _summary(files: dict[str, Path], lights: Lights, found: Surface, inside: NDArray[np.bool_], mask: Path | None,
             gamma: float, channels: dict[str, NDArray[np.uint8]]) -> dict[str, Any]:  # fmt: skip
    intensities = np.linalg.norm(found.vectors, axis=1)
    used = found.vectors / intensities[:, None]
    turned = np.degrees(np.arccos(np.clip((used * lights.directions).sum(axis=1), -1, 1)))
    return {
        "axes": AXES,
        "planes": PLANES,
        "size_px": [inside.shape[1], inside.shape[0]],
        "mask": None if mask is None else mask.name,
        "pixels": int(inside.sum()),
        "gamma": gamma,
        "rest_median": float(np.median(found.rest[inside])),
        "lights": [
            {
                "name": name, "file": files[name].name,
                "direction_given": [round(float(value), 5) for value in lights.directions[i]],
                "direction_used": [round(float(value), 5) for value in used[i]],
                "turned_deg": round(float(turned[i]), 2),
                "intensity_given": float(lights.intensities[i]) if lights.measured else None,
                "intensity_used": round(float(intensities[i]), 4),
                "rest_median": round(found.rests[i], 5),
                "share_shadow": round(found.shadowed[i], 4), "share_highlight": round(found.highlit[i], 4),
                "set_aside": found.shadowed[i] + found.highlit[i] > 0.9,
            }
            for i, name in enumerate(lights.names)
        ],
        "channels": list(channels),
    }  # fmt: skip


def _write(folder: Path, found: Surface, channels: dict[str, NDArray[np.uint8]], summary: dict[str, Any]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, pixels in channels.items():
            (folder / f"{name}.png").write_bytes(_encoded(".png", pixels))
        # OpenCV writes BGR as RGB: the file's first plane is x
        (folder / "normals.tiff").write_bytes(_encoded(".tiff", np.ascontiguousarray(found.normals[..., ::-1])))
        (folder / "albedo.tiff").write_bytes(_encoded(".tiff", found.albedo))
        (folder / "evidence.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as e:
        raise LightError(f"{folder} cannot be written: {e.strerror or e}: give another folder") from e


def _encoded(ending: str, pixels: NDArray[Any]) -> bytes:
    return np.asarray(cv2.imencode(ending, pixels)[1]).tobytes()


def _table(summary: dict[str, Any]) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    columns = ("light", "file", "direction used", "turned deg", "intensity", "rest", "shadow", "highlight")
    return columns, [
        (
            light["name"], light["file"], " ".join(f"{value:+.3f}" for value in light["direction_used"]),
            f"{light['turned_deg']:.2f}", f"{light['intensity_used']:.3f}", f"{light['rest_median']:.4f}",
            f"{light['share_shadow']:.1%}", f"{light['share_highlight']:.1%}",
        )
        for light in summary["lights"]
    ]  # fmt: skip


def _sections(summary: dict[str, Any], channels: dict[str, NDArray[np.uint8]]) -> list[pages.Section]:
    columns, rows = _table(summary)
    pictures = [pages.of_pixels(pixels, name, 480) for name, pixels in channels.items()]
    sentences = (f"法线坐标 Axes: {AXES}.", f"残差中位数 Median rest: {summary['rest_median']:.4f} of the albedo.")
    return [
        pages.Section("光源 Lights", sentences, columns, rows),
        pages.Section("通道 Channels", ("128 is the zero of a signed channel.",), pictures=pictures),
    ]


def _say(folder: Path, summary: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(summary)
        return
    print_table(*_table(summary))
    said = f"{folder}: normals.tiff, albedo.tiff, {len(summary['channels'])} channels as PNG; axes: {AXES}; "
    said += f"gamma {summary['gamma']:g}; median rest {summary['rest_median']:.4f}"
    out.print(said, markup=False, soft_wrap=True)
