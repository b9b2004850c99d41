"""`shellmark calibrate scale`: the millimetres of a view from a board on the plane the shell's front touches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from shellmark_calibration import (
    CLAIMS_PX,
    Board,
    BoardError,
    MmMap,
    Profile,
    ProfileError,
    Refusal,
    Sighting,
    look,
    plane_of,
    scale_sections,
    write_html,
)
from shellmark_inspect.app.calibrate.board_pictures import (
    BoardOption,
    HtmlOption,
    JsonFileOption,
    Read,
    SquareOption,
    board_of,
    measurement,
    read,
    say,
)
from shellmark_inspect.app.files import check_writable, write_json
from shellmark_inspect.app.printing import out, print_table

MOST_RESIDUAL_PX = 1.0
"""A board that fits its lens worse than this lies bent, or before another lens."""


def scale(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="The board lying where the shell's front touches.")],
    profile: Annotated[Path, typer.Option("--profile", metavar="PROFILE", help="The camera's profile with its lens.")],
    board: BoardOption,
    square_mm: SquareOption = None,
    file: Annotated[
        Path | None, typer.Option("--out", metavar="PROFILE", help="Write here instead of into the profile.")
    ] = None,
    json_file: JsonFileOption = None,
    html: HtmlOption = None,
) -> None:
    """Measure a view's millimetres, and say the smallest defect it may claim.

    Example: `shellmark calibrate scale plane.png --profile top.json --board 9x6 --square-mm 25`
    """
    check_writable(json_file, html)
    wanted = board_of(board, square_mm)
    known = Profile.read(profile)
    picture = read(image)
    sighting = seen(wanted, picture, known)
    to_mm = measured(wanted, sighting, known)
    rows = _rows(to_mm)
    if json_file != "-":
        print_table(("", ""), rows)
    write_json(json_file, figures(to_mm))
    if html and picture.pixels is not None:
        title = f"毫米标定 Scale of camera {known.camera}"
        write_html(html, title, scale_sections(to_mm, sighting, picture.pixels, rows))
    made = {**known.made, "plane": measurement(wanted, [picture], [])}
    target = file or profile
    known.model_copy(update={"plane": to_mm.plane, "made": made}).write(target)
    if json_file != "-":
        out.print(f"{target}", markup=False, soft_wrap=True)


def seen(board: Board, picture: Read, profile: Profile) -> Sighting:
    """The board in a picture of the profile's camera.

    Raises:
        BoardError: the picture does not do, and why.
        ProfileError: it is of another resolution than the profile.
    """
    if picture.pixels is not None:
        h, w = picture.pixels.shape[:2]
        profile.check_fits(profile.camera, (w, h))
    found = look(board, picture.pixels, picture.name)
    if isinstance(found, Refusal):
        raise BoardError(f"{found.name}: {found.reason}")
    return found


def measured(board: Board, sighting: Sighting, profile: Profile) -> MmMap:
    """The map of the plane the board lies on.

    Raises:
        ProfileError: the profile has no lens.
        BoardError: the board does not fit the lens.
    """
    if profile.lens is None:
        raise ProfileError("the profile has no lens: measure it first with shellmark calibrate lens")
    plane = plane_of(board, sighting, profile.lens)
    if plane.rms_px > MOST_RESIDUAL_PX:
        raise BoardError(f"{sighting.name}: the board's corners are {plane.rms_px:.2f} px off the profile's lens, "
                         f"{MOST_RESIDUAL_PX:g} is the most: another lens, zoom or focus, or a bent board")  # fmt: skip
    if plane.rms_px > 3 * profile.lens.rms_px:
        say(f"the board's corners are {plane.rms_px:.2f} px off, the lens's own pictures {profile.lens.rms_px:.2f}: "
            "see that the board lies flat and the lens was not touched")  # fmt: skip
    return MmMap(profile.lens, plane, profile.size_px)


def figures(to_mm: MmMap) -> dict[str, Any]:
    """Every figure of a plane, for a machine."""
    middle = to_mm.mm_per_px(to_mm.middle_px)[0]
    corners = to_mm.mm_per_px(to_mm.corners_px)
    frame = to_mm.mm(to_mm.border_px)
    return {
        "rms_px": to_mm.plane.rms_px,
        "eye_height_mm": float(-to_mm.plane.eye_mm[2]),
        "tilt_deg": to_mm.tilt_deg,
        "px_per_mm": {
            "middle": float(1 / np.sqrt(middle.prod())),
            "corners": [float(1 / np.sqrt(c.prod())) for c in corners],
        },
        "worst_mm_per_px": to_mm.worst_mm_per_px,
        "seen_mm": [float(one) for one in np.ptp(frame, axis=0)],
        "smallest_mm": {f"{px:g} px": to_mm.smallest_mm(px) for px in CLAIMS_PX},
        "smallest_middle_mm": {f"{px:g} px": float(px * middle.max()) for px in CLAIMS_PX},
    }


def _rows(to_mm: MmMap) -> list[tuple[str, str]]:
    it = figures(to_mm)
    middle = it["smallest_middle_mm"]
    names = ("top left", "top right", "bottom right", "bottom left")
    corners = ", ".join(f"{name} {value:.3f}" for name, value in zip(names, it["px_per_mm"]["corners"], strict=True))
    return [
        ("residuals of the board", f"{it['rms_px']:.3f} px"),
        ("eye over the plane", f"{it['eye_height_mm']:.1f} mm, tilted by {it['tilt_deg']:.2f} deg"),
        ("seen on the plane", f"{it['seen_mm'][0]:.0f} x {it['seen_mm'][1]:.0f} mm"),
        ("px/mm in the middle", f"{it['px_per_mm']['middle']:.3f}"),
        ("px/mm in the corners", corners),
        ("longest pixel", f"{it['worst_mm_per_px']:.4f} mm"),
        *((f"smallest defect at {px}", f"{mm:.3f} mm at the worst place, {middle[px]:.3f} in the middle")
          for px, mm in it["smallest_mm"].items()),
    ]  # fmt: skip
