"""An open imported model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from shellmark_models.card import NETWORK_PLANES, properties
from shellmark_models.errors import BundleError, InferenceError
from shellmark_models.families.imported.answers import Said, read
from shellmark_models.families.imported.picture import back, inside, tensor, whole
from shellmark_models.families.imported.plan import Fit, Kind, Plan, read_plan
from shellmark_models.naming import NAMER_KEY, Namer, describe
from shellmark_models.session import Session, finite, require_planes
from shellmark_models.tiling import MOST_TILES, Canvas, Tiling
from shellmark_models.types import UNKNOWN, Crop, Naming, Prediction

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnx
    from numpy.typing import NDArray

    from shellmark_models.card import Card

NOWHERE = 0.99
"""The most a map shows of a view that is bad as a whole: no place in it is, so a person has to look."""


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Classes the network gave the places of one view.

    ``codes`` and ``sure`` (0..255) are uint8 (h, w) of a picture in which the view of ``size`` lies at ``box`` (left,
    top, width, height).
    """

    codes: NDArray[np.uint8]
    sure: NDArray[np.uint8]
    box: tuple[int, int, int, int]
    size: tuple[int, int]

    def of(self, mask: NDArray[np.bool_], left_px: int, top_px: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Codes and sureness of the pixels of a region whose mask begins at that place of the view."""
        ys, xs = np.nonzero(mask)
        left, top, width, height = self.box
        rows = top + ((ys + top_px + 0.5) * height / self.size[0]).astype(np.intp)
        columns = left + ((xs + left_px + 0.5) * width / self.size[1]).astype(np.intp)
        rows, columns = np.clip(rows, 0, len(self.codes) - 1), np.clip(columns, 0, self.codes.shape[1] - 1)
        return self.codes[rows, columns], self.sure[rows, columns]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was said of a whole view before any threshold: its map (h, w) or None, the network's own score or None."""

    map: NDArray[np.float32] | None
    score: float | None

    def highest(self, mask: NDArray[np.bool_] | None) -> float | None:
        """The highest of the map within the mask; None without a map."""
        return None if self.map is None else Prediction.of_map(self.map, mask).score


class Network:
    """A foreign network with the plan of its outputs: looks at whole views, in the plan's own units."""

    __slots__ = ("_session", "plan")

    def __init__(self, session: Session, plan: Plan) -> None:
        self._session = session
        self.plan = plan

    @property
    def source(self) -> str:
        """The file, for errors."""
        return self._session.source

    def look(self, image: NDArray[np.uint8], mask: NDArray[np.bool_] | None) -> tuple[Looked, _Spoken | None]:
        """Looks at a view (h, w, 3 or more), of which it sees the first three planes; raises InferenceError."""
        image = image[..., :NETWORK_PLANES] if image.ndim == 3 else image
        require_planes(image, mask, self.source)
        return (self._tiles if self.plan.input.fit is Fit.TILES else self._whole)(image, mask)

    def ask(self, pictures: NDArray[np.uint8]) -> list[Said]:
        """What it says of pictures (n, h, w, 3) of its own size; raises InferenceError."""
        at_once = self.plan.input.batch or len(pictures)
        said: list[Said] = []
        for at in range(0, len(pictures), at_once):
            part = pictures[at : at + at_once]
            short = at_once - len(part)  # a network fixed to several pictures gets the last one again
            outputs = self.run(part if not short else np.concatenate([part, np.repeat(part[-1:], short, axis=0)]))
            for i in range(len(part)):
                one = {name: value if at_once == 1 else value[i : i + 1] for name, value in outputs.items()}
                said.append(self._read(one))
        return said

    def run(self, pictures: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
        """The raw outputs of one run; raises InferenceError when they are not finite."""
        feeds = {self.plan.input.name: tensor(pictures, self.plan.input)}
        values = self._session.run(self.plan.outputs, feeds)
        return {name: finite(value, self.source) for name, value in zip(self.plan.outputs, values, strict=True)}

    def require_open(self) -> None:
        """Raises InferenceError when it was closed."""
        self._session.require_open()

    def close(self) -> None:
        """Lets the session go."""
        self._session.close()

    def _read(self, outputs: dict[str, NDArray[Any]]) -> Said:
        try:
            return read(outputs, self.plan)
        except InferenceError as e:
            raise InferenceError(f"{self.source}: {e}") from e

    def _whole(self, image: NDArray[np.uint8], _mask: NDArray[np.bool_] | None) -> tuple[Looked, _Spoken | None]:
        size = (image.shape[0], image.shape[1])
        (said,) = self.ask(whole(image, self.plan.input)[None])
        if said.map is None:
            return Looked(None, said.score), None
        plane = np.maximum(back(said.map, size, self.plan.input), 0).astype(np.float32, copy=False)
        spoken = None
        if said.codes is not None:
            box = _scaled(inside(size, self.plan.input), self.plan.input.size_px, said.codes.shape)
            spoken = _Spoken(said.codes, _eight_bits(said.map), box, size)
        return Looked(plane, said.score), spoken

    def _tiles(self, image: NDArray[np.uint8], mask: NDArray[np.bool_] | None) -> tuple[Looked, _Spoken | None]:
        size = (image.shape[0], image.shape[1])
        side = self.plan.input.size_px[0]
        tiling = Tiling(side, self.plan.input.overlap_px)
        sheet = _Sheet(self.plan, tiling, size)
        for corners, tiles in tiling.batches(image, mask, MOST_TILES):
            for (x, y), said in zip(corners, self.ask(tiles), strict=True):
                sheet.add(said, x, y)
        return sheet.looked, sheet.spoken


class _Sheet:
    """What was said of the tiles of a view, put together."""

    def __init__(self, plan: Plan, tiling: Tiling, size: tuple[int, int]) -> None:
        self._side = tiling.tile_px
        self._size = size
        self._blend = (
            Canvas(tiling, size) if plan.kind in {Kind.ANOMALY, Kind.PIXELS} and plan.output.map != "" else None
        )
        self._highest = np.zeros(size, np.float32)
        self._codes = np.zeros(size, np.uint8) if plan.labels else None
        self._score: float | None = None

    def add(self, said: Said, x: int, y: int) -> None:
        """Adds what was said of the tile at (x, y)."""
        part = (slice(y, y + self._side), slice(x, x + self._side))
        h, w = self._highest[part].shape
        if said.score is not None:
            self._score = max(said.score, self._score or 0.0)
        side = (self._side, self._side)
        plane = np.full(side, said.score or 0.0, np.float32) if said.map is None else said.map
        if plane.shape != side:
            plane = np.asarray(cv2.resize(plane, side), np.float32)
        if self._blend is not None:
            self._blend.add([plane], [(x, y)])
        if self._codes is not None:
            codes = np.full(side, said.code, np.uint8) if said.codes is None else said.codes
            if codes.shape != side:
                codes = np.asarray(cv2.resize(codes, side, interpolation=cv2.INTER_NEAREST), np.uint8)
            surer = plane[:h, :w] > self._highest[part]
            self._codes[part][surer] = codes[:h, :w][surer]
        np.maximum(self._highest[part], plane[:h, :w], out=self._highest[part])

    @property
    def looked(self) -> Looked:
        """Map and score so far."""
        return Looked(self._highest if self._blend is None else np.maximum(self._blend.map, 0), self._score)

    @property
    def spoken(self) -> _Spoken | None:
        """The classes so far; None when the network names none."""
        if self._codes is None:
            return None
        height, width = self._size
        return _Spoken(self._codes, _eight_bits(self._highest), (0, 0, width, height), self._size)


def _eight_bits(sure: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.round(np.clip(sure, 0, 1) * 255).astype(np.uint8)


def _scaled(box: tuple[int, int, int, int], size: tuple[int, int], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """A box of a picture (h, w) in a map of another resolution of it."""
    left, top, width, height = box
    down, across = shape[0] / size[0], shape[1] / size[1]
    return round(left * across), round(top * down), max(1, round(width * across)), max(1, round(height * down))


class ImportedModel:
    """A foreign network behind the door: see shellmark_models.Model.

    It names a region by what the network said of that place when it last looked at that view; only a network that names
    nothing may carry a classifier taught here.
    """

    __slots__ = ("_namer", "_network", "_spoken", "card", "digest")

    def __init__(self, card: Card, digest: str, network: Network, namer: Namer | None) -> None:
        self.card = card
        self.digest = digest
        self._network = network
        self._namer = namer
        self._spoken: dict[int, _Spoken] = {}

    def look(self, image: NDArray[np.uint8], *, view: int = 0, mask: NDArray[np.bool_] | None = None) -> Prediction:
        """Looks at a whole view (h, w, 3); raises InferenceError."""
        looked, spoken = self._network.look(image, mask)
        if spoken is not None:
            self._spoken[view] = spoken
        return judged(looked, mask, image.shape[:2], self.card.threshold)

    def name(self, crops: Sequence[Crop]) -> list[Naming]:
        """Names regions by what was said of their places; unknown where nothing was. Raises InferenceError."""
        self._network.require_open()
        if self._namer is not None:
            return [self._namer.name(describe(crop)) for crop in crops]
        return [self._name(crop) for crop in crops]

    def _name(self, crop: Crop) -> Naming:
        spoken = self._spoken.get(crop.place[0]) if crop.place is not None else None
        scores = {UNKNOWN: 1.0}
        if spoken is not None and crop.place is not None:
            codes, sure = spoken.of(crop.mask, *crop.place[1:])
            labels = self._network.plan.labels
            heard = {labels[code - 1]: float(sure[codes == code].max()) / 255 for code in np.unique(codes) if code}
            surest = max(heard.values(), default=0.0)
            scores = {**heard, UNKNOWN: 1 - surest}
            if heard and surest > 0:
                return Naming(max(heard, key=lambda label: heard[label]), surest, scores)
        return Naming(UNKNOWN, scores[UNKNOWN], scores)

    def close(self) -> None:
        """Lets the session go."""
        self._spoken.clear()
        self._network.close()


def judged(looked: Looked, mask: NDArray[np.bool_] | None, size: tuple[int, ...], threshold: float) -> Prediction:
    """Map and score by the threshold, 1.0 = limit; the worse of the map's highest and the network's own number counts.

    A network's own number is of the whole picture, so where a mask leaves part of it out and there is a map, the map
    decides alone. Without a map there is no place to measure: the map shows the number everywhere, below the limit.
    """
    if looked.map is None:
        score = (looked.score or 0.0) / threshold
        return Prediction(np.full(size[:2], min(score, NOWHERE), np.float32), score)
    found = Prediction.of_map(looked.map / np.float32(threshold), mask)
    if looked.score is None or (mask is not None and not mask.all()):
        return found
    return Prediction(found.anomaly, max(found.score, looked.score / threshold))


def open_imported(
    card: Card, digest: str, model: onnx.ModelProto, data: bytes, source: str, threads: int
) -> ImportedModel:
    """Opens an imported model and warms it up; raises BundleError when network, plan and card do not fit."""
    plan = read_plan(properties(model), source)
    network = open_network(plan, data, source, threads)
    text = properties(model).get(NAMER_KEY)
    namer = Namer.from_text(text, source) if text is not None else None
    labels = plan.labels if namer is None else namer.labels
    if labels != card.labels:
        raise BundleError(f"{source}: card names {card.labels}, the network {labels}; import it again")
    return ImportedModel(card, digest, network, namer)


def open_network(plan: Plan, data: bytes, source: str, threads: int) -> Network:
    """Opens a network and runs it once; raises BundleError when it is not as planned."""
    session = Session(data, source=source, threads=threads)
    if set(session.inputs) != {plan.input.name} or not set(plan.outputs) <= set(session.outputs):
        raise BundleError(
            f"{source}: its network takes {', '.join(session.inputs)} and gives {', '.join(session.outputs)}, "
            f"not {plan.input.name} and {', '.join(plan.outputs)}; import it again"
        )
    network = Network(session, plan)
    try:
        network.ask(np.full((1, *plan.input.size_px, 3), 128, np.uint8))
    except InferenceError as e:
        session.close()
        raise BundleError(f"{source}: its network does not run as its card says: {e}; import it again") from e
    return network
