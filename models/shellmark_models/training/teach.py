"""From samples to the bytes of a model."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass, replace
from importlib import metadata
from itertools import chain
from typing import TYPE_CHECKING

import onnx
from pydantic import ValidationError

from shellmark_models.card import CARD_KEY, Card, graph_digest
from shellmark_models.errors import TeachError
from shellmark_models.families import FAMILIES
from shellmark_models.training.lesson import Cancelled, Lesson, Progress, TeachOptions
from shellmark_models.training.tiles import best_tile

if TYPE_CHECKING:
    from shellmark_models.training.lesson import Taught
    from shellmark_models.types import LabelledCrop, TeachCase


def teach(
    goods: Iterable[TeachCase],
    labelled: Iterable[LabelledCrop] = (),
    *,
    name: str,
    version: str,
    channels: tuple[str, ...],
    px_per_mm: float,
    family: str = "memory",
    options: TeachOptions | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> bytes:
    """Learns from good cases, and names from labelled crops; returns the one ONNX file that is the model.

    ``goods`` is gone through once; give it a length for a progress that knows its end. ``progress`` hears of a stage
    and its fraction 0..1, ``cancelled`` is asked between steps. Raises TeachError, TeachCancelled.
    """
    taught_by = FAMILIES[family].teach if family in FAMILIES else None
    if taught_by is None:
        can = ", ".join(sorted(key for key, value in FAMILIES.items() if value.teach is not None))
        raise TeachError(f"family {family!r} cannot be taught here; choose one of: {can}")
    goods, first = _peek(goods)
    lesson = Lesson(channels, px_per_mm, _with_tile(options or TeachOptions(), first), progress, cancelled)
    taught = taught_by(goods, labelled, lesson)
    card = _card(taught, lesson, name, version, family)
    onnx.helper.set_model_props(taught.model, {CARD_KEY: card.model_dump_json(), **taught.metadata})
    lesson.report("done", 1.0)
    return bytes(taught.model.SerializeToString(deterministic=True))


@dataclass(frozen=True, slots=True)
class _Counted:
    """Cases to be gone through once, with a known number."""

    cases: Iterable[TeachCase]
    count: int

    def __iter__(self) -> Iterator[TeachCase]:
        return iter(self.cases)

    def __len__(self) -> int:
        return self.count


def _peek(goods: Iterable[TeachCase]) -> tuple[Iterable[TeachCase], TeachCase | None]:
    """The same cases and the first of them, None when there is none."""
    cases = iter(goods)
    first = next(cases, None)
    every = chain([] if first is None else [first], cases)
    return (_Counted(every, len(goods)) if isinstance(goods, Sized) else every), first


def _with_tile(options: TeachOptions, first: TeachCase | None) -> TeachOptions:
    if options.tile_px or first is None:
        return options
    return replace(options, tile_px=best_tile([image.shape[:2] for image in first.images], options.overlap_px))


def _card(taught: Taught, lesson: Lesson, name: str, version: str, family: str) -> Card:
    options = lesson.options
    try:
        return Card(
            name=name,
            version=version,
            family=family,
            created=datetime.datetime.now(datetime.UTC),
            tile_px=options.tile_px,
            overlap_px=options.overlap_px,
            channels=lesson.channels,
            px_per_mm=lesson.px_per_mm,
            labels=taught.labels,
            threshold=taught.threshold.value,
            goods=taught.threshold.goods,
            false_reject_bound=taught.threshold.false_reject_bound,
            learned_cases=taught.learned_cases,
            data_digest=taught.data_digest,
            graph_digest=graph_digest(taught.model),
            backbone=taught.backbone,
            licence=options.licence,
            parent=options.parent,
            registered=taught.registered,
            program=f"shellmark {metadata.version('shellmark')}",
            notes=options.notes,
        )
    except ValidationError as e:
        first = e.errors()[0]
        raise TeachError(f"card of {name}/{version}: {first['loc']}: {first['msg']}") from e
