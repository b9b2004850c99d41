"""Curves over all pixels of many cases in bounded memory: a fine fixed histogram of the score, exact where it matters.

A bin is an octave's 4096th, from 2^-16 to 2^16 (1.0 is the decision threshold), so that any scale of scores is resolved
to 0.02 %. Bins whose pixels all have one value are a tie and counted as one; in all others the kinds are taken to be
mixed evenly, which is wrong by less than 1e-4 against sorting every pixel.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy import ndimage

from shellmark_models.errors import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_MANTISSA = 12
_LOW_BITS = 23 - _MANTISSA
_LOWEST, _HIGHEST = np.float32(2.0**-16), np.float32(2.0**16)
_FIRST = int(_LOWEST.view(np.uint32)) >> _LOW_BITS
BINS = ((int(_HIGHEST.view(np.uint32)) >> _LOW_BITS) - _FIRST) + 2
"""Bin 0 is below 2^-16 (nought as well), the last is 2^16 and above."""
_MIXED = 0xFFFF
_NONE = 0xFFFE
_EIGHT = np.ones((3, 3), np.int8)
FPR_LIMIT = 0.3
"""How far the per-region overlap is integrated (Bergmann et al., IJCV 129, 2021)."""

_KINDS = ("<u4", "<u4", "<u4", "<f8", "<u2")
_STRIPE_PX = 1 << 20
"""Pixels counted at a time, so that a view of 20 MP takes no memory worth naming."""


def bin_of(scores: NDArray[np.float32]) -> NDArray[np.intp]:
    """The bin of each score; a score's order is its bin's order."""
    bits = np.minimum(np.ascontiguousarray(scores, np.float32), _HIGHEST).view(np.uint32) >> _LOW_BITS
    return np.maximum(bits.astype(np.int64) - _FIRST + 1, 0).astype(np.intp)


def bin_floor(index: NDArray[np.intp] | int) -> NDArray[np.float32]:
    """The least score of a bin."""
    bits = (np.asarray(index, np.uint32) + np.uint32(_FIRST - 1)) << np.uint32(_LOW_BITS)
    return np.where(np.asarray(index) > 0, bits.view(np.float32), np.float32(0))


@dataclass(frozen=True, slots=True)
class PixelCounts:
    """What one case gives to the curves: per occupied bin its pixels and its share of the defect regions.

    ``bins`` ascending; ``good`` and ``bad`` pixels in each; ``regions`` the sum over the case's regions of the share of
    the region's pixels that lie in the bin; ``low`` the value's remaining bits, 0xFFFF where a bin holds several
    values; ``region_count`` how many regions there are.
    """

    bins: NDArray[np.uint32]
    good: NDArray[np.uint32]
    bad: NDArray[np.uint32]
    regions: NDArray[np.float64]
    low: NDArray[np.uint16]
    region_count: int

    def to_bytes(self) -> bytes:
        """Small bytes for a file."""
        head = np.array([len(self.bins), self.region_count], "<u4").tobytes()
        columns = (self.bins, self.good, self.bad, self.regions, self.low)
        body = b"".join(np.ascontiguousarray(c, k).tobytes() for c, k in zip(columns, _KINDS, strict=True))
        return zlib.compress(head + body, 1)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What ``to_bytes`` gave. Raises EvaluationError when the bytes are no such thing."""
        try:
            raw = zlib.decompress(data)
            n, regions = (int(v) for v in np.frombuffer(raw, "<u4", 2))
            starts = np.concatenate([[8], 8 + n * np.cumsum([np.dtype(kind).itemsize for kind in _KINDS])])
            columns = [np.frombuffer(raw, kind, n, int(at)) for kind, at in zip(_KINDS, starts[:-1], strict=True)]
        except (zlib.error, ValueError) as e:
            raise EvaluationError(f"pixel counts: damaged ({e}); judge that case again") from e
        bins, good, bad, shares, low = columns
        return cls(bins, good, bad, shares, low, regions)


def count_pixels(
    anomaly: NDArray[np.float32], truth: NDArray[np.bool_] | None, judged: NDArray[np.bool_] | None = None
) -> PixelCounts:
    """Count one view: ``truth`` is true on defects (None: it has none), ``judged`` where the model looked (None: all).

    A region is what hangs together by sides or corners; what lies outside ``judged`` belongs to neither kind. Raises
    EvaluationError when shapes differ or a score is not a number.
    """
    for name, mask in (("truth", truth), ("judged", judged)):
        if mask is not None and mask.shape != anomaly.shape:
            raise EvaluationError(f"{name}: {mask.shape}, but the map is {anomaly.shape}")
    regions = _Regions(truth, judged)
    good, bad, shares = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64), np.zeros(BINS)
    common = np.full(BINS, _NONE, np.uint16)
    rows = max(1, _STRIPE_PX // anomaly.shape[1])
    for top in range(0, len(anomaly), rows):
        part = slice(top, top + rows)
        scores = anomaly[part] if judged is None else anomaly[part][judged[part]]
        if not np.isfinite(scores).all():
            raise EvaluationError("the map has scores that are no numbers")
        index = bin_of(scores).ravel()
        weights = regions.weights(part)
        if weights is None:
            good += np.bincount(index, minlength=BINS)
        else:
            good += np.bincount(index[weights == 0], minlength=BINS)
            bad += np.bincount(index[weights > 0], minlength=BINS)
            shares += np.bincount(index, weights, minlength=BINS)
        _note_low_bits(common, scores.ravel(), index)
    used = np.flatnonzero(good + bad)
    counts = (good[used].astype(np.uint32), bad[used].astype(np.uint32))
    return PixelCounts(used.astype(np.uint32), *counts, shares[used], common[used], regions.count)


class _Regions:
    """The defect regions of a view: per pixel 1 / the area of its region, 0 where it is good."""

    def __init__(self, truth: NDArray[np.bool_] | None, judged: NDArray[np.bool_] | None) -> None:
        bad = truth if truth is None or judged is None else truth & judged
        self._labels, self.count, self._judged = None, 0, judged
        if bad is not None and bad.any():
            self._labels, self.count = ndimage.label(bad, _EIGHT)
            areas = np.bincount(self._labels.ravel())
            self._share = np.concatenate([[0.0], 1 / areas[1:]])

    def weights(self, part: slice) -> NDArray[np.float64] | None:
        """The weights of the judged pixels of some rows; None when the view has no defect at all."""
        if self._labels is None:
            return None
        labels = self._labels[part]
        return np.asarray(self._share[labels.ravel() if self._judged is None else labels[self._judged[part]]])


def _note_low_bits(common: NDArray[np.uint16], scores: NDArray[np.float32], index: NDArray[np.intp]) -> None:
    """Keep in ``common``, per bin, the bits below the bin's own while all its scores share them, else ``_MIXED``."""
    bits = (np.ascontiguousarray(scores, np.float32).view(np.uint32) & ((1 << _LOW_BITS) - 1)).astype(np.uint16)
    bits[(index == 0) & (scores > 0)] = 1
    before = common[index]
    common[index] = np.where(before == _NONE, bits, before)
    common[index[common[index] != bits]] = _MIXED


class PixelCurves:
    """Adds the counts of many cases up, in any number, within a few megabytes."""

    def __init__(self) -> None:
        self._good = np.zeros(BINS, np.int64)
        self._bad = np.zeros(BINS, np.int64)
        self._shares = np.zeros(BINS)
        self._low = np.zeros(BINS, np.uint16)
        self._regions = 0

    def add(self, counts: PixelCounts) -> None:
        """Add one case; sums are the same to the last digit when cases come in the same order."""
        at = counts.bins.astype(np.intp)
        new = (self._good[at] + self._bad[at]) == 0
        self._low[at] = np.where(new | (self._low[at] == counts.low), counts.low, _MIXED).astype(np.uint16)
        self._good[at] += counts.good
        self._bad[at] += counts.bad
        self._shares[at] += counts.regions
        self._regions += counts.region_count

    @property
    def good_pixels(self) -> int:
        """How many good pixels were added."""
        return int(self._good.sum())

    @property
    def bad_pixels(self) -> int:
        """How many defect pixels were added."""
        return int(self._bad.sum())

    @property
    def regions(self) -> int:
        """How many defect regions were added."""
        return self._regions

    def _need_both(self) -> None:
        if not self.good_pixels or not self.bad_pixels:
            raise EvaluationError(
                f"pixel curve: needs good and defect pixels, got {self.good_pixels} and {self.bad_pixels}"
            )

    def auroc(self) -> float:
        """The chance that a defect pixel scores above a good one, ties counting half. Raises EvaluationError."""
        self._need_both()
        below = np.cumsum(self._good) - self._good / 2
        return float((self._bad * below).sum() / (self.bad_pixels * self.good_pixels))

    def rows(self) -> Callable[[PixelCounts], tuple[float, float, float, float]]:
        """What gives a case's row of the table that ``clustered_area`` takes; after all cases have been added."""
        self._need_both()
        below = (np.cumsum(self._good) - self._good / 2) / self.good_pixels
        above = 1 - (np.cumsum(self._bad) - self._bad / 2) / self.bad_pixels

        def row(counts: PixelCounts) -> tuple[float, float, float, float]:
            at = counts.bins.astype(np.intp)
            bad, good = counts.bad.astype(np.float64), counts.good.astype(np.float64)
            return float(bad @ below[at]), float(good @ above[at]), float(bad.sum()), float(good.sum())

        return row

    def average_precision(self) -> float:
        """As ``metrics.average_precision``, over pixels. Raises EvaluationError."""
        self._need_both()
        used = np.flatnonzero(self._good + self._bad)[::-1]
        bad, both = self._bad[used].astype(float), (self._good + self._bad)[used].astype(float)
        hits, stopped = np.cumsum(bad), np.cumsum(both)
        step = hits / stopped
        # Mixed evenly, the k-th defect pixel of a bin has n k / (p + 1) of its n good ones before it; the sum over k is
        # taken as an integral from its middle to the next one's.
        before, pace = hits - bad, 1 + (both - bad) / (bad + 1)
        start = stopped - both + pace / 2
        total = bad / pace + (before + 0.5 - start / pace) / pace * np.log1p(pace * bad / start)
        mean = np.divide(total, bad, out=np.zeros_like(total), where=bad > 0)
        precision = np.where(self._low[used] == _MIXED, mean, step)
        return float((bad * precision).sum() / hits[-1])

    def aupro(self, limit: float = FPR_LIMIT) -> float:
        """The mean share of a region that is found, over false-positive rates up to ``limit``, as a share of it.

        Bergmann et al., IJCV 129 (2021): regions count alike whatever their size. Raises EvaluationError.
        """
        self._need_both()
        false = np.concatenate([[0.0], np.cumsum(self._good[::-1]) / self.good_pixels])
        found = np.concatenate([[0.0], np.cumsum(self._shares[::-1]) / self._regions])
        end = int(np.searchsorted(false, limit, side="right"))
        at_limit = np.interp(limit, false[end - 1 : end + 1], found[end - 1 : end + 1])
        x, y = np.append(false[:end], limit), np.append(found[:end], at_limit)
        return float(np.trapezoid(y, x) / limit)

    def at(self, score: float = 1.0) -> tuple[float, float]:
        """The share of defect pixels and of good pixels at or above a score. Raises EvaluationError."""
        self._need_both()
        first = int(bin_of(np.array([score], np.float32))[0])
        return float(self._bad[first:].sum() / self.bad_pixels), float(self._good[first:].sum() / self.good_pixels)

    def roc(self, points: int = 200) -> list[tuple[float, float]]:
        """Some points (false-positive rate, true-positive rate) of the curve, for a picture. Raises EvaluationError."""
        self._need_both()
        false = np.concatenate([[0.0], np.cumsum(self._good[::-1]) / self.good_pixels])
        found = np.concatenate([[0.0], np.cumsum(self._bad[::-1]) / self.bad_pixels])
        return thinned(false, found, points)


def thinned(x: NDArray[np.float64], y: NDArray[np.float64], points: int) -> list[tuple[float, float]]:
    """About ``points`` points of a rising curve, evenly along its length."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    wanted = np.searchsorted(way, np.linspace(0, way[-1], points))
    keep = np.unique(np.clip(wanted, 0, len(x) - 1))
    return [(float(x[i]), float(y[i])) for i in keep]
