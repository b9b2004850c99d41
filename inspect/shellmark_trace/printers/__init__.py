"""Label printers, each one file; a new one is one line in the table of this door."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from shellmark_trace.errors import PrinterError

from .files import FilePrinter, FilesSettings
from .printer import Printer
from .settings import PrinterKind, PrinterSettings
from .zebra import Zebra, ZebraSettings

__all__ = [
    "PRINTERS",
    "FilePrinter",
    "FilesSettings",
    "Printer",
    "PrinterKind",
    "PrinterSettings",
    "Zebra",
    "ZebraSettings",
    "build_printer",
    "read_printer_settings",
]

PRINTERS: Mapping[str, PrinterKind] = MappingProxyType(
    {
        "files": PrinterKind(FilesSettings, FilePrinter.of),
        "zebra": PrinterKind(ZebraSettings, Zebra.of),
    }
)
"""Every kind of label printer by the word a configuration calls it."""


def read_printer_settings(settings: Mapping[str, Any], base: Path = Path()) -> PrinterSettings:
    """The checked settings of a label printer; relative paths are taken from `base`.

    Raises:
        PrinterError: the kind or a key is unknown, a value is impossible, or one is missing.
    """
    kind = str(settings.get("kind", ""))
    if kind not in PRINTERS:
        raise PrinterError(f"label printer: kind {kind!r} is unknown: say one of {', '.join(PRINTERS)}")
    try:
        return PRINTERS[kind].settings.model_validate(dict(settings)).rooted(base)
    except ValidationError as e:
        fault = e.errors()[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise PrinterError(f"label printer ({kind}): {place or 'it'}: {fault['msg']}") from e


def build_printer(settings: PrinterSettings) -> Printer:
    """The label printer of checked settings; nothing is connected yet."""
    return PRINTERS[settings.kind].printer(settings)
