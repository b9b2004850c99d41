"""A real web service on loopback that takes what outputs post, and fails in the ways such services do."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class WebService:
    """Takes posts at `url`; `moods` say what happens to the next ones, "ok" when there are none left.

    "500", "400" refuse; "lost" takes the post and closes without an answer; "dropped" closes without taking it; "slow"
    takes it and answers late; "half" takes it and breaks off its answer; "job" takes it and answers 202 with a job that
    runs for two looks; "failing job" takes nothing and the job says so; "elsewhere" redirects.
    """

    def __init__(self) -> None:
        self.moods: deque[str] = deque()
        self.posts: list[Any] = []
        """Bodies taken, repeats and all."""
        self.headers: list[dict[str, str]] = []
        self.times_s: list[float] = []
        self.looks = 0
        self.slow_s = 1.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self._server.block_on_close = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/capture"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a table of ways to fail
        service = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                service.looks += 1
                failed = self.path.endswith("failing")
                running = service.looks < 2 and not failed
                job = {"running": running, "success": not failed, "errors": [{"title": "bad event"}] if failed else []}
                self._answer(200, job)

            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                mood = service.moods.popleft() if service.moods else "ok"
                service.times_s.append(time.monotonic())
                service.headers.append({name.lower(): value for name, value in self.headers.items()})
                if mood in {"ok", "lost", "slow", "half", "job"}:
                    service.posts.append(json.loads(data))
                self._react(mood)

            def _react(self, mood: str) -> None:
                if mood in {"lost", "dropped"}:
                    self.close_connection = True
                elif mood in {"500", "400"}:
                    self._answer(int(mood), {"code": 1, "msg": f"refused with {mood}"})
                elif mood == "elsewhere":
                    self._answer(307, {}, Location=service.url + "/elsewhere")
                elif mood == "half":
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    self.wfile.write(b"{")
                    self.close_connection = True
                elif mood.endswith("job"):
                    self._answer(202, {}, location="/capture/failing" if mood != "job" else "/capture/1")
                else:
                    time.sleep(service.slow_s if mood == "slow" else 0)
                    self._answer(200, {"status": "success"})

            def _answer(self, status: int, body: Any, **headers: str) -> None:
                data = json.dumps(body, indent=2).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(data)))
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    self.close_connection = True  # the client has left

        return Handler
