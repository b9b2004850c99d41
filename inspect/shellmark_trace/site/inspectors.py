"""The inspector's pages: login by token, the whole trace, alerts; every access is noted before it is answered."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from shellmark_trace.link import SERIAL_LENGTH

from .access import SESSION_S, new_session, read_session
from .buyers import busy, english_of, redirect
from .claims import read_symbols
from .incoming import Number, address_of, read_form
from .inspecting import OUTCOMES
from .parts import Site
from .tracing import trace_json

COOKIE = "shellmark_inspector"


class NotLoggedIn(Exception):
    """Nobody is logged in; the login page answers."""


def inspector_routes(site: Site) -> APIRouter:
    """The routes under `/inspector`."""

    def who(request: Request) -> str:
        name = read_session(site.key, request.cookies.get(COOKIE), time.time())
        if name is None or not site.tokens.knows("inspector", name):
            raise NotLoggedIn
        return name

    router = APIRouter(prefix="/inspector")
    _add_login(router, site)
    for add in (_add_trace, _add_files, _add_alerts):
        add(router, site, Depends(who))
    return router


def _add_login(router: APIRouter, site: Site) -> None:
    """In and out."""
    form = Depends(read_form)

    @router.post("/login")
    def login(request: Request, fields: Mapping[str, str] = form) -> Response:
        name = site.tokens.name_of("inspector", fields.get("token", "").strip())
        if name is None:
            if not site.may_miss(address_of(request)):
                return busy(site, request, site.miss_limit.wait_s())
            return HTMLResponse(site.pages.login(english=english_of(request), wrong=True), 401)
        site.inspecting.note(name, "login")
        response = redirect("/inspector")
        session = new_session(site.key, name, time.time())
        secure = request.url.scheme == "https"
        response.set_cookie(
            COOKIE, session, max_age=SESSION_S, httponly=True, secure=secure, samesite="strict", path="/inspector"
        )
        return response

    @router.post("/logout")
    def logout() -> RedirectResponse:
        response = redirect("/inspector")
        response.delete_cookie(COOKIE, path="/inspector")
        return response


def _add_trace(router: APIRouter, site: Site, inspector: Any) -> None:
    """The whole trace of a code."""
    form = Depends(read_form)

    @router.post("/find")
    def find(name: str = inspector, fields: Mapping[str, str] = form) -> Response:
        del name
        serial = read_symbols(fields.get("serial", "")[:60], SERIAL_LENGTH)
        return redirect("/inspector" if serial is None else f"/inspector/case/{serial}")

    @router.get("/case/{serial}")
    def case(request: Request, serial: str, name: str = inspector) -> HTMLResponse:
        trace = site.inspecting.trace(name, serial)
        if trace is None:
            raise HTTPException(404)
        return HTMLResponse(site.pages.trace(trace, english=english_of(request)))


def _add_files(router: APIRouter, site: Site, inspector: Any) -> None:
    """What belongs to a trace: its raw data, pictures, proofs."""

    @router.get("/raw/{serial}.json")
    def raw(serial: str, name: str = inspector) -> Response:
        trace = site.inspecting.trace(name, serial)
        if trace is None:
            raise HTTPException(404)
        headers = {"Content-Disposition": f'attachment; filename="{trace.code["serial"]}.json"'}
        return Response(trace_json(trace), media_type="application/json", headers=headers)

    @router.get("/small/{serial}/{digest}")
    def small(serial: str, digest: str, name: str = inspector) -> Response:
        site.inspecting.note(name, "small photo", f"{serial} {digest}")
        if site.queries.media_of(serial, digest) is None:
            raise HTTPException(404)
        return FileResponse(site.pictures.small(digest), media_type="image/jpeg")

    @router.get("/photo/{serial}/{digest}")
    def photo(serial: str, digest: str, name: str = inspector) -> Response:
        site.inspecting.note(name, "photo", f"{serial} {digest}")
        media = site.queries.media_of(serial, digest)
        if media is None:
            raise HTTPException(404)
        return FileResponse(site.pictures.original(digest), media_type=media)

    @router.get("/proof/{serial}/{index}")
    def proof(serial: str, index: Number, name: str = inspector) -> Response:
        text = site.inspecting.proof(name, serial, index)
        if text is None:
            raise HTTPException(404)
        file = f'attachment; filename="{serial}-{index}.tlog-proof"'
        return Response(text, media_type="text/plain; charset=utf-8", headers={"Content-Disposition": file})


def _add_alerts(router: APIRouter, site: Site, inspector: Any) -> None:
    """What is open, and what is decided."""
    form = Depends(read_form)

    @router.get("")
    def alerts(request: Request, name: str = inspector) -> HTMLResponse:
        found = site.inspecting.alerts(name)
        page = site.pages.alerts(found, site.inspecting.accesses(name), english=english_of(request))
        return HTMLResponse(page)

    @router.post("/alert/{alert}")
    def close(request: Request, alert: Number, name: str = inspector, fields: Mapping[str, str] = form) -> Response:
        if (outcome := fields.get("outcome", "")) not in OUTCOMES:
            raise HTTPException(400, "an alert is cleared or confirmed")
        decided = site.inspecting.close_alert(name, alert, outcome, fields.get("note", ""))
        if decided is None:
            raise HTTPException(404)
        if decided.before:
            return HTMLResponse(site.pages.decided(decided, english=english_of(request)), 409)
        return redirect("/inspector")

    @router.post("/unlock/{serial}")
    def unlock(serial: str, name: str = inspector) -> RedirectResponse:
        site.inspecting.unlock(name, serial)
        return redirect(f"/inspector/case/{serial}")
