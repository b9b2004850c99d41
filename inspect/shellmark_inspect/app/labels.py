"""`shellmark label`: look at a label before it is printed, try the printer, read a label in a picture."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shellmark_inspect.app.calibrate.picture_files import picture_files
from shellmark_inspect.app.files import check_writable, read_bytes
from shellmark_inspect.app.printing import JsonOption, errors, out, print_json, print_table
from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.station import StationConfig
from shellmark_trace import SERIAL_LENGTH, digital_link
from shellmark_trace.labels import (
    TEMPLATES,
    LabelContent,
    LabelTemplate,
    draw_label,
    label_pdf,
    label_picture_png,
    label_zpl,
)
from shellmark_trace.printers import Printer, PrinterSettings, build_printer, read_printer_settings

if TYPE_CHECKING:  # OpenCV and the decoder are loaded by `read` alone
    import numpy as np
    from numpy.typing import NDArray

    from shellmark_trace.readback import LabelRead

app = typer.Typer(no_args_is_help=True, help="Look at a label, try the label printer, read a label in a picture.")

ENDINGS = (".png", ".pdf", ".zpl")
SAMPLE_SERIAL = "0" * SERIAL_LENGTH
"""What samples carry: a real code on paper would be a second label."""
SAMPLE_SIGNATURE = "?91=" + "A" * 90
COME_S = 10.0
"""How long a test label may take to be counted."""
NOT_RIGHT = 1
HOST, DEFAULT = "EXAMPLE.COM", "outside"

RecipeOption = Annotated[
    Path | None, typer.Option("--recipe", help="Take SKU, Chinese name and GTIN from this recipe.")
]
SkuOption = Annotated[str | None, typer.Option("--sku", help="The article's number, as printed.")]
NameOption = Annotated[str | None, typer.Option("--name", help="The article's name, in Chinese or any other script.")]
GtinOption = Annotated[str | None, typer.Option("--gtin", help="The article's GTIN, 14 digits.")]
BatchOption = Annotated[str, typer.Option("--batch", help="The batch.")]
DateOption = Annotated[str | None, typer.Option("--date", help="The date as printed; today's by default, '' for none.")]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="Take host, template and printer from this station's configuration.")
]
HostOption = Annotated[str | None, typer.Option("--host", help="The domain buyers are sent to, at most 18 characters.")]
TemplateOption = Annotated[
    str | None, typer.Option("--template", help=f"A template's TOML file, or one of {', '.join(TEMPLATES)}.")
]
DpiOption = Annotated[int | None, typer.Option("--dpi", help="Dots an inch of the printer: 203, 300 or 600.")]


@dataclass(frozen=True, slots=True)
class _Words:
    recipe: Path | None
    sku: str | None
    name: str | None
    gtin: str | None
    batch: str
    date: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where labels are printed: the codes' host, the template, the printer."""

    host: str
    template: LabelTemplate
    printer: PrinterSettings


@app.command()
def preview(
    path: Annotated[Path, typer.Option("--out", help="The file to write: .png, .pdf or .zpl.")],
    recipe: RecipeOption = None,
    sku: SkuOption = None,
    name: NameOption = None,
    gtin: GtinOption = None,
    batch: BatchOption = "",
    day: DateOption = None,
    config: ConfigOption = None,
    host: HostOption = None,
    template: TemplateOption = None,
    dpi: DpiOption = None,
) -> None:
    """Draw a label exactly as it would be printed, marked as a sample and with a serial of zeros.

    Example: `shellmark label preview --sku GV-24 --name 拉杆箱 --gtin 06901234567892 --out label.png`
    """
    if path.suffix.lower() not in ENDINGS:
        raise typer.BadParameter(f"{path}: give a file ending in {', '.join(ENDINGS)}")
    check_writable(path)
    place = _place(config, host, template, None, dpi)
    dots_per_mm = place.printer.dpi / 25.4
    picture = _sample(place, _Words(recipe, sku, name, gtin, batch, day), dots_per_mm)
    _write(path, picture, dots_per_mm)
    size = " x ".join(f"{side / dots_per_mm:.1f}" for side in reversed(picture.shape))
    out.print(f"{path}: {picture.shape[1]} x {picture.shape[0]} dots, {size} mm", markup=False, soft_wrap=True)


@app.command("print-test")
def print_test(
    printer: Annotated[str | None, typer.Option("--printer", help="A Zebra's host or host:port (9100).")] = None,
    recipe: RecipeOption = None,
    sku: SkuOption = "TEST",
    name: NameOption = "打印测试",
    gtin: GtinOption = None,
    batch: BatchOption = "",
    day: DateOption = None,
    config: ConfigOption = None,
    host: HostOption = None,
    template: TemplateOption = None,
    dpi: DpiOption = None,
    machine: JsonOption = False,
) -> None:
    """Print one sample label and see whether the printer's odometer counts exactly one.

    Ends with exit code 1 when it does not. A station that prints on this printer sees a label that is not its own and
    asks to have the count reconciled. Example: `shellmark label print-test --printer 192.0.2.7 --gtin 06901234567892`
    """
    if printer is None and (config is None or StationConfig.read(config).label is None):
        raise typer.BadParameter("which printer? give --printer HOST, or --config with a section [label]")
    place = _place(config, host, template, None if printer is None else _address(printer), dpi)
    made = build_printer(place.printer)
    before, after = _printed(made, _sample(place, _Words(recipe, sku, name, gtin, batch, day), made.dots_per_mm))
    labels = None if before is None or after is None else after - before
    if machine:
        print_json({"before": before, "after": after, "labels": labels})
    elif labels is None:
        out.print("printed; this printer counts nothing", markup=False)
    else:
        out.print(f"odometer {before} -> {after}, {labels} label(s)", markup=False, soft_wrap=True)
    if labels not in {1, None}:
        errors.print("shellmark: not exactly one label was counted: look at the printer", style="red", markup=False)
        raise typer.Exit(NOT_RIGHT)


@app.command()
def read(
    pictures: Annotated[list[str], typer.Argument(help="Pictures, folders or patterns.")],
    serial: Annotated[
        str | None, typer.Option("--serial", help="The serial that was printed: judge the label.")
    ] = None,
    gtin: GtinOption = None,
    host: HostOption = None,
    machine: JsonOption = False,
) -> None:
    """Read every label in pictures, with its unused error correction; with `--serial`, say whether it is the right one.

    Ends with exit code 1 when a picture's verdict is not "right". Example: `shellmark label read photo.png`
    """
    from shellmark_trace.readback import judge_read, read_labels

    found = []
    for path in (file for word in pictures for file in picture_files(word)):
        reads = read_labels(_frame(path))
        found.append((path, reads, str(judge_read(reads, serial, host or HOST, gtin)) if serial else ""))
    if machine:
        print_json([_as_json(*one) for one in found])
    else:
        print_table(
            ("picture", "verdict", "uec", "serial tail", "text"), (row for one in found for row in _lines(*one))
        )
    if any(verdict not in {"", "right"} for *_, verdict in found):
        raise typer.Exit(NOT_RIGHT)


def _place(config: Path | None, host: str | None, template: str | None, printer: Mapping[str, Any] | None,
           dpi: int | None) -> _Place:  # fmt: skip
    """What is given, else what the station's configuration says, else the defaults; a preview needs no real printer."""
    station = StationConfig.read(config) if config else None
    label = station.label if station else None
    settings = printer or (label.printer if label else {"kind": "files", "folder": "."})
    folder = station.folder if station else Path()
    return _Place(
        host or (station.host if station else HOST),
        label.label_template(folder) if label and not template else _template(template or DEFAULT),
        read_printer_settings({**settings, **({"dpi": dpi} if dpi else {})}, folder),
    )


def _template(word: str) -> LabelTemplate:
    if word in TEMPLATES:
        return TEMPLATES[word]
    if Path(word).suffix == ".toml":
        return LabelTemplate.read(Path(word))
    raise typer.BadParameter(f"template {word!r} is unknown: give a TOML file, or one of {', '.join(TEMPLATES)}")


def _sample(place: _Place, words: _Words, dots_per_mm: float) -> NDArray[np.bool_]:
    recipe = Recipe.read(words.recipe) if words.recipe else None
    gtin = words.gtin or (recipe and recipe.gtin)
    if not gtin:
        raise InputError("a label needs its article's GTIN: give --gtin, or --recipe with one that has a gtin")
    text = digital_link(place.host, gtin, SAMPLE_SERIAL)
    content = LabelContent(
        text + SAMPLE_SIGNATURE if place.template.symbol == "signed" else text,
        sku=words.sku or (recipe.sku if recipe else ""),
        name=words.name or ((recipe.name_zh or recipe.name) if recipe else ""),
        batch=words.batch,
        date=f"{datetime.now().astimezone():%Y-%m-%d}" if words.date is None else words.date,
        sample=True,
    )
    return draw_label(place.template, content, dots_per_mm)


def _write(path: Path, picture: NDArray[np.bool_], dots_per_mm: float) -> None:
    ending = path.suffix.lower()
    if ending == ".zpl":
        data = label_zpl(picture)
    else:
        data = (label_pdf if ending == ".pdf" else label_picture_png)(picture, dots_per_mm)
    try:
        path.write_bytes(data)
    except OSError as e:
        raise InputError(f"{path} cannot be written: {e.strerror or e}: give another file") from e


def _address(printer: str) -> dict[str, Any]:
    host, _, port = printer.partition(":")
    if port and not port.isdecimal():
        raise typer.BadParameter(f"printer {printer!r}: give host or host:port")
    return {"kind": "zebra", "host": host} | ({"port": int(port)} if port else {})


def _printed(printer: Printer, picture: NDArray[np.bool_]) -> tuple[int | None, int | None]:
    """The odometer before and after, None where there is none; after waits until the label is counted."""
    before = printer.odometer()
    printer.print(picture)
    deadline = time.monotonic() + COME_S
    while (after := printer.odometer()) == before and before is not None and time.monotonic() < deadline:
        time.sleep(0.2)
    return before, after


def _frame(path: Path) -> NDArray[np.uint8]:
    import cv2
    import numpy as np

    data = read_bytes(path, "picture")
    frame = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) if data else None
    if frame is None:
        raise InputError(f"{path} is no picture: give a PNG, JPEG, BMP or TIFF file")
    return np.asarray(frame, np.uint8)


def _as_json(path: Path, reads: Sequence[LabelRead], verdict: str) -> dict[str, Any]:
    labels = [
        {
            "text": read.text,
            "uec": round(read.uec, 3),
            "corners_px": read.corners_px.round(1).tolist(),
            "code": read.link is not None,
        }
        for read in reads
    ]
    return {"picture": str(path), "verdict": verdict or None, "labels": labels}


def _lines(path: Path, reads: Sequence[LabelRead], verdict: str) -> list[tuple[object, ...]]:
    if not reads:
        return [(path, verdict, "-", "-", "no label")]
    return [
        (path, verdict, f"{read.uec:.2f}", read.link.serial[-6:] if read.link else "-", read.text or "(not readable)")
        for read in reads
    ]
