"""The witness: honest logs are cosigned, every other one is not, whatever is asked in whatever order."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shellmark_trace import LogError, LogForked, SignatureInvalid, leaf_hash
from shellmark_trace.log import (
    EMPTY_ROOT,
    Answer,
    Checkpoint,
    Cosigner,
    Frontier,
    Heads,
    Note,
    Request,
    Signature,
    Signer,
    Verifier,
    Witness,
    WitnessAt,
    check_consistency,
    cosigned,
    prove_consistency,
    root,
    witness_app,
)

ORIGIN = "trace.example.cn/pinghu/st01"
SIGNER = Signer(ORIGIN, Ed25519PrivateKey.generate())
COSIGNER = Cosigner("witness.example.cn/mes", Ed25519PrivateKey.generate())
NOW = 1_800_000_000


class Tree:
    """Leaves in memory, with every node."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.rows = [[leaf_hash(leaf) for leaf in leaves]]
        self.size = len(leaves)
        while len(self.rows[-1]) > 1:
            row = self.rows[-1]
            pairs = range(0, len(row) - 1, 2)
            grown = [_root_of(row[i], row[i + 1]) for i in pairs]
            self.rows.append(grown)

    def node(self, level: int, number: int) -> bytes:
        return self.rows[level][number]

    def note(self, signer: Signer = SIGNER, origin: str = ORIGIN) -> Note:
        text = str(Checkpoint(origin, self.size, root(self, self.size)))
        return Note(text, (signer.sign(text),))

    def request(self, old: int, signer: Signer = SIGNER) -> Request:
        proof = prove_consistency(self, old, self.size) if old <= self.size else []
        return Request(old, tuple(proof), str(self.note(signer)))


def _root_of(left: bytes, right: bytes) -> bytes:
    from shellmark_trace.log import node_hash

    return node_hash(left, right)


def leaves(count: int, seed: int = 0) -> list[bytes]:
    chance = random.Random(seed)
    return [chance.randbytes(12) for _ in range(count)]


def witness(folder: Path, cosigner: Cosigner = COSIGNER) -> Witness:
    return Witness(folder, cosigner, [SIGNER.verifier], now=lambda: NOW + 0.5)


def seen(at: Witness) -> int:
    note = at.seen(ORIGIN)
    return 0 if note is None else Checkpoint.parse(note.text).size


def test_an_honest_log_is_cosigned(tmp_path: Path) -> None:
    at, held = witness(tmp_path), leaves(20)
    for old, size in [(0, 3), (3, 3), (3, 20), (20, 20)]:
        tree = Tree(held[:size])
        answer = at.add_checkpoint(str(tree.request(old)))
        assert (answer.status, seen(at)) == (200, size)
        note = Note(tree.note().text, (Signature.parse(answer.body.rstrip("\n")),))
        assert [one.time for one in note.signed_by([COSIGNER.verifier])] == [NOW]
    kept = witness(tmp_path).seen(ORIGIN)
    assert kept is not None
    assert len(kept.signed_by([SIGNER.verifier, COSIGNER.verifier])) == 2


def refused(at: Witness, body: str | bytes) -> Answer:
    before = at.seen(ORIGIN)
    answer = at.add_checkpoint(body)
    assert at.seen(ORIGIN) == before
    return answer


def test_each_wrong_has_its_status(tmp_path: Path) -> None:
    at, held = witness(tmp_path), leaves(20)
    tree = Tree(held[:10])
    stranger = Signer(ORIGIN, Ed25519PrivateKey.generate())
    elsewhere = Signer("other.example.cn", SIGNER.key)
    unknown = Note(tree.note(elsewhere, "other.example.cn").text, tree.note(elsewhere, "other.example.cn").signatures)
    assert refused(at, str(Request(0, (), str(unknown)))).status == 404
    assert refused(at, str(tree.request(0, stranger))).status == 403
    assert at.add_checkpoint(str(tree.request(0))).status == 200
    assert refused(at, str(Request(11, (), str(tree.note())))).status == 400
    conflict = refused(at, str(tree.request(9)))
    assert (conflict.status, conflict.body, conflict.kind) == (409, "10\n", "text/x.tlog.size")
    other = refused(at, str(Tree([*held[:9], b"other"]).request(10)))
    assert (other.status, other.body) == (409, "10\n")
    longer = Tree(held).request(10)
    assert refused(at, str(Request(10, longer.proof[:-1], longer.note))).status == 422
    assert refused(at, str(Request(10, (*longer.proof, EMPTY_ROOT), longer.note))).status == 422
    assert refused(at, str(Request(0, (EMPTY_ROOT,), str(tree.note())))).status == 409
    assert at.add_checkpoint(str(longer)).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"old 0\n",
        b"old 00\n\nx\n",
        b"old -1\n\nx\n",
        b"old 1\nAAAA\n\nx\n",
        b"old 0\n\nnothing\n",
        b"new 0\n\nx\n",
        b"old 0\n" + b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n" * 64 + b"\nx\n",
    ],
)
def test_what_is_no_request_is_400(tmp_path: Path, body: bytes) -> None:
    assert refused(witness(tmp_path), body).status == 400


def test_a_damaged_memory_cosigns_nothing(tmp_path: Path) -> None:
    at = witness(tmp_path)
    at.add_checkpoint(str(Tree(leaves(5)).request(0)))
    next(tmp_path.glob("*.json")).write_text("{")
    with pytest.raises(LogError, match="damaged"):
        at.add_checkpoint(str(Tree(leaves(9)).request(5)))


# ── attacks ────────────────────────────────────────────────────────────────────────────────────────────────────────

Attack = Callable[[list[bytes], int, random.Random], list[bytes]]


def rollback(held: list[bytes], known: int, chance: random.Random) -> list[bytes]:
    return held[: chance.randrange(1, known)]


def rewrite(held: list[bytes], known: int, chance: random.Random) -> list[bytes]:
    place = chance.randrange(known)
    return [*held[:place], held[place] + b"!", *held[place + 1 :]]


def drop(held: list[bytes], known: int, chance: random.Random) -> list[bytes]:
    place = chance.randrange(known)
    return held[:place] + held[place + 1 :]


def fork(held: list[bytes], known: int, chance: random.Random) -> list[bytes]:
    place = chance.randrange(known)
    return held[:place] + [chance.randbytes(12) for _ in range(len(held) - place)]


def reorder(held: list[bytes], known: int, chance: random.Random) -> list[bytes]:
    place = chance.randrange(known)
    other = chance.choice([i for i in range(len(held)) if i != place])
    moved = list(held)
    moved[place], moved[other] = moved[other], moved[place]
    return moved


def backdate(held: list[bytes], known: int, chance: random.Random) -> list[bytes]:
    place = chance.randrange(known)
    return [*held[:place], chance.randbytes(12), *held[place:]]


@pytest.mark.parametrize("attack", [rollback, rewrite, drop, fork, reorder, backdate])
def test_no_attack_is_ever_cosigned(tmp_path: Path, attack: Attack) -> None:
    """300 attacks, each with the honest tree's proofs and the attacker's own, from every size it may name."""
    held = leaves(400)
    accepted = honest = 0
    at, size = witness(tmp_path), 2
    assert at.add_checkpoint(str(Tree(held[:size]).request(0))).status == 200
    for number in range(300):
        chance = random.Random(number)
        forged = Tree(attack(held[: size + chance.randrange(0, 9)], size, chance))
        true, note = Tree(held[: forged.size]), str(forged.note())
        for old in {0, size, min(size, forged.size)}:
            proofs = [tree.request(min(old, tree.size)).proof for tree in (forged, true)]
            for proof in proofs:
                accepted += at.add_checkpoint(str(Request(old, proof, note))).status == 200
        assert seen(at) == size
        grown = size + 1
        honest += at.add_checkpoint(str(Tree(held[:grown]).request(size))).status == 200
        size = grown
    assert (accepted, honest) == (0, 300)


def test_of_two_that_race_one_is_cosigned(tmp_path: Path) -> None:
    """Two continuations of the same log that contradict each other, asked at once from two threads."""
    held = leaves(8)
    for number in range(40):
        folder = tmp_path / str(number)
        witness(folder).add_checkpoint(str(Tree(held).request(0)))
        bodies = [str(Tree([*held, bytes([which])]).request(8)) for which in range(4)]
        with ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(witness(folder).add_checkpoint, body) for body in bodies]
            answers = [one.result().status for one in asked]
        assert sorted(answers) == [200, 409, 409, 409]


def test_what_was_answered_is_on_the_disk(tmp_path: Path) -> None:
    """Killed right after its answer, a witness still knows what it has cosigned."""
    key = COSIGNER.key.private_bytes_raw().hex()
    code = (
        "import sys, os, signal; from pathlib import Path; from shellmark_trace.log import *\n"
        "from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey as K\n"
        f"w = Witness(Path(sys.argv[1]), Cosigner('{COSIGNER.name}', K.from_private_bytes(bytes.fromhex('{key}'))),"
        f" [Verifier.parse('{SIGNER.verifier.vkey}')])\n"
        "a = w.add_checkpoint(sys.stdin.buffer.read()); sys.stdout.write(str(a.status)); sys.stdout.flush()\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    body = str(Tree(leaves(7)).request(0)).encode()
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], input=body, capture_output=True, check=False)
    assert done.stdout == b"200", done.stderr
    assert seen(witness(tmp_path)) == 7


# ── over HTTP ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_service_answers_as_the_witness_does(tmp_path: Path) -> None:
    at = witness(tmp_path)
    tree = Tree(leaves(6))
    with served(at) as address, httpx.Client(base_url=address) as client:
        assert client.get("/").text.strip() == COSIGNER.verifier.vkey
        assert client.get(f"/checkpoint/{ORIGIN}").status_code == 404
        done = client.post("/add-checkpoint", content=str(tree.request(0)))
        assert done.status_code == 200
        assert done.text.startswith(f"— {COSIGNER.name} ")
        again = client.post("/add-checkpoint", content=str(tree.request(0)))
        assert (again.status_code, again.text, again.headers["content-type"]) == (409, "6\n", "text/x.tlog.size")
        assert Note.parse(client.get(f"/checkpoint/{ORIGIN}").text) == at.seen(ORIGIN)
        assert client.post("/add-checkpoint", content=b"old 0\n" * 20_000).status_code == 400
        assert client.get("/add-checkpoint").status_code == 405


@contextmanager
def served(at: Witness) -> Iterator[str]:
    """The service on a free port of loopback."""
    server = uvicorn.Server(uvicorn.Config(witness_app(at), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def test_a_log_gets_its_cosignatures_over_http(tmp_path: Path) -> None:
    at, held = witness(tmp_path / "w"), leaves(30)
    heads = Heads(tmp_path / "signed.json", SIGNER, [COSIGNER.verifier])
    with served(at) as address:
        asked = WitnessAt(address, COSIGNER.verifier)
        assert asked.seen(heads.probe()) == 0
        trees = [Tree(held[:size]) for size in (4, 9, 30)]
        for tree, old in zip(trees, (0, 4, 0), strict=True):  # the last one does not know what it has seen
            found = asked.cosign(tree.note(), tree, old)
            assert [one.name for one in found] == [COSIGNER.name]
        assert asked.seen(heads.probe()) == 30
        with pytest.raises(LogForked, match="has seen 30 leaves"):
            asked.cosign(trees[1].note(), trees[1], 9)
        other = Tree([*held[:29], b"other"])
        with pytest.raises(LogForked):
            asked.cosign(other.note(), other, 30)
        more = Tree([*held[:20], b"other", *held[21:], b"more"])
        with pytest.raises(LogForked):
            asked.cosign(more.note(), more, 30)
        liar = WitnessAt(address, Cosigner(COSIGNER.name, Ed25519PrivateKey.generate()).verifier)
        assert liar.cosign(trees[2].note(), trees[2], 30) == ()
        stranger = Signer(ORIGIN, Ed25519PrivateKey.generate())
        with pytest.raises(LogError, match="answers 403"):
            asked.cosign(trees[2].note(stranger), trees[2], 30)
        gone = WitnessAt("http://127.0.0.1:9", COSIGNER.verifier, 0.5)
        found, missing = cosigned(trees[2].note(), trees[2], [gone, asked], 30)
        assert ([one.name for one in found], len(missing)) == ([COSIGNER.name], 1)
        assert "cannot be reached" in missing[0]
    with pytest.raises(LogError, match="no address"):
        WitnessAt("file:///etc/passwd", COSIGNER.verifier).seen(heads.probe())


def test_a_log_keeps_the_cosignatures_of_its_witnesses_only(tmp_path: Path) -> None:
    heads = Heads(tmp_path / "signed.json", SIGNER, [COSIGNER.verifier])
    head = heads.sign(1, leaf_hash(b"a"), old=0, old_root=EMPTY_ROOT)
    note = Note.parse(head.note)
    stranger = Cosigner("who.example", Ed25519PrivateKey.generate())
    assert heads.add(note, [stranger.sign(note.text, NOW)]).witnessed == ""
    forged = Signature(COSIGNER.name, COSIGNER.verifier.key_id, bytes(72))
    with pytest.raises(SignatureInvalid):
        heads.add(note, [forged])
    kept = heads.add(note, [COSIGNER.sign(note.text, NOW)])
    assert kept.witnessed == kept.note
    again = heads.add(note, [COSIGNER.sign(note.text, NOW + 60)])
    assert [one.time for one in Note.parse(again.note).signed_by([COSIGNER.verifier])] == [NOW + 60]
    grown = Frontier()
    for leaf in (b"a", b"b"):
        grown.append(leaf_hash(leaf))
    newer = heads.sign(2, grown.root(), old=1, old_root=leaf_hash(b"a"))
    assert Checkpoint.parse(Note.parse(newer.witnessed).text).size == 1
    late = heads.add(note, [COSIGNER.sign(note.text, NOW + 90)])
    assert (late.note, Checkpoint.parse(Note.parse(late.witnessed).text).size) == (newer.note, 1)
    assert json.loads((tmp_path / "signed.json").read_text("utf-8"))["sizes"] == [1, 2]
    check_consistency(1, leaf_hash(b"a"), 2, grown.root(), [leaf_hash(b"b")])
    assert Verifier.parse(COSIGNER.verifier.vkey) == COSIGNER.verifier
