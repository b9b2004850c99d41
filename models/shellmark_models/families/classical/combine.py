"""Many measures, one score: each in units of what goods reach in it, and the highest of them counts.

What goods reach in a measure is taken, for every good shell, from all the others; so a good shell's score is that of a
shell the model has not seen in any respect, and the threshold pays for one measure, not for as many as there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FAR = 2.0
"""Deviations of the logarithms of goods' highest values above their mean at which measures are brought together: a
measure in which goods stray far is trusted less."""
LEAST = 0.1
MOST_LIFT = 3.0
CLEAR = 1.1


@dataclass(frozen=True, slots=True)
class Scales:
    """By what each measure is divided (m,), and each good shell's score (n,) by scales of all the others."""

    each: Floats
    scores: Floats


def combine(highest: Floats, lift: Floats) -> Scales:
    """Scales of measures from the highest value of each good shell (n, m); ``lift`` (m,) is what one counts more."""
    logs = np.log(np.maximum(highest, LEAST))
    each = np.exp(_far(logs)) / lift
    scores = [float((np.exp(row - _far(np.delete(logs, i, axis=0))) * lift).max()) for i, row in enumerate(logs)]
    return Scales(each.astype(np.float32), np.array(scores, np.float32))


def _far(logs: Floats) -> Floats:
    return np.asarray(logs.mean(axis=0) + FAR * logs.std(axis=0, ddof=1), np.float32)


def lifted(lift: Floats, scores: Floats) -> Floats:
    """The lift (m,) with which a defect that scores so (m,), 1.0 being the threshold, is found.

    The measure that shows it best counts as much more as it lacks, at most three times.
    """
    best = int(np.argmax(scores))
    if scores[best] >= CLEAR:
        return lift
    more = lift.copy()
    more[best] *= min(CLEAR / max(float(scores[best]), 1e-6), MOST_LIFT)
    return more
