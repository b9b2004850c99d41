"""Teaching by places: the goods' mean, then what every filter answers to each shell, then which answer is too much."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import onnx
from onnx import helper, numpy_helper

from shellmark_models.errors import TeachError
from shellmark_models.families.classical.bank import lit_plane, measures
from shellmark_models.families.classical.combine import Scales, combine, lifted
from shellmark_models.families.classical.planes import Layout
from shellmark_models.families.classical.reference import Comparison, Logs, brightness, padded, padded_mask
from shellmark_models.features import Seen, learn_names
from shellmark_models.naming import NAMER_KEY
from shellmark_models.training.lesson import Taught
from shellmark_models.training.spool import Shelf
from shellmark_models.training.threshold import from_goods

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from shellmark_models.training.lesson import Lesson
    from shellmark_models.training.threshold import Threshold
    from shellmark_models.types import LabelledCrop, MissedCase, TeachCase

    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]

LEAST_CASES = 3
PREFIX = "places"
MORE_COUNTS = 0.6
"""What one more measure counts beside the filters: the network is unlike itself on goods more often than they are."""


class More(Protocol):
    """What a family measures besides the filters: one more measure, on the same cells."""

    def add(self, view: int, image: NDArray[np.uint8]) -> int:
        """Learns an image (h, w, c) of a good shell; returns its number."""

    def cells(self, view: int, number: int | None, image: NDArray[np.uint8], mask: Mask) -> Floats:
        """How far an image is in every cell (h/8, w/8); of a good shell (its number) without what it taught."""

    def kept(self) -> Mapping[str, NDArray[Any]]:
        """What a later lesson goes on from."""

    def constants(self, view: int) -> Mapping[str, NDArray[Any]]:
        """What a model of it has to know of a view."""


@dataclass(frozen=True, slots=True)
class _Shot:
    """One view of one good case, and the numbers of what is put away of it; without a ``case`` it sets no threshold."""

    case: int | None
    view: int
    image: int
    mask: int
    more: int | None


@dataclass(slots=True)
class _View:
    """What goods taught of one view of (h, w) px: sums of their planes (padded), of their measures' logarithms."""

    size: tuple[int, int]
    total: NDArray[np.uint32]
    count: int = 0
    logs: Logs | None = None

    @property
    def mean(self) -> NDArray[np.uint8]:
        """The goods' mean."""
        return _mean(self.total, self.count)

    def mean_without(self, planes: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The mean of all goods but the one with these planes."""
        return _mean(self.total - planes, self.count - 1)


def _mean(total: NDArray[np.uint32], count: int) -> NDArray[np.uint8]:
    return np.asarray((total + np.uint32(count // 2)) // np.uint32(count), np.uint8)


@dataclass(slots=True)
class _Places:
    """Everything known so far, of this lesson and of former ones.

    ``highest`` (n, m) is the highest each good case reached in each measure against all others. Of ``uncounted`` cases
    (they were picked for being stopped) only the looks are learned.
    """

    layout: Layout
    names: tuple[str, ...]
    views: list[_View] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    highest: list[Floats] = field(default_factory=list)
    lift: Floats = field(default_factory=lambda: np.ones(0, np.float32))
    uncounted: set[str] = field(default_factory=set)
    _bright: dict[int, Floats] = field(default_factory=dict)

    def usual(self, number: int, index: int, without: Floats | None = None) -> Floats:
        """What is usual in the cells (gh, gw) of a view in one measure, to all goods or all but the one with these."""
        view = self.views[number]
        if view.logs is None:
            raise TeachError("no good case has this view")
        if number not in self._bright:
            self._bright[number] = brightness(view.mean)
        plane = lit_plane(self.names[index], self.layout.chroma)
        return view.logs.usual(index, without, None if plane is None else self._bright[number][plane])

    def kept(self) -> dict[str, NDArray[Any]]:
        """As arrays for a later lesson."""
        arrays: dict[str, NDArray[Any]] = {
            "measures": np.array(self.names),
            "cases": np.array(self.cases),
            "highest": np.stack(self.highest),
            "lift": self.lift,
        }
        for number, view in enumerate(self.views):
            arrays[f"{number}.size"] = np.array([*view.size, view.count])
            arrays[f"{number}.total"] = view.total
            if view.logs is not None:
                arrays[f"{number}.logs"], arrays[f"{number}.squares"] = view.logs.total, view.logs.squares
        return arrays


def begin(lesson: Lesson, *, more: bool) -> _Places:
    """What a lesson begins with: nothing, or what a former one kept; raises TeachError when that was another kind."""
    layout = Layout.of(lesson.channels)
    names = (*measures(layout.chroma), *(["more"] if more else []))
    lift = np.ones(len(names), np.float32)
    if more:
        lift[-1] = MORE_COUNTS
    places = _Places(layout, names, lift=lift)
    before = lesson.before
    if before is None:
        return places
    try:
        if tuple(before["measures"].tolist()) != names:
            raise TeachError("the former model looked at other channels, or in another way: teach from all good cases")
        places.cases = [str(case) for case in before["cases"]]
        places.highest = list(before["highest"])
        places.lift = before["lift"].copy()
        for number in range(sum(key.endswith(".size") for key in before)):
            height, width, count = before[f"{number}.size"].tolist()
            logs = Logs(count, before[f"{number}.logs"].copy(), before[f"{number}.squares"].copy())
            places.views.append(_View((height, width), before[f"{number}.total"].copy(), count, logs))
    except (KeyError, ValueError) as e:
        raise TeachError(f"what the former lesson kept is not whole ({e}): teach from all good cases") from e
    return places


def teach_classical(goods: Iterable[TeachCase], labelled: Iterable[LabelledCrop], lesson: Lesson) -> Taught:
    """Learns good cases, all aligned to one reference, and the names of labelled crops.

    Raises TeachError, TeachCancelled.
    """
    empty = helper.make_graph([], "places", [], [])
    network = helper.make_model(empty, opset_imports=[helper.make_opsetid("", 17)], producer_name="shellmark")
    network.ir_version = 8
    return teach_places(goods, labelled, lesson, network, None)


def teach_places(
    goods: Iterable[TeachCase],
    labelled: Iterable[LabelledCrop],
    lesson: Lesson,
    network: onnx.ModelProto,
    more: More | None,
) -> Taught:
    """Learns what goods look like at each place, with one more measure when there is one; ``network`` is added to.

    Raises TeachError, TeachCancelled.
    """
    places = begin(lesson, more=more is not None)
    former, seen = len(places.cases), Seen()
    if former:
        seen.add("before", *(view.total.view(np.uint8) for view in places.views))
    with Shelf() as shelf:
        shots = _look(goods, places, seen, shelf, lesson, more)
        answers = _learn_usual(shots, places, shelf, lesson, more)
        _hold_out(shots, answers, places, shelf, lesson, former)
    scales = combine(np.stack(places.highest), places.lift)
    threshold = from_goods(scales.scores, lesson.options.margin)
    scales, threshold = _with_missed(places, scales, threshold, lesson, more)
    namer = learn_names(labelled, seen, lesson)
    _add_constants(network, places, scales, more)
    return Taught(
        model=network,
        threshold=threshold,
        learned_cases=places.views[0].count,
        data_digest=seen.digest,
        labels=namer.labels if namer is not None else (),
        metadata={NAMER_KEY: namer.to_text()} if namer is not None else {},
        registered=True,
        views_px=tuple(view.size for view in places.views),
        kept={**places.kept(), **(more.kept() if more is not None else {})},
        case_scores=threshold.of(places.cases, scales.scores.tolist()),
    )


def _look(
    goods: Iterable[TeachCase], places: _Places, seen: Seen, shelf: Shelf, lesson: Lesson, more: More | None
) -> list[_Shot]:
    """Adds every good case to the sums and puts its images away."""
    shots = []
    count = len(goods) if isinstance(goods, Sized) else None
    for index, case in enumerate(goods):
        lesson.report("features", index / count if count else 0.0)
        seen.begin(case)
        if case.case in places.cases:
            raise TeachError(f"case {case.case} was learned before; a case may count once")
        masks = case.masks if case.masks is not None else [None] * len(case.images)
        for number, (image, mask) in enumerate(zip(case.images, masks, strict=True)):
            seen.add(case.case, image, *([] if mask is None else [mask]))
            _add(places, case.case, number, image)
            whole = np.ones(image.shape[:2], np.bool_) if mask is None else mask
            taught = more.add(number, image) if more is not None else None
            number_of = len(places.cases) if case.counts else None
            shots.append(_Shot(number_of, number, shelf.put(image), shelf.put(whole), taught))
        if case.counts:
            places.cases.append(case.case)
        if not case.counts:
            places.uncounted.add(case.case)
    if len(places.cases) < LEAST_CASES:
        raise TeachError(
            f"{len(places.cases)} good case(s) given; at least {LEAST_CASES} are needed, 20 to 30 are useful"
        )
    return shots


def _add(places: _Places, case: str, number: int, image: NDArray[np.uint8]) -> None:
    planes = padded(places.layout.planes(image))
    if number == len(places.views):
        places.views.append(_View((image.shape[0], image.shape[1]), np.zeros(planes.shape, np.uint32)))
    view = places.views[number]
    if view.size != image.shape[:2] or view.total.shape != planes.shape:
        raise TeachError(f"case {case}: view {number + 1} is of another size than in the cases before: align the views")
    view.total += planes
    view.count += 1


def _cells(
    places: _Places,
    number: int,
    image: NDArray[np.uint8],
    mask: Mask,
    lesson: Lesson,
    more: tuple[More, int | None] | None,
    *,
    good: bool,
) -> Floats:
    """What every measure answers in every cell (m, gh, gw) of a view; a good one's is compared with all the others."""
    view = places.views[number]
    whole = padded_mask(mask, view.size)
    planes = padded(places.layout.planes(image))
    mean = view.mean_without(planes) if good else view.mean
    cells = Comparison(planes, mean, whole, places.layout.chroma, lesson.options.threads).cells()
    if more is None:
        return cells
    model, taught = more
    return np.concatenate([cells, model.cells(number, taught, image, mask)[None]])


def _learn_usual(
    shots: list[_Shot], places: _Places, shelf: Shelf, lesson: Lesson, more: More | None
) -> dict[_Shot, int]:
    """What every filter answers to each shot against all others; puts it away, and adds it to what is usual."""
    answers = {}
    for number, shot in enumerate(shots):
        lesson.report("usual", number / len(shots))
        view = places.views[shot.view]
        image, mask = shelf.get(shot.image), shelf.get(shot.mask)
        cells = _cells(places, shot.view, image, mask, lesson, None if more is None else (more, shot.more), good=True)
        logs = view.logs if view.logs is not None else Logs.of_none(cells.shape)
        view.logs = logs.add(cells)
        answers[shot] = shelf.put(cells.astype(np.float16))
    return answers


def _hold_out(
    shots: list[_Shot], answers: Mapping[_Shot, int], places: _Places, shelf: Shelf, lesson: Lesson, former: int
) -> None:
    """The highest every good case of this lesson reaches in each measure, in units of what is usual of the others."""
    highest = np.zeros((len(places.cases) - former, len(places.names)), np.float32)
    for number, shot in enumerate(shots):
        lesson.report("threshold", number / len(shots))
        if shot.case is None:
            continue
        row = highest[shot.case - former]
        for index, cells in enumerate(shelf.get(answers[shot]).astype(np.float32)):
            row[index] = max(row[index], float((cells / places.usual(shot.view, index, cells)).max()))
    now = [
        (case, row) for case, row in zip(places.cases[former:], highest, strict=True) if case not in places.uncounted
    ]
    places.cases[former:] = [case for case, _ in now]
    places.highest += [row for _, row in now]


def _with_missed(
    places: _Places, scales: Scales, threshold: Threshold, lesson: Lesson, more: More | None
) -> tuple[Scales, Threshold]:
    """Lets the measure that shows a missed defect best count more, and sets the threshold anew."""
    for number, case in enumerate(lesson.missed):
        lesson.report("missed", number / len(lesson.missed))
        highest = _highest_of(places, case, lesson, more)
        places.lift = lifted(places.lift, highest / scales.each / np.float32(threshold.value))
        scales = combine(np.stack(places.highest), places.lift)
        threshold = from_goods(scales.scores, lesson.options.margin)
    return scales, threshold


def _highest_of(places: _Places, case: MissedCase, lesson: Lesson, more: More | None) -> Floats:
    """The highest value of each measure on a case's defects."""
    highest = np.zeros(len(places.names), np.float32)
    if len(case.images) != len(places.views):
        raise TeachError(f"case {case.case} has {len(case.images)} view(s), the model knows {len(places.views)}")
    for number, (image, defect) in enumerate(zip(case.images, case.defects, strict=True)):
        if image.shape[:2] != places.views[number].size:
            raise TeachError(f"case {case.case}: view {number + 1} is of another size than in the cases before")
        if not defect.any():
            continue
        cells = _cells(places, number, image, defect, lesson, None if more is None else (more, None), good=False)
        for index, answer in enumerate(cells):
            highest[index] = max(highest[index], float((answer / places.usual(number, index)).max()))
    return highest


def _add_constants(network: onnx.ModelProto, places: _Places, scales: Scales, more: More | None) -> None:
    """Puts what the model has to know into the network, each an output of its own so that no tool drops it."""
    for number, view in enumerate(places.views):
        inverse = np.stack([1 / (places.usual(number, i) * scale) for i, scale in enumerate(scales.each)])
        arrays: dict[str, NDArray[Any]] = {
            "mean": view.mean,
            "inverse": inverse.astype(np.float16),
            "size": np.array(view.size, np.int32),
        }
        for part, array in {**arrays, **(more.constants(number) if more is not None else {})}.items():
            _add_constant(network, f"{PREFIX}.{number}.{part}", array)


def _add_constant(network: onnx.ModelProto, name: str, array: NDArray[Any]) -> None:
    constant = numpy_helper.from_array(np.ascontiguousarray(array), name)
    network.graph.initializer.append(constant)
    network.graph.node.append(helper.make_node("Identity", [name], [f"{name}.kept"], name=f"{name}.kept"))
    shape = list(constant.dims)
    network.graph.output.append(helper.make_tensor_value_info(f"{name}.kept", constant.data_type, shape))
