"""Where events come from: what no record says and every event needs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from shellmark_trace.errors import ExportError, GtinError, LinkError
from shellmark_trace.link import check_gtin, check_host

STATION_LENGTH = 20
"""Characters of a GLN extension component, AI (254) (GS1 General Specifications, section 3.5.6)."""

_OFFSET = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)")


@dataclass(frozen=True, slots=True)
class Plant:
    """A plant as EPCIS sees it.

    `host` is the domain the plant controls: private names of shells and the own prefix begin with it. `gln` is the
    plant's 13-digit Global Location Number, "" where it has none: then events name no read point. `offset` is the local
    time's distance from UTC ("+08:00"), "" for this computer's. `station`, `order` and `lot` stand in where an event
    does not say them. Without `operators` nobody's name leaves the plant.

    Raises:
        ExportError: one of them cannot be used.
    """

    host: str = "EXAMPLE.COM"
    gln: str = ""
    offset: str = ""
    station: str = ""
    order: str = ""
    lot: str = ""
    operators: bool = True

    def __post_init__(self) -> None:
        try:
            check_host(self.host)
        except LinkError as e:
            raise ExportError(f"EPCIS host: {e}") from e
        if self.gln:
            _check_gln(self.gln)
        if self.offset and not _OFFSET.fullmatch(self.offset):
            raise ExportError(f"EPCIS offset {self.offset[:20]!r} is no distance from UTC: give one such as +08:00")

    @property
    def namespace(self) -> str:
        """What the prefix `shellmark:` stands for."""
        return f"https://{self.host.lower()}/epcis/"

    def shell(self, case_id: str) -> str:
        """The private name of a shell (the CBV's form: a web address the plant controls)."""
        return f"https://{self.host.lower()}/shell/{quote(case_id, safe='')}"

    def read_point(self, station: str) -> str | None:
        """The place of a station, None without a GLN: none is ever invented.

        A name too long for an extension component keeps its beginning and gets a digest, so that two stay two.
        """
        if not self.gln:
            return None
        whole = f"https://id.gs1.org/414/{self.gln}"
        if len(station) > STATION_LENGTH:
            station = f"{station[:11]}-{hashlib.sha256(station.encode()).hexdigest()[:8]}"
        return f"{whole}/254/{quote(station, safe='')}" if station else whole

    def transaction(self, order: str) -> str:
        """The name of a production order: by GLN (the CBV's form), or under the plant's own domain."""
        number = quote(order, safe="")
        return (
            f"urn:epcglobal:cbv:bt:{self.gln}:{number}" if self.gln else f"https://{self.host.lower()}/order/{number}"
        )

    def offset_at(self, moment: datetime) -> str:
        """The local time's distance from UTC at a moment."""
        if self.offset:
            return self.offset
        found = moment.astimezone().utcoffset() or timedelta()
        sign = "-" if found < timedelta() else "+"
        minutes = abs(found) // timedelta(minutes=1)
        return f"{sign}{minutes // 60:02}:{minutes % 60:02}"


def time_text(moment: datetime) -> str:
    """A moment in UTC to the millisecond, cut and not rounded, as events and their hashes have it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _check_gln(gln: str) -> None:
    if not (len(gln) == 13 and gln.isascii() and gln.isdigit()):
        raise ExportError(f"GLN {gln[:40]!r} is not 13 digits: take the one GS1 gave the plant")
    try:
        check_gtin(f"0{gln}")  # the same check digit (GS1 General Specifications, section 7.9)
    except GtinError as e:
        raise ExportError(f"GLN {gln} has a wrong check digit: take the one GS1 gave the plant") from e
