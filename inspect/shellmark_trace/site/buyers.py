"""What anybody may ask: the page of a code, its pictures, the PIN, the dealers' look, what is published."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from shellmark_trace.errors import LinkError
from shellmark_trace.link import SERIAL_LENGTH, Link, check_gtin, check_serial

from .claims import read_symbols
from .devices import is_token, new_token
from .findings import Finding
from .incoming import address_of, read_form
from .inspecting import monthly
from .pages import prefers_english
from .parts import Site, read_place
from .queries import Answer
from .words import FINDINGS, WORDS

COOKIE = "shellmark_device"
COOKIE_S = 400 * 86_400
PRINTED = 6
"""Symbols of a serial that the outside label prints for people: its last ones."""

PHOTO_CACHE = "private, max-age=604800, immutable"


def english_of(request: Request) -> bool:
    """The language a browser asks for."""
    return prefers_english(request.headers.get("accept-language", ""))


def buyer_routes(site: Site) -> APIRouter:
    """The public routes."""
    router = APIRouter()
    for add in (_add_code, _add_owner, _add_dealer, _add_published):
        add(router, site)
    return router


def _add_code(router: APIRouter, site: Site) -> None:
    """The page of a code and its pictures."""

    @router.get("/01/{gtin}/21/{serial}")
    def code(request: Request, gtin: str, serial: str) -> Response:
        if "prefetch" in _purpose(request):
            return Response(status_code=204)  # a browser that only warms up must not take the first query
        if (link := _read(site, gtin, serial)) is None:
            return _unknown(site, request)
        token = _token(request)
        place = read_place(_header(request, site.settings.city_header))
        lost = _replaced(site, request, link.serial, token)
        answer = site.queries.ask(link.gtin, link.serial, token, place, time.time(), lost=lost)
        if answer.finding is Finding.UNKNOWN:
            return _unknown(site, request, link)
        return _with_cookie(request, token, site.pages.code(answer, _path(link), english=english_of(request)))

    @router.head("/01/{gtin}/21/{serial}")
    def head(gtin: str, serial: str) -> Response:
        return Response(status_code=404 if _read(site, gtin, serial) is None else 200, media_type="text/html")

    @router.get("/photo/{serial}/{digest}.jpg")
    def photo(serial: str, digest: str) -> Response:
        if not site.queries.shows(serial, digest):
            return Response(status_code=404)
        return FileResponse(
            site.pictures.small(digest), media_type="image/jpeg", headers={"Cache-Control": PHOTO_CACHE}
        )


def _add_owner(router: APIRouter, site: Site) -> None:
    """What an owner may do; none of it counts as a query."""
    form = Depends(read_form)

    @router.post("/01/{gtin}/21/{serial}/claim")
    def claim(request: Request, gtin: str, serial: str, fields: Mapping[str, str] = form) -> Response:
        if (link := _read(site, gtin, serial)) is None or not _is_ours(site, link):
            return _unknown(site, request)
        token = _token(request)
        outcome = site.claims.claim(link.serial, fields.get("pin", "")[:40], token, time.time())
        return _after(site, request, link, token, _english(request, fields), note=outcome)

    @router.post("/01/{gtin}/21/{serial}/transfer")
    def transfer(request: Request, gtin: str, serial: str, fields: Mapping[str, str] = form) -> Response:
        if (link := _read(site, gtin, serial)) is None or not _is_ours(site, link):
            return _unknown(site, request)
        token = _token(request)
        given = site.claims.offer(link.serial, token, time.time())
        note = None if given is None else WORDS["transfer"]
        return _after(site, request, link, token, _english(request, fields), note=note, transfer=given)

    @router.post("/01/{gtin}/21/{serial}/forget")
    def forget(request: Request, gtin: str, serial: str, fields: Mapping[str, str] = form) -> Response:
        if (link := _read(site, gtin, serial)) is None or not _is_ours(site, link):
            return _unknown(site, request)
        token = request.cookies.get(COOKIE, "")
        site.claims.forget(link.serial, token, time.time())
        english = _english(request, fields)
        answer = site.queries.look(link.gtin, link.serial)
        page = site.pages.code(
            answer, _path(link), english=english, counted=False, note=WORDS["forgotten"], dealer=True
        )
        response = HTMLResponse(page)
        response.delete_cookie(COOKIE)
        return response


def _add_dealer(router: APIRouter, site: Site) -> None:
    """The page on which a serial is typed."""
    form = Depends(read_form)

    @router.get("/")
    def home(request: Request) -> HTMLResponse:
        return HTMLResponse(site.pages.home(english=english_of(request)))

    @router.post("/find")
    def find(request: Request, fields: Mapping[str, str] = form) -> Response:
        english = _english(request, fields)
        serial = read_symbols(fields.get("serial", "")[:60], SERIAL_LENGTH)
        if serial is None:
            tail = read_symbols(fields.get("serial", "")[:60], PRINTED)
            note = FINDINGS[Finding.UNKNOWN].means if tail is None else WORDS["tail_only"]
            return HTMLResponse(site.pages.home(english=english, note=note), 422)
        answer = site.queries.look(None, serial)
        if answer.code is None:
            return _unknown(site, request)
        path = f"/01/{answer.code['gtin']}/21/{serial}"
        return HTMLResponse(site.pages.code(answer, path, english=english, counted=False, dealer=True))


def _add_published(router: APIRouter, site: Site) -> None:
    """What is open to all."""

    @router.get("/privacy")
    def privacy(request: Request) -> HTMLResponse:
        return HTMLResponse(site.pages.privacy(english=english_of(request)))

    @router.get("/monthly")
    def figures(request: Request) -> HTMLResponse:
        return HTMLResponse(site.pages.monthly(monthly(site.database), english=english_of(request)))

    @router.get("/monthly.json")
    def figures_json() -> list[dict[str, Any]]:
        return [dict(row) for row in monthly(site.database)]

    @router.get("/healthz")
    def health() -> JSONResponse:
        monthly(site.database)
        return JSONResponse({"ok": True})

    @router.get("/robots.txt")
    def robots() -> Response:
        return Response("User-agent: *\nDisallow: /\n", media_type="text/plain")


def _read(site: Site, gtin: str, serial: str) -> Link | None:
    """The code a path names, None where it names none; a person may have typed lower case."""
    try:
        return Link(site.host, check_gtin(gtin), check_serial(serial.upper()))
    except LinkError:
        return None


def _is_ours(site: Site, link: Link) -> bool:
    return site.queries.look(link.gtin, link.serial).code is not None


def _path(link: Link) -> str:
    return f"/01/{link.gtin}/21/{link.serial}"


def _unknown(site: Site, request: Request, link: Link | None = None) -> Response:
    """What is said of a code nobody uploaded; one that was issued all the same is told so."""
    english = english_of(request)
    signature = request.query_params.get("91", "")
    if link is not None and signature and site.settings.issued is not None and site.settings.issued(link, signature):
        return HTMLResponse(site.pages.code(Answer(Finding.ISSUED), _path(link), english=english))
    if not site.may_miss(address_of(request)):
        return busy(site, request, site.miss_limit.wait_s())
    return HTMLResponse(site.pages.code(Answer(Finding.UNKNOWN), "", english=english, counted=False), 404)


def busy(site: Site, request: Request, wait_s: int) -> Response:
    """The answer to one who asks too often."""
    page = site.pages.plain("busy", english=english_of(request))
    return HTMLResponse(page, 429, headers={"Retry-After": str(wait_s)})


def _after(
    site: Site, request: Request, link: Link, token: str, english: bool, *, note: Any, transfer: str | None = None
) -> Response:
    """The page after a form: it looks, it does not count."""
    answer = site.queries.look(link.gtin, link.serial, token)
    page = site.pages.code(answer, _path(link), english=english, counted=False, note=note, transfer=transfer)
    return _with_cookie(request, token, page)


def _token(request: Request) -> str:
    """The phone's token, a fresh one where it has none."""
    held = request.cookies.get(COOKIE)
    return held if held is not None and is_token(held) else new_token()


def _replaced(site: Site, request: Request, serial: str, token: str) -> str | None:
    """The token a phone was given a moment ago and has not had, None mostly."""
    names = ("user-agent", "accept-language", "accept-encoding")
    who = (address_of(request), serial, *(request.headers.get(name, "")[:300] for name in names))
    if request.cookies.get(COOKIE) == token:
        site.recent.came_back(who, token)
        return None
    return site.recent.give(who, token, time.monotonic())


def _with_cookie(request: Request, token: str, page: str) -> HTMLResponse:
    response = HTMLResponse(page)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, max_age=COOKIE_S, httponly=True, secure=secure, samesite="lax")
    return response


def _english(request: Request, fields: Mapping[str, str]) -> bool:
    """The language of a page after a form: the switch travels with it, but only when it is on."""
    return fields.get("lang") == "en" if request.method == "POST" and "pin" in fields else english_of(request)


def _header(request: Request, name: str | None) -> str | None:
    return None if name is None else request.headers.get(name)


def _purpose(request: Request) -> str:
    return " ".join(request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-moz", "x-purpose")).lower()


def redirect(path: str) -> RedirectResponse:
    """To a page after a form."""
    return RedirectResponse(path, 303)
