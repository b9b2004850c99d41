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
from site_story import HOST, Story, write_proof
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
    proof = write_proof(tmp_path, story)
    words = ["proof", story.serial, proof, "--site", stand.url, "--token-file", tmp_path / "token"]
    assert run(*words) == (0, "")
    assert stand.site.inspecting.proof("li", story.serial, 0) == proof.read_text("utf-8")
    stranger = Story()
    write_proof(tmp_path, stranger)
    code, said = run("proof", stranger.serial, *words[2:])
    assert (code, "refuses: proof of" in said, "no such code" in said, "{" in said) == (2, True, True, False)
    proof.write_text("x")
    code, said = run(*words)
    assert (code, "no proof file" in said) == (2, True)


def test_a_proof_of_another_code_is_not_sent(tmp_path: Path, stand: Stand, run: Run) -> None:
    mine, other = stand.tell(Story()), stand.tell(Story())
    (tmp_path / "token").write_text(stand.token)
    proof = write_proof(tmp_path, other)
    words = ["proof", mine.serial, proof, "--site", stand.url, "--token-file", tmp_path / "token"]
    assert run(*words) == (
        2,
        f"shellmark: {proof} is the proof of {other.serial}, not of {mine.serial}: nothing was sent",
    )
    leaf, record = (tmp_path / "case.leaf").read_bytes(), (tmp_path / "case.record.json").read_bytes()
    write_proof(tmp_path, mine)
    (tmp_path / "case.leaf").write_bytes(leaf)
    assert run(*words)[0] == 2  # my proof beside another's leaf
    (tmp_path / "case.record.json").write_bytes(record)
    assert run("proof", other.serial, *words[2:])[0] == 2  # another's leaf and record beside my proof
    write_proof(tmp_path, mine)
    for name in ("case.record.json", "case.leaf"):
        (tmp_path / name).unlink()
        code, said = run(*words)
        assert (code, f"{tmp_path / name} is not there" in said, "log proof --record" in said) == (2, True, True)
    assert stand.site.inspecting.proof("li", mine.serial, 0) is None


def test_what_goes_wrong_is_said_for_a_command(tmp_path: Path, stand: Stand, run: Run) -> None:
    story = stand.tell(Story())
    proof, token = write_proof(tmp_path, story), tmp_path / "token"
    token.write_text("wrong")
    for site, says in (
        (stand.url, f"does not know the token in {token}: `shellmark verify token station NAME"),
        ("http://127.0.0.1:9", "see that it runs, then run this again"),
        ("http://id.example.cn", "plain http shows the token to the network: say https://"),
        ("id.example.cn", "--site id.example.cn cannot be used: give an address such as"),
        (f"{stand.url}/elsewhere", "no verify site, or one with an older program"),
    ):
        code, said = run("proof", story.serial, proof, "--site", site, "--token-file", token)
        assert (code, says in said) == (2, True), said
        for odd in ("insecure", "it will be tried again", "output verify", "{"):
            assert odd not in said


def test_a_token_is_of_a_site_that_is_there(tmp_path: Path, run: Run) -> None:
    for more in ((), ("--remove",)):
        code, said = run("token", "inspector", "li", "--data", tmp_path / "typo", *more)
        assert (code, f"no verify site lives in {tmp_path / 'typo'}" in said) == (2, True)
        assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("serve", "--data", "x", "--host", "not a host"), "is no host name"),
        (("serve", "--data", "x", "--host", "A" * 19 + ".CN"), "use a shorter domain"),
        (("serve", "--data", "x", "--host", HOST, "--database", "mysql://a/b"), "cannot hold a verify site"),
        (("serve", "--data", "{file}", "--host", HOST), "file"),
        (("serve", "--data", "x", "--host", HOST, "--manifest", "m"), "--keys, --root and --manifest together"),
        (("token", "station", "", "--data", "{folder}/site"), "of a station cannot be used"),
        (("token", "inspector", "", "--data", "{folder}/site"), "of an inspector cannot be used"),
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
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "site.key").touch()
    code, said = run(*(w.format(file=tmp_path / "file", folder=tmp_path) for w in words))
    assert code == 2
    assert says in said
    assert "Traceback" not in said
