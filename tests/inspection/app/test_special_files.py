"""Devices, pipes and folders in the place of files, and NUL characters in what is configured: one line, exit code 2."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from site_story import Story, write_proof

from shellmark_inspect.app import main

TEXT = "HTTPS://ID.EXAMPLE.CN/01/06901234567892/21/0123456789ABC"
SITE = ("--site", "http://127.0.0.1:9")
ARTICLE = ("--sku", "a", "--gtin", "06901234567892")
Run = Callable[..., str]


@pytest.fixture(autouse=True)
def _same_logging_after() -> Iterator[None]:
    before = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:], logging.root.level = before


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line as the console script does; what it says when it refuses, which has to be one line."""

    def refused(*words: object) -> str:
        monkeypatch.setattr(sys, "argv", ["shellmark", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert (ended.value.code, said.out) == (2, ""), said
        assert said.err.count("\n") == 1, said.err
        return said.err

    return refused


@pytest.fixture(params=["endless", "pipe", "folder"])
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "endless":
        return Path("/dev/zero")
    path = tmp_path / "odd.toml"
    path.mkdir() if request.param == "folder" else os.mkfifo(path)
    return path


def commands(odd: Path, folder: Path) -> Iterator[tuple[object, ...]]:
    """Every command about codes with the odd thing where it wants a file."""
    good, out = folder / "good", folder / "out"
    good.write_text(f"{TEXT}\n")
    good.chmod(0o600)
    yield "keys", "show", odd
    yield "keys", "sign", odd, odd, "--passphrase-from", f"file:{odd}"
    yield "keys", "init", "station", "st01", out, "--passphrase-from", f"file:{odd}"
    yield "keys", "begin", out, odd
    yield "keys", "list", odd
    yield "manifest", "show", odd
    yield "manifest", "build", "--issued", out, "--key", odd, "--keys", odd, "--root", odd
    yield "verify", TEXT, "--keys", odd, "--root", odd
    yield "verify", TEXT, "--keys", good, "--root", odd, "--seen", odd
    yield "verify", "proof", "0123456789ABC", odd, *SITE, "--token-file", odd
    yield "verify", "pins", odd, "--key", good, "--out", out, *SITE, "--token-file", odd
    yield "verify", "pins", good, "--key", odd, "--out", out, *SITE, "--token-file", odd
    yield "verify", "pins", good, "--key", good, "--out", odd, *SITE, "--token-file", odd
    yield "verify", "serve", "--data", folder / "d", "--host", "X.CN", "--keys", odd, "--root", odd, "--manifest", odd
    yield "export", "csv", out, "--map", odd
    yield "export", "xlsx", odd, "--data", folder
    yield "export", "epcis", odd, "--data", folder
    yield "label", "preview", "--out", folder / "l.png", "--recipe", odd, *ARTICLE
    yield "label", "preview", "--out", folder / "l.png", "--template", folder / "odd.toml", *ARTICLE
    yield "label", "read", odd
    yield "log", "verify-proof", odd, "--log", "x"
    yield "log", "witness", "--key", odd, "--log", "x"
    yield "trace", "show", "X", "--data", odd
    if not odd.is_dir():  # a folder of records may be there
        for words in (("log", "check"), ("label", "print-test", "--config"), ("log", "publish"), ("checks", "due")):
            yield *words, odd


def test_every_command_refuses_in_a_line_and_does_not_wait(odd: Path, tmp_path: Path, refused: Run) -> None:
    for words in commands(odd, tmp_path):
        assert refused(*words).startswith("shellmark: "), words


def test_a_font_a_token_and_a_list_of_codes_that_never_end(odd: Path, tmp_path: Path, refused: Run) -> None:
    template = tmp_path / "t.toml"
    template.write_text(f'name = "t"\nfont = "{odd}"')
    assert "font" in refused("label", "preview", "--out", tmp_path / "l.png", "--template", template, *ARTICLE)
    story = Story()
    words = "verify", "proof", story.serial, write_proof(tmp_path, story), *SITE, "--token-file", odd
    assert f"file {odd} cannot be read" in refused(*words)
    words = "codes", "ship", tmp_path / "none.toml", "--operator", "w", "--target", "site", "--file", odd
    assert f"list of codes {odd} cannot be read" in refused(*words)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("station.toml", 'data = "a\\u0000b"'),
        ("station.toml", '[cameras.front]\nkind = "folder"\nfolder = "a\\u0000"'),
        ("station.toml", '[outputs.site]\nkind = "verify"\ntoken_file = "a\\u0000"'),
        ("station.toml", '[log]\norigin = "a\\u0000"'),
        ("recipe.toml", 'sku = "a\\u0000"'),
        ("label.toml", 'font = "a\\u0000"'),
        ("columns.toml", '[[columns]]\nname = "a\\u0000"\nfrom = "row"'),
    ],
)
def test_a_nul_in_what_is_configured_is_named(tmp_path: Path, refused: Run, name: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(said)
    words = {
        "station.toml": ("log", "check", path),
        "recipe.toml": ("label", "preview", "--out", tmp_path / "l.png", "--recipe", path),
        "label.toml": ("label", "preview", "--out", tmp_path / "l.png", "--template", path, *ARTICLE),
        "columns.toml": ("export", "csv", tmp_path / "o.csv", "--map", path),
    }[name]
    assert "NUL" in (line := refused(*words))
    assert str(path) in line


def test_a_taken_port_is_said_in_a_line(tmp_path: Path, refused: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = refused("verify", "serve", "--data", tmp_path / "site", "--host", "ID.EXAMPLE.CN", "--port", port)
        assert f"the verify site cannot listen at 127.0.0.1:{port} (Address already in use)" in line
    words = "verify", "serve", "--data", tmp_path / "site", "--host", "ID.EXAMPLE.CN", "--bind"
    assert "192.0.2.7" in refused(*words, "192.0.2.7")  # none of this machine; the site's files were let go of
    assert "no.such.host.invalid" in refused(*words, "no.such.host.invalid")
    assert "cannot listen" in refused(*words, "x" * 300)
