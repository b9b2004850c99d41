"""Drift of one SKU: a track per quantity, fed by every record, and what is wrong with them.

Baselines that are whole are kept with the records; the averages are made anew at start from the last readings, of which
older ones no longer matter. A baseline rests on the calibration (the case score on the model): another one begins it
anew, as does a person.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from shellmark_calibration import Baseline, Grade, Track, control_limits, grade, memory
from shellmark_inspect.recipe import DriftSpec
from shellmark_inspect.records import KeptBaseline, Reading
from shellmark_inspect.station.quantities import (
    OF_THE_MODEL,
    UNITS,
    Kind,
    Quantity,
    amount_of,
    bounds_of,
    fresh_track,
    grade_of,
    limits_of,
    readings_of,
)
from shellmark_inspect.station.troubles import Trouble, TroubleCode
from shellmark_inspect.types import Versions

POINTS = 400
"""Points of a chart."""
_RANK = {Grade.LEARNING: 0, Grade.GOOD: 0, Grade.WARN: 1, Grade.BLOCK: 2}


@dataclass(frozen=True, slots=True)
class Chart:
    """One quantity over the last records, and where it may be.

    `rows`, `values` and `ewma` are (n,), oldest first, `ewma` NaN while the baseline is learnt (`learnt` of `needed`
    readings). `control` are the 3-sigma limits of the average, drawn and never acted on; `warn` and `block` low and
    high in the quantity's unit, None where there is none.
    """

    quantity: Quantity
    unit: str
    rows: NDArray[np.int64]
    values: NDArray[np.float64]
    ewma: NDArray[np.float64]
    baseline: Baseline | None
    learnt: int
    needed: int
    control: tuple[float, float] | None
    warn: tuple[float, float] | None
    block: tuple[float, float] | None
    grade: Grade


@dataclass
class _Line:
    """A quantity's track and the points of its chart."""

    track: Track
    points: deque[tuple[int, float, float]] = field(default_factory=lambda: deque(maxlen=POINTS))


class Monitor:
    """The tracks of one SKU under one calibration and model. `see` is called on one thread, the rest from any."""

    def __init__(self, sku: str, spec: DriftSpec, versions: Versions) -> None:
        self.sku = sku
        self.spec = spec
        self._versions = versions
        self._calibration = versions.calibration
        self._model = versions.model_digest
        self._limits = {kind: limits_of(kind, spec) for kind in Kind}
        self._lock = Lock()
        self._lines: dict[Quantity, _Line] = {}
        self._notes: dict[str, Quantity | None] = {}
        self._kept: dict[tuple[str, str], KeptBaseline] = {}
        self._unkept: list[KeptBaseline] = []

    @property
    def bases(self) -> tuple[str, str]:
        """What baselines may rest on."""
        return self._calibration, self._model

    @property
    def needs(self) -> int:
        """How many readings are read again at start."""
        return max(self.spec.readings, memory(self.spec.weight), memory(self.spec.alarm_weight), POINTS)

    def restore(self, kept: Iterable[KeptBaseline], readings: Iterable[Reading]) -> None:
        """Take up what the records hold: baselines, the newest of each, and readings, oldest first."""
        self._kept = {(one.view, one.name): one for one in kept if one.basis in self.bases}
        for reading in readings:
            self.see(reading)

    def anew(self) -> Monitor:
        """A monitor that knows nothing yet of the same SKU."""
        return Monitor(self.sku, self.spec, self._versions)

    def see(self, reading: Reading) -> None:
        """Add what a record says."""
        with self._lock:
            for quantity, value in readings_of(reading, self._notes):
                if math.isfinite(value) and self._counts(quantity, reading):
                    self._add(quantity, value, reading.row)

    def unkept(self) -> Sequence[KeptBaseline]:
        """Baselines that have become whole and are not yet in the records."""
        with self._lock:
            return tuple(self._unkept)

    def forget(self, kept: Sequence[KeptBaseline]) -> None:
        """Say that baselines are in the records."""
        with self._lock:
            self._unkept = [one for one in self._unkept if one not in kept]

    @property
    def is_fed(self) -> bool:
        """Whether any note of drift has been read."""
        return any(quantity.kind not in OF_THE_MODEL for quantity in self._lines)

    def quantities(self) -> tuple[Quantity, ...]:
        """What has been read so far."""
        with self._lock:
            return tuple(sorted(self._lines, key=lambda q: (q.view, q.subject, q.kind, q.name)))

    def chart(self, quantity: Quantity) -> Chart | None:
        """The chart of a quantity, None when it has not been read."""
        with self._lock:
            line = self._lines.get(quantity)
            if line is None:
                return None
            track, points = line.track, tuple(line.points)
        rows, values, ewma = zip(*points, strict=True) if points else ((), (), ())
        whole, limits = track.baseline, self._limits[quantity.kind]
        warn, block = (None if whole is None else bounds_of(quantity, whole, limit) for limit in limits)
        learns = quantity.kind is not Kind.ALARMS
        return Chart(
            quantity=quantity,
            unit=UNITS.get(quantity.kind, ""),
            rows=np.array(rows, np.int64),
            values=np.array(values, np.float64),
            ewma=np.array(ewma, np.float64),
            baseline=whole,
            learnt=len(track.first) if whole is None else whole.readings,
            needed=track.needed,
            control=control_limits(whole, track.weight) if whole is not None and learns else None,
            warn=warn,
            block=block,
            grade=grade_of(quantity, track, self.spec),
        )

    def troubles(self) -> tuple[Trouble, ...]:
        """What has drifted too far, worst first."""
        with self._lock:
            tracks = {quantity: line.track for quantity, line in self._lines.items()}
        found = [*self._single(tracks), *self._shifts(tracks)]
        found.sort(key=lambda one: (_RANK[one[0]], one[1]), reverse=True)
        return tuple(trouble for _, _, trouble in found)

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _counts(self, quantity: Quantity, reading: Reading) -> bool:
        """Whether a reading is of today's calibration (of today's model) and came after the baseline was made."""
        same = (
            reading.model_digest == self._model
            if quantity.kind in OF_THE_MODEL
            else reading.calibration == self._calibration
        )
        kept = self._kept.get((quantity.view, quantity.name))
        return same and (kept is None or reading.row > kept.row)

    def _add(self, quantity: Quantity, value: float, row: int) -> None:
        line = self._lines.get(quantity)
        if line is None:
            kept = self._kept.get((quantity.view, quantity.name))
            track = fresh_track(quantity, self.spec)
            if kept is not None:
                track = Track.on(Baseline(kept.middle, kept.spread, kept.readings), self.spec.weight)
            line = self._lines[quantity] = _Line(track)
        before, line.track = line.track, line.track.add(value)
        line.points.append((row, value, math.nan if line.track.average is None else line.track.average))
        if before.baseline is None and (whole := line.track.baseline) is not None:
            basis = self._model if quantity.kind in OF_THE_MODEL else self._calibration
            numbers = (whole.middle, whole.spread, whole.readings)
            self._unkept.append(KeptBaseline(basis, quantity.view, quantity.name, *numbers, row))

    def _single(self, tracks: Mapping[Quantity, Track]) -> Iterator[tuple[Grade, float, Trouble]]:
        for quantity, track in tracks.items():
            limits = self._limits[quantity.kind]
            amount = amount_of(quantity, track)
            found = grade(amount, *limits)
            if found is not Grade.GOOD and quantity.kind is not Kind.POSITION:
                yield found, abs(amount) / limits[0], _trouble(self.sku, quantity, amount, blocks=found is Grade.BLOCK)

    def _shifts(self, tracks: Mapping[Quantity, Track]) -> Iterator[tuple[Grade, float, Trouble]]:
        """A position is two quantities, x and y: how far both together are off."""
        sums: dict[tuple[str, str], float] = {}
        for quantity, track in tracks.items():
            if quantity.kind is Kind.POSITION:
                place = (quantity.view, quantity.subject)
                sums[place] = math.hypot(sums.get(place, 0.0), amount_of(quantity, track))
        warn, block = self._limits[Kind.POSITION]
        for (view, subject), mm in sums.items():
            found = grade(mm, warn, block)
            if _RANK[found]:
                code = TroubleCode.CAMERA_MOVED if subject == "tile" else TroubleCode.SHELLS_MOVED
                values: dict[str, str | float] = {"sku": self.sku, "view": view, "mm": mm}
                yield found, mm / warn, Trouble(code, "calibration", found is Grade.BLOCK, values)


_CODES: Mapping[Kind, TroubleCode] = {
    Kind.LIGHT: TroubleCode.LIGHT,
    Kind.SHARPNESS: TroubleCode.SHARPNESS,
    Kind.NOISE: TroubleCode.NOISE,
    Kind.TURN: TroubleCode.TURNED,
    Kind.SIZE: TroubleCode.SIZE,
    Kind.SCORE: TroubleCode.SCORE,
    Kind.ALARMS: TroubleCode.ALARMS,
}


def _trouble(sku: str, quantity: Quantity, amount: float, *, blocks: bool) -> Trouble:
    higher, lower = ("larger", "smaller") if quantity.kind is Kind.SIZE else ("brighter", "darker")
    values: dict[str, str | float] = {
        "sku": sku,
        "view": quantity.view,
        "light": quantity.light,
        "subject": quantity.subject,
        "percent": 100 * abs(amount),
        "direction": higher if amount > 0 else lower,
        "degrees": abs(amount),
        "sigmas": amount,
    }
    lamp = "calibration" if quantity.kind in {Kind.TURN, Kind.SIZE} else "light"
    return Trouble(_CODES[quantity.kind], lamp, blocks, values)
