"""New versions of the key list: the first, one with a key that takes over, one with a key that is revoked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shellmark_trace.errors import KeyFileError

from .entries import Entry, Revocation, entry, first_fault
from .files import Card, Kind
from .listing import KeyList

WINDOW = timedelta(days=92)
"""How long a station's key signs: three months."""

OVERLAP = timedelta(days=14)
"""How long the key before goes on signing beside the new one."""

LIST_LIFE = timedelta(days=120)
"""A list outlives a window by four weeks: time for the holders to meet."""

LONG_WINDOW = timedelta(days=3 * 365)
"""How long the keys of a log and of the manifest sign."""


def first_list(
    factory_zh: str, factory_en: str, hosts: Iterable[str], keys: Iterable[Entry], now: datetime, life: timedelta
) -> KeyList:
    """Version 1 of a factory's list.

    Raises:
        KeyFileError: something in it does not fit.
    """
    facts = {"factory_zh": factory_zh, "factory_en": factory_en, "hosts": tuple(hosts), "keys": tuple(keys)}
    return _made(facts | {"version": 1, "issued": now, "expires": now + life})


def rotated(keys: KeyList, new: Entry, now: datetime, life: timedelta) -> KeyList:
    """The list with a new key; the one of its kind and name that signs now ends two weeks after the new one starts.

    Raises:
        KeyFileError: the key is in the list already, or something in it does not fit.
    """
    if any(one.vkey == new.vkey for one in keys.keys):
        raise KeyFileError(f"key {new.id} is in the list already: draw a new one, no key signs for two windows")
    older = [one for one in keys.keys if (one.kind, one.name) == (new.kind, new.name) and one.revoked is None]
    until = new.starts + OVERLAP
    kept = [_ended(one, until) if one in older else one for one in keys.keys]
    return _next(keys, now, life, keys=(*kept, new))


def renewed(keys: KeyList, now: datetime, life: timedelta, hosts: Iterable[str] = ()) -> KeyList:
    """The list with a later end and perhaps further hosts; old hosts stay, since labels with them are in the world.

    Raises:
        KeyFileError: a host is none.
    """
    more = [host.upper() for host in hosts]
    return _next(keys, now, life, hosts=tuple(dict.fromkeys([*keys.hosts, *more])))


def revoked(keys: KeyList, key_id: str, from_index: int | None, why: str, now: datetime, life: timedelta) -> KeyList:
    """The list in which a key is not believed from a leaf of its log on.

    Raises:
        KeyFileError: there is no such key, an index is missing or has no log, or it would forgive what was revoked.
    """
    found = keys.entry(key_id)
    if found is None:
        raise KeyFileError(f"there is no key {key_id[:20]!r} in the list: `shellmark keys list` shows those there are")
    has_log = found.kind is Kind.LOG or bool(found.log)
    if has_log is (from_index is None):
        due = (
            "give the first leaf of its log that is not trusted (--from-index)"
            if has_log
            else "it has no log, so no index counts"
        )
        raise KeyFileError(f"{found.kind} key {key_id} ({found.name}): {due}")
    if found.revoked is not None and (found.revoked.from_index or 0) <= (from_index or 0):
        raise KeyFileError(
            f"key {key_id} is revoked from {found.revoked.from_index} on: only an earlier index changes that"
        )
    mark = Revocation(from_index=from_index, at=now, why=why)
    changed = tuple(one.model_copy(update={"revoked": mark}) if one is found else one for one in keys.keys)
    return _next(keys, now, life, keys=changed)


def new_entry(
    card: Card,
    starts: datetime,
    *,
    gtins: tuple[str, ...] = (),
    most: int | None = None,
    log: str = "",
    window: timedelta | None = None,
) -> Entry:
    """The entry of a card's key for the window its kind has: three months for a station, three years for others.

    Raises:
        KeyFileError: something does not fit.
    """
    usual = WINDOW if card.kind is Kind.STATION else LONG_WINDOW
    return entry(card, starts, starts + (window or usual), gtins=gtins, most=most, log=log)


def differences(before: KeyList | None, after: KeyList) -> list[str]:
    """What a holder is about to sign, a line each: what is new, what ends earlier, what is revoked, what is gone."""
    old = {} if before is None else {one.id: one for one in before.keys}
    said = [*_heads(before, after)]
    for one in after.keys:
        name = f"{one.kind} key {one.id} ({one.name})"
        if (was := old.get(one.id)) is None:
            said.append(f"new: {name} from {one.starts:%Y-%m-%d} to {one.ends:%Y-%m-%d}{_goods(one)}")
        elif was != one:
            said.append(f"changed: {name}: " + ", ".join(_changed(was, one)))
    gone = set(old) - {one.id for one in after.keys}
    return said + [f"REMOVED: {old[key].kind} key {key} ({old[key].name})" for key in sorted(gone)]


def _heads(before: KeyList | None, after: KeyList) -> Iterable[str]:
    said = {
        "factory": (before and f"{before.factory_zh} {before.factory_en}", f"{after.factory_zh} {after.factory_en}"),
        "version": (before and before.version, after.version),
        "expires": (before and f"{before.expires:%Y-%m-%d}", f"{after.expires:%Y-%m-%d}"),
        "hosts": (before and ", ".join(before.hosts), ", ".join(after.hosts)),
    }
    for name, (was, now) in said.items():
        if was != now:
            yield f"{name}: {now}" if was is None else f"{name}: {was} -> {now}"


def _goods(one: Entry) -> str:
    goods = f", at most {one.most} codes of {', '.join(one.gtins)}" if one.gtins else ""
    logged = f", logged in {one.log}" if one.log else ""
    return f"{goods}{logged}{f', revoked: {_revocation(one.revoked)}' if one.revoked else ''}"


def _changed(was: Entry, now: Entry) -> Iterable[str]:
    """What differs between two entries of a key, in a holder's words; a field nobody has words for by its name."""
    if was.revoked != now.revoked:
        taken = "REVOCATION TAKEN BACK" if now.revoked is None else "revoked"
        before = f"{_revocation(was.revoked)} -> " if was.revoked and now.revoked else ""
        yield f"{taken}: {before}{_revocation(now.revoked or was.revoked)}"
    for name in Entry.model_fields:
        before, after = getattr(was, name), getattr(now, name)
        if before != after and name != "revoked":
            say = _WORDS.get(name, lambda value: f"{value or '-'}")
            yield f"{_NAMES.get(name, name)} {say(before)} -> {say(after)}"


def _revocation(mark: Revocation | None) -> str:
    if mark is None:
        return "-"
    since = "wholly" if mark.from_index is None else f"from leaf {mark.from_index} of its log on"
    return f"{since}, {_minute(mark.at)}, {mark.why}"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


_NAMES: Mapping[str, str] = {"gtins": "GTINs", "most": "codes at most", "vkey": "public key"}
_WORDS: Mapping[str, Callable[[Any], str]] = {
    "starts": _minute,
    "ends": _minute,
    "gtins": lambda gtins: ", ".join(gtins) or "-",
}


def _ended(one: Entry, until: datetime) -> Entry:
    return one if one.ends <= until else one.model_copy(update={"ends": max(until, one.starts + timedelta(seconds=1))})


def _next(before: KeyList, now: datetime, life: timedelta, **changes: Any) -> KeyList:
    if now < before.issued:
        raise KeyFileError(
            f"the list before was issued at {before.issued:%Y-%m-%d %H:%M} UTC: set this machine's clock right"
        )
    facts = {name: getattr(before, name) for name in KeyList.model_fields} | changes
    return _made(facts | {"version": before.version + 1, "issued": now, "expires": now + life})


def _made(facts: dict[str, Any]) -> KeyList:
    try:
        return KeyList.model_validate(facts)
    except ValueError as e:
        raise KeyFileError(f"the key list cannot be made: {first_fault(e)}") from e
