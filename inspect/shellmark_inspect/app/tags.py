"""`shellmark keys tag`: the signed variant of a code, for a hang tag or the lining."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shellmark_inspect.app.files import check_writable
from shellmark_inspect.app.papers import KeysOption, PassphraseOption, RootOption, now, passphrase, read_list
from shellmark_inspect.app.records import WhereOption, open_reader
from shellmark_inspect.errors import InputError
from shellmark_inspect.records import IssuedCode, RecordReader
from shellmark_trace.errors import KeyFileError
from shellmark_trace.keys import Kind, read_key
from shellmark_trace.signed import CodeSigner, signed_png


def tag(
    serial: Annotated[str, typer.Argument(help="The serial of a code whose label was proven.")],
    keys: KeysOption,
    root: RootOption,
    key: Annotated[Path, typer.Option("--key", help="The station's key file.")],
    data: WhereOption = None,
    png: Annotated[Path | None, typer.Option("--png", help="Write the symbol too; print it at 29 mm or wider.")] = None,
    source: PassphraseOption = "prompt",
) -> None:
    """Sign a code of the records, within the key's time, goods and count.

    Example: `shellmark keys tag 0123456789ABC --key st01.key --keys keys-2.list --root roots.txt --png tag.png`
    """
    check_writable(png)
    at = now()
    listed = read_list(keys, root, at)
    signer = CodeSigner.of(read_key(key, passphrase(source, f"station key {key}"), Kind.STATION), listed)
    reader = open_reader(data)
    try:
        found = _of_station(reader, serial, signer.entry.name)
        before = reader.issued().drawn(signer.entry.name, since=signer.entry.starts, before=found.drawn_at)
    finally:
        reader.close()
    try:
        signed = signer.sign(found.link, at, drawn_at=found.drawn_at, before=before)
    except KeyFileError as e:
        if found.drawn_at >= signer.entry.starts:
            raise
        raise KeyFileError(f"{e}, or rotate in a new one: `shellmark keys rotate --starts` at or before then") from e
    if png is not None:
        png.write_bytes(signed_png(signed))
    typer.echo(str(signed))


def _of_station(reader: RecordReader, serial: str, station: str) -> IssuedCode:
    found = reader.issued().code(serial)
    if found is None or not found.is_issued:
        state = "was never drawn" if found is None else f"is {found.state}"
        raise InputError(f"serial {serial[:40]!r} {state}: only a code whose label was proven is signed")
    if found.station != station:
        raise InputError(
            f"serial {serial} is of station {found.station}, the key of {station}: give that station's key"
        )
    return found
