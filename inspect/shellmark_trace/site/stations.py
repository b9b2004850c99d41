"""Where stations upload: events, pictures, proofs; and ask for claims, and which codes have another PIN."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ValidationError

from shellmark_trace.errors import UploadRefused
from shellmark_trace.link import check_serial

from .held_pins import PinsAsked, other_pins
from .incoming import Number, address_of, read_body
from .parts import Site
from .pictures import MOST_BYTES
from .uploads import Batch, Taken, Unproven

EVENT_BYTES = 8 * 1024**2
PROOF_BYTES = 65_536
PINS_BYTES = 128 * 1024
_HEX = re.compile(r"[0-9a-f]{64}")
Told = TypeVar("Told", bound=BaseModel)


def station_routes(site: Site) -> APIRouter:
    """The routes under `/upload`; each needs a station's token."""
    router = APIRouter(prefix="/upload")
    whose = Depends(partial(_station, site))

    @router.post("/events")
    async def events(request: Request, name: str = whose) -> Taken:
        batch = _told(Batch, await read_body(request, EVENT_BYTES), f"upload of {name}")
        return await run_in_threadpool(site.uploads.take, name, batch.events)

    @router.get("/claims")
    async def claimed(name: str = whose) -> dict[str, list[str]]:
        return {"claimed": await run_in_threadpool(site.claims.of_station, name)}

    @router.put("/photos/{digest}")
    async def photo(request: Request, digest: str, name: str = whose) -> dict[str, str]:
        if not _HEX.fullmatch(digest) or not await run_in_threadpool(site.uploads.wants, digest):
            raise HTTPException(404, f"{name}: nobody waits for this picture")
        data = await read_body(request, MOST_BYTES)

        def keep() -> None:
            stored = site.pictures.keep(digest, data)
            site.uploads.has_photo(digest, stored.media, stored.size)

        await run_in_threadpool(keep)
        return {"kept": digest}

    @router.get("/proofs")
    def unproven(name: str = whose) -> list[Unproven]:
        return site.uploads.unproven(name)

    @router.put("/proofs/{serial}/{index}")
    async def proof(request: Request, serial: str, index: Number, name: str = whose) -> dict[str, str]:
        text = (await read_body(request, PROOF_BYTES)).decode("utf-8", "replace")
        await run_in_threadpool(site.uploads.take_proof, name, check_serial(serial), index, text)
        return {"kept": serial}

    _add_pins(router, site, whose)
    return router


def _add_pins(router: APIRouter, site: Site, whose: Any) -> None:
    """Which codes have another PIN than the one a station is about to set."""

    @router.post("/pins")
    async def pins(request: Request, name: str = whose) -> dict[str, list[str]]:
        asked = _told(PinsAsked, await read_body(request, PINS_BYTES), f"PINs of {name}")
        return {"other": await run_in_threadpool(other_pins, site.database, asked.pins)}


def _told(kind: type[Told], body: bytes, what: str) -> Told:
    """What a station sends, checked."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as e:
        first = e.errors()[0]
        raise UploadRefused(f"{what}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from e


def _station(site: Site, request: Request) -> str:
    """Whose token a request carries."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    name = site.tokens.name_of("station", token.strip()) if kind.lower() == "bearer" else None
    if name is None:
        raise HTTPException(401 if site.may_miss(address_of(request)) else 429, "no token of a station")
    return name
