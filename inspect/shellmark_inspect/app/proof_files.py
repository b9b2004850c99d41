"""A code's proof as files: with its leaf and record in one, or beside it as `shellmark log proof --record` writes."""

from __future__ import annotations

from pathlib import Path

from shellmark_inspect.app.files import read_bytes
from shellmark_inspect.errors import InputError
from shellmark_trace import check_serial
from shellmark_trace.dealer import join_proof, named_link
from shellmark_trace.log import Proof


def read_proof(path: Path) -> bytes:
    """A proof with its leaf and record, where they lie beside it; else as it is.

    Raises:
        InputError: a file is missing or cannot be read.
        LogError: one of them is none.
    """
    data = read_bytes(path, "proof")
    leaf, record = _beside(path)
    return join_proof(data, read_bytes(leaf, "leaf"), read_bytes(record, "record")) if leaf.is_file() else data


def check_is_of(path: Path, serial: str) -> None:
    """Refuse a proof that is not of the code with this serial, and one that does not show whose it is.

    Raises:
        InputError: it is another code's, or the leaf or the record that tell are not beside it.
        LogError: it is no proof, or its parts do not belong together.
    """
    wanted = check_serial(serial)
    if Proof.parse(read_bytes(path, "proof")).extra is None:
        for file, what in zip(_beside(path), ("leaf", "record"), strict=True):
            if not file.is_file():
                how = f"`shellmark log proof --record` writes it: put it beside {path.name}"
                raise InputError(f"whose proof {path} is, its {what} tells, and {file} is not there: {how}")
    if (told := named_link(read_proof(path)).serial) != wanted:
        raise InputError(f"{path} is the proof of {told}, not of {wanted}: nothing was sent")


def _beside(path: Path) -> tuple[Path, Path]:
    return path.with_suffix(".leaf"), path.with_suffix(".record.json")
