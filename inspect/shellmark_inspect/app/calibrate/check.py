"""`shellmark calibrate check`: whether a profile still holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from shellmark_calibration import MmMap, Profile, ProfileError, Sighting, measured_lengths, plane_of
from shellmark_inspect.app.calibrate.board_pictures import JsonFileOption, SquareOption, board_of, read
from shellmark_inspect.app.calibrate.scale import seen
from shellmark_inspect.app.files import check_writable, write_json
from shellmark_inspect.app.printing import out, print_table
from shellmark_inspect.errors import InputError

MOST_SCALE_ERROR = 0.005
"""Half a percent of size, what registration puts right; it is the plane off by half a percent of its distance."""


def check(
    profile: Annotated[Path, typer.Argument(metavar="PROFILE")],
    image: Annotated[
        Path | None, typer.Argument(metavar="[IMAGE]", help="The board lying on the profile's plane.")
    ] = None,
    board: Annotated[str | None, typer.Option("--board", metavar="BOARD", help="As for calibrate lens.")] = None,
    square_mm: SquareOption = None,
    json_file: JsonFileOption = None,
) -> None:
    """Say whether a profile still holds: its age, its parts, and a board's known lengths measured with it.

    Example: `shellmark calibrate check top.json plane.png --board 9x6 --square-mm 25`
    """
    check_writable(json_file)
    known = Profile.read(profile)
    found, faults = _of_age(known)
    if image is not None:
        if board is None:
            raise InputError("a picture without a board cannot be measured: give --board")
        wanted = board_of(board, square_mm)
        sighting = seen(wanted, read(image), known)
        of_board, more = _of_board(wanted, sighting, known)
        found, faults = found | of_board, faults + more
    write_json(json_file, found | {"holds": not faults, "faults": faults})
    if json_file != "-":
        print_table(("", ""), [(name, _text(value)) for name, value in found.items()])
    if faults:
        raise ProfileError(f"profile {profile} does not hold: {'; '.join(faults)}")
    if json_file != "-":
        out.print("the profile holds", style="green")


def _of_age(profile: Profile) -> tuple[dict[str, Any], list[str]]:
    now = datetime.now(UTC)
    ages = {name: (now - one.measured_at).total_seconds() / 86400 for name, one in profile.made.items()}
    found: dict[str, Any] = {
        "camera": profile.camera,
        "size_px": f"{profile.size_px[0]} x {profile.size_px[1]}",
        **{f"age of {name}, days": round(age, 2) for name, age in ages.items()},
    }
    if profile.lens is not None:
        found |= {"lens_rms_px": profile.lens.rms_px, "lens_held_out_px": profile.lens.held_out_px}
    if (expires := profile.expires_at) is None:
        return found, ["nothing was measured yet: shellmark calibrate lens"]
    found["expires_at"] = expires.isoformat(timespec="minutes")
    faults = []
    for name, age in ages.items():
        if age > profile.valid_days:
            faults.append(f"{name} is {age:.0f} days old, {profile.valid_days:g} are the most: measure it anew")
    faults += [
        f"{name} was measured in the future: set this computer's clock, or measure it anew"
        for name in profile.ahead(now)
    ]
    return found, faults


def _of_board(board: Any, sighting: Sighting, profile: Profile) -> tuple[dict[str, Any], list[str]]:
    if profile.lens is None or profile.plane is None:
        missing = "lens" if profile.lens is None else "plane"
        raise ProfileError(f"the profile has no {missing}: measure it with shellmark calibrate "
                           f"{'lens' if missing == 'lens' else 'scale'}")  # fmt: skip
    to_mm = MmMap(profile.lens, profile.plane, profile.size_px)
    lengths = measured_lengths(board, sighting, to_mm)
    errors = np.abs(lengths.error_mm)
    rms = plane_of(board, sighting, profile.lens).rms_px
    found = {
        "board_residual_px": rms,
        "lengths": len(errors),
        "length_error_mean_mm": float(errors.mean()),
        "length_error_max_mm": float(errors.max()),
        "scale_error_percent": 100 * lengths.scale_error,
    }
    faults = []
    worst = float(np.abs(lengths.error_mm / lengths.known_mm).max())
    if abs(lengths.scale_error) > MOST_SCALE_ERROR:
        faults.append(f"lengths come out {100 * lengths.scale_error:+.2f} %, {100 * MOST_SCALE_ERROR:g} % is the most: "
                      "the board is not on the plane or the camera was moved: shellmark calibrate scale")  # fmt: skip
    elif worst > 2 * MOST_SCALE_ERROR:
        faults.append(f"a length comes out {100 * worst:.2f} % off, {200 * MOST_SCALE_ERROR:g} % is the most: "
                      "the camera or the plane is tilted: shellmark calibrate scale")  # fmt: skip
    if rms > max(1.0, 3 * profile.lens.rms_px):
        faults.append(f"the board's corners are {rms:.2f} px off the lens: another lens, zoom or focus: "
                      "shellmark calibrate lens")  # fmt: skip
    return found, faults


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
