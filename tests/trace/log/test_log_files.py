"""Tiles, notes, checkpoints and proof files: their form, and what is refused."""

from __future__ import annotations

import base64
import functools
import random
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shellmark_trace import LogError, LogForked, SignatureInvalid, leaf_hash
from shellmark_trace.log import (
    CHECKPOINT,
    EMPTY_ROOT,
    Checkpoint,
    Cosigner,
    FolderSource,
    Frontier,
    Heads,
    LogCheck,
    Note,
    Proof,
    Publisher,
    Signer,
    Tile,
    TileNodes,
    Verifier,
    bundle,
    edge,
    make_proof,
    open_checkpoint,
    prove_consistency,
    read_bundle,
    read_entry,
    root,
    source_of,
    tile_at,
)

ORIGIN = "trace.example.cn/pinghu/st01"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = Signer(ORIGIN, KEY)


class Entries:
    """Leaves in a list."""

    def __init__(self, count: int = 0, seed: int = 0) -> None:
        self.held: list[bytes] = []
        self._random = random.Random(seed)
        self.grow(count)

    def grow(self, count: int) -> None:
        self.held += [self._random.randbytes(self._random.randrange(40)) for _ in range(count)]

    def size(self) -> int:
        return len(self.held)

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        yield from self.held[start:stop]


def tree_root(entries: list[bytes]) -> bytes:
    grown = Frontier()
    for entry in entries:
        grown.append(leaf_hash(entry))
    return grown.root()


def publisher(folder: Path, leaves: Entries) -> Publisher:
    return Publisher(folder / "log", Heads(folder / "signed.json", SIGNER), leaves)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_paths_are_those_of_the_specification() -> None:
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert Tile(1, 0, 8).path == "tile/1/000.p/8"
    assert bundle(5, 112).path == "tile/entries/005.p/112"
    assert bundle(1000).path == "tile/entries/x001/000"
    # the specification's example: 273 full tiles, a partial one of 112, one full above and 17, and one of 1
    assert edge(70_000) == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert edge(256) == [Tile(1, 0, 1)]
    assert edge(0) == []
    with pytest.raises(LogError):
        tile_at(0, 1, 256)


@pytest.mark.parametrize("sizes", [(1,), (255, 256, 257), (5, 5, 300, 1000), (512,), (3, 66_000)])
def test_what_is_published_is_the_tree_and_every_size_stays_readable(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    leaves = Entries()
    log = publisher(tmp_path, leaves)
    for size in sizes:
        leaves.grow(size - leaves.size())
        head = log.publish()
        checkpoint, _ = open_checkpoint((tmp_path / "log" / CHECKPOINT).read_bytes(), [SIGNER.verifier])
        assert checkpoint == head.checkpoint == Checkpoint(ORIGIN, size, tree_root(leaves.held))
    source = FolderSource(tmp_path / "log")
    for size in sizes:
        nodes = TileNodes(source, size)
        assert root(nodes, size) == tree_root(leaves.held[:size])
        for number in range(-(-size // 256)):
            tile = tile_at(-1, number, size)
            assert read_bundle(source, tile) == leaves.held[number * 256 : number * 256 + tile.width]
    assert read_entry(source, sizes[-1] - 1, sizes[-1]) == leaves.held[-1]
    assert prove_consistency(TileNodes(source, sizes[-1]), sizes[0], sizes[-1]) is not None


def test_published_files_are_the_specifications_and_no_others(tmp_path: Path) -> None:
    leaves = Entries(70_000)
    publisher(tmp_path, leaves).publish()
    found = files(tmp_path / "log")
    full = {Tile(0, n).path for n in range(273)} | {bundle(n).path for n in range(273)} | {Tile(1, 0).path}
    assert set(found) == full | {tile.path for tile in edge(70_000)} | {bundle(273, 112).path, CHECKPOINT}
    assert {len(found[Tile(0, n).path]) for n in range(273)} == {8192}


def test_a_lost_folder_is_rebuilt_to_the_byte(tmp_path: Path) -> None:
    leaves = Entries()
    log = publisher(tmp_path, leaves)
    for size in (7, 200, 300, 600, 601, 700):
        leaves.grow(size - leaves.size())
        log.publish()
    before = files(tmp_path / "log")
    assert "tile/0/002.p/88" in before, "600 was published, its tile is not full"
    assert not any(path.startswith("tile/0/000.p") for path in before), "full tiles need no partial ones"
    for path in sorted((tmp_path / "log").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    log.publish()
    assert files(tmp_path / "log") == before


@pytest.mark.parametrize("lost", ["tile/1/000.p/3", "tile/entries/003.p/9", "tile/0/003.p/9", CHECKPOINT])
def test_a_lost_file_of_the_edge_comes_back(tmp_path: Path, lost: str) -> None:
    leaves = Entries(777)
    publisher(tmp_path, leaves).publish()
    before = files(tmp_path / "log")
    (tmp_path / "log" / lost).unlink()
    publisher(tmp_path, leaves).publish()
    assert files(tmp_path / "log") == before


def test_a_crash_before_the_checkpoint_leaves_a_log_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever write fails, the old checkpoint stays whole and the next publishing ends as if nothing had been."""
    whole = tmp_path / "whole"
    leaves = Entries(300)
    publisher(whole, leaves).publish()
    leaves.grow(400)
    publisher(whole, leaves).publish()
    due, step = files(whole / "log"), 0
    import shellmark_trace.log.files as written

    usual = written.Path.replace
    while True:
        place, left = tmp_path / f"cut{step}", step

        def cut(self: Path, target: Path) -> Path:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError("power cut")
            return usual(self, target)

        again = Entries(300)
        publisher(place, again).publish()
        again.grow(400)
        with monkeypatch.context() as patch:
            patch.setattr(written.Path, "replace", cut)
            try:
                publisher(place, again).publish()
                break
            except LogError:
                pass
        shown, _ = open_checkpoint((place / "log" / CHECKPOINT).read_bytes(), [SIGNER.verifier])
        assert root(TileNodes(FolderSource(place / "log"), shown.size), shown.size) == shown.root
        publisher(place, again).publish()
        left_over = {path: data for path, data in files(place / "log").items() if not path.endswith(".part")}
        assert left_over == due
        step += 1
    assert step >= 7


def test_an_empty_log_has_a_checkpoint(tmp_path: Path) -> None:
    head = publisher(tmp_path, Entries()).publish()
    assert head.checkpoint == Checkpoint(ORIGIN, 0, EMPTY_ROOT)


@pytest.mark.parametrize("count", [300, 256, 512, 5])
def test_records_that_were_rolled_back_or_changed_are_not_published(tmp_path: Path, count: int) -> None:
    leaves = Entries(count)
    publisher(tmp_path, leaves).publish()
    shorter, other = Entries(count - 1), Entries(count - 1)
    other.held.append(b"another one")
    other.grow(500)
    before = files(tmp_path)
    for bad, why in ((shorter, "rolled back"), (other, "does not continue")):
        for act in (publisher(tmp_path, bad).look, publisher(tmp_path, bad).publish):
            with pytest.raises(LogForked, match=why):
                act()
    assert files(tmp_path) == before, "nothing was written or signed"
    for path in sorted((tmp_path / "log").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    with pytest.raises(LogForked, match="does not continue"):
        publisher(tmp_path, other).publish()
    leaves.grow(3)
    assert publisher(tmp_path, leaves).publish().checkpoint.size == count + 3


def test_a_memory_that_was_lost_is_taken_from_what_is_shown(tmp_path: Path) -> None:
    leaves = Entries(300)
    head = publisher(tmp_path, leaves).publish()
    (tmp_path / "signed.json").unlink()
    for bad in (Entries(200), Entries(300, seed=1)):
        with pytest.raises(LogForked):
            publisher(tmp_path, bad).publish()
    assert publisher(tmp_path, leaves).publish() == head
    (tmp_path / "signed.json").unlink()
    (tmp_path / "log" / CHECKPOINT).write_text("nothing of ours", "utf-8")
    assert publisher(tmp_path, leaves).publish() == head


def test_a_log_is_read_over_http(tmp_path: Path) -> None:
    leaves = Entries(700)
    publisher(tmp_path, leaves).publish()
    handler = functools.partial(QuietHandler, directory=str(tmp_path / "log"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        source = source_of(f"http://127.0.0.1:{server.server_address[1]}/")
        checkpoint, note = open_checkpoint(source.read(CHECKPOINT) or b"", [SIGNER.verifier])
        proof = make_proof(TileNodes(source, 700), 321, note, read_entry(source, 321, 700))
        proof.check(leaves.held[321], SIGNER.verifier)
        check = LogCheck(source, checkpoint)
        for entry in leaves.held:
            check.take(entry)
        assert check.finish() == []
        with pytest.raises(LogError, match="is missing"):
            read_entry(source, 800, 900)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    with pytest.raises(LogError, match="cannot be had"):
        source.read(CHECKPOINT)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_a_changed_tile_stops_publishing_and_says_where(tmp_path: Path) -> None:
    leaves = Entries(300)
    publisher(tmp_path, leaves).publish()
    path = tmp_path / "log" / "tile/0/001.p/44"
    data = bytearray(path.read_bytes())
    data[32 * 9] ^= 1
    path.write_bytes(data)
    with pytest.raises(LogForked, match="at leaf 265"):
        publisher(tmp_path, leaves).publish()


def test_only_one_head_is_ever_signed_for_a_size(tmp_path: Path) -> None:
    heads = Heads(tmp_path / "signed.json", SIGNER)
    first = heads.sign(3, leaf_hash(b"a"), old=0, old_root=EMPTY_ROOT)
    assert heads.sign(3, leaf_hash(b"a"), old=3, old_root=leaf_hash(b"a")) == first
    for size, digest, old, old_root in [
        (3, leaf_hash(b"b"), 3, leaf_hash(b"a")),
        (3, leaf_hash(b"b"), 0, EMPTY_ROOT),
        (4, leaf_hash(b"b"), 0, EMPTY_ROOT),
        (4, leaf_hash(b"b"), 3, leaf_hash(b"c")),
        (2, leaf_hash(b"b"), 2, leaf_hash(b"b")),
        (2, leaf_hash(b"b"), 3, leaf_hash(b"a")),
    ]:
        with pytest.raises(LogForked):
            heads.sign(size, digest, old=old, old_root=old_root)
    assert heads.read() == first


@pytest.mark.parametrize("said", [b"", b"{}", b'{"note": "x", "witnessed": "", "sizes": []}'])
def test_a_damaged_memory_signs_nothing(tmp_path: Path, said: bytes) -> None:
    heads = Heads(tmp_path / "signed.json", SIGNER)
    (tmp_path / "signed.json").write_bytes(said)
    with pytest.raises(LogError):
        heads.sign(1, leaf_hash(b""), old=0, old_root=EMPTY_ROOT)


def test_the_memory_of_another_key_is_refused(tmp_path: Path) -> None:
    Heads(tmp_path / "s.json", SIGNER).sign(1, leaf_hash(b""), old=0, old_root=EMPTY_ROOT)
    other = Heads(tmp_path / "s.json", Signer(ORIGIN, Ed25519PrivateKey.generate()))
    with pytest.raises(LogError, match="not of"):
        other.read()


# ── notes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_of_the_go_checksum_database_is_read_and_written() -> None:
    vkey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"  # as Go's own source has it
    assert Verifier.parse(vkey).vkey == vkey
    assert Verifier.parse(SIGNER.verifier.vkey) == SIGNER.verifier
    with pytest.raises(LogError, match="copied wrongly"):
        Verifier.parse(vkey.replace("033de0ae", "033de0af"))


@pytest.mark.parametrize("vkey", ["", "a", "a+b", "a+00000000+!!", "a+00000000+AAAA", "a b+033de0ae+AA=="])
def test_what_is_no_key_is_refused(vkey: str) -> None:
    with pytest.raises(LogError):
        Verifier.parse(vkey)


def signed(size: int = 3) -> Note:
    text = str(Checkpoint(ORIGIN, size, leaf_hash(b"x")))
    return Note(text, (SIGNER.sign(text),))


def test_a_note_reads_back_and_a_flipped_byte_is_refused() -> None:
    note = signed()
    said = str(note).encode()
    assert said.decode().count("\n") == 5
    assert said.decode().split("\n")[4].startswith(f"— {ORIGIN} ")
    assert str(open_checkpoint(said, [SIGNER.verifier])[1]).encode() == said
    for place in range(len(said)):
        bad = bytearray(said)
        bad[place] ^= 1
        with pytest.raises((LogError, SignatureInvalid)):
            open_checkpoint(bytes(bad), [SIGNER.verifier])
    for length in range(len(said)):
        with pytest.raises((LogError, SignatureInvalid)):
            open_checkpoint(said[:length], [SIGNER.verifier])


def test_signatures_of_others_are_passed_over_and_forged_ones_are_not() -> None:
    stranger = Signer("other.example", Ed25519PrivateKey.generate())
    note = signed()
    both = note.adding([stranger.sign(note.text)])
    assert open_checkpoint(str(both), [SIGNER.verifier])[0].size == 3
    with pytest.raises(SignatureInvalid, match="not signed by"):
        open_checkpoint(str(Note(note.text, (stranger.sign(note.text),))), [SIGNER.verifier])
    forged = Note(note.text, (SIGNER.sign("something else\n"),))
    with pytest.raises(SignatureInvalid, match="does not fit"):
        open_checkpoint(str(forged), [SIGNER.verifier])
    impostor = Signer("other.example", KEY)  # the right key under another name
    with pytest.raises((SignatureInvalid, LogError)):
        open_checkpoint(str(Note(note.text, (impostor.sign(note.text),))), [SIGNER.verifier, impostor.verifier])


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n3\n",
        f"{ORIGIN}\n03\nAAAA\n",
        f"{ORIGIN}\n-1\n{base64.b64encode(EMPTY_ROOT).decode()}\n",
        f"{ORIGIN}\n3\n{base64.b64encode(EMPTY_ROOT).decode()}\nmore\n",
        f"{ORIGIN}\n3\nAAAA\n",
        f"a b\n3\n{base64.b64encode(EMPTY_ROOT).decode()}\n",
        f"{ORIGIN}\n0\n{base64.b64encode(leaf_hash(b'')).decode()}\n",
        f"{ORIGIN}\n9223372036854775808\n{base64.b64encode(EMPTY_ROOT).decode()}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused_though_it_is_signed(text: str) -> None:
    with pytest.raises(LogError):
        open_checkpoint(str(Note(text, (SIGNER.sign(text),))), [SIGNER.verifier])


# ── proof files ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> tuple[Entries, Note, TileNodes]:
    folder, leaves = tmp_path_factory.mktemp("proven"), Entries(1000)
    head = publisher(folder, leaves).publish()
    return leaves, Note.parse(head.note), TileNodes(FolderSource(folder / "log"), 1000)


def test_a_proof_file_reads_back_and_holds(proven: tuple[Entries, Note, TileNodes]) -> None:
    leaves, note, nodes = proven
    witness = Cosigner("w.example/1", Ed25519PrivateKey.generate())
    note = note.adding([witness.sign(note.text, 1_800_000_000)])
    said = str(make_proof(nodes, 315, note, leaves.held[315]))
    assert said.startswith("c2sp.org/tlog-proof@v1\nindex 315\n")
    proof = Proof.parse(said)
    assert str(proof) == said
    proved = proof.check(leaves.held[315], SIGNER.verifier, [witness.verifier], least=1)
    assert (proved.checkpoint.size, proved.index, proved.witnesses[0].time) == (1000, 315, 1_800_000_000)
    extra = Proof(proof.index, proof.hashes, proof.note, b"\x00more")
    assert Proof.parse(str(extra)) == extra
    with pytest.raises(LogError, match="1 are wanted"):
        proof.check(leaves.held[315], SIGNER.verifier, [], least=1)


def test_no_other_entry_index_or_tree_is_proven(proven: tuple[Entries, Note, TileNodes]) -> None:
    leaves, note, nodes = proven
    chance = random.Random(1)
    for _ in range(300):
        index = chance.randrange(1000)
        proof = make_proof(nodes, index, note, leaves.held[index])
        proof.check(leaves.held[index], SIGNER.verifier)
        with pytest.raises(LogError):
            proof.check(leaves.held[index] + b"!", SIGNER.verifier)
        with pytest.raises(LogError):
            Proof((index + 1) % 1000, proof.hashes, note).check(leaves.held[index], SIGNER.verifier)
    text = str(Checkpoint(ORIGIN, 1001, Checkpoint.parse(note.text).root))
    with pytest.raises(LogError):
        make_proof(nodes, 0, Note(text, (SIGNER.sign(text),)), leaves.held[0])
    with pytest.raises(SignatureInvalid):
        Proof(0, proof.hashes, Note(text, note.signatures)).check(leaves.held[0], SIGNER.verifier)
    with pytest.raises(LogError, match="publish the log first"):
        make_proof(nodes, 1000, note, b"")


def test_a_proof_for_another_tree_size_is_refused(tmp_path: Path, proven: tuple[Entries, Note, TileNodes]) -> None:
    leaves, _, nodes = proven
    shorter = Entries(990)
    short = Note.parse(publisher(tmp_path, shorter).publish().note)
    proof = make_proof(nodes, 985, Note.parse(str(proven[1])), leaves.held[985])
    with pytest.raises(LogError, match=r"another tree|does not lead"):
        Proof(985, proof.hashes, short).check(leaves.held[985], SIGNER.verifier)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("proof@v1", "proof@v2"),
        ("index 7", "index 07"),
        ("index 7", "inde 7"),
        ("index 7\n", ""),
        ("index 7\n", "index 7\nAAAA\n"),
        ("\n\n", "\n"),
    ],
)
def test_what_is_no_proof_file_is_refused(proven: tuple[Entries, Note, TileNodes], old: str, new: str) -> None:
    leaves, note, nodes = proven
    said = str(make_proof(nodes, 7, note, leaves.held[7]))
    with pytest.raises((LogError, SignatureInvalid)):
        Proof.parse(said.replace(old, new, 1)).check(leaves.held[7], SIGNER.verifier)
