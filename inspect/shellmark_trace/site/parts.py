"""The site put together: its folder, its database, and what answers requests."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from shellmark_trace.clones import Place
from shellmark_trace.link import Link

from .access import Tokens, site_key
from .claiming import Claims
from .database import Database
from .devices import Salts
from .inspecting import Inspecting
from .limits import MISSES, PAGES, Limit, Rate, Recent
from .pages import Pages
from .pictures import PictureFolder
from .queries import Queries
from .uploads import Uploads

IssuedCheck = Callable[[Link, str], bool]
"""Whether a code with this signature (AI 91) was issued though nobody uploaded it: the signature valid, the manifest of
issued codes agreeing, and not too old."""


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What a site is told.

    `folder` holds the key, the tokens, the pictures and, unless `database` names another, the database; `host` is the
    only valid host; `city_header` the header in which a trusted proxy says the city ("name;latitude;longitude");
    `issued` may answer for codes that were not uploaded; `pages` is what one address may ask for; `rework` are stations
    (a rework station, the MES) that may change codes another has uploaded first without an alert.
    """

    folder: Path
    host: str
    database: str | None = None
    city_header: str | None = None
    issued: IssuedCheck | None = None
    pages: Rate = PAGES
    rework: frozenset[str] = frozenset()


class Site:
    """Everything a request may need.

    Raises:
        SiteError: the folder or the database cannot be used.
        KeyFileError: the site's key cannot be used.
    """

    def __init__(self, settings: SiteSettings) -> None:
        folder = settings.folder.expanduser().absolute()
        self.settings = settings
        self.host = settings.host.upper()
        self.key = site_key(folder / "site.key")
        self.tokens = Tokens(folder / "tokens.json")
        self.pictures = PictureFolder(folder / "pictures")
        self._closing = ExitStack()
        self.database = Database(settings.database or folder / "verify.db")
        self._closing.callback(self.database.close)
        salts = Salts(self.database)
        self.queries = Queries(self.database, salts, self.key)
        self.claims = Claims(self.database, salts, self.key)
        self.uploads = Uploads(self.database, settings.rework)
        self.inspecting = Inspecting(self.database)
        self.pages = Pages(self.host)
        self.page_limit = Limit(settings.pages)
        self.miss_limit = Limit(MISSES)
        self.recent = Recent()

    def close(self) -> None:
        """Let go of the database."""
        self._closing.close()

    def may_miss(self, address: str) -> bool:
        """Count a miss of an address; whether it may have one more."""
        return self.miss_limit.allows(address, time.monotonic())


def read_place(value: str | None) -> Place | None:
    """The coarse place in a proxy's header, to a tenth of a degree; None for none or one that cannot be read."""
    if value is None:
        return None
    try:
        city, latitude, longitude = value.encode("latin-1", "replace").decode("utf-8", "replace").split(";")
        place = Place(city.strip()[:60], round(float(latitude), 1), round(float(longitude), 1))
    except ValueError:
        return None
    inside = abs(place.latitude) <= 90 and abs(place.longitude) <= 180
    return place if place.city and inside else None
