"""Normals and albedo from one object under several lights, robust to shadow and highlight.

A pixel's light is albedo * max(0, normal · light). Each pixel is solved by weighted least squares over its lights
(Woodham 1980), the weights found again from what is left over (Cauchy's function, squared): a highlight or a shadow
cast by something weighs little, a pixel in its own shadow nothing. What the lights give away of themselves, being wrong
in the same way all over the object, is put right between two rounds (`_refined`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .errors import LightError
from .lights import Lights

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

ROUNDS = 10
SATURATED = 250.0
SHADOW = 0.08
"""A level, as a share of the albedo, below which a light counts as shadowed; it counts fully from 0.1 above."""
BRIGHT, LEAST_DARK = 0.4, 4
"""The share of a pixel's lights, its brightest, that the first round leaves out; at least so many of the rest stay."""
FAINT = 0.1
"""Pixels whose albedo is below this share of the object's bright ones (its 95th percentile) do not count as object."""
LEAST_REST, REST = 0.015, 4.0
"""The scale of the weights: this many deviations (median) of what is left over, as a share of the albedo."""
OFF_INTENSITY, KNOWN_INTENSITY, OFF_DIRECTION = 0.05, 0.02, 0.035
"""How far a light may well be from what was said: its intensity (not given, given) and its direction (2 degrees)."""
EVIDENCE = 30.0
"""As many independent pixels the whole object counts for against that: what is left over is alike in neighbours."""
SAMPLE = 2000
STRIP = 1 << 16
SCALED_BY = 1 << 14
"""As many pixels as tell what is usually left over."""


@dataclass(frozen=True, slots=True)
class Surface:
    """What a stack says of a surface; arrays are float32 and 0 outside the mask.

    `normals` (h, w, 3) of length 1, x right, y up, z to the camera; `albedo` (h, w) in grey levels of a light of
    intensity 1; `rest` (h, w) the median over the lights of what is left over, as a share of the albedo. Per light:
    `rests` the median of that over the object, `shadowed` and `highlit` the shares of it that were set aside as too
    dark or too bright, `vectors` (n, 3) direction times intensity as used.
    """

    normals: Floats
    albedo: Floats
    rest: Floats
    rests: tuple[float, ...]
    shadowed: tuple[float, ...]
    highlit: tuple[float, ...]
    vectors: Doubles


def surface(stack: NDArray[np.generic], lights: Lights, mask: NDArray[np.bool_], *, refine: bool = True) -> Surface:
    """Normals and albedo of a stack (n, h, w), linear in light, 0..255; `mask` (h, w) says where the object is.

    `refine` lets the lights' intensities and directions be put right from the object itself; a flat object says
    nothing of them and leaves them.

    Raises:
        LightError: the mask is empty, or there is nothing but darkness in it.
    """
    if not mask.any():
        raise LightError("the mask is empty: give one that is white where the object is, or none")
    levels = np.ascontiguousarray(stack[:, mask].T, dtype=np.float32)
    if float(levels.max()) < 5:
        raise LightError("every frame is black where the object is: lengthen the exposure, or check the lamps")
    vectors = lights.directions * lights.intensities[:, None]
    if refine and len(lights.names) > 4:
        every = max(1, len(levels) // SAMPLE)
        vectors = _refined(levels[::every], vectors, KNOWN_INTENSITY if lights.measured else OFF_INTENSITY)
    parts = [solved(levels[at : at + STRIP], vectors) for at in range(0, len(levels), STRIP)]
    scaled, rests, weights = (np.concatenate([part[i] for part in parts]) for i in range(3))
    return _laid_out(mask, levels, vectors, scaled, rests, weights)


def solved(
    levels: Floats, vectors: Doubles, rounds: int = ROUNDS, scales: Sequence[float] | None = None
) -> tuple[Floats, Floats, Floats]:
    """Scaled normals (p, 3), what is left over (p, n) as a share of the albedo, and weights (p, n) of levels (p, n).

    `scales` are what is usually left over in each round but the last (`scales_of`), None to tell it from these pixels.
    """
    # a light's pixels side by side: sums over few lights are slow along a row
    lights, v = np.ascontiguousarray(levels.T), vectors.astype(np.float32)
    weights = _first_weights(lights)
    for turn in range(rounds):
        scaled = least_squares(lights, weights, v)
        albedo = np.sqrt(np.einsum("ip,ip->p", scaled, scaled)) + np.float32(1e-6)
        shares = lights / albedo
        rests = shares - np.maximum(v @ scaled, 0) / albedo
        if turn < rounds - 1:
            scale = _scale(shares, rests, albedo) if scales is None else scales[turn]
            weights = _weights(lights, shares, rests, scale)
    return scaled.T, rests.T, weights.T


def scales_of(levels: Floats, vectors: Doubles, rounds: int) -> list[float]:
    """What is left over in each round but the last of a surface, by some of its pixels (p, n): for `solved`."""
    some, scales = levels[:: max(1, len(levels) // SCALED_BY)], list[float]()
    for turn in range(1, rounds):
        scaled, rests, _ = solved(some, vectors, turn, scales)
        albedo = np.linalg.norm(scaled, axis=1) + np.float32(1e-6)
        scales.append(_scale(some.T / albedo, rests.T, albedo))
    return scales


def _first_weights(lights: Floats) -> Floats:
    """1 for the darker of a pixel's lights (n, p) that are neither shadow nor saturated: gloss only ever brightens."""
    n = len(lights)
    if n <= LEAST_DARK:  # every one of so few counts, and the third brightest is soon found
        lit = (lights > np.float32(3 * SHADOW) * _third(lights)) & (lights < np.float32(SATURATED))
        return np.asarray(lit + np.float32(1e-3), np.float32)
    ranked = np.sort(lights, axis=0)
    lit = (lights > np.float32(3 * SHADOW) * ranked[n - 3]) & (lights < np.float32(SATURATED))
    count = lit.sum(axis=0)
    dark = (n - 1 - np.maximum(np.minimum(BRIGHT * count, count - LEAST_DARK), 0)).astype(np.intp)
    lit &= lights <= np.take_along_axis(ranked, dark[None], axis=0)
    return np.asarray(lit + np.float32(1e-3), np.float32)


def _third(lights: Floats) -> Floats:
    """The third brightest of lights (n, p) at each pixel."""
    brightest: list[Floats] = [np.full_like(lights[0], -1) for _ in range(3)]
    for light in lights:
        rest = light
        for i, one in enumerate(brightest):
            brightest[i], rest = np.maximum(one, rest), np.minimum(one, rest)
    return brightest[2]


def _scale(shares: Floats, rests: Floats, albedo: Floats) -> float:
    every = max(1, shares.shape[1] // SCALED_BY)
    shares, rests, albedo = shares[:, ::every], rests[:, ::every], albedo[::every]
    # what stands black behind the object must not set the scale
    lit = (shares > SHADOW + 0.1) & (albedo > FAINT * np.percentile(albedo, 95))
    return max(LEAST_REST, REST * 1.4826 * float(np.median(np.abs(rests[lit])))) if lit.any() else 1.0


def _weights(lights: Floats, shares: Floats, rests: Floats, scale: float) -> Floats:
    weights = rests * np.float32(1 / scale)
    weights *= weights
    weights += 1
    weights *= weights
    # the brighter, the more of it may be gloss
    weights *= np.sqrt(np.clip(shares, np.float32(0.1), np.float32(2)))
    np.reciprocal(weights, out=weights)
    shares = (shares - np.float32(SHADOW)) * np.float32(10)
    weights *= np.clip(shares, np.float32(1e-3), np.float32(1), out=shares)
    weights *= lights < np.float32(SATURATED)
    weights += np.float32(1e-4)
    return weights


def least_squares(lights: Floats, weights: Floats, vectors: Floats) -> Floats:
    """Weighted least squares of every pixel at once, (3, p) of lights (n, p): L D L^T of the 3x3 normal equations."""
    x, y, z = vectors.T
    sums = np.stack([x * x, x * y, x * z, y * y, y * z, z * z]) @ weights
    sums[[0, 3, 5]] += np.float32(1e-6)
    xx, xy, xz, yy, yz, zz = sums
    solution = np.asarray(vectors.T @ (weights * lights), np.float32)
    p, q, r = solution
    xy_, xz_ = xy / xx, xz / xx
    yy -= xy * xy_
    yz -= xz * xy_
    yz_ = yz / yy
    zz -= xz * xz_ + yz * yz_
    q -= xy_ * p
    r -= xz_ * p + yz_ * q
    r /= zz
    q /= yy
    q -= yz_ * r
    p /= xx
    p -= xy_ * q + xz_ * r
    return solution


def _refined(levels: Floats, given: Doubles, off_intensity: float) -> Doubles:
    """The lights' vectors put right from what is left over on the object, held to what was given.

    Variable projection (Golub and Pereyra 1973) with Kaufman's Jacobian: each pixel's own normal is free, so that only
    what no normal explains moves a light. A transformation of all lights that the normals could follow stays undone.
    """
    vectors = given
    for _ in range(3):
        scaled, _, weights = solved(levels, vectors, ROUNDS // 2)
        albedo = np.linalg.norm(scaled, axis=1)
        good = ((weights > 0.2).sum(axis=1) >= 5) & (albedo > FAINT * np.percentile(albedo, 95))
        if good.sum() < 100:
            return given
        sizes = albedo[good, None].astype(np.float64)
        vectors = given + _correction(levels[good] / sizes, scaled[good] / sizes, weights[good], vectors, given,
                                      off_intensity)  # fmt: skip
        gains = np.linalg.norm(vectors, axis=1) / np.linalg.norm(given, axis=1)
        vectors = vectors / np.exp(np.log(gains).mean())
    return vectors


def _correction(levels: Doubles, normals: Doubles, weights: Floats, vectors: Doubles, given: Doubles,
                off_intensity: float) -> Doubles:  # fmt: skip
    n = len(given)
    w = weights.astype(np.float64)
    weighted = w[:, :, None] * vectors
    inner = np.linalg.inv(weighted.transpose(0, 2, 1) @ vectors)
    left = w[:, :, None] * np.eye(n) - weighted @ inner @ weighted.transpose(0, 2, 1)
    share = EVIDENCE / 0.02**2 / len(levels)
    pairs = (normals[:, :, None] * normals[:, None, :]).reshape(-1, 9)
    hessian = (left.reshape(len(left), -1).T @ pairs).reshape(n, n, 3, 3).transpose(0, 2, 1, 3).reshape(3 * n, 3 * n)
    hessian *= share
    pull = (left @ (levels - normals @ given.T)[:, :, None])[..., 0].T @ normals
    for i, vector in enumerate(given):
        size = float(np.linalg.norm(vector))
        along = np.outer(vector, vector) / size**2
        at = slice(3 * i, 3 * i + 3)
        hessian[at, at] += along / (off_intensity * size) ** 2 + (np.eye(3) - along) / (OFF_DIRECTION * size) ** 2
    return np.asarray(np.linalg.solve(hessian, share * pull.reshape(-1)).reshape(n, 3), np.float64)


def _laid_out(mask: NDArray[np.bool_], levels: Floats, vectors: Doubles, scaled: Floats, rests: Floats,
              weights: Floats) -> Surface:  # fmt: skip
    albedo = np.linalg.norm(scaled, axis=1)
    aside = weights < 0.1
    dark = aside & ((rests < 0) | (levels < (SHADOW + 0.1) * albedo[:, None]))
    rest = np.median(np.abs(rests), axis=1)

    def laid(values: Floats, depth: tuple[int, ...] = ()) -> Floats:
        whole = np.zeros((*mask.shape, *depth), np.float32)
        whole[mask] = values
        return whole

    return Surface(
        normals=laid(scaled / np.maximum(albedo, 1e-6)[:, None], (3,)),
        albedo=laid(albedo),
        rest=laid(rest),
        rests=tuple(float(value) for value in np.median(np.abs(rests), axis=0)),
        shadowed=tuple(float(value) for value in dark.mean(axis=0)),
        highlit=tuple(float(value) for value in (aside & ~dark).mean(axis=0)),
        vectors=vectors,
    )
