"""Reads a Paddle inference model without Paddle: its program (protocol buffers, framework.proto) and its parameters."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Attribute = int | float | str | list[int]
_FLOAT32 = 5  # VarType.FP32


@dataclass
class Operator:
    """One operator of a program: its type, its inputs and outputs by role, its attributes."""

    type: str = ""
    inputs: dict[str, list[str]] = field(default_factory=dict)
    outputs: dict[str, list[str]] = field(default_factory=dict)
    attributes: dict[str, Attribute] = field(default_factory=dict)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The (number, value) of each field of a message, as the wire format has them."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == 2:
            size, at = _varint(data, at)
        else:
            size = {1: 8, 5: 4}[wire]
        yield number, data[at : at + size]
        at += size


def _texts(data: bytes, number: int) -> list[str]:
    return [value.decode() for key, value in _fields(data) if key == number and isinstance(value, bytes)]


def _integers(data: bytes, number: int) -> list[int]:
    """A repeated integer field, packed or not."""
    found = []
    for key, value in _fields(data):
        if key != number:
            continue
        if isinstance(value, int):
            found.append(_signed(value))
            continue
        at = 0
        while at < len(value):
            one, at = _varint(value, at)
            found.append(_signed(one))
    return found


def _attribute(data: bytes) -> tuple[str, Attribute]:
    name = _texts(data, 1)[0]
    for number, value in _fields(data):
        if number in (3, 10, 13) and isinstance(value, int):
            return name, _signed(value)
        if number == 4 and isinstance(value, bytes):
            return name, float(struct.unpack("<f", value)[0])
        if number == 5 and isinstance(value, bytes):
            return name, value.decode(errors="replace")
    return name, _integers(data, 6)


def _operator(data: bytes) -> Operator:
    found = Operator(type=_texts(data, 3)[0])
    for number, value in _fields(data):
        if not isinstance(value, bytes):
            continue
        if number in (1, 2):
            roles = found.inputs if number == 1 else found.outputs
            roles[_texts(value, 1)[0]] = _texts(value, 2)
        elif number == 4:
            name, content = _attribute(value)
            found.attributes[name] = content
    return found


def read_program(data: bytes) -> tuple[list[Operator], list[str]]:
    """The operators of a program's first block, in order, and the names of its parameters."""
    block = next(value for number, value in _fields(data) if number == 1 and isinstance(value, bytes))
    operators, parameters = [], []
    for number, value in _fields(block):
        if not isinstance(value, bytes):
            continue
        if number == 4:
            operators.append(_operator(value))
        elif number == 3 and any(key == 3 and flag for key, flag in _fields(value)):
            parameters.append(_texts(value, 1)[0])
    return operators, [name for name in parameters if name not in ("feed", "fetch")]


def read_parameters(data: bytes, names: list[str]) -> dict[str, NDArray[np.float32]]:
    """The parameters of a program: written one after the other, sorted by name; raises ValueError when they are not."""
    at, found = 0, {}
    for name in sorted(names):
        version, levels, inner, size = struct.unpack_from("<IQIi", data, at)
        at += struct.calcsize("<IQIi")
        described = data[at : at + size]
        at += size
        kind = next(value for number, value in _fields(described) if number == 1)
        if version or levels or inner or kind != _FLOAT32:
            raise ValueError(f"{name}: not a plain float32 tensor")
        shape = _integers(described, 2)
        count = int(np.prod(shape))
        found[name] = np.frombuffer(data, np.float32, count, at).reshape(shape)
        at += 4 * count
    if at != len(data):
        raise ValueError(f"{len(data) - at} bytes are left after the last parameter: not the program's parameters")
    return found
