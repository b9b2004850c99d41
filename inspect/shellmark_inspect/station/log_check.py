"""Checking a station's log: records, leaves, published files and signed checkpoints against each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shellmark_inspect.errors import InputError
from shellmark_inspect.records import Audit, RecordReader
from shellmark_inspect.station.config import StationConfig
from shellmark_inspect.station.publishing import log_spec, log_verifier
from shellmark_trace import LogError, SignatureInvalid, leaf_hash
from shellmark_trace.log import (
    CHECKPOINT,
    Checkpoint,
    Fault,
    FolderSource,
    Frontier,
    Head,
    LogCheck,
    Note,
    Source,
    Verifier,
    open_checkpoint,
    read_head,
    source_of,
)
from shellmark_trace.reading import read_file


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check has found: how many leaves the records have, how many were signed, how many a witness has seen.

    `faults` has a line for everything that does not hold, edited records first, by number; empty when all holds.
    `erased` says how many leaves have lost their payload, by the day (UTC) their event says, or "unknown": what their
    records said beyond the entry nobody can check.
    """

    leaves: int
    signed: int
    witnessed: int
    faults: tuple[str, ...]
    erased: Mapping[str, int] = field(default_factory=dict)


def check_log(
    config: StationConfig,
    reader: RecordReader,
    *,
    against: Sequence[str] = (),
    mirror: str | Path | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Checked:
    """Recompute a station's log from its records and compare it with everything that is known of it.

    `against` are further checkpoints of the log, such as one from a group chat; `mirror` a folder or address where
    somebody else keeps a copy of the published files. Memory stays bounded.

    Raises:
        ConfigError: the station has no log.
        InputError: there is no log at `mirror`.
        LogError: the memory of what was signed is damaged, or a checkpoint in `against` is not this log's.
        SignatureInvalid: a checkpoint in `against` is not signed by the log.
    """
    spec, verifier = log_spec(config), log_verifier(config)
    folder = config.folder / config.data
    head = read_head(folder / spec.memory, verifier)
    witnesses = [witness.verifier for witness in spec.witnesses]
    others = [open_checkpoint(text, [verifier])[0] for text in against]
    work = _Work(reader.audit(config.station), head, others)
    work.compare(FolderSource(folder / spec.folder), head.sizes)
    if mirror is not None:
        work.compare(_copy(mirror), (), f"the copy at {mirror}: ")
    work.run(progress)
    work.shown(folder / spec.folder / CHECKPOINT, verifier, witnesses)
    seen = Checkpoint.parse(Note.parse(head.witnessed).text).size if head.witnessed else 0
    return Checked(work.size, head.checkpoint.size, seen, work.faults(), work.erased())


def _copy(place: str | Path) -> Source:
    """Somebody's copy of the log, when there is one at all: nothing found there must not read as a broken log."""
    source = source_of(place)
    if source.read(CHECKPOINT) is None:
        raise InputError(f"there is no log at {place}: give the folder or address that its checkpoint lies in")
    return source


class _Work:
    """One check under way."""

    def __init__(self, audit: Audit, head: Head, others: Sequence[Checkpoint]) -> None:
        self._audit = audit
        self._signed = head.checkpoint
        self._others = others
        self._checks: list[tuple[str, LogCheck]] = []
        self._found: list[Fault] = []
        self._grown = Frontier()
        self._roots: dict[int, bytes] = {0: self._grown.root()}
        self.size = audit.leaves.last()

    def compare(self, source: Source, sizes: Sequence[int], prefix: str = "") -> None:
        """Compare published files too."""
        self._checks.append((prefix, LogCheck(source, self._signed, sizes)))

    def run(self, progress: Callable[[int], None]) -> None:
        """Go through every leaf once."""
        wanted, broken = {one.size for one in self._others}, False
        for leaf, edit in self._audit.edits(self.size):
            if edit is not None:
                self._found.append(Fault(leaf.index, edit.what))
                broken = broken or not leaf.entry
            if not broken:  # after a leaf that is gone every later one stands in another place
                for _, check in self._checks:
                    check.take(leaf.entry)
                self._grown.append(leaf_hash(leaf.entry))
                if self._grown.size in wanted:
                    self._roots[self._grown.size] = self._grown.root()
            if leaf.index % 1000 == 0:
                progress(leaf.index)
        self._end(broken)

    def _end(self, broken: bool) -> None:
        for prefix, check in self._checks:
            found = check.faults if broken else check.finish()
            self._found += [Fault(fault.index, f"{prefix}{fault.what}") for fault in found]
        for one in self._others:
            if self._roots.get(one.size) != one.root:
                what = f"the records do not continue the checkpoint of {one.size} leaves that was given"
                self._found.append(Fault(None, what))
        self._found += [Fault(None, what) for what in (self._audit.strayed_code(), self._audit.added()) if what]

    def shown(self, path: Path, verifier: Verifier, witnesses: Sequence[Verifier]) -> None:
        """Look at the checkpoint that is published."""
        try:
            checkpoint, note = open_checkpoint(read_file(path), [verifier])
            note.signed_by(witnesses)
        except OSError as e:
            self._found.append(Fault(None, f"{path} cannot be read ({e.strerror}): publish the log"))
        except (LogError, SignatureInvalid) as e:
            self._found.append(Fault(None, f"{path}: {e}"))
        else:
            if checkpoint != self._signed:
                what = f"{path} shows {checkpoint.size} leaves, {self._signed.size} were signed last: publish the log"
                self._found.append(Fault(None, what))

    def erased(self) -> Mapping[str, int]:
        """How many leaves have lost their payload, by day."""
        return self._audit.erased(self.size)

    def faults(self) -> tuple[str, ...]:
        """Everything found, one line each, leaves first; a leaf once, with its record's row and its code's serial."""
        firsts: dict[int | str, Fault] = {}
        for fault in self._found:
            firsts.setdefault(fault.what if fault.index is None else fault.index, fault)
        ordered = sorted(firsts.values(), key=lambda fault: (fault.index is None, fault.index or 0))
        return tuple(self._line(fault) for fault in ordered)

    def _line(self, fault: Fault) -> str:
        if fault.index is None:
            return fault.what
        leaf = next(iter(self._audit.leaves.leaves(fault.index, fault.index + 1)), None)
        return f"{leaf or f'leaf {fault.index}'}: {fault.what}"
