"""The families of models: one package each and one line in the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from shellmark_models.card import NETWORK_PLANES
from shellmark_models.families.classical import open_classical, teach_classical
from shellmark_models.families.classifier import open_classifier
from shellmark_models.families.imported import open_imported, teach_imported
from shellmark_models.families.memory import open_memory, teach_lean, teach_memory
from shellmark_models.families.registered import open_registered, teach_registered

if TYPE_CHECKING:
    import onnx

    from shellmark_models.card import Card
    from shellmark_models.training.lesson import Lesson, Taught
    from shellmark_models.types import LabelledCrop, Model, TeachCase

    Open = Callable[[Card, str, onnx.ModelProto, bytes, str, int], Model]
    Teach = Callable[[Iterable[TeachCase], Iterable[LabelledCrop], Lesson], Taught]


MOST_PLANES = 12


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of model: how its file is opened and how it is taught (None: it cannot be, here).

    ``open`` takes card, digest of the file, parsed network, the file's bytes, its name for errors, and threads. It
    looks at the first ``planes`` channels of a recipe. ``anew`` says whether good shells alone make one; an imported
    model only goes on from its network.
    """

    name: str
    open: Open
    teach: Teach | None
    planes: int = NETWORK_PLANES
    anew: bool = True


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "classifier": Family("classifier", open_classifier, None, anew=False),  # taught by teach_names
        "classical": Family("classical", open_classical, teach_classical, MOST_PLANES),
        "imported": Family("imported", open_imported, teach_imported, anew=False),
        "memory": Family("memory", open_memory, teach_memory),
        "memory-lean": Family("memory-lean", open_memory, teach_lean),
        "registered": Family("registered", open_registered, teach_registered, MOST_PLANES),
    }
)
