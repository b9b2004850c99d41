"""The transparency log: tiles, signed checkpoints, proofs and witnesses that outsiders check with their own tools."""

from .asking import WitnessAt, cosigned
from .checking import Fault, LogCheck
from .checkpoint import Checkpoint, open_checkpoint
from .files import write_whole
from .heads import Head, Heads, read_head
from .merkle import (
    EMPTY_ROOT,
    Frontier,
    Nodes,
    check_consistency,
    check_inclusion,
    node_hash,
    prove_consistency,
    prove_inclusion,
    root,
)
from .notes import Cosigner, Kind, Note, Signature, Signer, Verifier, open_note
from .proof import ENDING, Proof, Proved, make_proof
from .publishing import Leaves, Publisher
from .tiles import (
    CHECKPOINT,
    WIDTH,
    FolderSource,
    Source,
    Tile,
    TileNodes,
    WebSource,
    bundle,
    edge,
    read_bundle,
    read_entry,
    read_tile,
    source_of,
    tile_at,
)
from .witness import Answer, Request, Witness
from .witness_site import witness_app
from .writer import TileWriter

__all__ = [
    "CHECKPOINT",
    "EMPTY_ROOT",
    "ENDING",
    "WIDTH",
    "Answer",
    "Checkpoint",
    "Cosigner",
    "Fault",
    "FolderSource",
    "Frontier",
    "Head",
    "Heads",
    "Kind",
    "Leaves",
    "LogCheck",
    "Nodes",
    "Note",
    "Proof",
    "Proved",
    "Publisher",
    "Request",
    "Signature",
    "Signer",
    "Source",
    "Tile",
    "TileNodes",
    "TileWriter",
    "Verifier",
    "WebSource",
    "Witness",
    "WitnessAt",
    "bundle",
    "check_consistency",
    "check_inclusion",
    "cosigned",
    "edge",
    "make_proof",
    "node_hash",
    "open_checkpoint",
    "open_note",
    "prove_consistency",
    "prove_inclusion",
    "read_bundle",
    "read_entry",
    "read_head",
    "read_tile",
    "root",
    "source_of",
    "tile_at",
    "witness_app",
    "write_whole",
]
