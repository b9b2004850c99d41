"""`shellmark keys`: draw keys, keep the list two of three root holders sign, rotate and revoke."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from shellmark_inspect.app import tags
from shellmark_inspect.app.files import read_bytes
from shellmark_inspect.app.papers import PassphraseOption, RootOption, now, passphrase, read_roots
from shellmark_inspect.app.printing import JsonOption, errors, out, print_json, print_table
from shellmark_inspect.app.records import open_reader
from shellmark_inspect.errors import InputError
from shellmark_trace.errors import KeyFileError
from shellmark_trace.keys import (
    CARD_ENDING,
    LIST_LIFE,
    NEEDED,
    Card,
    Entry,
    KeyList,
    Kind,
    card_of,
    create_key,
    differences,
    draft,
    draft_text,
    first_list,
    key_id,
    new_entry,
    open_list,
    parse_draft,
    read_key,
    renewed,
    replace_public,
    revoked,
    rotated,
    sign_draft,
    signed_by,
    write_card,
    write_public,
)

app = typer.Typer(no_args_is_help=True, help="Keys: draw, list, sign by two of three root holders, rotate, revoke.")
app.command()(tags.tag)

CardArgument = Annotated[Path, typer.Argument(help="The key's card (.pub).")]
ListArgument = Annotated[Path, typer.Argument(help="The key list, or a draft of it.")]
OutArgument = Annotated[Path, typer.Argument(help="The draft to write; what exists is not written over.")]
LifeOption = Annotated[int, typer.Option("--life", min=1, max=3660, help="Days until the list expires.")]
GtinOption = Annotated[list[str] | None, typer.Option("--gtin", help="A GTIN the station may sign; may be repeated.")]
COLUMNS = ("kind", "id", "name", "from", "to", "drawn", "most", "GTINs", "log", "revoked")


@app.command()
def init(
    kind: Annotated[Kind, typer.Argument(help="What the key is for.")],
    name: Annotated[str, typer.Argument(help="Who or what has it; of a log's key the log's origin.")],
    path: Annotated[Path, typer.Argument(help="The key file to write; its card goes beside it.")],
    source: PassphraseOption = "prompt",
) -> None:
    """Draw a key: a private file under a passphrase (mode 0600), and a card (.pub) for others.

    Examples: `shellmark keys init root alice alice.key` · `shellmark keys init station st01 st01.key
    --passphrase-from env:ST01`
    """
    card_path = path.with_suffix(CARD_ENDING)
    if card_path == path or (kind is not Kind.PIN and card_path.exists()):
        raise InputError(f"{card_path} is the card's place and is taken: give another name for the key file")
    card = create_key(kind, name, path, passphrase(source, f"the new {kind} key {name}", twice=True))
    if kind is Kind.PIN:
        out.print(f"{path}: PIN key {name}; it has no card", markup=False, soft_wrap=True)
        return
    write_card(card, card_path)
    out.print(f"{path}: keep it secret\n{card_path}: {card}", markup=False, soft_wrap=True)


@app.command("draft")
def begin(
    path: OutArgument,
    factory_zh: Annotated[str, typer.Option("--factory-zh", help="The factory's name in Chinese.")],
    factory_en: Annotated[str, typer.Option("--factory-en", help="The factory's name in English.")],
    host: Annotated[list[str], typer.Option("--host", help="A host our codes name; may be repeated.")],
    cards: Annotated[list[Path] | None, typer.Option("--card", help="The card of a log or manifest key.")] = None,
    life: LifeOption = LIST_LIFE.days,
) -> None:
    """Begin a factory's key list with the keys of its logs and manifests; stations are added by `rotate`.

    Example: `shellmark keys draft keys-1.list --factory-zh 平湖箱包厂 --factory-en "Pinghu Luggage"
    --host id.example.cn --card log.pub --card manifest.pub`
    """
    at = now()
    entries = [new_entry(_card(one), at) for one in cards or ()]
    _write(path, first_list(factory_zh, factory_en, host, entries, at, timedelta(days=life)))


@app.command()
def rotate(
    path: ListArgument,
    card: CardArgument,
    to: OutArgument,
    gtin: GtinOption = None,
    most: Annotated[int | None, typer.Option("--most", min=1, help="Codes it may sign at most.")] = None,
    log: Annotated[str | None, typer.Option("--log", help="The log its codes are logged in.")] = None,
    starts: Annotated[
        datetime | None, typer.Option("--starts", help="Codes drawn from when on, local time. Default: now.")
    ] = None,
    days: Annotated[int | None, typer.Option("--days", min=1, max=3660, help="How long it signs.")] = None,
    life: LifeOption = LIST_LIFE.days,
) -> None:
    """Add a key; the one of the same kind and name signs for two more weeks.

    A station's GTINs, count and log are those of its key before, unless they are given.

    Example: `shellmark keys rotate keys-1.list st01.pub keys-2.list --gtin 06901234567892 --most 200000
    --log trace.example.cn/pinghu/st01`
    """
    keys, _ = parse_draft(read_bytes(path, "key list"))
    found = _card(card)
    before = _latest(keys, found)
    at = now()
    new = new_entry(
        found,
        at if starts is None else starts.astimezone(UTC),
        gtins=tuple(gtin or (before.gtins if before else ())),
        most=most if most is not None or before is None else before.most,
        log=log if log is not None else (before.log if before else ""),
        window=None if days is None else timedelta(days=days),
    )
    _write(to, rotated(keys, new, at, timedelta(days=life)), keys)


@app.command()
def renew(
    path: ListArgument,
    to: OutArgument,
    host: Annotated[list[str] | None, typer.Option("--host", help="A further host; may be repeated.")] = None,
    life: LifeOption = LIST_LIFE.days,
) -> None:
    """Give the list a later end, and further hosts when the domain changes; no key changes.

    Example: `shellmark keys renew keys-4.list keys-5.list --host v.example.cn`
    """
    keys, _ = parse_draft(read_bytes(path, "key list"))
    _write(to, renewed(keys, now(), timedelta(days=life), host or ()), keys)


@app.command()
def revoke(
    path: ListArgument,
    key: Annotated[str, typer.Argument(help="The key's id, 6 hex digits.")],
    to: OutArgument,
    why: Annotated[str, typer.Option("--why", help="What happened.")],
    from_index: Annotated[
        int | None, typer.Option("--from-index", min=0, help="The first leaf of its log that is not trusted.")
    ] = None,
    life: LifeOption = LIST_LIFE.days,
) -> None:
    """Revoke a key from a leaf of its log on: codes logged before stay good.

    Example: `shellmark keys revoke keys-2.list 124fe3 keys-3.list --from-index 48210 --why "station PC stolen"`
    """
    keys, _ = parse_draft(read_bytes(path, "key list"))
    _write(to, revoked(keys, key.lower(), from_index, why, now(), timedelta(days=life)), keys)


@app.command()
def sign(
    path: Annotated[Path, typer.Argument(help="The draft; the signature is added in place.")],
    key: Annotated[Path, typer.Argument(help="The holder's key file.")],
    root: RootOption,
    before: Annotated[Path | None, typer.Option("--before", help="The list in force, to see what changes.")] = None,
    source: PassphraseOption = "prompt",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask after showing what is signed.")] = False,
) -> None:
    """Add a root holder's signature to a draft, alone and offline; two of three make it a list.

    Example: `shellmark keys sign keys-2.list alice.key --root roots.txt --before keys-1.list`
    """
    roots = read_roots(root)
    said = read_bytes(path, "draft")
    keys, _ = parse_draft(said)
    old = None if before is None else read_any_list(before, root)
    if old is not None and keys.version <= old.version:
        raise InputError(f"the draft has version {keys.version}, the list in force {old.version}: make a newer draft")
    _tell(keys, old)
    if not yes:
        typer.confirm("Sign this list?", abort=True)
    holder = read_key(key, passphrase(source, f"root key {key}"), Kind.ROOT)
    keys, note = sign_draft(said, holder, roots)
    replace_public(path, str(note).encode())
    names = ", ".join(one.name for one in signed_by(note, roots))
    out.print(f"{path}: version {keys.version} signed by {names}; {NEEDED} are needed", markup=False, soft_wrap=True)


@app.command("list")
def list_keys(
    path: ListArgument,
    root: Annotated[str | None, typer.Option("--root", help="The root holders; without it nothing is checked.")] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="A station's records: count the codes drawn in each key's time.")
    ] = None,
    machine: JsonOption = False,
) -> None:
    """List the keys of a key list; with `--root` the list must be in force.

    With `--data` each station's codes are counted against what its key may sign; ends with 1 when there are more.

    Example: `shellmark keys list keys-2.list --root roots.txt --data station.toml`
    """
    said = read_bytes(path, "key list")
    keys, note = parse_draft(said)
    if root is not None:
        keys = open_list(said, read_roots(root), now())
    names = [one.name for one in note.signatures]
    drawn = {} if data is None else _drawn(keys, data)
    if machine:
        more = {"signatures": names, "checked": root is not None, "drawn": drawn}
        print_json(keys.model_dump(mode="json") | more)
    else:
        _print(keys, names, drawn, is_checked=root is not None)
    if over := [one for one in keys.of_kind(Kind.STATION) if drawn.get(one.id, 0) > (one.most or 0)]:
        first, count = over[0], drawn[over[0].id]
        errors.print(
            f"shellmark: {count} codes were drawn in the time of key {first.id} ({first.name}), which may sign "
            f"{first.most}: rotate it, with a larger --most for the next",
            style="red",
            markup=False,
            soft_wrap=True,
        )
        raise typer.Exit(1)


def _print(keys: KeyList, names: list[str], drawn: dict[str, int], *, is_checked: bool) -> None:
    state = "in force" if is_checked else "not checked: give --root"
    out.print(
        f"{keys.factory_zh} {keys.factory_en}: version {keys.version}, {keys.issued:%Y-%m-%d} to "
        f"{keys.expires:%Y-%m-%d}, hosts {', '.join(keys.hosts)}, signed by {', '.join(names) or 'nobody'} ({state})",
        markup=False,
        soft_wrap=True,
    )
    print_table(COLUMNS, (_line(one, drawn) for one in keys.keys))


@app.command()
def show(
    path: Annotated[Path, typer.Argument(help="A key file or a card.")],
    machine: JsonOption = False,
) -> None:
    """Show what a key file or a card is, without its passphrase.

    Example: `shellmark keys show st01.key`
    """
    card = _card(path)
    listed = card.kind in {Kind.STATION, Kind.LOG, Kind.MANIFEST}
    facts: dict[str, Any] = {"kind": str(card.kind), "name": card.name, "card": str(card)}
    facts["id"] = key_id(card.verifier) if listed else None
    if machine:
        print_json(facts)
        return
    for name, value in facts.items():
        out.print(f"{name:5} {value or '-'}", markup=False, soft_wrap=True)


def read_any_list(path: Path, root: str) -> KeyList:
    """A list two holders have signed, expired or not: what came before may be old."""
    said = read_bytes(path, "key list")
    return open_list(said, read_roots(root), parse_draft(said)[0].issued)


def _card(path: Path) -> Card:
    if path.suffix == CARD_ENDING:
        try:
            return Card.parse(read_bytes(path, "card").decode())
        except UnicodeDecodeError as e:
            raise KeyFileError(f"{path} is no card: give the .pub file that came with the key") from e
    return card_of(path)


def _latest(keys: KeyList, card: Card) -> Entry | None:
    mine = [one for one in keys.keys if (one.kind, one.name) == (card.kind, card.name)]
    return max(mine, key=lambda one: one.starts, default=None)


def _write(path: Path, keys: KeyList, before: KeyList | None = None) -> None:
    write_public(path, draft_text(draft(keys)).encode())
    _tell(keys, before)
    out.print(f"{path}: version {keys.version}, to be signed by {NEEDED} root holders", markup=False, soft_wrap=True)


def _tell(keys: KeyList, before: KeyList | None) -> None:
    for line in differences(before, keys):
        out.print(f"  {line}", markup=False, soft_wrap=True)


def _drawn(keys: KeyList, data: Path) -> dict[str, int]:
    reader = open_reader(data)
    try:
        found = reader.issued()
        return {one.id: found.drawn(one.name, since=one.starts, before=one.ends) for one in keys.of_kind(Kind.STATION)}
    finally:
        reader.close()


def _line(one: Entry, drawn: dict[str, int]) -> tuple[object, ...]:
    mark = ""
    if one.revoked is not None:
        index = one.revoked.from_index
        mark = f"from leaf {index}" if index is not None else "wholly"
        mark += f": {one.revoked.why}"
    dates = f"{one.starts:%Y-%m-%d}", f"{one.ends:%Y-%m-%d}"
    return (
        one.kind,
        one.id,
        one.name,
        *dates,
        drawn.get(one.id, ""),
        one.most or "",
        ", ".join(one.gtins),
        one.log,
        mark,
    )
