"""A witness as a web service (extra `verify`): POST /add-checkpoint, and what it has seen to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shellmark_trace.errors import LogError

from .witness import MOST_BYTES, Witness

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response


def witness_app(witness: Witness) -> FastAPI:
    """The service.

    `POST /add-checkpoint` is C2SP's; `GET /` gives the witness's key; `GET /checkpoint/ORIGIN` the last checkpoint of a
    log as it was cosigned.

    Raises:
        LogError: FastAPI is not installed.
    """
    try:
        from fastapi import FastAPI
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import PlainTextResponse
    except ImportError as e:
        raise LogError("a witness needs FastAPI: install shellmark[verify]") from e

    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return PlainTextResponse("the request is too long\n", 400)
        try:
            answer = await run_in_threadpool(witness.add_checkpoint, body)
        except (LogError, OSError) as e:
            return PlainTextResponse(f"{e}\n", 500)
        return PlainTextResponse(answer.body, answer.status, headers={"Content-Type": answer.kind})

    async def key(_: Request) -> Response:
        return PlainTextResponse(f"{witness.cosigner.verifier.vkey}\n")

    async def checkpoint(request: Request) -> Response:
        note = await run_in_threadpool(witness.seen, request.path_params["origin"])
        return PlainTextResponse("nothing seen\n", 404) if note is None else PlainTextResponse(str(note))

    app = FastAPI(title="shellmark witness", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_route("/add-checkpoint", add_checkpoint, methods=["POST"])
    app.add_route("/", key, methods=["GET"])
    app.add_route("/checkpoint/{origin:path}", checkpoint, methods=["GET"])
    return app
