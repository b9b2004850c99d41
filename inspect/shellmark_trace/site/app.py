"""The site as an ASGI application: the routes, the limits before them, the headers after them, errors as pages."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shellmark_trace.errors import LinkError, SiteError, UploadRefused

from .alarms import check_batches
from .buyers import busy, buyer_routes, english_of
from .incoming import address_of
from .inspectors import NotLoggedIn, inspector_routes
from .parts import Site
from .retention import erase_old
from .stations import station_routes

log = logging.getLogger(__name__)

CHORES_S = 6 * 3600

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Hosts a site is looked at by its own keeper; they are never told to buyers."""

_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
)
_UNLIMITED = ("/upload/", "/healthz")


def build_app(site: Site) -> FastAPI:
    """The application of a site; it closes the site when it shuts down."""

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        chores = asyncio.create_task(_keep_house(site))
        yield
        chores.cancel()
        with suppress(asyncio.CancelledError):
            await chores
        site.close()

    app = FastAPI(title="shellmark verify", lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    for routes in (buyer_routes, station_routes, inspector_routes):
        app.include_router(routes(site))
    _answer_errors(app, site)
    app.add_middleware(Gate, site=site)
    return app


async def _keep_house(site: Site) -> None:
    """Every six hours: erase what is too old, test the batches."""

    def chores() -> None:
        now = time.time()
        erase_old(site.database, now)
        with site.database.writing() as connection:
            check_batches(connection, now)

    while True:
        try:
            await run_in_threadpool(chores)
        except SiteError as e:
            log.warning("housekeeping: %s", e)
        await asyncio.sleep(CHORES_S)


class Gate:
    """Before every route: is this our host, and does the address ask too often. After it: the headers."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        policy = self._site.pages.policy
        secure = scope["scheme"] == "https"

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers["Content-Security-Policy"] = policy
                headers.setdefault("Cache-Control", "no-store")
                if secure:
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        refused = self._refused(Request(scope))
        await (self._app if refused is None else refused)(scope, receive, sealed)

    def _refused(self, request: Request) -> Response | None:
        site = self._site
        if "\0" in request.scope["path"]:  # no name here holds one, and PostgreSQL takes none
            return HTMLResponse(site.pages.plain("missing", "missing_why", english=english_of(request)), 404)
        if request.url.path.startswith(_UNLIMITED):
            return None
        if not site.page_limit.allows(address_of(request), time.monotonic()):
            return busy(site, request, site.page_limit.wait_s())
        host = request.headers.get("host", "")
        if host.upper() != site.host and host.rpartition(":")[0].lower() not in LOOPBACK and host not in LOOPBACK:
            return HTMLResponse(site.pages.plain("wrong_host", "host_why", english=english_of(request)), 421)
        return None


def _answer_errors(app: FastAPI, site: Site) -> None:
    def machine(request: Request) -> bool:
        return request.url.path.startswith("/upload/")

    def said(request: Request, status: int, text: str) -> Response:
        if machine(request):
            return JSONResponse({"error": text}, status)
        key, why = ("missing", "missing_why") if status < 500 else ("failed", None)
        return HTMLResponse(site.pages.plain(key, why, english=english_of(request)), status)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return said(request, status, str(getattr(error, "detail", "")))

    @app.exception_handler(RequestValidationError)
    async def odd_path(request: Request, error: Exception) -> Response:
        del error
        return said(request, 422, "the path has no such number")

    @app.exception_handler(UploadRefused)
    @app.exception_handler(LinkError)
    async def refused(request: Request, error: Exception) -> Response:
        return said(request, 422, str(error))

    @app.exception_handler(SiteError)
    async def failed(request: Request, error: Exception) -> Response:
        log.error("%s %s: %s", request.method, request.url.path, error)
        return said(request, 503, "the site cannot do this now: try again later")

    @app.exception_handler(NotLoggedIn)
    async def login(request: Request, error: Exception) -> Response:
        del error
        return HTMLResponse(site.pages.login(english=english_of(request)), 401)
