"""Is a leaf in the log the station has published and signed?"""

from __future__ import annotations

from shellmark_inspect.station.config import StationConfig
from shellmark_inspect.station.publishing import log_spec, log_verifier
from shellmark_trace import LogForked, leaf_hash
from shellmark_trace.log import Checkpoint, FolderSource, Note, TileNodes, make_proof, read_entry, read_head


def published_leaf(config: StationConfig, index: int, digest: str) -> int:
    """The size of the newest signed checkpoint when it has a leaf, proven by its published tiles; 0 when not yet.

    `digest` is the leaf's hash in hex, as the records have it.

    Raises:
        ConfigError: the station keeps no log.
        LogError: the published entry is another one, or the proof does not lead to the signed root.
        KeyFileError: the log's public key cannot be read.
    """
    spec, folder = log_spec(config), config.folder / config.data
    head = read_head(folder / spec.memory, log_verifier(config))
    if not head.note:
        return 0
    note = Note.parse(head.note)
    size = Checkpoint.parse(note.text).size
    if index >= size:
        return 0
    source = FolderSource(folder / spec.folder)
    entry = read_entry(source, index, size)
    if leaf_hash(entry).hex() != digest:
        raise LogForked(f"leaf {index} is published with another entry: `shellmark log check` says more")
    make_proof(TileNodes(source, size), index, note, entry)
    return size
