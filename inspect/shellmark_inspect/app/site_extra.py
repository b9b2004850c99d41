"""The verify site's extra: what is said where it is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from shellmark_inspect.errors import InputError


@contextmanager
def site_extra() -> Iterator[None]:
    """Say which extra is missing, in a line.

    Raises:
        InputError: what was imported within is not installed.
    """
    try:
        yield
    except ImportError as e:
        raise InputError(f"the verify site needs its extra ({e.name}): pip install 'shellmark[verify]'") from e
