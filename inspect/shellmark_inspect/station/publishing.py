"""The station's log in use: opened from its configuration, published on a thread of its own, shown to witnesses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Condition, Thread
from typing import NoReturn

from shellmark_inspect.errors import ConfigError, RecordsError
from shellmark_inspect.outputs import OutputError, ProofTaker
from shellmark_inspect.records import RecordReader
from shellmark_inspect.said import said_by
from shellmark_inspect.station.config import StationConfig
from shellmark_inspect.station.log_config import LogSpec
from shellmark_inspect.station.proving import send_proofs
from shellmark_inspect.station.troubles import Trouble, TroubleCode
from shellmark_trace import KeyFileError, LogError, LogForked, TraceError
from shellmark_trace.keys import Kind, Prompt, card_of, read_key, read_passphrase
from shellmark_trace.log import (
    Checkpoint,
    FolderSource,
    Head,
    Heads,
    Note,
    Publisher,
    Signer,
    Verifier,
    WitnessAt,
    cosigned,
    write_whole,
)

LOG_LAMP = "log"
LATE_AFTER = timedelta(hours=2)
"""How long publishing or witnesses may fail before a person is told."""

START_WAIT_S = 2.0
"""How long a witness is waited for while the station starts."""

log = logging.getLogger(__name__)


def log_spec(config: StationConfig) -> LogSpec:
    """The station's `[log]` section.

    Raises:
        ConfigError: it has none.
    """
    if config.log is None:
        raise ConfigError(f"station {config.station} keeps no log to publish: add a [log] section, see docs/log.md")
    return config.log


def log_verifier(config: StationConfig) -> Verifier:
    """The public key of the station's log, for which no passphrase is needed.

    Raises:
        ConfigError: there is no `[log]` section, or its key file is another log's.
        KeyFileError: it cannot be read.
    """
    spec = log_spec(config)
    return _of_origin(spec, card_of(config.folder / spec.key).verifier)


def open_log(config: StationConfig, reader: RecordReader, prompt: Prompt | None = None) -> Publisher:
    """The station's log, ready to sign; `prompt` asks a person where the configuration gives no passphrase.

    Raises:
        ConfigError: there is no `[log]` section, or its key file is another log's.
        KeyFileError: the key cannot be opened.
    """
    spec = log_spec(config)
    passphrase = read_passphrase(spec.passphrase, prompt or _nobody, f"log {spec.origin}")
    opened = read_key(config.folder / spec.key, passphrase, Kind.LOG)
    _of_origin(spec, opened.card.verifier)
    signer = Signer(spec.origin, opened.private)
    witnesses = [witness.verifier for witness in spec.witnesses]
    folder = config.folder / config.data
    heads = Heads(folder / spec.memory, signer, witnesses)
    return Publisher(folder / spec.folder, heads, reader.leaves(config.station))


def publish(publisher: Publisher, witnesses: Sequence[WitnessAt], post: Path | None = None) -> tuple[Head, list[str]]:
    """Publish what is recorded, ask the witnesses, and show it; the head, and which witnesses are missing and why.

    Raises:
        LogForked: the records do not continue what was signed or witnessed.
        LogError: the disk does not take it.
    """
    before = publisher.heads.read()
    head = publisher.publish()
    note = Note.parse(head.note)
    missing: list[str] = []
    if witnesses and head.checkpoint.size:
        found, missing = cosigned(note, publisher.nodes(), witnesses, _witnessed_size(before))
        with publisher.heads.turn():
            head = publisher.heads.add(note, found)
        publisher.show(head)
    if post is not None:
        write_whole(post, head.note.encode())
    return head, missing


class Notary:
    """Publishes the station's log now and then, and says what is wrong with it.

    `changed` is called on the notary's thread when its troubles have. `takers` get the proofs they lack after each
    publishing; one that is away gets them later.
    """

    def __init__(
        self,
        config: StationConfig,
        reader: RecordReader,
        changed: Callable[[], None],
        takers: Sequence[ProofTaker] = (),
    ) -> None:
        """Open the log and compare it with what was signed and what witnesses have seen; `reader` is closed at the end.

        Raises:
            ConfigError: the section or its key cannot be used.
        """
        spec = log_spec(config)
        try:
            self._publisher = open_log(config, reader)
        except KeyFileError as e:
            raise ConfigError(f"the log's key: {e}") from e
        self._reader = reader
        self._takers = takers
        self._source = FolderSource(config.folder / config.data / spec.folder)
        self._station = config.station
        self._witnesses = [witness.at for witness in spec.witnesses]
        self._post = None if spec.post is None else config.folder / config.data / spec.post
        self._every_s = spec.every_min * 60
        self._changed: Callable[[], None] = lambda: None
        self._well_at = self._now()
        self._troubles: tuple[Trouble, ...] = ()
        self._turn = Condition()
        self._wanted, self._closed = True, False
        self._look()
        self._changed = changed
        self._thread = Thread(target=self._work, name="log", daemon=True)
        self._thread.start()

    def troubles(self) -> tuple[Trouble, ...]:
        """What is wrong with the log; cheap."""
        return self._troubles

    def call(self) -> None:
        """Say that a batch has ended: a checkpoint is due now."""
        with self._turn:
            self._wanted = True
            self._turn.notify_all()

    def close(self) -> None:
        """Publish what was recorded since, without asking witnesses, and end the thread."""
        with self._turn:
            self._closed = self._wanted = True
            self._turn.notify_all()
        self._thread.join()
        self._reader.close()

    def _look(self) -> None:
        """At start, before any code is drawn: is this the log that was signed, and that witnesses have seen?"""
        with self._said():
            self._publisher.look()
            size, probe = self._publisher.size(), self._publisher.heads.probe()
            for witness in self._witnesses:
                if (seen := _seen(witness, probe)) > size:
                    _shorter(witness, seen, size)

    def _work(self) -> None:
        while True:
            with self._turn:
                self._turn.wait_for(lambda: self._wanted, self._every_s)
                self._wanted, closed = False, self._closed
            try:
                self._round([] if closed else self._witnesses, [] if closed else self._takers)
            except Exception:  # whatever it is, the next round may do better, and no case waits for it
                log.exception("the log of station %s", self._station)
            if closed:
                return

    def _round(self, witnesses: Sequence[WitnessAt], takers: Sequence[ProofTaker]) -> None:
        if any(trouble.blocks for trouble in self._troubles):
            return  # a log that contradicts itself is not signed again
        with self._said():
            head, missing = publish(self._publisher, witnesses, self._post)
            self._prove(head, takers)
            if missing:
                raise LogError(missing[0])
            self._well_at = self._now()

    def _prove(self, head: Head, takers: Sequence[ProofTaker]) -> None:
        for taker in takers:
            try:
                if count := send_proofs(taker, self._source, head):
                    log.info("%d proofs sent", count)
            except OutputError as e:
                log.warning("proofs: %s", e)

    @contextmanager
    def _said(self) -> Iterator[None]:
        before = self._troubles
        try:
            yield
            self._troubles = ()
        except LogForked as e:
            log.warning("%s", e)
            self._troubles = (Trouble(TroubleCode.LOG_FORKED, LOG_LAMP, True, {"what": said_by(e)}),)
        except (TraceError, RecordsError) as e:
            log.warning("%s", e)
            self._troubles = self._late(said_by(e))
        if self._troubles != before:
            self._changed()

    def _late(self, what: str) -> tuple[Trouble, ...]:
        """A warning, once nothing was published or witnessed for long."""
        since = self._now() - self._well_at
        values: dict[str, str | float] = {"what": what, "hours": since.total_seconds() / 3600}
        return (Trouble(TroubleCode.LOG_LATE, LOG_LAMP, False, values),) if since >= LATE_AFTER else ()

    @staticmethod
    def _now() -> datetime:
        return datetime.now(UTC)


def _seen(witness: WitnessAt, probe: Note) -> int:
    """How many leaves a witness has seen; 0 where it cannot be asked now, the next checkpoint will ask it again."""
    try:
        return replace(witness, timeout_s=START_WAIT_S).seen(probe)
    except LogError as e:
        log.warning("%s", e)
        return 0


def _shorter(witness: WitnessAt, seen: int, size: int) -> NoReturn:
    raise LogForked(
        f"witness {witness.verifier.name} has seen {seen} leaves of the log, the records have {size}: they were rolled "
        "back; put the newest database back, or begin a new log under a new name"
    )


def _witnessed_size(head: Head) -> int:
    return Checkpoint.parse(Note.parse(head.witnessed).text).size if head.witnessed else 0


def _of_origin(spec: LogSpec, verifier: Verifier) -> Verifier:
    if verifier.name != spec.origin:
        raise ConfigError(f"the log is called {spec.origin}, its key {spec.key} is {verifier.name}'s: give its own key")
    return verifier


def _nobody(what: str) -> str:
    raise KeyFileError(f"the passphrase of {what} cannot be asked for here: give env:NAME, file:PATH or fd:NUMBER")
