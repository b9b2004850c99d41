"""Teaching the registered family: sums over the goods, then every good case against the sums of all the others."""

from __future__ import annotations

import tempfile
from collections.abc import Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from onnx import helper, numpy_helper

from shellmark_models.errors import TeachError
from shellmark_models.families.registered.model import LIMITS, PARTS
from shellmark_models.families.registered.reference import (
    STRIDE,
    Reference,
    Sums,
    blurred,
    coarse,
    feature_spread,
    highest_near,
    pixel_spread,
    shrunk_spread,
    stepped,
    usual,
)
from shellmark_models.features import FEATURE_COUNT, FEATURES, TILES, Seen, feature_graph, learn_names, load_backbone
from shellmark_models.naming import NAMER_KEY
from shellmark_models.session import Session
from shellmark_models.training.lesson import Lesson, Taught, TeachOptions
from shellmark_models.training.threshold import from_goods
from shellmark_models.training.tiles import Blend, cut, weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import onnx
    from numpy.typing import NDArray

    from shellmark_models.types import LabelledCrop, TeachCase

    Floats = NDArray[np.float32]

LEAST_CASES = 3


@dataclass(frozen=True, slots=True)
class _Shot:
    """One view of one good case: where it is in the file, and the shape of its tiles' features."""

    case: int
    view: int
    at: int
    shape: tuple[int, ...]


class _Shots:
    """Views of good cases on disk, so that memory does not grow with their number; sums per view in memory."""

    def __init__(self, options: TeachOptions) -> None:
        self._options = options
        self.shots: list[_Shot] = []
        self.pixels: list[Sums] = []
        self.features: list[Sums] = []
        self._far: dict[_Shot, Floats] = {}
        self._file = tempfile.TemporaryFile(prefix="shellmark-teach-")  # noqa: SIM115 - closed by close

    def add(
        self, case: str, shot: tuple[int, int], image: NDArray[np.uint8], grids: Floats, mask: NDArray[np.bool_]
    ) -> None:
        """Keeps a (case, view): image (h, w, 3), its tiles' grids (n, g, g, c), mask (h, w)."""
        index, view = shot
        whole = _blended(grids, image.shape[:2], self._options)
        if view == len(self.pixels):
            self.pixels.append(Sums.of_none(image.shape))
            self.features.append(Sums.of_none(whole.shape))
        if self.pixels[view].total.shape != image.shape:
            raise TeachError(
                f"case {case}: view {view + 1} is of another size than in the cases before: align the views"
            )
        self.pixels[view] = self.pixels[view].add(blurred(image))
        self.features[view] = self.features[view].add(whole)
        self.shots.append(_Shot(index, view, self._file.tell(), grids.shape))
        for array in (image, grids.astype(np.float16), np.packbits(mask)):
            self._file.write(np.ascontiguousarray(array).tobytes())

    def read(self, shot: _Shot) -> tuple[NDArray[np.uint8], Floats, NDArray[np.bool_]]:
        """Image, grids and mask of a shot, as they were added."""
        size = self.pixels[shot.view].total.shape
        self._file.seek(shot.at)
        image = np.frombuffer(self._file.read(int(np.prod(size))), np.uint8).reshape(size)
        grids = np.frombuffer(self._file.read(2 * int(np.prod(shot.shape))), np.float16).reshape(shot.shape)
        bits = np.frombuffer(self._file.read(-(-size[0] * size[1] // 8)), np.uint8)
        mask = np.unpackbits(bits, count=size[0] * size[1]).reshape(size[:2]).astype(np.bool_)
        return image, grids.astype(np.float32), mask

    def without(self, shot: _Shot, image: NDArray[np.uint8], grids: Floats, near: Floats | None) -> Reference:
        """What all cases but this one look like in its view; ``near`` is how far they usually are (None: 1)."""
        whole = _blended(grids, image.shape[:2], self._options)
        pixels, features = self.pixels[shot.view].without(blurred(image)), self.features[shot.view].without(whole)
        return _reference(pixels, features, near)

    def reference(self, view: int) -> Reference:
        """What all cases look like in a view."""
        near = np.mean([far for shot, far in self._far.items() if shot.view == view], axis=0)
        return _reference(self.pixels[view].moments(), self.features[view].moments(), near)

    def add_usual(self, shot: _Shot, far: Floats) -> None:
        """Keeps how far a shot is from all others, (2, gh, gw)."""
        self._far[shot] = far

    def usual_without(self, shot: _Shot) -> Floats:
        """How far all cases but this one are in its view on the whole, (2, gh, gw)."""
        others = [far for other, far in self._far.items() if other.view == shot.view and other.case != shot.case]
        return np.asarray(np.mean(others, axis=0), np.float32)

    def close(self) -> None:
        self._file.close()


def teach_registered(goods: Iterable[TeachCase], labelled: Iterable[LabelledCrop], lesson: Lesson) -> Taught:
    """Learns good cases, all aligned to one reference, and the names of labelled crops.

    Raises TeachError, TeachCancelled.
    """
    backbone, origin = load_backbone()
    network = feature_graph(backbone, lesson.channels)
    session = Session(network.SerializeToString(), source="backbone", threads=lesson.options.threads)
    shots = _Shots(lesson.options)
    try:
        seen = _look(goods, session, shots, lesson)
        _learn_usual(shots, lesson)
        limits, scores = _held_out(shots, len(seen.cases), lesson)
        references = [shots.reference(view) for view in range(len(shots.pixels))]
        namer = learn_names(labelled, seen, lesson)
    finally:
        shots.close()
        session.close()
    return Taught(
        model=_whole(network, references, limits),
        threshold=from_goods(scores, lesson.options.margin, measures=2),
        learned_cases=len(seen.cases),
        data_digest=seen.digest,
        labels=namer.labels if namer is not None else (),
        backbone=origin,
        metadata={NAMER_KEY: namer.to_text()} if namer is not None else {},
        registered=True,
    )


def _look(goods: Iterable[TeachCase], session: Session, shots: _Shots, lesson: Lesson) -> Seen:
    seen = Seen()
    count = len(goods) if isinstance(goods, Sized) else None
    for index, case in enumerate(goods):
        lesson.report("features", index / count if count else 0.0)
        seen.begin(case)
        masks = case.masks if case.masks is not None else [np.ones(image.shape[:2], np.bool_) for image in case.images]
        for view, (image, mask) in enumerate(zip(case.images, masks, strict=True)):
            seen.add(case.case, image, mask)
            shots.add(case.case, (index, view), image, _features(image, session, lesson.options), mask)
    if len(seen.cases) < LEAST_CASES:
        raise TeachError(
            f"{len(seen.cases)} good case(s) given; at least {LEAST_CASES} are needed, 20 to 30 are useful"
        )
    return seen


def _features(image: NDArray[np.uint8], session: Session, options: TeachOptions) -> Floats:
    """Features (n, g, g, c) of an image's tiles."""
    tiles = [tile for _, _, tile in cut(image, options.tile_px, options.overlap_px)]
    grids = [session.run([FEATURES], {TILES: tile[None]})[0][0].transpose(1, 2, 0) for tile in tiles]
    return np.stack(grids).astype(np.float32)


def _blended(grids: Floats, size: tuple[int, ...], options: TeachOptions) -> Floats:
    """Features of a whole view (ceil h/8, ceil w/8, c), blended from its tiles' as the station blends its maps."""
    rows, columns = (weights(side, options.tile_px, options.overlap_px) for side in size[:2])
    corners = [(top, left) for top in rows for left in columns]
    height, width = (-(-side // STRIDE) for side in size[:2])
    total = np.zeros((height, width, FEATURE_COUNT), np.float32)
    share = np.full((height, width, 1), 1e-9, np.float32)
    for (top, left), grid in zip(corners, grids, strict=True):
        y, x = top // STRIDE, left // STRIDE
        weight = np.outer(rows[top][STRIDE // 2 :: STRIDE], columns[left][STRIDE // 2 :: STRIDE])[..., None]
        h, w = min(len(grid), height - y), min(grid.shape[1], width - x)
        total[y : y + h, x : x + w] += (grid * weight)[:h, :w]
        share[y : y + h, x : x + w] += weight[:h, :w]
    return np.asarray(total / share, np.float32)


def _held_out(shots: _Shots, cases: int, lesson: Lesson) -> tuple[tuple[float, float], list[float]]:
    """The highest pixel and feature distance a good case reached against all others, and each case's score.

    What is usual near a place comes from the others' distances too.
    """
    highest = np.zeros((cases, 2))
    for shot, image, grids, mask in _each(shots, lesson, "threshold"):
        reference = shots.without(shot, image, grids, shots.usual_without(shot))
        maps = _maps(reference, image, grids, lesson.options)
        here = [float(distance.max(where=mask, initial=0.0)) for distance in maps]
        highest[shot.case] = np.maximum(highest[shot.case], here)
    limits = np.maximum(highest.max(axis=0), 1e-6)
    scores = (highest / limits).max(axis=1)
    return (float(limits[0]), float(limits[1])), [float(score) for score in scores]


def _learn_usual(shots: _Shots, lesson: Lesson) -> None:
    """How far each good case is from all others, place by place."""
    for shot, image, grids, _ in _each(shots, lesson, "usual"):
        maps = _maps(shots.without(shot, image, grids, None), image, grids, lesson.options)
        shots.add_usual(shot, np.stack([highest_near(distance) for distance in maps]))


def _each(
    shots: _Shots, lesson: Lesson, stage: str
) -> Iterator[tuple[_Shot, NDArray[np.uint8], Floats, NDArray[np.bool_]]]:
    for number, shot in enumerate(shots.shots):
        lesson.report(stage, number / len(shots.shots))
        yield shot, *shots.read(shot)


def _maps(reference: Reference, image: NDArray[np.uint8], grids: Floats, options: TeachOptions) -> list[Floats]:
    """The distance by pixels and the one by features over a view (h, w), as the station would draw them."""
    size = image.shape[0], image.shape[1]
    maps = []
    for limits in ((1.0, np.inf), (np.inf, 1.0)):
        blend = Blend(size, options.tile_px, options.overlap_px)
        for (top, left, tile), grid in zip(cut(image, options.tile_px, options.overlap_px), grids, strict=True):
            blend.add(top, left, reference.distance(tile, grid, left, top, limits))
        maps.append(blend.map)
    return maps


def _reference(pixels: tuple[Floats, Floats], features: tuple[Floats, Floats], near: Floats | None) -> Reference:
    """A view's reference from mean and variance of blurred pixels and of features, and what is usual (None: 1)."""
    return Reference(
        np.clip(np.round(pixels[0]), 0, 255).astype(np.uint8),
        shrunk_spread(pixel_spread(pixels[1])),
        *stepped(features[0]),
        coarse(feature_spread(features[1])),
        np.ones((2, *features[0].shape[:2]), np.float16) if near is None else usual(near),
    )


def _whole(network: onnx.ModelProto, references: list[Reference], limits: tuple[float, float]) -> onnx.ModelProto:
    """The features' network with the references inside, each an output of its own so that no tool drops it."""
    constants = [numpy_helper.from_array(np.array(limits), LIMITS)]
    for view, reference in enumerate(references):
        constants += [
            numpy_helper.from_array(np.ascontiguousarray(getattr(reference, part)), f"registered.{view}.{part}")
            for part in PARTS
        ]
    network.graph.initializer.extend(constants)
    for constant in constants:
        name = f"{constant.name}.kept"
        network.graph.node.append(helper.make_node("Identity", [constant.name], [name], name=name))
        network.graph.output.append(helper.make_tensor_value_info(name, constant.data_type, list(constant.dims)))
    return network
