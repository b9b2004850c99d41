"""A verify site on a port of its own, with stations and phones that talk to it."""

from __future__ import annotations

import hashlib
import threading
import time
from contextlib import ExitStack
from typing import Any

import httpx
import uvicorn
from site_story import Story

from shellmark_trace.site import Site, build_app


class Stand:
    """A site on a port of its own, with what stands around it."""

    def __init__(self, site: Site, closing: ExitStack) -> None:
        self.site = site
        self._closing = closing
        self.token = site.tokens.add("station", "st01")
        config = uvicorn.Config(build_app(site), port=0, log_level="warning", ws="none", access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="verify site")
        self._thread.start()
        closing.callback(self._stop)
        while not self._server.started:
            assert self._thread.is_alive(), "the site did not start"
            time.sleep(0.01)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def phone(
        self, agent: str = "phone", language: str = "zh-CN", *, address: str = "127.0.0.1", **headers: str
    ) -> httpx.Client:
        """A browser with cookies of its own, at an address of the loopback net."""
        told = {"user-agent": agent, "accept-language": language} | {k.replace("_", "-"): v for k, v in headers.items()}
        transport = httpx.HTTPTransport(local_address=address, verify=False)
        client = httpx.Client(base_url=self.url, headers=told, transport=transport, timeout=30)
        self._closing.callback(client.close)
        return client

    def upload(self, *events: dict[str, Any], token: str | None = None) -> httpx.Response:
        headers = {"authorization": f"Bearer {token or self.token}"}
        return self.phone("station").post("/upload/events", json={"events": list(events)}, headers=headers)

    def photo(self, digest: str, data: bytes) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"}
        return self.phone("station").put(f"/upload/photos/{digest}", content=data, headers=headers)

    def tell(self, story: Story) -> Story:
        """Upload a shipped case with its pictures."""
        answer = self.upload(*story.shipped())
        assert answer.status_code == 200, answer.text
        for *_, data, _corners in story.pictures:
            assert self.photo(hashlib.sha256(data).hexdigest(), data).status_code == 200
        return story

    def _stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
