"""From samples to the bytes of a model."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field, replace
from importlib import metadata
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import onnx
from pydantic import ValidationError

from shellmark_models.card import CARD_KEY, Card, graph_digest, parse_model, properties, read_card
from shellmark_models.errors import TeachError
from shellmark_models.families import FAMILIES
from shellmark_models.naming import NAMER_KEY
from shellmark_models.registry import model_file, read_model
from shellmark_models.tiling import best_tile
from shellmark_models.training.lesson import Cancelled, Lesson, Progress, TeachOptions

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from shellmark_models.training.lesson import Taught
    from shellmark_models.types import LabelledCrop, MissedCase, TeachCase


Shown = TypeVar("Shown", "TeachCase", "MissedCase")


@dataclass(frozen=True, slots=True)
class TaughtBundle:
    """What teaching gives: ``model``, the one ONNX file that is the model, and what lies beside it in the bundle.

    ``kept`` lets a later teaching go on (empty: the family cannot). ``case_scores`` are the held-out scores of the good
    cases that set the threshold, 1.0 is the threshold (empty: the family does not tell). ``card`` is the one inside.
    """

    model: bytes
    card: Card
    kept: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    case_scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Names:
    """The names a model had before: the labels of its card and the properties of its file that hold the classifier."""

    labels: tuple[str, ...]
    properties: Mapping[str, str]


def read_former(path: Path) -> tuple[Card, Names]:
    """Card and names of a bundle (its folder or its file) that teaching goes on from; raises BundleError."""
    file = model_file(path)
    data = read_model(file)
    return read_card(parse_model(data, file), file), names_in(data, file)


def names_in(data: bytes, source: Path) -> Names:
    """The names in a model's file; raises BundleError naming ``source``."""
    model = parse_model(data, source)
    kept = {key: value for key, value in properties(model).items() if key == NAMER_KEY}
    return Names(read_card(model, source).labels if kept else (), kept)


def teach(goods: Iterable[TeachCase], labelled: Iterable[LabelledCrop] = (), **how: Any) -> bytes:
    """As ``teach_bundle``, for who wants the model's file alone."""
    return teach_bundle(goods, labelled, **how).model


def teach_bundle(
    goods: Iterable[TeachCase],
    labelled: Iterable[LabelledCrop] = (),
    *,
    name: str,
    version: str,
    channels: tuple[str, ...],
    px_per_mm: float,
    family: str = "memory",
    options: TeachOptions | None = None,
    missed: Iterable[MissedCase] = (),
    before: Mapping[str, NDArray[Any]] | None = None,
    names: Names | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> TaughtBundle:
    """Learns from good cases, and names from labelled crops.

    ``goods`` is gone through once; give it a length for a progress that knows its end. ``before`` is what a former
    teaching of this family kept, None begins anew; ``names`` is taken over where no crop is labelled. ``missed`` are
    defects the model passed. ``progress`` hears of a stage and its fraction 0..1, ``cancelled`` is asked between steps.
    Raises TeachError, TeachCancelled.
    """
    taught_by = FAMILIES[family].teach if family in FAMILIES else None
    if taught_by is None:
        can = ", ".join(sorted(key for key, value in FAMILIES.items() if value.anew))
        raise TeachError(f"family {family!r} cannot be taught here; choose one of: {can}")
    planes = FAMILIES[family].planes
    goods, first = _peek(_seen_by(goods, planes))
    options = _with_tile(options or TeachOptions(), first)
    shown = tuple(_cut(case, planes) for case in missed)
    lesson = Lesson(channels[:planes], px_per_mm, options, progress, cancelled, before, shown)
    taught = _named(taught_by(goods, labelled, lesson), names)
    card = _card(taught, lesson, name, version, family)
    onnx.helper.set_model_props(taught.model, {CARD_KEY: card.model_dump_json(), **taught.metadata})
    lesson.report("done", 1.0)
    data = bytes(taught.model.SerializeToString(deterministic=True))
    return TaughtBundle(data, card, taught.kept, taught.case_scores)


def _named(taught: Taught, names: Names | None) -> Taught:
    if names is None or taught.labels:
        return taught
    return replace(taught, labels=names.labels, metadata={**taught.metadata, **names.properties})


@dataclass(frozen=True, slots=True)
class _Counted:
    """Cases to be gone through once, with a known number."""

    cases: Iterable[TeachCase]
    count: int

    def __iter__(self) -> Iterator[TeachCase]:
        return iter(self.cases)

    def __len__(self) -> int:
        return self.count


def _seen_by(goods: Iterable[TeachCase], planes: int) -> Iterable[TeachCase]:
    """The same cases with the first planes of their images only: a family sees no more of them."""
    cut = (_cut(case, planes) for case in goods)
    return _Counted(cut, len(goods)) if isinstance(goods, Sized) else cut


def _cut(case: Shown, planes: int) -> Shown:
    if all(image.shape[2] <= planes for image in case.images):
        return case
    return replace(case, images=[np.ascontiguousarray(image[..., :planes]) for image in case.images])


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
            views_px=taught.views_px,
            program=f"shellmark {metadata.version('shellmark')}",
            notes=options.notes,
        )
    except ValidationError as e:
        first = e.errors()[0]
        raise TeachError(f"card of {name}/{version}: {first['loc']}: {first['msg']}") from e
