"""From a view's pixels to a foreign network's input, and its map back to the view's pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from shellmark_models.families.imported.plan import Fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shellmark_models.families.imported.plan import Picture


def tensor(pictures: NDArray[np.uint8], plan: Picture) -> NDArray[Any]:
    """Pictures (n, h, w, 3) BGR as the network takes them; nothing is resized."""
    if plan.order == "grey":
        ordered = np.stack([cv2.cvtColor(one, cv2.COLOR_BGR2GRAY) for one in pictures])[..., None]
    else:
        ordered = pictures[..., ::-1] if plan.order == "rgb" else pictures
    planes = ordered.shape[3]
    if plan.dtype == "uint8":
        numbers: NDArray[Any] = ordered
    else:
        numbers = ordered.astype(np.float32)
        numbers *= np.float32(plan.scale) / np.asarray(plan.std, np.float32)[:planes]
        numbers -= (np.asarray(plan.mean, np.float32) / np.asarray(plan.std, np.float32))[:planes]
    if plan.layout == "nchw":
        numbers = numbers.transpose(0, 3, 1, 2)
    return np.ascontiguousarray(numbers, np.float16 if plan.dtype == "float16" else None)


def inside(size: tuple[int, int], plan: Picture) -> tuple[int, int, int, int]:
    """Where a whole view (h, w) lies in the network's picture: left, top, width, height."""
    height, width = plan.size_px
    if plan.fit is not Fit.LETTERBOX:
        return 0, 0, width, height
    ratio = min(height / size[0], width / size[1])
    h, w = max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))
    return (width - w) // 2, (height - h) // 2, w, h


def whole(image: NDArray[np.uint8], plan: Picture) -> NDArray[np.uint8]:
    """The view as one picture (h, w, 3) of the network's size."""
    size = (image.shape[0], image.shape[1])
    left, top, width, height = inside(size, plan)
    smaller = height * width < size[0] * size[1]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    small = image if size == (height, width) else cv2.resize(image, (width, height), interpolation=way)
    if (height, width) == plan.size_px:
        return np.asarray(small, np.uint8)
    picture = np.full((*plan.size_px, 3), plan.fill, np.uint8)
    picture[top : top + height, left : left + width] = small
    return picture


def back(
    plane: NDArray[Any], size: tuple[int, int], plan: Picture, interpolation: int = cv2.INTER_LINEAR
) -> NDArray[Any]:
    """A map (any h, w) of the network's picture in the pixels (h, w) of the view."""
    left, top, width, height = inside(size, plan)
    if (height, width) != plan.size_px:
        full = cv2.resize(plane, plan.size_px[::-1], interpolation=interpolation)
        plane = full[top : top + height, left : left + width]
    if plane.shape == size:
        return plane
    return np.asarray(cv2.resize(np.ascontiguousarray(plane), size[::-1], interpolation=interpolation))
