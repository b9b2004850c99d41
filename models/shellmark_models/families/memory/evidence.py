"""From distances to one score: what a view's evidence is, and how goods' own evidence weighs it.

A view gives, for each backbone, its peak (the mean of the three highest cells), its highest share (the mean of the
highest 3 % of cells) and its whole (the distance of all its features' means and deviations to those of good views).
Each is taken as a logarithm, in deviations of what held-out goods show there; their weighted mean is the score.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from shellmark_models.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from shellmark_models.families.memory.eyes import Sight

PEAK_CELLS = 3
SHARE = 0.03
NEIGHBOURS = 2
MOST_WHOLES = 500
"""Good views whose statistics a model carries; more are thinned out at random."""
_PRIOR_CASES, _PRIOR_DEVIATION = 4, 0.1
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Wholes:
    """Statistics of good views (n, 2 c), and what brings them to one scale: ``mean`` and ``deviation`` (2 c,)."""

    rows: NDArray[np.float32]
    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]

    @classmethod
    def of(cls, rows: NDArray[np.float32]) -> Wholes:
        """Of the statistics of good views; a channel that hardly varies among them counts no more than others."""
        mean, deviation = rows.mean(0), rows.std(0) + 1e-3
        deviation = np.maximum(deviation, 0.2 * np.median(deviation))
        return cls((rows - mean) / deviation, mean, deviation)

    def distance(self, whole: NDArray[np.float32]) -> float:
        """Mean distance of a view's statistics to the nearest good views."""
        apart = self.rows - (whole - self.mean) / self.deviation
        squares = np.einsum("nc,nc->n", apart, apart)
        return float(np.sqrt(np.sort(squares)[:NEIGHBOURS]).mean())


@dataclass(frozen=True, slots=True)
class Judgement:
    """How evidence becomes a score.

    ``mean``, ``deviation`` and ``weight`` (e,) are of the logarithms of evidence; ``gain`` brings their mean back to
    the spread of one. ``levels`` (b,) bring each backbone's cells to one scale, ``limit`` is the map's own there.
    ``known_above`` is how much nearer than to goods a cell must be to a defect once missed (logarithm).
    """

    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]
    weight: NDArray[np.float32]
    gain: float
    levels: NDArray[np.float32]
    limit: float
    known_above: float

    def raw(self, evidence: NDArray[np.float64]) -> float:
        """The score of a view's evidence, not yet in units of its threshold; always above 0."""
        z = (evidence - self.mean) / self.deviation
        return float(np.exp(np.clip(self.gain * (self.weight @ z) / self.weight.sum(), -20, 20)))

    def cells(self, distances: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """One map (h/8, w/8) of those of all backbones, 1.0 at the map's limit."""
        return np.asarray(joined(distances, self.levels) / self.limit, np.float32)


def joined(distances: Sequence[NDArray[np.float32]], levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of all backbones' distances, each in units of its level."""
    parts = [d / level for d, level in zip(distances, levels, strict=True)]
    return np.asarray(np.mean(parts, axis=0), np.float32)


def peaks(cells: NDArray[np.float32], inside: NDArray[np.bool_]) -> tuple[float, float]:
    """The peak and the highest share of a map where it is looked at."""
    values = cells[inside]
    share = max(PEAK_CELLS, round(SHARE * values.size))
    highest = np.sort(np.partition(values, max(0, values.size - share))[-share:])
    return float(highest[-PEAK_CELLS:].mean()), float(highest.mean())


def local_evidence(distances: Sequence[NDArray[np.float32]], inside: NDArray[np.bool_]) -> list[float]:
    """Logarithms of peak and share of each backbone: all peaks, then all shares."""
    found = [peaks(d, inside) for d in distances]
    return [float(np.log(max(value, _TINY))) for kind in zip(*found, strict=True) for value in kind]


def whole_evidence(wholes: Sequence[Wholes], sight: Sight, backbones: tuple[str, ...]) -> list[float]:
    """Logarithms of how far the whole view is from good ones, by each backbone."""
    far = [w.distance(sight.whole[name]) for w, name in zip(wholes, backbones, strict=True)]
    return [float(np.log(max(value, _TINY))) for value in far]


def held_out_wholes(rows: NDArray[np.float32], case: NDArray[np.intp]) -> NDArray[np.float64]:
    """Logarithm of each good view's distance (n,) to the views of the other cases."""
    found = np.empty(len(rows))
    for one in np.unique(case):
        others = Wholes.of(thinned(rows[case != one]))
        for index in np.flatnonzero(case == one):
            found[index] = np.log(max(others.distance(rows[index]), _TINY))
    return found


def thinned(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """At most MOST_WHOLES of the rows."""
    if len(rows) <= MOST_WHOLES:
        return rows
    return rows[np.sort(np.random.default_rng(0).permutation(len(rows))[:MOST_WHOLES])]


def weigh(
    evidence: NDArray[np.float64], weights: tuple[float, float, float], levels: NDArray[np.float32], known_above: float
) -> Judgement:
    """The judgement that good views' held-out evidence (n, e) gives; few of them are drawn to a usual deviation."""
    mean = np.median(evidence, axis=0)
    squares = np.square(evidence - mean).sum(0) + _PRIOR_CASES * _PRIOR_DEVIATION**2
    deviation = np.sqrt(squares / (len(evidence) - 1 + _PRIOR_CASES))
    weight = np.repeat(np.array(weights, np.float32), evidence.shape[1] // 3)
    gain = float((weight * deviation).sum() / weight.sum())
    return Judgement(mean.astype(np.float32), deviation.astype(np.float32), weight, gain, levels, 1.0, known_above)


def to_text(judgement: Judgement, wholes: Sequence[Wholes]) -> str:
    """Both as text for a model's metadata."""
    arrays: dict[str, NDArray[Any]] = {f.name: np.asarray(getattr(judgement, f.name)) for f in fields(Judgement)}
    for index, whole in enumerate(wholes):
        arrays |= {f"whole{index}.{f.name}": getattr(whole, f.name) for f in fields(Wholes)}
        arrays[f"whole{index}.rows"] = whole.rows.astype(np.float16)
    with io.BytesIO() as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
        return base64.b64encode(file.getvalue()).decode()


def from_text(text: str, source: str) -> tuple[Judgement, list[Wholes]]:
    """Both back from text; raises BundleError."""
    try:
        with np.load(io.BytesIO(base64.b64decode(text)), allow_pickle=False) as file:
            arrays: Mapping[str, NDArray[Any]] = dict(file)
        numbers = {f.name: arrays[f.name] for f in fields(Judgement)}
        plain: dict[str, Any] = {name: float(v) if v.ndim == 0 else v for name, v in numbers.items()}
        wholes = [
            Wholes(*(arrays[f"whole{index}.{f.name}"].astype(np.float32) for f in fields(Wholes)))
            for index in range(len(numbers["levels"]))
        ]
        return Judgement(**plain), wholes
    except Exception as e:  # zip, base64 and NumPy each have errors of their own for a spoilt text
        raise BundleError(f"{source}: what it remembers of whole views is spoilt; teach the bundle again") from e
