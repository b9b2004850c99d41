"""Asking a verify site for a command: where it is, and what went wrong in words for whoever typed the command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from shellmark_inspect.errors import InputError
from shellmark_inspect.outputs import Away, OutputError, Refused, VerifySite, VerifySiteSettings
from shellmark_inspect.outputs.posting import LOOPBACK
from shellmark_inspect.recipe import first_fault


def site_at(url: str, token_file: Path) -> VerifySite:
    """What brings things to a site, as a station's own output would.

    Raises:
        InputError: the address cannot be used.
    """
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise InputError(f"--site {url}: plain http shows the token to the network: say https://")
    try:
        return VerifySite.of(VerifySiteSettings(url=url, token_file=token_file))
    except ValidationError as e:
        raise InputError(f"--site {url} cannot be used: {first_fault(e).removeprefix('url: ')}") from e


@contextmanager
def asked(url: str, token_file: Path) -> Iterator[None]:
    """Say what a site refuses, and that it is away, as it is for a command: nobody tries again by himself.

    Raises:
        InputError: the site refused, or there was no answer.
    """
    try:
        yield
    except Refused as e:
        raise InputError(_why(e, url, token_file)) from e
    except Away as e:
        raise InputError(f"no verify site answers at {url} ({e.why}): see that it runs, then run this again") from e
    except OutputError as e:
        raise InputError(str(e)) from e


def _why(refused: Refused, url: str, token_file: Path) -> str:
    match refused.status:
        case 401:
            how = "`shellmark verify token station NAME --data FOLDER` at the site makes one"
            return f"the site at {url} does not know the token in {token_file}: {how}"
        case 404 | 405:
            return f"{url} has no place for this: it is no verify site, or one with an older program: look at both"
        case 422:
            return f"the site at {url} refuses: {refused.said}"
        case 429:
            return f"the site at {url} was asked with too many wrong tokens: wait a minute, then run this again"
        case status if status >= 500:
            return f"the site at {url} cannot do this now (it answers {status}): wait a little, then run this again"
    return f"the site at {url} answers {refused.status}: {refused.said or 'no reason given'}: check the address"
