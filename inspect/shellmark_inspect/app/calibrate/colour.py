"""`shellmark calibrate colour`: a camera's colour from a picture of a 24-patch card."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, cast

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from shellmark_calibration import (
    CARD_PATCHES,
    CardReading,
    ColourError,
    Measurement,
    Profile,
    Source,
    colour_sections,
    read_card,
    write_html,
)
from shellmark_inspect.app.files import check_writable, write_json
from shellmark_inspect.app.printing import errors, out, print_table
from shellmark_inspect.errors import InputError

Pixels = NDArray[np.uint8]


class CardName(StrEnum):
    """The cards whose values are known, and finding out which it is."""

    AUTO = "auto"
    CLASSIC = "classic"
    CLASSIC_BEFORE_2014 = "classic-before-2014"
    CAMERA_TRAX = "camera-trax"


class GammaName(StrEnum):
    """How a camera's values follow the light."""

    SRGB = "srgb"
    LINEAR = "linear"


def colour(
    image: Annotated[
        Path, typer.Argument(metavar="IMAGE", help="A picture with the whole card in it, as the camera has it.")
    ],
    card: Annotated[
        CardName, typer.Option("--card", help="The card; Passport, Mini and Nano are classic.")
    ] = CardName.AUTO,
    gamma: Annotated[
        GammaName, typer.Option("--gamma", help="srgb: photographs; linear: industrial cameras.")
    ] = GammaName.SRGB,
    which: Annotated[
        int | None, typer.Option("--which", min=1, help="Of several cards this one; else the largest.")
    ] = None,
    camera: Annotated[str | None, typer.Option("--camera", help="The camera's name in the station.")] = None,
    profile: Annotated[
        Path | None, typer.Option("--profile", metavar="PROFILE", help="The profile the colour is added to.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--out", metavar="PROFILE", help="The profile to write.")] = None,
    json_file: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help='Every figure as JSON; "-" for standard output.')
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="A report in one file.")] = None,
) -> None:
    """Correct a camera's colour by a 24-patch card, and say how good that is in camera ΔE00.

    Example: `shellmark calibrate colour card.png --camera top --out top.json --html colour.html`
    """
    check_writable(json_file, html)
    pixels, digest = _picture(image)
    kept = _profile(profile, file, camera, pixels)
    try:
        reading = read_card(pixels, card.value, gamma.value, which)
    except ColourError as e:
        write_json(json_file, {"image": image.name, "found": False, "reason": str(e)})
        raise ColourError(f"{image}: {e}") from e
    if json_file != "-":
        _print(reading)
    for line in reading.warnings:
        errors.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)
    write_json(json_file, {"image": image.name, **figures(reading)})
    if html:
        write_html(html, f"色彩标定 Colour: {image.name}", colour_sections(pixels, reading))
    if kept is not None:
        target = file or cast(Path, profile)
        made = Measurement(
            measured_at=datetime.now(UTC),
            with_what=f"24-patch card {reading.card.name}",
            program=f"shellmark {metadata.version('shellmark')}",
            sources=(Source(name=image.name, digest=digest),),
        )
        changes = {"colour": reading.fit.correction, "made": {**kept.made, "colour": made}}
        kept.model_copy(update=changes).write(target)
    elif json_file != "-":
        out.print("not kept: give --out PROFILE to write the profile", markup=False)


def _picture(path: Path) -> tuple[Pixels, str]:
    """A BGR picture as the sensor has it, and its digest.

    Raises:
        InputError: the file is missing or no picture.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as e:
        raise InputError(f"picture {path} is missing: give a picture that is there") from e
    except OSError as e:
        raise InputError(f"picture {path} cannot be read: {e.strerror or e}: give a file") from e
    try:
        flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags) if data else None
    except cv2.error:
        pixels = None
    if pixels is None:
        raise InputError(f"{path} is no picture: give a PNG, JPEG or TIFF file")
    return cast(Pixels, pixels), "sha256:" + hashlib.sha256(data).hexdigest()


def _profile(profile: Path | None, file: Path | None, camera: str | None, pixels: Pixels) -> Profile | None:
    """The profile to add to: the one given, the one that is there already, or a new one; None when none is wanted."""
    if profile is None and file is None:
        return None
    height, width = pixels.shape[:2]
    there = profile or (file if file is not None and file.exists() else None)
    if there is None:
        return Profile(camera=camera or "top", size_px=(width, height))
    kept = Profile.read(there)
    kept.check_fits(camera or kept.camera, (width, height))
    return kept


def figures(reading: CardReading) -> dict[str, Any]:
    """Every figure of a reading, for a machine."""
    fit, correction = reading.fit, reading.fit.correction
    return {
        "found": True,
        "card": reading.card.name,
        "cards_camera_de": reading.cards_de,
        "kind": correction.kind,
        "tone": [list(one) for one in correction.tone],
        "gamma": correction.gamma,
        "matrix": [list(row) for row in correction.matrix],
        "camera_de_before": correction.camera_de_before,
        "camera_de_after": correction.camera_de_after,
        "camera_de_in_sample": float(fit.in_sample[fit.used].mean()),
        "camera_de_after_all_patches": float(fit.left_out.mean()),
        "camera_de_after_max": float(fit.left_out[fit.used].max()),
        "patches_used": correction.patches,
        "kinds_camera_de": fit.tried,
        "light_across": fit.slope[0],
        "light_down": fit.slope[1],
        "warnings": list(reading.warnings),
        "corners_px": reading.place.corners().round(2).tolist(),
        "cards": [
            {
                "corners_px": place.corners().round(2).tolist(),
                "patches_in_view": place.visible,
                "mirrored": place.mirrored,
                "read": place is reading.place,
            }
            for place in reading.places
        ],
        "patches": [
            {
                "name": name,
                "lab_before": fit.lab_before[i].round(3).tolist(),
                "lab_after": fit.lab_after[i].round(3).tolist(),
                "lab_card": reading.card.lab[i].round(3).tolist(),
                "camera_de_before": float(fit.before[i]),
                "camera_de_in_sample": float(fit.in_sample[i]),
                "camera_de_after": float(fit.left_out[i]),
                "used": bool(fit.used[i]),
                "saturated": float(reading.patches.saturated[i]),
                "marked": float(reading.patches.marked[i]),
                "doubtful": i in fit.doubtful,
            }
            for i, name in enumerate(CARD_PATCHES)
        ],
    }


def _print(reading: CardReading) -> None:
    fit, correction = reading.fit, reading.fit.correction
    rows = [
        (name, f"{fit.before[i]:.1f}", f"{fit.left_out[i]:.1f}", "" if fit.used[i] else "not used")
        for i, name in enumerate(CARD_PATCHES)
    ]
    print_table(("patch", "camera ΔE before", "after, left out", ""), rows)
    line = (
        f"card {reading.card.name}, {correction.kind}, {correction.patches} of 24 patches: mean camera ΔE00 "
        f"{correction.camera_de_before:.2f} before, {correction.camera_de_after:.2f} after with each patch left out"
    )
    out.print(line, markup=False, soft_wrap=True)
