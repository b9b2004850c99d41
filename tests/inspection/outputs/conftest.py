"""A web service for outputs that post."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from web_service import WebService


@pytest.fixture
def service() -> Iterator[WebService]:
    found = WebService()
    yield found
    found.close()
