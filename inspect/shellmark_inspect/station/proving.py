"""Proofs that codes are in the station's published log, for whoever shows them to inspectors."""

from __future__ import annotations

from shellmark_inspect.outputs import ProofTaker
from shellmark_trace.log import Checkpoint, FolderSource, Head, Note, TileNodes, make_proof, read_entry


def note_with(head: Head, index: int) -> Note | None:
    """The newest witnessed checkpoint that has a leaf, else the newest; None when it is not published yet."""
    for said in filter(None, (head.witnessed, head.note)):
        if Checkpoint.parse((note := Note.parse(said)).text).size > index:
            return note
    return None


def proof_text(source: FolderSource, head: Head, index: int) -> str | None:
    """The `.tlog-proof` of a leaf, None when it is not published yet.

    Raises:
        LogError: the published hashes do not lead to the signed root.
    """
    if (note := note_with(head, index)) is None:
        return None
    size = Checkpoint.parse(note.text).size
    return str(make_proof(TileNodes(source, size), index, note, read_entry(source, index, size)))


def send_proofs(taker: ProofTaker, source: FolderSource, head: Head) -> int:
    """Send the proofs a taker lacks and the log can give; how many.

    Raises:
        OutputError: the taker is away.
        LogError: the published hashes do not lead to the signed root.
    """
    sent = 0
    for serial, index in taker.unproven():
        if (text := proof_text(source, head, index)) is not None:
            taker.send_proof(serial, index, text)
            sent += 1
    return sent
