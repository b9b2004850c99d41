"""A log of ours before judges that share no code with it: the packages behind Go's checksum database."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shellmark_trace import leaf
from shellmark_trace.log import CHECKPOINT, Cosigner, Heads, Note, Publisher, Signer, Tile, bundle

SOURCE = Path(__file__).parent / "gocheck" / "main.go"
GO_PATH = Path(os.environ.get("SHELLMARK_GOPATH", "/usr/share/gocode"))
SIGNER = Signer("trace.example.cn/pinghu/st01", Ed25519PrivateKey.generate())
WITNESS = Cosigner("witness.example.cn/mes", Ed25519PrivateKey.generate())
SIZES = (1, 255, 256, 300, 40_000, 70_000)


class Entries:
    """Leaves as a station writes them, by number."""

    def __init__(self) -> None:
        self.count = 0

    def size(self) -> int:
        return self.count

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        for number in range(start, stop):
            yield leaf({"v": 1, "station": "st01", "kind": "code", "number": number, "word": "箱壳" * (number % 7)})


@pytest.fixture(scope="session")
def gocheck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checker, built by Debian's Go from Debian's golang.org/x/mod."""
    if shutil.which("go") is None:
        pytest.skip("no Go: apt-get install golang-go golang-golang-x-mod-dev")
    if not (GO_PATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip(f"no golang.org/x/mod under {GO_PATH}: apt-get install golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    settings = {"GO111MODULE": "off", "GOPATH": str(GO_PATH), "GOCACHE": str(folder / "cache"), "GOFLAGS": ""}
    command = ["go", "build", "-o", str(folder / "gocheck"), str(SOURCE)]
    built = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder / "gocheck"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log that has grown over several checkpoints, the last one cosigned; the old ones beside it."""
    folder, leaves = tmp_path_factory.mktemp("published"), Entries()
    log = Publisher(folder / "log", Heads(folder / "signed.json", SIGNER, [WITNESS.verifier]), leaves)
    for size in SIZES:
        leaves.count = size
        head = log.publish()
        (folder / f"checkpoint-{size}").write_text(head.note, "utf-8")
    note = Note.parse(head.note)
    log.show(log.heads.add(note, [WITNESS.sign(note.text, 1_800_000_000)]))
    return folder


def check(gocheck: Path, folder: Path, *, records: int = 300, trees: int = 300) -> subprocess.CompletedProcess[str]:
    olds = [str(path) for path in sorted(folder.glob("checkpoint-*"))]
    keys = [SIGNER.verifier.vkey, WITNESS.verifier.vkey]
    command = [str(gocheck), str(folder / "log"), *keys, "7", str(records), str(trees), *olds]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_go_accepts_the_log_its_records_its_history_and_its_witness(gocheck: Path, published: Path) -> None:
    done = check(gocheck, published)
    assert done.returncode == 0, done.stderr
    due = {"size": 70_000, "records": 300, "trees": 300, "olds": len(SIZES), "cosigned": 1_800_000_000}
    assert json.loads(done.stdout) == due


@pytest.fixture
def copied(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "copy"))


def flip(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


@pytest.mark.parametrize("path", [CHECKPOINT, Tile(2, 0, 1).path, Tile(1, 1, 17).path, Tile(0, 273, 112).path])
@pytest.mark.parametrize("seed", range(5))
def test_go_refuses_a_flipped_bit(gocheck: Path, copied: Path, path: str, seed: int) -> None:
    flip(copied / "log" / path, random.Random(seed))
    done = check(gocheck, copied, records=0, trees=0)
    assert done.returncode == 1, done.stdout


def test_go_refuses_an_edited_record(gocheck: Path, copied: Path) -> None:
    for number in range(273):
        path = copied / "log" / bundle(number).path
        path.write_bytes(path.read_bytes().replace(b'"st01"', b'"st02"'))
    assert "record" in check(gocheck, copied, records=1, trees=0).stderr


def test_go_refuses_a_history_that_was_another(gocheck: Path, copied: Path, tmp_path: Path) -> None:
    class Others(Entries):
        def entries(self, start: int, stop: int) -> Iterator[bytes]:
            for place, entry in enumerate(super().entries(start, stop), start):
                yield entry + b" " if place == 77 else entry

    leaves = Others()
    leaves.count = 255
    fork = Publisher(tmp_path / "fork", Heads(tmp_path / "fork.json", SIGNER), leaves).publish()
    (copied / "checkpoint-255").write_text(fork.note, "utf-8")
    done = check(gocheck, copied, records=0, trees=0)
    assert done.returncode == 1
    assert "checkpoint-255" in done.stderr
