"""What is read from a request: its address, its body up to a size, its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import HTTPException, Path, Request
from starlette.requests import ClientDisconnect

from .limits import bucket_of

FORM_BYTES = 4096
MOST_FIELDS = 20
Number = Annotated[int, Path(ge=0, le=2**62)]
"""A number in a path, as large as a database can hold."""


def address_of(request: Request) -> str:
    """The bucket of the address that asks; nothing of it is kept on disk."""
    return bucket_of(request.client.host if request.client else "")


async def read_body(request: Request, most: int) -> bytes:
    """The body, refused with 413 when it is longer than `most` bytes, whatever its heading says."""
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > most:
                raise HTTPException(413, f"more than {most} bytes")
            parts.append(part)
    except ClientDisconnect as e:  # a phone in a lift; nobody hears the answer
        raise HTTPException(400, "the body broke off") from e
    return b"".join(parts)


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a small form, refused with 400 when they are more than 20; the last of a name counts.

    NUL characters are taken out, which no database has to take.
    """
    body = await read_body(request, FORM_BYTES)
    try:
        found = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        return {name: value.replace("\0", "") for name, value in found}
    except ValueError as e:
        raise HTTPException(400, f"more than {MOST_FIELDS} fields") from e
