"""A verify site on SQLite and, where a server can be started, on PostgreSQL; stations, phones and inspectors for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from site_stand import Stand
from site_story import HOST

from shellmark_trace.site import Site, SiteSettings


@pytest.fixture
def make_stand(tmp_path: Path) -> Iterator[Callable[..., Stand]]:
    with ExitStack() as closing:

        def make(**changes: Any) -> Stand:
            site = Site(SiteSettings(**({"folder": tmp_path / "site", "host": HOST} | changes)))
            return Stand(site, closing)

        yield make


@pytest.fixture
def stand(make_stand: Callable[..., Stand]) -> Stand:
    return make_stand()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, make_stand: Callable[..., Stand]) -> Stand:
    """A site on each kind of database."""
    if request.param == "sqlite":
        return make_stand()
    return make_stand(database=request.getfixturevalue("empty_postgresql"))
