"""EPCIS 2.0 documents to a repository's capture endpoint; a repeat is known by its events' ids."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import urljoin

from pydantic import Field, model_validator

from shellmark_trace import ExportError
from shellmark_trace.epcis import Plant, document, events_of

from .output import Event, OutputError
from .posting import Answer, Poster, PostingSettings

HEADERS = {
    "GS1-EPCIS-Version": "2.0.0",
    "GS1-CBV-Version": "2.0.0",
    "GS1-EPCIS-Capture-Error-Behaviour": "rollback",
}
"""What EPCIS 2.0's capture interface takes: nothing of a document that has a fault is kept."""

PAUSE_S = 0.25
"""How long to wait before a capture job is asked about again."""

ACCEPTED = 202


class EpcisSettings(PostingSettings):
    """A capture endpoint, and what no record says of the plant (`shellmark_trace.epcis.Plant`).

    `job_s` is how long a capture job may take that the repository carries out after it has answered.
    """

    kind: Literal["epcis"] = "epcis"
    host: str
    gln: str = ""
    offset: str = ""
    station: str = ""
    order: str = ""
    lot: str = ""
    operators: bool = True
    job_s: Annotated[float, Field(gt=0, le=600)] = 30.0

    @model_validator(mode="after")
    def _usable(self) -> Self:
        try:
            self.plant  # noqa: B018 - it says what is wrong
        except ExportError as e:
            raise ValueError(str(e)) from e
        return self

    @property
    def plant(self) -> Plant:
        """Where the events come from."""
        return Plant(self.host, self.gln, self.offset, self.station, self.order, self.lot, self.operators)


class Epcis:
    """Posts what has an EPCIS event, a batch as one document, in order.

    An answer that is lost makes the same events come again, with the same ids: the repository knows them by that.
    """

    def __init__(self, settings: EpcisSettings, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._plant = settings.plant
        self._job_s = settings.job_s
        self._url = settings.url
        self._poster = Poster(settings)
        self._pause = pause

    @classmethod
    def of(cls, settings: EpcisSettings) -> Self:
        """The endpoint that settings name."""
        return cls(settings)

    def send(self, events: Sequence[Event]) -> None:
        """Have the events captured.

        Raises:
            OutputError: the repository did not take them, or one cannot be told; they will be offered again.
        """
        try:
            told = [epcis for event in events for epcis in events_of(event.kind, event.payload, self._plant)]
        except ExportError as e:
            raise OutputError(str(e)) from e
        if not told:
            return
        answer = self._poster.post(document(told, self._plant, datetime.now(UTC)), HEADERS)
        if answer.status == ACCEPTED and (job := answer.headers.get("location")):
            self._await(urljoin(self._url, job))

    def _await(self, job: str) -> None:
        """Wait until the repository has carried out a capture job (EPCIS 2.0, REST binding)."""
        deadline = time.monotonic() + self._job_s
        while True:
            found = self._poster.get(job, HEADERS)
            if _is_done(found):
                return
            if time.monotonic() > deadline:
                raise OutputError(f"capture job {job} is not done after {self._job_s:.0f} s: it will be offered again")
            self._pause(PAUSE_S)


def _is_done(answer: Answer) -> bool:
    """Whether a job is over and well.

    Raises:
        OutputError: it failed.
    """
    job: Any = answer.body if isinstance(answer.body, dict) else {}
    if job.get("running"):
        return False
    if job.get("success") is False:
        errors = job.get("errors") or [{}]
        detail = errors[0].get("detail") or errors[0].get("title") if isinstance(errors[0], dict) else errors[0]
        raise OutputError(f"the repository could not capture the events: {detail or 'it does not say why'}")
    return True
