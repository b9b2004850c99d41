"""Planes that a lens is taken out of: resampled once, when the first is asked for, through every map until then."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_calibration import Lens
from shellmark_inspect.planes import Pixels, Planes, in_bands
from shellmark_inspect.types import Mask, Matrix

CELL_PX = 8
"""The lens is worked out at every so many pixels and is straight in between: wrong by 1/100 px for a strong one."""
OUTSIDE = -1000.0
"""A pixel of the frame that there is not."""
TOGETHER = 4
"""Channels that are moved together: four cost hardly more than one (OpenCV has vector code for 1, 3 and 4)."""


class Straightened(Planes):
    """A frame's planes seen from elsewhere: `to_straight` (3x3) takes their pixels to the lens's straight ones.

    `size` is (h, w), `inside` (h, w) where the frame is seen, None for everywhere; elsewhere they are black. A step
    that moves pixels takes them `through` its map, which costs nothing and blurs nothing, while they are `pending`.
    """

    def __init__(self, frame: Mapping[str, Pixels], lens: Lens, to_straight: Matrix, size: tuple[int, int],
                 inside: Mask | None, flags: int) -> None:  # fmt: skip
        super().__init__(frame)
        self.pending = True
        self._moving = threading.Lock()
        self._lens, self._to_straight, self._size, self._inside, self._flags = lens, to_straight, size, inside, flags

    def __getitem__(self, name: str) -> Pixels:
        with self._moving:  # lights are worked out side by side
            if self.pending:
                self._pixels = self._moved(self._pixels, 1)
                self.pending = False
        return self._pixels[name]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self._size

    def foreseen(self, name: str, times: int) -> Pixels:
        """A plane averaged over squares of `times` pixels; while it is pending it stays so, and the frame is averaged.

        Nearly as `reduced` has it: what registration needs before it knows where to.
        """
        if not self.pending:
            return self.reduced(name, times)
        return self._moved({name: Planes(self._pixels).reduced(name, times)}, times)[name]

    def through(self, back: Matrix, size: tuple[int, int]) -> Straightened:
        """The same planes moved further; `back` (3x3, affine) takes the new pixels to these."""
        inside = self._inside
        if inside is not None:
            flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
            inside = cv2.warpAffine(inside.view(np.uint8), back[:2], size[::-1], flags=flags).view(np.bool_)
        return Straightened(self._pixels, self._lens, self._to_straight @ back, size, inside, self._flags)

    def _moved(self, frame: Mapping[str, Pixels], times: int) -> dict[str, Pixels]:
        h, w = self._size[0] // times, self._size[1] // times
        maps = self._maps(times, (h, w))
        outside = None if self._inside is None else ~self._inside[times // 2 :: times, times // 2 :: times][:h, :w]
        flags = self._flags if times == 1 else cv2.INTER_CUBIC  # small pixels are half as wide as what is looked for
        border = cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT
        out = {name: np.empty((h, w, *pixels.shape[2:]), np.uint8) for name, pixels in frame.items()}
        stacks = [(names, _stack([frame[name] for name in names])) for names in _together(frame)]

        def move(top: int, bottom: int) -> None:
            above, below = maps[top // CELL_PX], maps[top // CELL_PX + 1]
            share = np.arange(bottom - top, dtype=np.float32)[:, None, None] / CELL_PX
            at = (below - above)[None] * share
            at += above
            if outside is not None:
                at[outside[top:bottom]] = OUTSIDE
            whole, parts = cv2.convertMaps(at, None, cv2.CV_16SC2)  # type: ignore[call-overload]
            for names, stack in stacks:
                bands = [out[name][top:bottom] for name in names]
                alone = bands[0] if len(names) == 1 else None
                seen = cv2.remap(stack, whole, parts, flags, alone, borderMode=border)
                if alone is None:
                    cv2.split(seen, bands)

        in_bands(h, CELL_PX, move)
        return out

    def _maps(self, times: int, size: tuple[int, int]) -> NDArray[np.float32]:
        """The frame's pixels (rows, w, 2) of every CELL_PX-th row of a view made `times` smaller, one row beyond it."""
        h, w = size
        rows, columns = -(-h // CELL_PX) + 1, -(-w // CELL_PX) + 2
        to_view = np.array([[times, 0, (times - 1) / 2], [0, times, (times - 1) / 2], [0, 0, 1.0]])
        # a column's middle lies where OpenCV's resize has it, and one more is beyond either side
        of_cells = np.array([[CELL_PX, 0, -(CELL_PX + 1) / 2], [0, CELL_PX, 0], [0, 0, 1.0]])
        matrix = self._lens.matrix
        rays = np.linalg.inv(matrix) @ self._to_straight @ to_view @ of_cells
        # OpenCV takes any invertible matrix for the new camera: this one's rays go through the plane
        at, _ = cv2.initUndistortRectifyMap(
            matrix, self._lens.bends, np.eye(3), np.linalg.inv(rays), (columns, rows), cv2.CV_32FC2
        )
        wide = cv2.resize((at + 0.5) / times - 0.5, (columns * CELL_PX, rows), interpolation=cv2.INTER_LINEAR)
        return cast("NDArray[np.float32]", wide[:, CELL_PX : CELL_PX + w])


def _together(planes: Mapping[str, Pixels]) -> list[tuple[str, ...]]:
    """The planes' names as they are moved: grey ones four at a time, or three, the others alone."""
    grey = [name for name, pixels in planes.items() if pixels.ndim == 2]
    groups = [tuple(grey[i : i + TOGETHER]) for i in range(0, len(grey), TOGETHER)]
    whole = [group for group in groups if len(group) >= 3]
    return whole + [(name,) for name in planes if not any(name in group for group in whole)]


def _stack(planes: Sequence[Pixels]) -> NDArray[Any]:
    return planes[0] if len(planes) == 1 else cv2.merge(planes)
