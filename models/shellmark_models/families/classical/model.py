"""An open classical model."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from onnx import numpy_helper

from shellmark_models.card import NETWORK_PLANES, properties
from shellmark_models.errors import BundleError, InferenceError
from shellmark_models.families.classical.bank import measures
from shellmark_models.families.classical.planes import Layout
from shellmark_models.families.classical.reference import Comparison, padded, padded_mask
from shellmark_models.naming import NAMER_KEY, Namer, describe
from shellmark_models.session import require_planes
from shellmark_models.types import UNKNOWN, Crop, Naming, Prediction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import onnx
    from numpy.typing import NDArray

    from shellmark_models.card import Card

    Floats = NDArray[np.float32]
    Measured = Callable[[int, NDArray[np.uint8], NDArray[np.bool_]], Floats]

_NAME = re.compile(r"places\.(\d+)\.(\w+)")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a view of (h, w) ``size``: the goods' ``mean``, padded, and what one measure's answer counts."""

    size: tuple[int, int]
    mean: NDArray[np.uint8]
    inverse: Floats


class PlacesModel:
    """A model that compares places: see shellmark_models.Model. ``more`` is one more measure (h/8, w/8) of a view."""

    def __init__(
        self,
        card: Card,
        digest: str,
        source: str,
        views: Sequence[Known],
        namer: Namer | None,
        *,
        threads: int,
        more: Measured | None = None,
        close: Callable[[], None] | None = None,
    ) -> None:
        self.card = card
        self.digest = digest
        self._source = source
        self._layout = Layout.of(card.channels)
        self._views: Sequence[Known] | None = views
        self._namer = namer
        self._threads = threads
        self._more = more
        self._close = close

    def look(self, image: NDArray[np.uint8], *, view: int = 0, mask: NDArray[np.bool_] | None = None) -> Prediction:
        """Looks at a whole view (h, w, c), aligned as the one it was taught with; raises InferenceError."""
        known = self._known(view)
        require_planes(image, mask, self._source, planes=self.card.planes)
        height, width = known.size
        if image.shape[:2] != known.size:
            raise InferenceError(
                f"{self._source}: the view is {image.shape[1]} x {image.shape[0]} px, it was taught on {width} x "
                f"{height} px: take the reference picture it was taught with, or teach it again"
            )
        whole = padded_mask(mask, known.size)
        planes = padded(self._layout.planes(image))
        compared = Comparison(planes, known.mean, whole, self._layout.chroma, self._threads)
        cells = compared.cells()
        filters = len(cells)
        cells *= known.inverse[:filters]
        grid = np.asarray(cells.max(axis=0), np.float32)
        del cells
        if self._more is None:
            drawn = compared.drawn(grid, known.inverse)
        else:
            far = self._more(view, image, whole[:height, :width]) * known.inverse[filters]
            drawn = compared.drawn(np.maximum(grid, far), known.inverse[:filters])
            smooth = cv2.resize(far, drawn.shape[::-1], interpolation=cv2.INTER_LINEAR)
            np.maximum(drawn, smooth, out=drawn)
        return Prediction.of_map(np.ascontiguousarray(drawn[:height, :width]), mask)

    def name(self, crops: Sequence[Crop]) -> list[Naming]:
        """Names regions, in order; every one unknown when no classes were taught. Raises InferenceError."""
        self._known(0)
        if self._namer is None:
            return [Naming(UNKNOWN, 1.0, {UNKNOWN: 1.0}) for _ in crops]
        return [self._namer.name(describe(lights_of(crop))) for crop in crops]

    def close(self) -> None:
        """Lets all of it go."""
        self._views = None
        if self._close is not None:
            self._close()

    def _known(self, view: int) -> Known:
        if self._views is None:
            raise InferenceError(f"{self._source}: the model was closed; load it again")
        if not 0 <= view < len(self._views):
            raise InferenceError(f"{self._source}: knows {len(self._views)} view(s), not view {view}")
        return self._views[view]


def lights_of(crop: Crop) -> Crop:
    """The crop with the planes that are named by."""
    good = None if crop.good is None else np.ascontiguousarray(crop.good[..., :NETWORK_PLANES])
    return replace(crop, pixels=np.ascontiguousarray(crop.pixels[..., :NETWORK_PLANES]), good=good)


def read_views(model: onnx.ModelProto, card: Card, source: str, *, more: int = 0) -> list[Known]:
    """What a model's file knows of each view, ``more`` measures besides the filters; raises BundleError."""
    arrays = view_arrays(model)
    count = len(measures(Layout.of(card.channels).chroma)) + more
    views = []
    try:
        for number in sorted(arrays):
            height, width = arrays[number]["size"].tolist()
            inverse = arrays[number]["inverse"].astype(np.float32) / np.float32(card.threshold)
            mean = arrays[number]["mean"]
            cells = (count, mean.shape[0] // 8, mean.shape[1] // 8)
            if inverse.shape != cells or mean.dtype != np.uint8 or not (height <= mean.shape[0] <= height + 15):
                raise ValueError(f"view {number} has {inverse.shape} cells for a mean of {mean.shape}")
            views.append(Known((height, width), mean, inverse))
        if not views:
            raise KeyError("places.0.mean")
    except (KeyError, ValueError, IndexError) as e:
        raise BundleError(
            f"{source}: card says family {card.family}, but its parts are missing: {e}; teach it again"
        ) from e
    return views


def view_arrays(model: onnx.ModelProto) -> dict[int, Mapping[str, NDArray[Any]]]:
    """The arrays of each view in a model's file, by their short names."""
    found: dict[int, dict[str, NDArray[Any]]] = {}
    for constant in model.graph.initializer:
        if match := _NAME.fullmatch(constant.name):
            found.setdefault(int(match[1]), {})[match[2]] = numpy_helper.to_array(constant)
    return dict(found)


def read_namer(model: onnx.ModelProto, source: str) -> Namer | None:
    """The classifier in a model's file, None when no names were taught; raises BundleError."""
    text = properties(model).get(NAMER_KEY)
    return Namer.from_text(text, source) if text is not None else None


def open_classical(
    card: Card, digest: str, model: onnx.ModelProto, data: bytes, source: str, threads: int
) -> PlacesModel:
    """Opens a classical model; raises BundleError when the file is not one of this family."""
    del data  # there is no network to run
    namer = read_namer(model, source)
    return PlacesModel(card, digest, source, read_views(model, card, source), namer, threads=threads)
