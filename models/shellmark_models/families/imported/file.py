"""A foreign ONNX file, read without trusting it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import onnx
from onnx import external_data_helper

from shellmark_models.card import digest_of
from shellmark_models.errors import BundleError
from shellmark_models.whole import require_whole

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 512 * 2**20
"""The largest network with its weights that is taken; protobuf itself ends at 2 GiB."""
NEWEST_OPSET = onnx.defs.onnx_opset_version()
NEWEST_IR = onnx.IR_VERSION
_KNOWN_DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml", "com.microsoft"})


def read_network(path: Path) -> tuple[onnx.ModelProto, str]:
    """The network in a file, its weights inside, and the file's digest; raises BundleError in one line that names it.

    Weights in one file beside it (as newer torch writes them) are taken in; any other place is refused.
    """
    data = _read(path, MOST_BYTES)
    try:
        model = onnx.load_model_from_string(data)
    except Exception as e:  # protobuf's errors differ between its builds
        raise BundleError(f"{path}: not an ONNX file ({len(data)} bytes); export it again") from e
    if not model.graph.node:
        raise BundleError(f"{path}: an ONNX file without a network ({len(data)} bytes); export it again")
    _check_versions(model, path)
    _check_operators(model, path)
    _take_in(model, path, MOST_BYTES - len(data))
    require_whole(model, str(path))
    return model, digest_of(data)


def real_inputs(model: onnx.ModelProto) -> list[onnx.ValueInfoProto]:
    """The inputs that are not weights."""
    weights = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in weights]


def _read(path: Path, most: int) -> bytes:
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "is not there" if not path.exists() else "is not a plain file"
            raise BundleError(f"{path}: {what}; give an ONNX file")
        size = path.stat().st_size
        if size > most:
            raise BundleError(f"{path}: {size / 2**20:,.0f} MiB; no more than {most / 2**20:,.0f} MiB are taken")
        return path.read_bytes()
    except OSError as e:
        raise BundleError(f"{path}: cannot be read ({e.strerror}); check its name and rights") from e


def _take_in(model: onnx.ModelProto, path: Path, room: int) -> None:
    """Puts weights from the files beside the network into it."""
    files: dict[str, bytes] = {}
    for tensor in model.graph.initializer:
        if not external_data_helper.uses_external_data(tensor):
            continue
        facts = {entry.key: entry.value for entry in tensor.external_data}
        name = facts.get("location", "")
        if name not in files:
            files[name] = _beside(path, name, room - sum(map(len, files.values())))
        tensor.raw_data = _cut(files[name], facts, f"{path}: weights {tensor.name!r}")
        tensor.data_location = onnx.TensorProto.DEFAULT
        del tensor.external_data[:]


def _beside(path: Path, name: str, room: int) -> bytes:
    if not name or name in {".", ".."} or any(sign in name for sign in "/\\:\0"):
        raise BundleError(f"{path}: wants its weights from {name!r}; only a file beside it is read, export it as one")
    beside = path.parent / name
    if beside.is_symlink():
        raise BundleError(f"{beside}: is a link; put the file itself beside {path.name}")
    if not beside.exists():
        raise BundleError(f"{path}: its weights lie in {name}, which is not beside it; copy both, or export it as one")
    return _read(beside, room)


def _cut(data: bytes, facts: dict[str, str], what: str) -> bytes:
    try:
        offset = int(facts.get("offset", "0"))
        length = int(facts.get("length", str(len(data) - offset)))
    except ValueError as e:
        raise BundleError(f"{what}: their place in the file beside is no number; export it again") from e
    if offset < 0 or length < 0:
        raise BundleError(f"{what}: their place in the file beside is below 0; export it again")
    if offset + length > len(data):
        raise BundleError(f"{what}: lie beyond the end of the file beside ({len(data)} bytes); copy both files again")
    return data[offset : offset + length]


def _check_versions(model: onnx.ModelProto, path: Path) -> None:
    if model.ir_version > NEWEST_IR:
        raise BundleError(
            f"{path}: ONNX format {model.ir_version}, newest known {NEWEST_IR}; export it for an older one"
        )
    for entry in model.opset_import:
        if entry.domain in {"", "ai.onnx"} and entry.version > NEWEST_OPSET:
            raise BundleError(
                f"{path}: operator set {entry.version}, newest known {NEWEST_OPSET}; export it with an older one"
            )


def _check_operators(model: onnx.ModelProto, path: Path) -> None:
    own = {function.domain for function in model.functions}
    for node in _nodes(model.graph):
        if node.domain not in _KNOWN_DOMAINS | own:
            raise BundleError(f"{path}: operator {node.domain}.{node.op_type} is not known here; export it without")


def _nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                yield from _nodes(inner)
