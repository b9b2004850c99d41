"""CPU time of the verify site's pages: `python benchmarks/trace/verify_page.py [--requests 3000] [--codes 20000]`.

The site runs in this process as a server of ASGI calls it; each request is a whole one through the application, with
its commit (FULL). CPU time is `process_time`, of all threads, so that a loaded machine does not count; the client is
the few lines below. A phone's first query is the dearest: counter, device, scan, month, four writes.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from shellmark_trace import digital_link, new_serial
from shellmark_trace.site import EventIn, Rate, Site, SiteSettings, build_app

GTIN, HOST = "06901234567892", "ID.EXAMPLE.CN"
STATES = ("RESERVED", "SENT", "ACTIVE", "SHIPPED")
NO_LIMIT = Rate(1e9, 1e9)


def fill(site: Site, count: int) -> list[str]:
    """Upload shipped codes."""
    serials = [new_serial() for _ in range(count)]
    for first in range(0, count, 125):
        events = []
        for serial in serials[first : first + 125]:
            text = digital_link(HOST, GTIN, serial)
            for step, after in enumerate(STATES):
                told = {"serial": serial, "text": text, "case_id": f"case {serial}", "after": after}
                at = "2026-11-20T00:00:00Z"
                values = {"number": 1, "key": f"{serial}:{step}:{after}", "kind": "code", "at": at, "payload": told}
                events.append(EventIn.model_validate(values))
        site.uploads.take("st01", events)
    return serials


async def get(app: Any, path: str, cookie: str = "") -> tuple[int, int, str]:
    """Status, bytes and cookie of one request."""
    headers = [(b"host", HOST.encode()), (b"user-agent", path.encode()), (b"accept-language", b"zh-CN")]
    headers += [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http"}
    scope |= {"path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers}
    scope |= {"client": ("127.0.0.1", 5), "server": ("127.0.0.1", 80)}
    status, size, given = 0, 0, ""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, size, given
        if message["type"] == "http.response.start":
            status = message["status"]
            given = next((v.decode().split(";")[0] for k, v in message["headers"] if k == b"set-cookie"), "")
        size += len(message.get("body", b""))

    await app(scope, receive, send)
    return status, size, given


async def measure(app: Any, serials: list[str], requests: int) -> dict[str, list[float]]:
    """CPU ms of each request, by kind."""
    found: dict[str, list[float]] = {"first query": [], "same phone": [], "another phone": [], "unknown code": []}
    paths = [f"/01/{GTIN}/21/{serial}" for serial in serials[:requests]]

    async def timed(kind: str, path: str, cookie: str = "", due: int = 200) -> str:
        begun = time.process_time()
        status, size, given = await get(app, path, cookie)
        found[kind].append(1000 * (time.process_time() - begun))
        assert status == due, (status, path)
        assert size < 60_000
        return given

    for path in paths:
        cookie = await timed("first query", path)
        await timed("same phone", path, cookie)
        await timed("another phone", path, "shellmark_device=" + "x" * 22)
        await timed("unknown code", f"/01/{GTIN}/21/{new_serial()}", due=404)
    return found


def served(folder: Path, serials: list[str]) -> float:
    """CPU ms a request of `shellmark verify serve` as a process, HTTP and all: a new connection and phone each time."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "from shellmark_inspect.app import main; main()", "verify", "serve"]
    process = subprocess.Popen([*command, "--data", str(folder), "--host", HOST, "--port", str(port)])
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        watched, begun = psutil.Process(process.pid), 0.0
        for n, serial in enumerate(serials):
            if n == 50:  # the templates are compiled and the statements cached by now
                begun = sum(watched.cpu_times()[:2])
            address = f"127.1.{n // 200}.{n % 200 + 1}"  # each its own, or the limit would answer
            client = http.client.HTTPConnection("127.0.0.1", port, source_address=(address, 0))
            client.request("GET", f"/01/{GTIN}/21/{serial}", headers={"Host": HOST})
            answer = client.getresponse()
            assert answer.status == 200
            answer.read()
            client.close()
        return 1000 * (sum(watched.cpu_times()[:2]) - begun) / (len(serials) - 50)
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--codes", type=int, default=20_000)
    parser.add_argument("--database", help="postgresql://… instead of a file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Site(SiteSettings(Path(folder), HOST, options.database, pages=NO_LIMIT))
        site.miss_limit = type(site.miss_limit)(NO_LIMIT)
        serials = fill(site, options.codes)
        found = asyncio.run(measure(build_app(site), serials, options.requests))
        site.close()
        if options.database is None:
            rest = serials[options.requests :]
            print(
                f"verify serve, {len(rest) - 50} first queries over HTTP: {served(Path(folder), rest):.2f} CPU ms each"
            )
    print(f"{options.codes} codes, {options.requests} requests of each kind, CPU ms (all threads)")
    for kind, ms in found.items():
        half = 1.96 * statistics.stdev(ms) / len(ms) ** 0.5
        p50, p95, p99 = np.percentile(ms, (50, 95, 99))
        print(f"{kind:14} mean {statistics.fmean(ms):.2f} ± {half:.2f}  p50 {p50:.2f}  p95 {p95:.2f}  p99 {p99:.2f}")


if __name__ == "__main__":
    main()
