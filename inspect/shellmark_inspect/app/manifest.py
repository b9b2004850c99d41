"""`shellmark manifest`: the lists of issued and of withdrawn codes that dealers check without a network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from shellmark_inspect.app.files import check_writable, read_bytes
from shellmark_inspect.app.papers import (
    KeysOption,
    PassphraseOption,
    RootOption,
    now,
    passphrase,
    read_list,
)
from shellmark_inspect.app.printing import JsonOption, out, print_json
from shellmark_inspect.app.records import WhereOption, open_reader
from shellmark_inspect.errors import InputError
from shellmark_inspect.records import IssuedCode, RecordReader
from shellmark_trace import Link, States, Suspicion
from shellmark_trace.errors import ManifestError
from shellmark_trace.keys import KeyFile, KeyList, Kind, read_key, replace_public
from shellmark_trace.log import Checkpoint, open_checkpoint
from shellmark_trace.manifest import (
    Facts,
    LogAt,
    Withdrawal,
    build_manifest,
    build_withdrawn,
    manifest_facts,
    open_manifest,
    open_withdrawn,
    withdrawn_facts,
)

app = typer.Typer(no_args_is_help=True, help="Lists of issued and withdrawn codes for checks without a network.")


@app.command()
def build(
    key: Annotated[Path, typer.Option("--key", help="The manifest key's file.")],
    keys: KeysOption,
    root: RootOption,
    data: WhereOption = None,
    issued: Annotated[Path | None, typer.Option("--issued", help="The list of issued codes to write.")] = None,
    voids: Annotated[Path | None, typer.Option("--voids", help="The list of withdrawn codes to write.")] = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="A log's signed checkpoint; may be repeated.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="Days the issued list is believed.")] = 14,
    void_days: Annotated[int, typer.Option("--void-days", min=1, max=366, help="Days the other is believed.")] = 3,
    source: PassphraseOption = "prompt",
) -> None:
    """Build the list of issued codes, of withdrawn codes, or both, from a station's records.

    A list that is there is replaced by one of the next version.

    Example: `shellmark manifest build --issued issued.list --voids withdrawn.list --key manifest.key --keys keys-2.list
    --root roots.txt --checkpoint log/checkpoint --data station.toml`
    """
    if issued is None and voids is None:
        raise typer.BadParameter("nothing to write: give --issued, --voids, or both")
    check_writable(issued, voids)
    at = now()
    listed = read_list(keys, root, at)
    signer = read_key(key, passphrase(source, f"manifest key {key}"), Kind.MANIFEST)
    reader = open_reader(data)
    try:
        heads = _checkpoints(checkpoint or [], listed)
        if issued is not None:
            _issued(issued, reader, signer, listed, at, timedelta(days=days), heads)
        if voids is not None:
            _voids(voids, reader, signer, listed, at, timedelta(days=void_days), heads)
    finally:
        reader.close()


@app.command()
def show(path: Annotated[Path, typer.Argument(help="A list of codes.")], machine: JsonOption = False) -> None:
    """Show what a list says of itself and how old it is; whether to believe it, `shellmark verify` checks.

    Example: `shellmark manifest show issued.list`
    """
    data = read_bytes(path, "list of codes")
    facts = _facts(data)
    age = facts.age(now())
    told: dict[str, Any] = {
        **facts.model_dump(mode="json", exclude_none=True),
        "age_s": round(age.total_seconds()),
        "expired": now() >= facts.expires,
        "bytes": len(data),
    }
    if machine:
        print_json(told)
        return
    for name, value in _words(facts, len(data)):
        out.print(f"{name:8} {value}", markup=False, soft_wrap=True)


def _words(facts: Facts, size: int) -> Iterator[tuple[str, str]]:
    """A list's facts for people, by name."""
    yield "what", f"{facts.what} codes"
    yield "version", str(facts.version)
    yield "issued", f"{_minute(facts.issued)}, {facts.age(now()).total_seconds() / 3600:.1f} h ago"
    yield "expires", f"{_minute(facts.expires)}{', EXPIRED' if now() >= facts.expires else ''}"
    yield "counts", ", ".join(f"{count} {what}" for what, count in facts.counts.items())
    for log in facts.logs:
        yield "log", f"{log.origin}: signed to {log.size} leaves, codes of the first {log.upto} are in; root {log.root}"
    yield "coding", f"{facts.bits} bits of each code's hash, Rice parameter {facts.k}"
    yield "body", f"SHA-256 {facts.body}"
    yield "bytes", str(size)


def _issued(
    path: Path,
    reader: RecordReader,
    key: KeyFile,
    keys: KeyList,
    at: datetime,
    life: timedelta,
    heads: list[Checkpoint],
) -> None:
    links = [code.link for code in reader.issued().codes() if code.is_issued]
    version, logs = _next_version(path, "issued"), _logs(heads, reader)
    data = build_manifest(links, key, version=version, now=at, life=life, logs=logs)
    made = open_manifest(data, keys, at).facts  # what is given out must be believed by whoever gets it
    replace_public(path, data)
    _said(path, made, f"{made.counts['codes']} issued codes", len(data))


def _voids(
    path: Path,
    reader: RecordReader,
    key: KeyFile,
    keys: KeyList,
    at: datetime,
    life: timedelta,
    heads: list[Checkpoint],
) -> None:
    links = list(_withdrawn(reader.issued().codes()))
    version, logs = _next_version(path, "withdrawn"), _logs(heads, reader)
    data = build_withdrawn(links, key, version=version, now=at, life=life, logs=logs)
    made = open_withdrawn(data, keys, at).facts
    replace_public(path, data)
    counts = ", ".join(f"{count} {reason}" for reason, count in made.counts.items())
    _said(path, made, counts, len(data))


def _withdrawn(codes: Iterator[IssuedCode]) -> Iterator[tuple[Link, Withdrawal]]:
    for code in codes:
        if code.suspicion is Suspicion.COPIED:
            yield code.link, Withdrawal.COPIED
        elif code.is_withdrawn:
            yield code.link, Withdrawal.VOID if code.state is States.VOID else Withdrawal.RETIRED


def _checkpoints(paths: list[Path], keys: KeyList) -> list[Checkpoint]:
    verifiers = [one.verifier for one in keys.of_kind(Kind.LOG) if one.revoked is None]
    return [open_checkpoint(read_bytes(path, "checkpoint"), verifiers)[0] for path in paths]


def _logs(checkpoints: list[Checkpoint], reader: RecordReader) -> list[LogAt]:
    """How far the logs are; to be asked after the codes were read, so that none of them is a later leaf."""
    upto = reader.issued().longest_log()
    return [LogAt.of(one, upto) for one in checkpoints]


def _next_version(path: Path, what: str) -> int:
    if not path.exists():
        return 1
    facts = _facts(read_bytes(path, "list of codes"))
    if facts.what != what:
        raise InputError(f"{path} is a list of {facts.what} codes, not of {what} ones: give another file")
    return facts.version + 1


def _facts(data: bytes) -> Facts:
    try:
        return manifest_facts(data)
    except ManifestError as e:
        try:
            return withdrawn_facts(data)
        except ManifestError:
            raise e from None


def _said(path: Path, facts: Facts, what: str, size: int) -> None:
    told = f"{path}: version {facts.version}, {what}, {size} bytes, until {_minute(facts.expires)}"
    out.print(told, markup=False, soft_wrap=True)


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
