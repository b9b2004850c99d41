"""`shellmark log`: publish the station's transparency log, prove what is in it, check it, and witness others' logs."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from shellmark_inspect.app.files import check_writable, read_bytes
from shellmark_inspect.app.printing import JsonOption, out, print_json, progress
from shellmark_inspect.app.serving import listening, serve
from shellmark_inspect.errors import InputError
from shellmark_inspect.records import RecordReader
from shellmark_inspect.station import StationConfig, check_log, log_spec, log_verifier, note_with, open_log, publish
from shellmark_trace import leaf_hash, payload_hash
from shellmark_trace.keys import WAYS, Card, card_of, read_key, read_passphrase
from shellmark_trace.keys import Kind as KeyKind
from shellmark_trace.log import (
    ENDING,
    Checkpoint,
    Cosigner,
    FolderSource,
    Head,
    Kind,
    Note,
    Proof,
    TileNodes,
    Verifier,
    Witness,
    make_proof,
    read_entry,
    read_head,
    witness_app,
)

app = typer.Typer(no_args_is_help=True, help="The station's transparency log: publish, prove, check, witness.")

ConfigArgument = Annotated[Path, typer.Argument(help="The station's configuration (TOML).", show_default=False)]
BROKEN = 1
"""The exit code of a log or a proof that does not hold."""

DAYS_TOLD = 3
"""Days with erased payloads that are named in the line; `--json` names all."""

RECORD_ENDING = ".record.json"
ENTRY_ENDING = ".leaf"


@app.command()
def check(
    config: ConfigArgument,
    against: Annotated[
        list[Path] | None, typer.Option("--against", help="A checkpoint from elsewhere, such as the group chat.")
    ] = None,
    mirror: Annotated[
        str | None, typer.Option("--mirror", help="A folder or address with a copy of the published log.")
    ] = None,
    machine: JsonOption = False,
) -> None:
    """Recompute the log from the records; say in one line which record was edited first. Exit code 1 if it fails.

    Example: `shellmark log check station.toml --against chat.txt`
    """
    settings = StationConfig.read(config)
    log_spec(settings)
    texts = [_text(path) for path in against or ()]
    with _reader(settings) as reader, progress("log", reader.leaves(settings.station).last()) as advance:
        found = check_log(settings, reader, against=texts, mirror=mirror, progress=advance)
    erased = sum(found.erased.values())
    if machine:
        told = asdict(found) | {"erased": {"payloads": erased, "days": dict(found.erased)}}
        print_json(told | {"holds": not found.faults})
    elif found.faults:
        more = f" (and {len(found.faults) - 1} more)" if len(found.faults) > 1 else ""
        gone = f"; {_erased(found.erased)}" if erased else ""
        out.print(f"does not hold: {found.faults[0]}{more}{gone}", markup=False, soft_wrap=True)
    else:
        counts = f"{found.leaves} leaves, {found.signed} signed, {found.witnessed} witnessed"
        out.print(f"holds: {counts}, {_erased(found.erased)}", markup=False, soft_wrap=True)
    if found.faults:
        raise typer.Exit(BROKEN)


def _erased(days: Mapping[str, int]) -> str:
    """How many payloads are gone, and on which days: the three with most first."""
    if not days:
        return "0 payloads erased"
    most = sorted(days.items(), key=lambda one: (-one[1], one[0]))
    told = ", ".join(f"{day}: {count}" for day, count in most[:DAYS_TOLD])
    more = f", {len(most) - DAYS_TOLD} more days" if len(most) > DAYS_TOLD else ""
    return f"{sum(days.values())} payloads erased ({told}{more})"


@app.command("publish")
def publish_log(config: ConfigArgument, machine: JsonOption = False) -> None:
    """Publish what is recorded, with a signed checkpoint, and ask the witnesses. A running station does it by itself.

    Example: `shellmark log publish station.toml`
    """
    settings = StationConfig.read(config)
    spec = log_spec(settings)
    with _reader(settings) as reader:
        publisher = open_log(settings, reader, _ask)
        post = None if spec.post is None else settings.folder / settings.data / spec.post
        head, missing = publish(publisher, [witness.at for witness in spec.witnesses], post)
    names = [one.name for one in Note.parse(head.note).signatures[1:]]
    if machine:
        print_json(_head_json(head) | {"cosigned": names, "missing": missing})
        return
    told = f"{head.checkpoint.size} leaves in {publisher.folder}, cosigned by {', '.join(names) or 'nobody'}"
    out.print(told, markup=False, soft_wrap=True)
    for why in missing:
        out.print(why, style="yellow", markup=False, soft_wrap=True)


@app.command()
def checkpoint(
    config: ConfigArgument,
    witnessed: Annotated[bool, typer.Option("--witnessed", help="The newest one a witness has cosigned.")] = False,
    machine: JsonOption = False,
) -> None:
    """Print the newest signed checkpoint, to be posted where others keep it: a group chat, a mail.

    Example: `shellmark log checkpoint station.toml`
    """
    settings = StationConfig.read(config)
    head = _head(settings)
    if not (said := head.witnessed if witnessed else head.note):
        raise InputError(f"station {settings.station} has {'no witnessed' if witnessed else 'no'} checkpoint yet")
    if machine:
        print_json({"checkpoint": said, "key": log_verifier(settings).vkey})
        return
    typer.echo(said, nl=False)


@app.command()
def key(config: ConfigArgument) -> None:
    """Print the log's public key, which those need who check or witness it.

    Example: `shellmark log key station.toml`
    """
    typer.echo(log_verifier(StationConfig.read(config)).vkey)


@app.command()
def proof(
    config: ConfigArgument,
    index: Annotated[int | None, typer.Option("--index", min=0, help="The leaf's number.")] = None,
    serial: Annotated[str | None, typer.Option("--serial", help="The last leaf of this code.")] = None,
    row: Annotated[int | None, typer.Option("--row", min=1, help="The leaf of this record.")] = None,
    to: Annotated[Path, typer.Option("--out", help="Where to write; endings are added.")] = Path("proof"),
    record: Annotated[bool, typer.Option("--record", help="Disclose the record too, with its salt.")] = False,
) -> None:
    """Write the proof that a leaf is in the log: OUT.tlog-proof, its entry OUT.leaf, with --record OUT.record.json.

    Example: `shellmark log proof station.toml --serial 0123456789ABC --out case-17`
    """
    settings = StationConfig.read(config)
    spec, head = log_spec(settings), _head(settings)
    paths = [to.with_name(f"{to.name}{ending}") for ending in (ENDING, ENTRY_ENDING, RECORD_ENDING)]
    check_writable(*paths)
    with _reader(settings) as reader:
        number = _leaf_number(reader, settings.station, index, serial, row)
        note = _note_with(head, number)
        size, source = Checkpoint.parse(note.text).size, FolderSource(settings.folder / settings.data / spec.folder)
        entry = read_entry(source, number, size)
        made = make_proof(TileNodes(source, size), number, note, entry)
        disclosed = _disclosed(reader, settings.station, number) if record else None
    paths[0].write_text(str(made), "utf-8")
    paths[1].write_bytes(entry)
    if disclosed is not None:
        paths[2].write_text(json.dumps(disclosed, ensure_ascii=False, indent=2), "utf-8")
    told = ", ".join(str(path) for path in (paths if record else paths[:2]))
    out.print(f"leaf {number} of {size}: {told}", markup=False, soft_wrap=True)


@app.command("verify-proof")
def verify_proof(
    file: Annotated[Path, typer.Argument(help="The proof (.tlog-proof).", show_default=False)],
    log: Annotated[str, typer.Option("--log", help="The log's key, NAME+ID+BASE64.")],
    entry: Annotated[
        Path | None, typer.Option("--entry", help="The entry. Default: beside the proof, with the ending .leaf.")
    ] = None,
    record: Annotated[Path | None, typer.Option("--record", help="A disclosed record of the entry.")] = None,
    witness: Annotated[list[str] | None, typer.Option("--witness", help="A witness's key, NAME+ID+BASE64.")] = None,
    least: Annotated[int, typer.Option("--least", min=0, help="So many witnesses must have cosigned.")] = 0,
    machine: JsonOption = False,
) -> None:
    """Check a proof without asking anybody: entry, log's signature, witnesses. Forged or unlogged is exit code 2.

    Example: `shellmark log verify-proof case-17.tlog-proof --log "$(cat log.vkey)"`
    """
    found = Proof.parse(_bytes(file))
    data = _bytes(entry or file.with_suffix(ENTRY_ENDING))
    seen_by = [Verifier.parse(vkey, Kind.COSIGNATURE) for vkey in witness or ()]
    proved = found.check(data, Verifier.parse(log, Kind.NOTE), seen_by, least=least)
    told = None if record is None else _opened(_bytes(record), data)
    names = [one.name for one in proved.witnesses]
    if machine:
        values = {"index": proved.index, "size": proved.checkpoint.size, "origin": proved.checkpoint.origin}
        print_json(values | {"witnesses": names, "entry": json.loads(data), "record": told})
        return
    seen = f"seen by {', '.join(names)}" if names else "seen by no witness"
    place = f"in the log {proved.checkpoint.origin}: leaf {proved.index} of {proved.checkpoint.size}"
    out.print(f"{place}, {seen}", markup=False, soft_wrap=True)
    typer.echo(json.dumps(told, ensure_ascii=False) if told is not None else data.decode())


@app.command()
def witness(
    key_file: Annotated[Path, typer.Option("--key", help="The witness's own key file, used for nothing else.")],
    logs: Annotated[list[str], typer.Option("--log", help="The key of a log to witness, NAME+ID+BASE64.")],
    passphrase: Annotated[
        str, typer.Option("--passphrase-from", "--passphrase", help=f"Where its passphrase comes from: {WAYS}.")
    ] = "prompt",  # noqa: S107 - where it is found, not what it is
    state: Annotated[Path, typer.Option("--state", help="Where it keeps what it has seen.")] = Path("witness"),
    host: Annotated[str, typer.Option("--host", help="The address to serve at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to serve at.")] = 8390,
    show: Annotated[bool, typer.Option("--show-key", help="Print the witness's public key and end.")] = False,
) -> None:
    """Witness the logs of others: a web service that cosigns their checkpoints as long as they only grow.

    Example: `shellmark log witness --key mes.key --log "$(cat st01.vkey)" --log "$(cat st02.vkey)" --host 0.0.0.0`
    """
    card = card_of(key_file)
    known = [Verifier.parse(one, Kind.NOTE) for one in logs]
    _own(key_file, card, known)
    public = Verifier(card.name, card.verifier.key, Kind.COSIGNATURE)
    if show:
        typer.echo(public.vkey)
        return
    opened = read_key(key_file, read_passphrase(passphrase, _ask, f"witness {card.name}"), KeyKind.LOG)
    service = witness_app(Witness(state, Cosigner(card.name, opened.private), known))
    at = listening(host, port, "the witness")
    out.print(f"{public.vkey} at http://{host}:{port}", markup=False, soft_wrap=True)
    serve(service, at)


def _own(key_file: Path, card: Card, known: list[Verifier]) -> None:
    """See that a witness's key is for that alone: it is drawn as a log's, and signs none of the logs it witnesses."""
    if card.kind is not KeyKind.LOG:
        what = f"is a {card.kind} key"
    elif served := [one.name for one in known if one.key == card.verifier.key]:
        what = f"signs the log {served[0]} itself"
    else:
        return
    raise InputError(
        f"{key_file} {what}, and no key serves two ends: draw the witness's own, `shellmark keys init log NAME FILE`"
    )


def _leaf_number(reader: RecordReader, station: str, index: int | None, serial: str | None, row: int | None) -> int:
    """The leaf that is meant; of several that tell of a code the last."""
    if sum(one is not None for one in (index, serial, row)) != 1:
        raise InputError("say which leaf: one of --index, --serial and --row")
    if index is not None:
        return index
    leaves = reader.leaves(station)
    found = leaves.of_serial(serial) if serial is not None else leaves.of_row(row or 0)
    if not found:
        raise InputError(f"no leaf of station {station} tells of {f'code {serial}' if serial else f'record {row}'}")
    return found[-1]


def _note_with(head: Head, number: int) -> Note:
    if (note := note_with(head, number)) is None:
        raise InputError(f"leaf {number} is not published yet: `shellmark log publish` does it")
    return note


def _disclosed(reader: RecordReader, station: str, number: int) -> dict[str, Any]:
    """What a leaf's payload says, with the salt its hash was made with."""
    leaf = next(iter(reader.leaves(station).leaves(number, number + 1)), None)
    if leaf is None or leaf.payload is None or leaf.salt is None:
        raise InputError(f"the payload of leaf {number} was erased: only its entry can be shown")
    return {"salt": b64encode(leaf.salt).decode(), "payload": leaf.payload.decode()}


def _opened(data: bytes, entry: bytes) -> Any:
    """A disclosed record, when it is the entry's."""
    try:
        said = json.loads(data)
        payload, salt = str(said["payload"]).encode(), b64decode(said["salt"], validate=True)
        fits = payload_hash(payload, salt) == json.loads(entry)["payload"]
    except (ValueError, KeyError, TypeError, RecursionError) as e:
        raise InputError("this is no disclosed record: `shellmark log proof --record` writes one") from e
    if not fits:
        raise InputError(
            f"the record is not the one the entry {leaf_hash(entry).hex()[:12]} stands for: it was changed"
        )
    return json.loads(payload)


@contextmanager
def _reader(settings: StationConfig) -> Iterator[RecordReader]:
    reader = RecordReader(settings.url, settings.images)
    try:
        yield reader
    finally:
        reader.close()


def _head(settings: StationConfig) -> Head:
    return read_head(settings.folder / settings.data / log_spec(settings).memory, log_verifier(settings))


def _head_json(head: Head) -> dict[str, Any]:
    found = head.checkpoint
    return {"origin": found.origin, "size": found.size, "root": b64encode(found.root).decode(), "checkpoint": head.note}


def _ask(what: str) -> str:
    return str(typer.prompt(f"passphrase of {what}", hide_input=True, err=True))


def _bytes(path: Path) -> bytes:
    return read_bytes(path, "file")


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode().replace("\r\n", "\n")
    except UnicodeDecodeError as e:
        raise InputError(f"{path} is no text: give a checkpoint as it was posted") from e
