"""What a configuration says of a label printer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict

from .printer import Printer


class PrinterSettings(BaseModel):
    """What a configuration says of one label printer; `kind` is its key in `PRINTERS`, `dpi` its dots an inch.

    `counts` says of the kind whether it has an odometer at all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    counts: ClassVar[bool] = True

    kind: str
    dpi: Literal[203, 300, 600] = 300

    def rooted(self, folder: Path) -> Self:
        """The settings with relative paths taken from `folder`, the place of the configuration file."""
        del folder
        return self


@dataclass(frozen=True, slots=True)
class PrinterKind:
    """One line of `PRINTERS`: the settings' model, and what makes a printer of such settings."""

    settings: type[PrinterSettings]
    printer: Callable[[Any], Printer]
