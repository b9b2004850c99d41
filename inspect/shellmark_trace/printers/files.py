"""Labels as files, for a factory without a label printer: each a PDF or PNG of its own in a folder."""

from __future__ import annotations

import contextlib
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from shellmark_trace.errors import PrinterError
from shellmark_trace.labels import label_pdf, label_picture_png

from .settings import PrinterSettings

MOST_TRIES = 1_000


class FilesSettings(PrinterSettings):
    """The folder that takes the labels, and what kind of file each is."""

    counts: ClassVar[bool] = False

    kind: Literal["files"] = "files"
    folder: Path
    format: Literal["pdf", "png"] = "pdf"

    def rooted(self, folder: Path) -> Self:
        """The settings with their folder taken from `folder`."""
        return self.model_copy(update={"folder": folder / self.folder})


class FilePrinter:
    """Writes each label whole into a file of its own, named by the time, and never over another."""

    def __init__(self, folder: Path, *, form: Literal["pdf", "png"] = "pdf", dpi: int = 300) -> None:
        """Name the folder; it is made with the first label."""
        self._folder, self._form, self._dpi = folder, form, dpi

    @classmethod
    def of(cls, settings: FilesSettings) -> Self:
        """The printer that settings name."""
        return cls(settings.folder, form=settings.format, dpi=settings.dpi)

    @property
    def dots_per_mm(self) -> float:
        """Dots a millimetre: 11.811 at 300 dpi."""
        return self._dpi / 25.4

    def odometer(self) -> None:
        """Nothing: who prints the file, and how often, nobody counts."""

    def print(self, picture: NDArray[np.bool_]) -> None:
        """Write one label's file, durably; (height, width) dots, True is black.

        Raises:
            PrinterError: the folder takes no files.
        """
        write = label_pdf if self._form == "pdf" else label_picture_png
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._keep(write(picture, self.dots_per_mm))
        except OSError as e:
            raise PrinterError(
                "label folder {folder}: {why}: free it or name another; the label may lie there",
                folder=self._folder,
                why=e.strerror or e,
            ) from e

    def close(self) -> None:
        """Nothing is held between labels."""

    def _keep(self, data: bytes) -> None:
        number, name = tempfile.mkstemp(dir=self._folder, prefix=".label-", suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.chmod(0o644)  # made for this user alone: who prints the labels may be another
            self._placed(part)
        finally:
            part.unlink(missing_ok=True)

    def _placed(self, part: Path) -> None:
        """Give the whole file its name in one step that fails where the name is taken."""
        for number in range(MOST_TRIES):
            stamp = f"{datetime.now().astimezone():%Y%m%dT%H%M%S.%f}"
            path = self._folder / f"label-{stamp}{f'-{number}' if number else ''}.{self._form}"
            with contextlib.suppress(FileExistsError):
                if os.name == "nt":
                    part.rename(path)  # refuses a name that is taken
                else:
                    os.link(part, path)
                _sync(self._folder)
                return
        raise FileExistsError(f"{MOST_TRIES} names of labels are taken")


def _sync(folder: Path) -> None:
    """Bring a folder's names to the disk; Windows does so by itself."""
    if os.name != "nt":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
