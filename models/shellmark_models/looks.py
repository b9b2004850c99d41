"""How a region looks to the pretrained network: three pictures of it, each as mean and spread of the features in it.

region + surroundings ─ square cut ─ 160 x 160 ─ backbone ─ taps s8, s16 ─ mean and deviation within the region

The pictures are the excess over the good shell under the model's lights, the colour frame as it is, and its excess.
The backbone is the file that travels with this package, shared by every model of the process.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import cv2
import numpy as np
import onnx

from shellmark_models.card import Backbone, digest_of, properties
from shellmark_models.measures import DARK, NEAR_PX, dilated, surroundings
from shellmark_models.session import Session, finite

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shellmark_models.types import Crop

    Floats = NDArray[np.float32]

BACKBONE = "pp_lcnet_v2"
PICTURES = 3
SIDE_PX = 160
_TAPS = {"s8": 256, "s16": 512}
LOOK = 2 * sum(_TAPS.values())
"""Numbers of one picture."""
_LEAST_PX = 48  # a speck is seen with its surroundings
_ROOM = 1.5  # side of the square cut over that of the region
_GAIN, _GREY = 200.0, 128.0  # the excess of a tenth of the good level is shown as 20 grey levels round the middle grey


@dataclass(frozen=True, slots=True)
class _Network:
    session: Session
    mean: Floats
    deviation: Floats
    origin: Backbone


@functools.cache
def _network() -> _Network:
    data = resources.files("shellmark_models").joinpath("backbones", f"{BACKBONE}.onnx").read_bytes()
    facts = properties(onnx.load_model_from_string(data))
    mean, deviation = (np.array(json.loads(facts[key]), np.float32) for key in ("mean", "deviation"))
    origin = Backbone(name=facts["name"], source=facts["source"], licence=facts["licence"], digest=digest_of(data))
    return _Network(Session(data, source=BACKBONE), mean, deviation, origin)


def backbone() -> Backbone:
    """The network of the looks, and what its file says of its origin."""
    return _network().origin


def looks(crop: Crop) -> Floats:
    """The three pictures' features (3 * LOOK,); 0 where a picture is missing. Raises InferenceError."""
    pictures = _pictures(crop)
    square = _Square.of(crop.mask)
    network = _network()
    stack = np.stack([square.cut(picture) for picture in pictures if picture is not None])
    image = ((stack / np.float32(255) - network.mean) / network.deviation).transpose(0, 3, 1, 2)
    maps = network.session.run(list(_TAPS), {"image": np.ascontiguousarray(image, np.float32)})
    weight = square.cut(dilated(crop.mask.astype(np.uint8), NEAR_PX).astype(np.float32))
    found = np.concatenate([_pooled(finite(each, BACKBONE), weight) for each in maps], axis=1)
    every = np.zeros((PICTURES, LOOK), np.float32)
    every[[picture is not None for picture in pictures]] = np.sign(found) * np.sqrt(np.abs(found))
    return every.ravel()


@dataclass(frozen=True, slots=True)
class _Square:
    """The square round a region that is shown to the network, inside the crop's longer side."""

    x: float
    y: float
    side: float

    @classmethod
    def of(cls, mask: NDArray[np.bool_]) -> _Square:
        ys, xs = np.nonzero(mask)
        size = max(np.ptp(xs), np.ptp(ys)) + 1
        side = min(max(_ROOM * size, _LEAST_PX), max(mask.shape))
        return cls((xs.min() + xs.max()) / 2, (ys.min() + ys.max()) / 2, float(side))

    def cut(self, picture: Floats) -> Floats:
        scale = SIDE_PX / self.side
        if scale < 1:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 / scale), np.float32)
        middle = (SIDE_PX - 1) / 2
        move = np.array([[scale, 0, middle - scale * self.x], [0, scale, middle - scale * self.y]])
        done = cv2.warpAffine(
            picture, move, (SIDE_PX, SIDE_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(done, np.float32)


def _pictures(crop: Crop) -> tuple[Floats | None, ...]:
    """Excess, colour and colour's excess, red first; a crop without a colour frame is itself shown as colour."""
    pixels, good = crop.pixels[..., :3], None if crop.good is None else crop.good[..., :3]
    excess = _excess(pixels, good, crop.mask)
    if crop.colour is None:
        return excess, _red_first(pixels), None
    return excess, _red_first(crop.colour), _red_first(_excess(crop.colour, crop.good_colour, crop.mask))


def _red_first(picture: NDArray[np.uint8] | Floats) -> Floats:
    return picture[..., ::-1].astype(np.float32)


def _excess(pixels: NDArray[np.uint8], good: NDArray[np.uint8] | None, mask: NDArray[np.bool_]) -> Floats:
    _, ring, around = surroundings(mask)
    shown = pixels.astype(np.float32)
    usual = np.median(shown[around], axis=0) + 0 * shown if good is None else good.astype(np.float32)
    excess = shown - usual
    if ring.any():
        excess -= np.median(excess[ring], axis=0)
    return np.asarray(np.clip(_GREY + _GAIN * excess / (usual + DARK), 0, 255), np.float32)


def _pooled(maps: Floats, weight: Floats) -> Floats:
    """Mean and deviation (n, 2 c) of maps (n, c, h, w) within the region."""
    small = np.asarray(cv2.resize(weight, (maps.shape[3], maps.shape[2]), interpolation=cv2.INTER_AREA)) + 1e-3
    small /= small.sum()
    mean = (maps * small).sum(axis=(2, 3))
    square = (np.square(maps) * small).sum(axis=(2, 3))
    return np.concatenate([mean, np.sqrt(np.maximum(square - np.square(mean), 0))], axis=1)
