"""`shellmark verify serve|token|pins` as processes: a site that runs, its tokens, its PINs, bad input in one line."""

from __future__ import annotations

import csv
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from site_stand import Stand
from site_story import HOST, Story
from typer.testing import CliRunner

from shellmark_inspect.app.cli import app, main
from shellmark_trace.site import Claimed, Site, SiteSettings

Run = Callable[..., tuple[int, str]]
RUNNER = CliRunner()
MAIN = [sys.executable, "-c", "from shellmark_inspect.app import main; main()", "verify"]


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with ExitStack() as closing:
        yield Stand(Site(SiteSettings(tmp_path / "site", HOST)), closing)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """The command line in this process: its exit code and what it said on standard error."""

    def run(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["shellmark", "verify", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), " ".join(capsys.readouterr().err.split())

    return run


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A site as a process of its own: its address and its folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path / "site"
    command = [*MAIN, "serve", "--data", str(folder), "--host", HOST, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                httpx.get(f"{url}/healthz", trust_env=False)
                break
            except httpx.TransportError:
                assert process.poll() is None, "the site ended"
                time.sleep(0.05)
        yield url, folder
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode in (0, -signal.SIGTERM)


def test_a_site_is_served_and_takes_a_token_made_beside_it(served: tuple[str, Path], run: Run) -> None:
    url, folder = served
    made = RUNNER.invoke(app, ["verify", "token", "station", "st01", "--data", str(folder)])
    token = made.stdout.strip()
    assert len(token) == 43
    story = Story()
    headers = {"authorization": f"Bearer {token}"}
    with httpx.Client(base_url=url, trust_env=False) as client:
        answer = client.post("/upload/events", json={"events": story.shipped()}, headers=headers)
        assert answer.json()["taken"] == 5
        assert 'id="first"' in client.get(story.path).text
        gone = RUNNER.invoke(app, ["verify", "token", "station", "st01", "--data", str(folder), "--remove"])
        assert "1 tokens of station st01 removed" in gone.stdout
        assert client.post("/upload/events", json={"events": []}, headers=headers).status_code == 401
    code, said = run("serve", "--data", folder, "--host", HOST)
    assert (code, "in use by another verify site" in said) == (2, True)


def test_pins_are_drawn_once_and_sent_until_they_are_there(tmp_path: Path, stand: Stand, run: Run) -> None:
    stories = [stand.tell(Story()) for _ in range(3)]
    (tmp_path / "codes.txt").write_text("\n".join(story.text for story in stories) + "\n\n")
    (tmp_path / "token").write_text(stand.token)
    key = stand.site.settings.folder / "site.key"
    out = tmp_path / "pins.csv"
    words = ["verify", "pins", str(tmp_path / "codes.txt"), "--key", str(key), "--out", str(out)]
    words += ["--site", stand.url, "--token-file", str(tmp_path / "token")]
    for _ in range(2):
        done = RUNNER.invoke(app, words)
        assert done.exit_code == 0, done.output
    assert out.stat().st_mode & 0o777 == 0o600
    with out.open(encoding="utf-8-sig", newline="") as file:
        pins = {row["code"]: row["pin"] for row in csv.DictReader(file)}
    assert set(pins) == {story.text for story in stories}
    for story in stories:
        assert stand.site.claims.claim(story.serial, pins[story.text], "t", 1e9) is Claimed.BOUND
    code, said = run(*words[1:5], "--out", tmp_path / "more.csv", *words[7:])
    assert (code, "has a PIN" in said) == (2, True)


def test_without_the_extra_it_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("fastapi", "shellmark_trace.site"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    for words in (("serve", "--data", "x", "--host", HOST), ("token", "station", "st01", "--data", "x")):
        code, said = run(*words)
        assert (code, "pip install 'shellmark[verify]'" in said) == (2, True)


def test_a_proof_is_sent(tmp_path: Path, stand: Stand, run: Run) -> None:
    story = stand.tell(Story())
    (tmp_path / "token").write_text(stand.token)
    text = "c2sp.org/tlog-proof@v1\nindex 3\n\ntrace.example.cn/st01\n4\nAAAA\n\n\u2014 n AAAAAAAA\n"
    (tmp_path / "3.tlog-proof").write_text(text, "utf-8")
    words = ["proof", story.serial, tmp_path / "3.tlog-proof", "--site", stand.url, "--token-file", tmp_path / "token"]
    assert run(*words) == (0, "")
    assert stand.site.inspecting.proof("li", story.serial, 3) == text
    code, said = run("proof", Story().serial, *words[2:])
    assert (code, "no such code" in said) == (2, True)
    (tmp_path / "3.tlog-proof").write_text("x")
    code, said = run(*words)
    assert (code, "no proof file" in said) == (2, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("serve", "--data", "x", "--host", "not a host"), "is no host name"),
        (("serve", "--data", "x", "--host", "A" * 19 + ".CN"), "use a shorter domain"),
        (("serve", "--data", "x", "--host", HOST, "--database", "mysql://a/b"), "cannot hold a verify site"),
        (("serve", "--data", "{file}", "--host", HOST), "file"),
        (("serve", "--data", "x", "--host", HOST, "--manifest", "m"), "--keys, --root and --manifest together"),
        (("token", "station", "", "--data", "{folder}"), "cannot be used"),
        (("token", "king", "x", "--data", "x"), "king"),
        (
            ("pins", "c", "--key", "none", "--out", "o", "--site", "https://x", "--token-file", "t"),
            "none is missing",
        ),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, words: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    code, said = run(*(w.format(file=tmp_path / "file", folder=tmp_path) for w in words))
    assert code == 2
    assert says in said
    assert "Traceback" not in said
