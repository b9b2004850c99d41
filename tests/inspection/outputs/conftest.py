"""What outputs post to: a web service, and a verify site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from site_stand import Stand
from site_story import HOST
from web_service import WebService

from shellmark_trace.site import Site, SiteSettings


@pytest.fixture
def service() -> Iterator[WebService]:
    found = WebService()
    yield found
    found.close()


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with ExitStack() as closing:
        yield Stand(Site(SiteSettings(tmp_path / "site", HOST)), closing)
