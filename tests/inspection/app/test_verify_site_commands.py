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
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from site_stand import Stand
from site_story import HOST, Story
from typer.testing import CliRunner

from shellmark_inspect.app.cli import app, main
from shellmark_inspect.outputs import Away, VerifySite
from shellmark_trace.site import Claimed, Site, SiteSettings, pin_hash

Run = Callable[..., tuple[int, str]]
Aloud = Callable[..., tuple[int, str, str]]
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
def aloud(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Aloud:
    """The command line in this process: its exit code, what it said, and what went wrong."""

    def aloud(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["shellmark", "verify", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), " ".join(said.out.split()), " ".join(said.err.split())

    return aloud


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


@dataclass
class Shift:
    """A list of codes and what `verify pins` needs to draw for it."""

    stand: Stand
    folder: Path
    run: Aloud
    codes: list[Story] = field(default_factory=list)

    def make(self, count: int) -> list[Story]:
        made = [self.stand.tell(Story()) for _ in range(count)]
        self.codes += made
        return made

    def draw(self, out: str, *, token: str | None = None, site: str | None = None) -> tuple[int, str, str]:
        (self.folder / "codes.txt").write_text("\n".join(story.text for story in self.codes) + "\n\n")
        (self.folder / "token").write_text(token or self.stand.token)
        key = self.stand.site.settings.folder / "site.key"
        words = ["pins", self.folder / "codes.txt", "--key", key, "--out", self.folder / out]
        words += ["--site", site or self.stand.url, "--token-file", self.folder / "token"]
        return self.run(*words)

    def pins(self, out: str) -> dict[str, str]:
        with (self.folder / out).open(encoding="utf-8-sig", newline="") as file:
            return {row["code"]: row["pin"] for row in csv.DictReader(file)}

    def claims(self, story: Story, pin: str) -> Claimed:
        return self.stand.site.claims.claim(story.serial, pin, story.serial, 1e9)


@pytest.fixture
def shift(tmp_path: Path, stand: Stand, aloud: Aloud) -> Shift:
    return Shift(stand, tmp_path, aloud)


def test_pins_are_drawn_once_and_sent_again_as_they_are(shift: Shift) -> None:
    stories = shift.make(3)
    assert shift.draw("pins.csv")[0] == 0
    pins = shift.pins("pins.csv")
    assert shift.draw("pins.csv")[0] == 0
    assert shift.pins("pins.csv") == pins
    assert set(pins) == {story.text for story in stories}
    assert (shift.folder / "pins.csv").stat().st_mode & 0o777 == 0o600
    assert not (shift.folder / "pins.csv.unsent").exists()
    for story in stories:
        assert shift.claims(story, pins[story.text]) is Claimed.BOUND


def test_the_second_shift_draws_for_its_own_codes_only(shift: Shift) -> None:
    first = shift.make(2)
    assert shift.draw("monday.csv")[0] == 0
    code, said, _ = shift.draw("tuesday.csv")
    assert (code, "2 codes have a PIN" in said, "tuesday.csv was not written" in said) == (0, True, True)
    second = shift.make(2)
    code, said, _ = shift.draw("tuesday.csv")
    assert code == 0
    assert all(story.serial in said for story in first)
    pins = shift.pins("tuesday.csv")
    assert set(pins) == {story.text for story in second}
    assert shift.claims(first[0], shift.pins("monday.csv")[first[0].text]) is Claimed.BOUND
    assert shift.claims(second[0], pins[second[0].text]) is Claimed.BOUND


def test_a_csv_that_lacks_codes_of_the_list_says_so(shift: Shift) -> None:
    shift.make(2)
    assert shift.draw("pins.csv")[0] == 0
    before = (shift.folder / "pins.csv").read_bytes()
    late = shift.make(2)
    code, _, said = shift.draw("pins.csv")
    assert code == 2
    for words in ("2 codes of the list have no PIN in", late[0].serial, "another --out"):
        assert words in said
    assert (shift.folder / "pins.csv").read_bytes() == before


def test_a_csv_has_its_name_only_once_the_site_has_its_pins(shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    stories = shift.make(2)
    for wrong in ({"token": "x"}, {"site": "http://127.0.0.1:9"}):
        assert shift.draw("pins.csv", **wrong)[0] == 2
        assert not list(shift.folder.glob("pins.csv*"))
    with monkeypatch.context() as line:
        line.setattr(VerifySite, "send", _dropped)
        code, _, said = shift.draw("pins.csv")
    assert (code, "run this again" in said) == (2, True)
    assert not (shift.folder / "pins.csv").exists()
    drawn = shift.pins("pins.csv.unsent")
    elsewhere = pin_hash(shift.stand.site.key, stories[0].serial, "00000000").hex()
    told = {"serial": stories[0].serial, "text": stories[0].text, "hash": elsewhere}
    assert shift.stand.upload(stories[0]._event("pin", "pin:other", told)).status_code == 200
    code, said, _ = shift.draw("pins.csv")
    assert (code, stories[0].serial in said) == (0, True)
    assert shift.pins("pins.csv") == {stories[1].text: drawn[stories[1].text]}
    assert not (shift.folder / "pins.csv.unsent").exists()


def test_a_csv_the_site_will_never_take_is_named(shift: Shift) -> None:
    stories = shift.make(2)
    assert shift.draw("pins.csv")[0] == 0
    dead = f"code,tail,pin\n{stories[0].text},x,00000000\n"
    (shift.folder / "old.csv").write_text(dead)
    code, _, said = shift.draw("old.csv")
    assert (code, "another PIN of " + stories[0].serial in said, "{" in said) == (2, True, False)


def _dropped(*_: object) -> None:
    raise Away("the line dropped", "the line dropped")


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
