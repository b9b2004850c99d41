"""From a text and the papers at hand to one answer; pure, and nothing is said that the papers do not carry."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from shellmark_trace.errors import TraceError
from shellmark_trace.keys import Entry, KeyList
from shellmark_trace.link import Link
from shellmark_trace.manifest import Withdrawal
from shellmark_trace.signed import Fault, Logged, SignedLink, fault_of
from shellmark_trace.states import States, Suspicion

from .answers import Answer, Verdicts, Why
from .oddities import OddText, read_text
from .papers import Papers
from .proofs import Shown, open_code_proof

_WITHDRAWN = {
    Withdrawal.VOID: Verdicts.VOID,
    Withdrawal.COPIED: Verdicts.COPIED,
    Withdrawal.RETIRED: Verdicts.RETIRED,
}
_LOGGED_SO = {
    str(States.VOID): Verdicts.VOID,
    str(States.RETIRED): Verdicts.RETIRED,
    str(Suspicion.COPIED): Verdicts.COPIED,
}
_NOT_YET = frozenset({States.RESERVED, States.SENT})

Said = tuple[Verdicts, StrEnum, dict[str, Any]]


def decide(text: str, papers: Papers, now: datetime, *, proof: bytes | None = None, need_log: bool = False) -> Answer:
    """What is said of a text; with `need_log` nothing is believed that no proof shows to be in the log."""
    try:
        found = read_text(text)
    except OddText as e:
        return Answer(Verdicts.NO_CODE, e.oddity, known=papers.known)
    link = found.link if isinstance(found, SignedLink) else found
    if papers.trouble is not None:
        why, error = papers.trouble
        said: Said = (Verdicts.CANNOT_SAY, why, {"error": error})
    elif papers.keys is None:
        said = (Verdicts.CANNOT_SAY, Why.NO_KEYS, {})
    else:
        said = _of_code(found, link, papers, papers.keys, papers.seen.at(now), proof, need_log=need_log)
    names = ("", "") if papers.keys is None else (papers.keys.factory_zh, papers.keys.factory_en)
    return Answer(*said, link, papers.known, papers.withdrawn is not None, names)


def _of_code(
    found: Link | SignedLink,
    link: Link,
    papers: Papers,
    keys: KeyList,
    now: datetime,
    proof: bytes | None,
    *,
    need_log: bool,
) -> Said:
    if link.host not in keys.hosts:
        return Verdicts.OTHER, Why.OTHER_HOST, {"host": link.host, "hosts": ", ".join(keys.hosts)}
    if link.gtin not in keys.gtins:
        return Verdicts.OTHER, Why.OTHER_FACTORY, {"gtin": link.gtin}
    shown = None
    if proof is not None:
        try:
            shown = _shown(proof, keys, link)
        except TraceError as e:
            return Verdicts.CANNOT_SAY, Why.PROOF_REFUSED, {"error": str(e)}
    listed = False
    if isinstance(found, SignedLink):
        fault = fault_of(found, keys, now, _logged(shown), need_log=need_log)
        entry = keys.entry(found.key_id)
        listed = fault is Fault.REVOKED and entry is not None and _is_listed(link, papers, entry)
        if fault is not None and not listed:
            return Verdicts.BAD_SIGNATURE, fault, _facts(found, entry)
    return _of_state(found, link, papers, shown, need_log=need_log, listed=listed)


def _of_state(
    found: Link | SignedLink, link: Link, papers: Papers, shown: Shown | None, *, need_log: bool, listed: bool
) -> Said:
    if papers.withdrawn is not None and (reason := papers.withdrawn.why(link)) is not None:
        return _WITHDRAWN[reason], Why.WITHDRAWN, {}
    if shown is not None and shown.after in _LOGGED_SO:
        return _LOGGED_SO[shown.after], Why.LOGGED_SO, {"index": shown.index}
    if listed and not need_log:
        return Verdicts.ISSUED, Why.LISTED_KEY_REVOKED, {}
    if shown is not None and shown.after not in _NOT_YET:
        return Verdicts.ISSUED, Why.PROVED, {"index": shown.index, "log": shown.log}
    if papers.manifest is not None and papers.manifest.has(link) and not (need_log and shown is None):
        return Verdicts.ISSUED, Why.LISTED, {}
    return _without_proof(isinstance(found, SignedLink), papers, shown, need_log=need_log)


def _without_proof(is_signed: bool, papers: Papers, shown: Shown | None, *, need_log: bool) -> Said:
    """A code nothing shows to be active: no proof of it, and not in the manifest."""
    if shown is not None and not is_signed:
        return Verdicts.UNKNOWN, Why.NEVER_ACTIVE, {"index": shown.index}
    if need_log and shown is None:
        return Verdicts.CANNOT_SAY, Why.NO_PROOF, {}
    if papers.manifest is not None and shown is None:
        return Verdicts.UNKNOWN, Why.SIGNED_NOT_LISTED if is_signed else Why.NOT_LISTED, {}
    if is_signed:
        return Verdicts.ISSUED, Why.SIGNED, {}
    return Verdicts.CANNOT_SAY, Why.NO_MANIFEST, {}


def _shown(proof: bytes, keys: KeyList, link: Link) -> Shown:
    shown = open_code_proof(proof, keys)
    if (shown.link.gtin, shown.link.serial) != (link.gtin, link.serial):
        raise TraceError(f"the proof is of serial {shown.link.serial[:20]}, not of {link.serial}: give the code's own")
    return shown


def _logged(shown: Shown | None) -> Logged | None:
    return None if shown is None else Logged(shown.log, shown.index, shown.at if shown.is_birth else None)


def _is_listed(link: Link, papers: Papers, entry: Entry) -> bool:
    """Whether a manifest that the loss of the key cannot have touched has the code.

    One that ends before the first leaf that is not believed; or one made since the revocation, when the factory knew.
    """
    manifest = papers.manifest
    if manifest is None or entry.revoked is None or not manifest.has(link):
        return False
    size = manifest.facts.size_of(entry.log)
    is_before = size is not None and size <= (entry.revoked.from_index or 0)
    return is_before or manifest.facts.issued >= entry.revoked.at


def _facts(signed: SignedLink, entry: Entry | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"key": signed.key_id, "gtin": signed.link.gtin}
    if entry is not None:
        facts |= {"starts": f"{entry.starts:%Y-%m-%d}", "ends": f"{entry.ends:%Y-%m-%d}", "most": entry.most}
        facts["from_index"] = (entry.revoked.from_index or 0) if entry.revoked else 0
    return facts
