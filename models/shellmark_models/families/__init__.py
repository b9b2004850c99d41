"""The families of models: one package each and one line in the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from shellmark_models.families.memory import open_memory, teach_memory
from shellmark_models.families.registered import open_registered, teach_registered

if TYPE_CHECKING:
    import onnx

    from shellmark_models.card import Card
    from shellmark_models.training.lesson import Lesson, Taught
    from shellmark_models.types import LabelledCrop, Model, TeachCase

    Open = Callable[[Card, str, onnx.ModelProto, bytes, str, int], Model]
    Teach = Callable[[Iterable[TeachCase], Iterable[LabelledCrop], Lesson], Taught]


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of model: how its file is opened and how it is taught (None: it cannot be, here).

    ``open`` takes card, digest of the file, parsed network, the file's bytes, its name for errors, and threads.
    """

    name: str
    open: Open
    teach: Teach | None


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "memory": Family("memory", open_memory, teach_memory),
        "registered": Family("registered", open_registered, teach_registered),
    }
)
