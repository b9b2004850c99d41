"""A lens from sightings of a board: solved, its model chosen and its error told by pictures it had not seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from .board import Board
from .errors import BoardError
from .lens import Lens
from .poses import LEAST_TILT_DEG, doubts, most_tilt_deg, too_alike
from .sighting import Refusal, Sighting

Points = NDArray[np.float64]

LEAST_PICTURES = 3
LEAST_HELD_OUT = 4
MOST_FOLDS = 20
"""Up to so many pictures each is left out once; more are left out in so many groups."""
MODELS: Mapping[str, int] = MappingProxyType(
    {
        "k1": cv2.CALIB_FIX_K2 | cv2.CALIB_FIX_K3 | cv2.CALIB_ZERO_TANGENT_DIST,
        "k1 k2": cv2.CALIB_FIX_K3 | cv2.CALIB_ZERO_TANGENT_DIST,
        "k1 k2 p1 p2": cv2.CALIB_FIX_K3,
        "k1 k2 p1 p2 k3": 0,
    }
)
"""Which terms of Brown's distortion a model has, from the simplest; the others are zero."""
STURDY = "k1 k2"
"""The model pictures are compared by before any is trusted."""
SAME_SHARE = 0.01
"""A simpler model is taken when its held-out error is within this share of the best."""
OUTLYING, OUTLYING_PX = 2.0, 0.1
"""A picture does not belong to the others when its error is this many times theirs, and this many pixels."""
BLURRED, BLURRED_PX = 2.0, 3.5
"""A picture is blurred when its edges take this many times as long as the others', and this many pixels."""
_TRIES, _TRIED = 20, 4
_UNTIL = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 50, 1e-7)


@dataclass(frozen=True, slots=True)
class SolvedView:
    """A picture the lens was solved from.

    `residuals_px` (n, 2) is the corner found minus the corner computed, with the lens of all pictures; `held_out_px`
    the root mean square with a lens that had not seen this picture, None when none was held out; `turn` and
    `shift_mm` the board's pose before the camera.
    """

    sighting: Sighting
    residuals_px: Points
    held_out_px: float | None
    turn: Points
    shift_mm: Points

    @property
    def rms_px(self) -> float:
        """Root mean square distance of the corners."""
        return _rms(self.residuals_px)


@dataclass(frozen=True, slots=True)
class Solution:
    """A lens with all there is to say of it.

    `model` names the distortion's terms, `held_out` the error of each model on pictures it had not seen; `focal_sd_px`
    the standard deviation of the focal length; `refused` the pictures that were left out on the way; `warnings` what
    the pictures leave open.
    """

    lens: Lens
    size_px: tuple[int, int]
    views: tuple[SolvedView, ...]
    model: str
    held_out: Mapping[str, float]
    focal_sd_px: float
    tilt_deg: float
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Fit:
    matrix: NDArray[np.float64]
    bends: NDArray[np.float64]
    rms_px: float
    turns: tuple[Points, ...]
    shifts: tuple[Points, ...]
    focal_sd_px: float = 0.0


def solve(board: Board, sightings: Sequence[Sighting]) -> Solution:
    """The lens that the sightings show.

    Pictures too alike another, and pictures that do not fit the lens the others agree on, are refused with their
    reason. The model is the simplest of `MODELS` whose held-out error is within a hundredth of the best: each picture
    (or each of twenty groups) is left out once, the lens solved from the others, the left-out board's pose fitted by
    `solvePnP`, and the root mean square taken over all left-out corners.

    Raises:
        BoardError: the pictures differ in size, or too few or too similar ones are left.
    """
    if len({one.size_px for one in sightings}) > 1:
        raise BoardError("the pictures differ in size: use those of one camera at one resolution")
    sharp, blurred = _sharp(sightings)
    kept, refused = _apart(sharp)
    refused = [*blurred, *refused]
    _check_enough(kept, refused)
    kept, strangers = _consistent(board, kept)
    refused += strangers
    _check_enough(kept, refused)
    errors = {model: _held_out(board, kept, model) for model in MODELS} if len(kept) >= LEAST_HELD_OUT else {}
    totals = {model: _joint(of_each, kept) for model, of_each in errors.items()}
    model = _chosen(totals)
    fit = _fit(board, kept, model)
    tilt = most_tilt_deg(fit.turns)
    if tilt < LEAST_TILT_DEG:
        raise BoardError(f"poses too similar: the board was tilted by {tilt:.1f} deg at most, {LEAST_TILT_DEG:g} "
                         "are needed to know the focal length: tilt it by 20 to 30 deg to each side")  # fmt: skip
    lens = _lens(fit, totals.get(model))
    views = tuple(_view(board, one, lens, fit, i, errors.get(model)) for i, one in enumerate(kept))
    size = kept[0].size_px
    warnings = tuple(doubts(kept, size, tilt))
    return Solution(lens, size, views, model, MappingProxyType(totals), fit.focal_sd_px, tilt, tuple(refused), warnings)


def _check_enough(kept: Sequence[Sighting], refused: Sequence[Refusal]) -> None:
    if len(kept) < LEAST_PICTURES:
        why = f" ({'; '.join(f'{one.name}: {one.reason}' for one in refused)})" if refused else ""
        raise BoardError(f"too few pictures: {len(kept)} can be used, {LEAST_PICTURES} are the least and ten are good"
                         f"{why}: take more, the board tilted and in every part of the frame")  # fmt: skip


def _sharp(sightings: Sequence[Sighting]) -> tuple[list[Sighting], list[Refusal]]:
    usual = float(np.median([one.edge_px for one in sightings])) if sightings else 0.0
    limit = max(BLURRED * usual, BLURRED_PX)
    refused = [
        Refusal(
            one.name, f"blurred: an edge takes {one.edge_px:.1f} px, in the other pictures {usual:.1f}: take it anew"
        )
        for one in sightings
        if one.edge_px > limit
    ]
    return [one for one in sightings if one.edge_px <= limit], refused


def _apart(sightings: Iterable[Sighting]) -> tuple[list[Sighting], list[Refusal]]:
    kept: list[Sighting] = []
    refused: list[Refusal] = []
    for one in sightings:
        if refusal := too_alike(one, kept):
            refused.append(refusal)
        else:
            kept.append(one)
    return kept, refused


def _consistent(board: Board, sightings: list[Sighting]) -> tuple[list[Sighting], list[Refusal]]:
    """The pictures that agree on one lens, and the others with their reason.

    Lenses are solved from a few pictures drawn at random (the same ones every time), the one that half of all pictures
    fit best is kept (least median of squares: Rousseeuw 1984), then solved anew from all that fit it.
    """
    if len(sightings) <= _TRIED:
        return sightings, []
    random = np.random.default_rng(0)
    draws = [random.choice(len(sightings), _TRIED, replace=False) for _ in range(_TRIES)]
    tried = [errors for draw in draws if (errors := _tried(board, sightings, draw)) is not None]
    if not tried:
        raise BoardError(f"no lens fits these {len(sightings)} pictures: take them anew, tilted and sharp")
    best = min(tried, key=lambda errors: float(np.median(errors)))
    fits = best <= max(OUTLYING * float(np.median(best)), OUTLYING_PX)
    for _ in range(3):
        fit = _fit(board, [one for one, good in zip(sightings, fits, strict=True) if good], STURDY)
        again = _errors(board, sightings, fit)
        limit = max(OUTLYING * float(np.median(again[fits])), OUTLYING_PX)
        if np.array_equal(fits, again <= limit):
            break
        fits = again <= limit
    usual = float(np.median(again[fits]))
    refused = [_stranger(board, one, fit, usual, limit)
               for one, good in zip(sightings, fits, strict=True) if not good]  # fmt: skip
    return [one for one, good in zip(sightings, fits, strict=True) if good], refused


def _tried(board: Board, sightings: Sequence[Sighting], draw: NDArray[np.int64]) -> Points | None:
    """The errors of all pictures under the lens of a few; None when those few have none in common."""
    try:
        return _errors(board, sightings, _fit(board, [sightings[i] for i in draw], STURDY))
    except BoardError:
        return None


def _stranger(board: Board, one: Sighting, fit: _Fit, usual: float, limit: float) -> Refusal:
    """Why a picture does not belong to the others."""
    residuals = _residuals_by_pose(board, one, fit)
    error = _rms(residuals)
    mirrored = one.corners_px * [-1, 1] + [one.size_px[0] - 1, 0]
    if _rms(_residuals_by_pose(board, one, fit, mirrored)) <= limit:
        return Refusal(one.name, "mirrored: it fits the others' lens only when it is flipped")
    off = np.linalg.norm(residuals, axis=1)
    worst = np.argsort(off)[: -max(1, len(off) // 10)]
    if _rms(_residuals_by_pose(board, one, fit, some=worst)) <= limit:
        return Refusal(one.name, f"some corners are up to {off.max():.1f} px off: partly hidden, or a highlight on it")
    return Refusal(one.name, f"its corners are {error:.2f} px off the lens the others agree on ({usual:.2f} px): "
                             "another camera, zoom or focus, or a board that is bent or not this one")  # fmt: skip


def _fit(board: Board, sightings: Sequence[Sighting], model: str, guess: _Fit | None = None) -> _Fit:
    points = [board.points_mm[one.ids].astype(np.float32) for one in sightings]
    corners = [one.corners_px.astype(np.float32) for one in sightings]
    flags = MODELS[model]
    matrix, bends = np.eye(3), np.zeros(5)
    if guess is not None:
        flags |= cv2.CALIB_USE_INTRINSIC_GUESS
        matrix, bends = guess.matrix.copy(), guess.bends.copy()
    try:
        found = cv2.calibrateCameraExtended(
            points, corners, sightings[0].size_px, matrix, bends, flags=flags, criteria=_UNTIL
        )
    except cv2.error as e:
        raise BoardError(f"no lens fits these {len(sightings)} pictures: take them anew, tilted and sharp") from e
    rms, found_matrix, found_bends, turns, shifts, deviations = found[:6]
    matrix, bends = np.asarray(found_matrix, np.float64), np.asarray(found_bends, np.float64).ravel()[:5]
    if not (np.isfinite(matrix).all() and np.isfinite(bends).all()):
        raise BoardError(f"no lens fits these {len(sightings)} pictures: take them anew, tilted and sharp")
    return _Fit(
        matrix,
        bends,
        float(rms),
        tuple(np.asarray(one, np.float64).ravel() for one in turns),
        tuple(np.asarray(one, np.float64).ravel() for one in shifts),
        float(np.asarray(deviations).ravel()[0]),
    )


def _residuals_by_pose(
    board: Board, one: Sighting, fit: _Fit, corners: Points | None = None, some: NDArray[np.int64] | None = None
) -> Points:
    """Corners found minus corners computed, for a picture whose pose is fitted to it under a given lens."""
    corners = one.corners_px if corners is None else corners
    points = board.points_mm[one.ids]
    if some is not None:
        corners, points = corners[some], points[some]
    _, turn, shift = cv2.solvePnP(points, corners, fit.matrix, fit.bends)
    return corners - _projected(points, turn, shift, fit.matrix, fit.bends)


def _projected(points: Points, turn: object, shift: object, matrix: Points, bends: Points) -> Points:
    found, _ = cv2.projectPoints(points, turn, shift, matrix, bends)  # type: ignore[call-overload]
    return np.asarray(found, np.float64).reshape(-1, 2)


def _errors(board: Board, sightings: Sequence[Sighting], fit: _Fit) -> Points:
    return np.array([_rms(_residuals_by_pose(board, one, fit)) for one in sightings])


def _held_out(board: Board, sightings: Sequence[Sighting], model: str) -> list[float]:
    """The error of each picture under a lens solved without it."""
    whole = _fit(board, sightings, model)
    groups = np.arange(len(sightings)) % min(len(sightings), MOST_FOLDS)
    errors = np.zeros(len(sightings))
    for group in np.unique(groups):
        rest = [one for one, its in zip(sightings, groups, strict=True) if its != group]
        fit = _fit(board, rest, model, guess=whole)
        for i in np.flatnonzero(groups == group):
            errors[i] = _rms(_residuals_by_pose(board, sightings[int(i)], fit))
    return [float(error) for error in errors]


def _joint(errors: Sequence[float], sightings: Sequence[Sighting]) -> float:
    """The root mean square over all corners, from that of each picture."""
    counts = np.array([len(one.ids) for one in sightings])
    return float(np.sqrt((np.square(errors) * counts).sum() / counts.sum()))


def _chosen(totals: Mapping[str, float]) -> str:
    if not totals:
        return STURDY
    best = min(totals.values())
    return next(model for model in MODELS if totals[model] <= best * (1 + SAME_SHARE))


def _lens(fit: _Fit, held_out: float | None) -> Lens:
    m = fit.matrix
    k1, k2, p1, p2, k3 = (float(one) for one in fit.bends)
    try:
        return Lens(
            focal_px=(float(m[0, 0]), float(m[1, 1])),
            middle_px=(float(m[0, 2]), float(m[1, 2])),
            distortion=(k1, k2, p1, p2, k3),
            rms_px=fit.rms_px,
            held_out_px=held_out,
        )
    except ValidationError as e:
        raise BoardError("the pictures solve to no lens that can be: tilt the board by 20 to 30 degrees to each "
                         "side and bring it into every part of the frame") from e  # fmt: skip


def _view(board: Board, one: Sighting, lens: Lens, fit: _Fit, i: int, held_out: Sequence[float] | None) -> SolvedView:
    turn, shift = fit.turns[i], fit.shifts[i]
    residuals = one.corners_px - _projected(board.points_mm[one.ids], turn, shift, lens.matrix, lens.bends)
    return SolvedView(one, residuals, None if held_out is None else held_out[i], turn, shift)


def _rms(residuals: Points) -> float:
    return float(np.sqrt((residuals**2).sum(1).mean()))
