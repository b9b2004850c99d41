"""`shellmark calibrate light`: the dark level and the flat field of each light."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from shellmark_calibration import (
    LIGHT_COLUMNS,
    LightFrame,
    MeasuredLight,
    Measurement,
    Profile,
    Source,
    light_row,
    light_sections,
    measure_light,
    write_html,
)
from shellmark_inspect.app.calibrate.picture_files import picture_files
from shellmark_inspect.app.files import check_writable, write_json
from shellmark_inspect.app.printing import errors, out, print_table
from shellmark_inspect.cameras import read_still
from shellmark_inspect.errors import CameraError, InputError

_NAME = re.compile(r"(flat|dark)(?:_(.+?))?(?:_(\d+))?")


@dataclass(slots=True)
class _Files:
    """The flat fields and dark frames of one light."""

    flats: list[Path] = field(default_factory=list)
    darks: list[Path] = field(default_factory=list)


def light(
    profile: Annotated[Path, typer.Option("--profile", metavar="FILE", help="The profile; a new one when missing.")],
    folder: Annotated[
        Path | None,
        typer.Argument(help="Of several lights: flat_<light>_<n>.png, dark_<light>_<n>.png or dark_<n>.png"),
    ] = None,
    name: Annotated[str | None, typer.Option("--light", metavar="NAME", help="The light that is measured.")] = None,
    flat: Annotated[
        list[str] | None, typer.Option("--flat", metavar="PATH", help="A flat field, a folder, a pattern in quotes.")
    ] = None,
    dark: Annotated[
        list[str] | None, typer.Option("--dark", metavar="PATH", help="A dark frame, a folder, a pattern in quotes.")
    ] = None,
    camera: Annotated[str, typer.Option("--camera", help="The camera's name, of a new profile.")] = "top",
    exposure_us: Annotated[
        float | None, typer.Option("--exposure-us", min=1e-3, max=1e9, help="What the flat fields were exposed.")
    ] = None,
    surface: Annotated[str, typer.Option("--surface", help="What lay before the camera.")] = "even matte sheet",
    json_file: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help='Every figure as JSON; "-" for standard output.')
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="A report in one file.")] = None,
) -> None:
    """Measure a camera's lights: dark level, and what makes an even surface even.

    Examples: `shellmark calibrate light --profile top.json --light west --flat "west/*.png" --dark "dark/*.png"` ·
    `shellmark calibrate light stack --profile top.json --html light.html`
    """
    check_writable(json_file, html)
    lights = _wanted(folder, name, flat, dark)
    before = Profile.read(profile) if profile.exists() else None
    size = None if before is None else before.size_px
    measured: dict[str, MeasuredLight] = {}
    made: dict[str, Measurement] = {}
    for which, files in lights.items():
        flats, darks = ([_frame(path) for path in paths] for paths in (files.flats, files.darks))
        measured[which] = measure_light(which, flats, darks, size_px=size, exposure_us=exposure_us)
        size = size or flats[0].size_px
        made[f"light.{which}"] = _made([*files.flats, *files.darks], surface)
    if size is None:
        raise InputError("no light was given: name a folder, or --light with --flat and --dark")
    known = before or Profile(camera=camera, size_px=size)
    fields = {which: one.field for which, one in measured.items()}
    after = known.model_copy(update={"lights": {**known.lights, **fields}, "made": {**known.made, **made}})
    after.write(profile)
    _tell(measured, profile, json_file)
    if html:
        write_html(html, f"光源标定 Lights of camera {after.camera}", light_sections(measured))


def _wanted(
    folder: Path | None, name: str | None, flats: Sequence[str] | None, darks: Sequence[str] | None
) -> dict[str, _Files]:
    """The files of each light that the command line asks for."""
    if folder is not None:
        if name or flats or darks:
            raise InputError("give a folder, or --light with --flat and --dark, not both")
        return _in_folder(folder)
    if name is None or not flats or not darks:
        raise InputError("give --light with --flat and --dark, or a folder of flat_<light> and dark_<light> frames")
    found = [[file for path in paths for file in picture_files(path)] for paths in (flats, darks)]
    return {name: _Files(*found)}


def _in_folder(folder: Path) -> dict[str, _Files]:
    if not folder.is_dir():
        raise InputError(f"folder {folder} is missing: give one that is there")
    lights: dict[str, _Files] = {}
    for_all: list[Path] = []
    for file in picture_files(str(folder)):
        match = _NAME.fullmatch(file.stem)
        if match is None:
            raise InputError(f"{file} is neither flat_<light>_<n> nor dark_<light>_<n>: rename it or take it out")
        kind, which = match[1], match[2]
        if which is None or which.isdigit():
            if kind == "flat":
                raise InputError(f"{file} does not say of which light it is: call it flat_<light>_<n>")
            for_all.append(file)
        else:
            files = lights.setdefault(which, _Files())
            (files.flats if kind == "flat" else files.darks).append(file)
    for files in lights.values():
        files.darks += for_all
    if not lights:
        raise InputError(f"folder {folder} holds no flat_<light> frames")
    return lights


def _frame(path: Path) -> LightFrame:
    try:
        return LightFrame.of(path.name, read_still(path))
    except CameraError as e:
        raise InputError(str(e)) from e


def _made(paths: Sequence[Path], surface: str) -> Measurement:
    sources = tuple(
        Source(name=path.name, digest="sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths
    )
    program = f"shellmark {metadata.version('shellmark')}"
    return Measurement(measured_at=datetime.now(UTC), with_what=surface, program=program, sources=sources)


def figures(measured: Mapping[str, MeasuredLight]) -> dict[str, Any]:
    """Every figure of the measured lights, for a machine."""
    return {
        which: {
            **one.field.model_dump(exclude={"gain"}),
            "spots": [asdict(spot) for spot in one.spots],
            "remarks": list(one.remarks),
        }
        for which, one in measured.items()
    }


def _tell(measured: Mapping[str, MeasuredLight], profile: Path, json_file: str | None) -> None:
    for one in measured.values():
        for line in one.remarks:
            errors.print(line, style="yellow", markup=False, soft_wrap=True)
    write_json(json_file, figures(measured))
    if json_file == "-":
        return
    print_table([column.split(" ", 1)[1] for column in LIGHT_COLUMNS], [light_row(*one) for one in measured.items()])
    out.print(f"{profile}", markup=False, soft_wrap=True)
