"""Arrays kept in a temporary file while a family is taught, so that memory does not grow with the number of shells."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import DTypeLike, NDArray


class Shelf:
    """Arrays by the number they were put in as; the file vanishes with the shelf."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="shellmark-teach-")  # noqa: SIM115 - closed by __exit__
        self._places: list[tuple[int, tuple[int, ...], DTypeLike]] = []

    def put(self, array: NDArray[Any]) -> int:
        """Puts an array away and returns its number; raises OSError when the disk is full."""
        at = self._file.seek(0, 2)
        self._file.write(np.ascontiguousarray(array).tobytes())
        self._places.append((at, array.shape, array.dtype))
        return len(self._places) - 1

    def get(self, number: int) -> NDArray[Any]:
        """The array of that number, read-only."""
        at, shape, dtype = self._places[number]
        self._file.seek(at)
        count = int(np.prod(shape))
        return np.frombuffer(self._file.read(count * np.dtype(dtype).itemsize), dtype).reshape(shape)

    def __len__(self) -> int:
        return len(self._places)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
