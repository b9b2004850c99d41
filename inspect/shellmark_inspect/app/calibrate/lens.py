"""`shellmark calibrate lens`: a camera's lens from pictures of a board."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from shellmark_calibration import (
    MOST_EDGE_PX,
    Board,
    Profile,
    Refusal,
    Sighting,
    Solution,
    lens_sections,
    look,
    solve,
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
    pictures,
    say,
)
from shellmark_inspect.app.files import check_writable, write_json
from shellmark_inspect.app.printing import out, print_table
from shellmark_inspect.errors import InputError


def lens(
    images: Annotated[list[str], typer.Argument(metavar="IMAGES...", help="Pictures, folders, or patterns in quotes.")],
    board: BoardOption,
    square_mm: SquareOption = None,
    camera: Annotated[str, typer.Option("--camera", help="The camera's name in the station.")] = "top",
    file: Annotated[Path | None, typer.Option("--out", metavar="PROFILE", help="The profile to write.")] = None,
    most_edge_px: Annotated[
        float, typer.Option("--most-edge-px", min=1, max=50, help="An edge that takes longer is blurred.")
    ] = MOST_EDGE_PX,
    json_file: JsonFileOption = None,
    html: HtmlOption = None,
) -> None:
    """Solve a lens: focal length, middle, distortion, and how good they are on pictures left out.

    Example: `shellmark calibrate lens "boards/*.png" --board 9x6 --square-mm 25 --out top.json --html lens.html`
    """
    check_writable(json_file, html)
    wanted = board_of(board, square_mm)
    read, found, refused = look_at(wanted, images, most_edge_px)
    for one in refused:
        say(f"{one.name}: {one.reason}")
    if not found:
        raise InputError(f"no picture of {len(read)} shows the board {wanted.title}: see the reason of each above")
    solution = solve(wanted, found)
    for one in solution.refused:
        say(f"{one.name}: {one.reason}")
    refused = [*refused, *solution.refused]
    if json_file != "-":
        _print(solution)
    for line in solution.warnings:
        say(line)
    write_json(json_file, figures(solution, refused, camera))
    if html:
        write_html(html, f"镜头标定 Lens of camera {camera}", lens_sections(solution, refused, wanted.title))
    if file:
        _keep(file, camera, solution, measurement(wanted, read, refused))
    elif json_file != "-":
        out.print("not kept: give --out PROFILE to write the profile", markup=False)


def look_at(
    board: Board, paths: Sequence[str], most_edge_px: float
) -> tuple[list[Read], list[Sighting], list[Refusal]]:
    """The pictures without their pixels, the sightings of the board, and the refusals; one size for all.

    The size is that of most pictures, so that one of another camera is refused wherever it comes in the order.
    """
    read: list[Read] = []
    seen: list[Sighting | Refusal] = []
    for one in pictures(paths):
        read.append(Read(one.name, one.digest, None))
        seen.append(look(board, one.pixels, one.name, most_edge_px=most_edge_px))
    sizes = [one.size_px for one in seen if isinstance(one, Sighting)]
    usual = max(dict.fromkeys(sizes), key=sizes.count) if sizes else None
    judged = [_of_size(one, usual) if isinstance(one, Sighting) else one for one in seen]
    sightings = [one for one in judged if isinstance(one, Sighting)]
    return read, sightings, [one for one in judged if isinstance(one, Refusal)]


def _of_size(one: Sighting, usual: tuple[int, int] | None) -> Sighting | Refusal:
    if usual is None or one.size_px == usual:
        return one
    (w, h), (uw, uh) = one.size_px, usual
    return Refusal(one.name, f"is {w} x {h} px, the others {uw} x {uh}: another camera or resolution")


def figures(solution: Solution, refused: Sequence[Refusal], camera: str) -> dict[str, Any]:
    """Every figure of a solution, for a machine."""
    lens = solution.lens
    return {
        "camera": camera,
        "size_px": list(solution.size_px),
        "rms_px": lens.rms_px,
        "held_out_px": lens.held_out_px,
        "focal_px": list(lens.focal_px),
        "focal_sd_px": solution.focal_sd_px,
        "middle_px": list(lens.middle_px),
        "distortion": list(lens.distortion),
        "model": solution.model,
        "held_out_px_by_model": dict(solution.held_out),
        "tilt_deg": solution.tilt_deg,
        "used": [view.sighting.name for view in solution.views],
        "refused": {one.name: one.reason for one in refused},
        "warnings": list(solution.warnings),
        "views": {
            view.sighting.name: {
                "corners": len(view.sighting.ids),
                "rms_px": view.rms_px,
                "held_out_px": view.held_out_px,
                "worst_px": float(np.linalg.norm(view.residuals_px, axis=1).max()),
                "edge_px": view.sighting.edge_px,
            }
            for view in solution.views
        },
    }


def _print(solution: Solution) -> None:
    lens = solution.lens
    rows = [
        (v.sighting.name, len(v.sighting.ids), f"{v.rms_px:.3f}", _px(v.held_out_px), f"{v.sighting.edge_px:.1f}")
        for v in solution.views
    ]
    print_table(("picture", "corners", "rms px", "held out px", "edge px"), rows)
    held_out = "nothing held out" if lens.held_out_px is None else f"{lens.held_out_px:.4f} px on pictures left out"
    lines = [
        f"{len(rows)} pictures, rms {lens.rms_px:.4f} px, {held_out}, distortion {solution.model}",
        f"focal length {lens.focal_px[0]:.2f} x {lens.focal_px[1]:.2f} px (sd {solution.focal_sd_px:.2f}), "
        f"middle {lens.middle_px[0]:.2f}, {lens.middle_px[1]:.2f} px",
    ]
    for line in lines:
        out.print(line, markup=False, soft_wrap=True)


def _px(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _keep(file: Path, camera: str, solution: Solution, made: Any) -> None:
    """Write the lens into the profile; light and colour of the same camera are kept, a plane of another lens is not."""
    profile = Profile(camera=camera, size_px=solution.size_px)
    if file.exists():
        profile = Profile.read(file)
        profile.check_fits(camera, solution.size_px)
        if profile.plane is not None:
            say("the plane was measured with the old lens and is taken out: shellmark calibrate scale measures it anew")
    others = {name: one for name, one in profile.made.items() if name not in {"lens", "plane"}}
    changes = {"lens": solution.lens, "plane": None, "made": {**others, "lens": made}}
    profile.model_copy(update=changes).write(file)
    out.print(f"{file}", markup=False, soft_wrap=True)
