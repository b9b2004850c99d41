"""An HTTP camera from the standard library: it streams, stalls, dies and comes back as it is told."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2

from .stills import picture

WIDTH, HEIGHT = 160, 120


class HttpCamera:
    """Serves motion JPEG, another picture every frame; `frames_sent` counts over all connections."""

    def __init__(self, interval_s: float = 0.03) -> None:
        self.interval_s = interval_s
        self.frames_sent = 0
        self.flowing = threading.Event()
        self.flowing.set()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._sent = threading.Condition()
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    def start(self) -> None:
        """Comes up, on the port it had before."""
        self._stopped.clear()
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), self._handler())
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="http camera")
        self._thread.start()

    def wait_sent(self, count: int) -> None:
        """Waits until so many frames have been sent."""
        with self._sent:
            assert self._sent.wait_for(lambda: self.frames_sent >= count, 20)

    def die(self) -> None:
        """Drops every connection and the port."""
        if self._server is not None and self._thread is not None:
            self._stopped.set()
            self.flowing.set()
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = None

    def _handler(camera) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                try:
                    while not camera._stopped.wait(camera.interval_s):
                        camera.flowing.wait()
                        self.wfile.write(camera._part())
                        camera._count()
                except OSError:
                    return  # the reader left

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _count(self) -> None:
        with self._sent:
            self.frames_sent += 1
            self._sent.notify_all()

    def _part(self) -> bytes:
        data = cv2.imencode(".jpg", picture(self.frames_sent, WIDTH, HEIGHT))[1].tobytes()
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
        return head.encode() + data + b"\r\n"
