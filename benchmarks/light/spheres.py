"""Spheres under known lights, rendered: the angular error of the normals against plain least squares'.

A sphere is shaded by NumPy as a matt body (Lambert or Oren-Nayar) with a gloss (GGX, Smith, Schlick), its own shadow,
an offset, a camera's curve, noise and 8 bits. Set A is what the method's numbers were chosen on; set B (other
materials, light directions and seeds) is what is reported. Run from the root: `python benchmarks/light/spheres.py B`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from shellmark_calibration import Lights
from shellmark_calibration.curve import found_gamma
from shellmark_calibration.normals import surface

SIDE = 64
NARROW = np.array([
    (0.497, 0.466, 0.732), (0.243, 0.137, 0.960), (-0.038, 0.176, 0.984), (-0.097, 0.443, 0.891),
    (-0.320, 0.506, 0.801), (-0.112, 0.561, 0.820), (0.280, 0.422, 0.862), (0.101, 0.431, 0.897),
    (0.208, 0.337, 0.918), (0.089, 0.333, 0.939), (0.129, 0.046, 0.991), (-0.142, 0.362, 0.921),
])  # fmt: skip
TO_CAMERA = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class Condition:
    """One sphere: its body (`rough` is Oren and Nayar's sigma), its gloss, its lights, and what is not as said."""

    lights: str
    body: float
    rough: float
    f0: float
    gloss: float
    off_deg: float = 0.0
    off_level: float = 0.0
    offset: float = 0.0
    gamma: float = 1.0
    seed: int = 0

    @property
    def kind(self) -> str:
        """The row of the table it counts in."""
        matt = f"Oren-Nayar {self.rough}" if self.rough else "Lambert"
        return f"{matt}, gloss {self.gloss}" if self.f0 else matt

    @property
    def fault(self) -> str:
        """What is not as said."""
        said = [f"lamps off by {self.off_deg} deg, {self.off_level:.0%}"] * bool(self.off_deg or self.off_level)
        said += [f"offset {self.offset}"] * bool(self.offset) + [f"gamma {self.gamma}"] * (self.gamma != 1)
        return "; ".join(said) or "none"


def directions(name: str, rng: np.random.Generator) -> np.ndarray:
    """Directions (n, 3): a number of lights 20 to 70 degrees off the axis; "above12" all come from above, within 45."""
    if name == "narrow12":  # what the mirror ball of ../shared/data/photometric shows, turned at random
        turn = rng.uniform(0, 2 * np.pi)
        azimuth = np.degrees(np.arctan2(NARROW[:, 1], NARROW[:, 0]) + turn)
        polar = np.degrees(np.arccos(NARROW[:, 2]))
    elif name == "above12":
        azimuth = rng.uniform(20, 160, 12)
        azimuth[:2] += 180
        polar = rng.uniform(8, 45, 12)
    else:
        count = int(name)
        azimuth = np.arange(count) * 137.508 + rng.uniform(-15, 15, count)
        polar = np.degrees(np.arccos(np.linspace(np.cos(np.radians(20)), np.cos(np.radians(70)), count)))
    a, p = np.radians(azimuth), np.radians(polar)
    return np.stack([np.cos(a) * np.sin(p), np.sin(a) * np.sin(p), np.cos(p)], axis=1)


def sphere() -> tuple[np.ndarray, np.ndarray]:
    """Normals (h, w, 3), y up, and the mask of a sphere that fills the picture."""
    y, x = np.mgrid[1 : -1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    r2 = x**2 + y**2
    return np.stack([x, y, np.sqrt(np.maximum(1 - r2, 0))], axis=-1), r2 < (1 - 2 / SIDE) ** 2


def shaded(normals: np.ndarray, light: np.ndarray, c: Condition) -> np.ndarray:
    """Radiance (...) under a light of intensity pi: body and gloss; 0 in its own shadow."""
    cos_l, cos_v = np.maximum(normals @ light, 0), np.maximum(normals @ TO_CAMERA, 0.02)
    return (matt(light, cos_l, cos_v, c) + glossy(normals, light, cos_l, cos_v, c)) * cos_l


def matt(light: np.ndarray, cos_l: np.ndarray, cos_v: np.ndarray, c: Condition) -> np.ndarray:
    """Oren and Nayar 1994, qualitative model; Lambert for a roughness of 0."""
    s2 = c.rough**2
    across = light @ TO_CAMERA - cos_l * cos_v  # sin * sin * cos(azimuth)
    a, b = 1 - 0.5 * s2 / (s2 + 0.33), 0.45 * s2 / (s2 + 0.09)
    return c.body * (a + b * np.maximum(across, 0) / np.maximum(np.maximum(cos_l, cos_v), 1e-3))


def glossy(normals: np.ndarray, light: np.ndarray, cos_l: np.ndarray, cos_v: np.ndarray, c: Condition) -> np.ndarray:
    """GGX with Smith's shadowing and Schlick's Fresnel term; `gloss` is the roughness (alpha its square)."""
    if not c.f0:
        return np.zeros_like(cos_l)
    half = light + TO_CAMERA
    half = half / np.linalg.norm(half)
    a2 = c.gloss**4
    lobe = a2 / ((normals @ half) ** 2 * (a2 - 1) + 1) ** 2
    fresnel = c.f0 + (1 - c.f0) * (1 - half @ TO_CAMERA) ** 5
    smith = cos_l * np.sqrt(cos_v**2 * (1 - a2) + a2) + cos_v * np.sqrt(cos_l**2 * (1 - a2) + a2)
    return lobe * fresnel / (2 * np.maximum(smith, 1e-3))


def pictures(c: Condition) -> tuple[np.ndarray, Lights, np.ndarray, np.ndarray]:
    """Frames (n, h, w), the lights as said, the true normals and the mask."""
    rng = np.random.default_rng(c.seed)
    said = directions(c.lights, rng)
    true = said + np.tan(np.radians(c.off_deg)) * rng.normal(0, 0.7, said.shape)
    true /= np.linalg.norm(true, axis=1)[:, None]
    levels = 1 + c.off_level * rng.normal(0, 1, len(said))
    normals, mask = sphere()
    light = np.stack([shaded(normals, d, c) * level for d, level in zip(true, levels, strict=True)])
    light *= 0.85 / np.percentile(light[:, mask], 99.8)
    seen = 255 * np.clip(light + c.offset / 255, 0, 1) ** (1 / c.gamma)
    noisy = seen + rng.normal(0, 1, seen.shape) * np.sqrt(0.6 + seen / 60)
    lights = Lights(tuple(str(i) for i in range(len(said))), said, np.ones(len(said)))
    return np.clip(np.rint(noisy), 0, 255).astype(np.float32), lights, normals, mask


def conditions(which: str) -> Iterator[Condition]:
    """Every body and gloss under every set of lights, with each thing that may not be as said."""
    if which == "A":
        bodies = [(0.5, 0.0, 0.0, 0.0), (0.5, 0.3, 0.0, 0.0), (0.5, 0.0, 0.04, 0.2), (0.3, 0.0, 0.05, 0.35),
                  (0.3, 0.0, 0.05, 0.5), (0.5, 0.3, 0.04, 0.35)]  # fmt: skip
        seed = 100
    else:
        bodies = [(0.4, 0.0, 0.0, 0.0), (0.4, 0.4, 0.0, 0.0), (0.6, 0.0, 0.04, 0.15), (0.35, 0.0, 0.04, 0.3),
                  (0.25, 0.0, 0.04, 0.4), (0.4, 0.2, 0.05, 0.45)]  # fmt: skip
        seed = 9000
    faults = [{}, {"off_deg": 2.0, "off_level": 0.05}, {"offset": 6.0}, {"gamma": 1.3}]
    for lights in ("8", "12", "narrow12", "above12", "20", "96"):
        for body in bodies:
            for fault in faults:
                seed += 1
                yield replace(Condition(lights, *body), **fault, seed=seed)


def error_deg(found: np.ndarray, true: np.ndarray, mask: np.ndarray) -> float:
    """The mean angle between normals, in degrees."""
    return float(np.degrees(np.arccos(np.clip((found * true).sum(-1), -1, 1)))[mask].mean())


def plain(frames: np.ndarray, lights: Lights) -> np.ndarray:
    """Plain least squares over all lights (Woodham 1980)."""
    scaled = np.linalg.lstsq(lights.directions, frames.reshape(len(frames), -1), rcond=None)[0].T
    return (scaled / np.maximum(np.linalg.norm(scaled, axis=1), 1e-6)[:, None]).reshape(*frames.shape[1:], 3)


def by_evidence(frames: np.ndarray, lights: Lights, mask: np.ndarray) -> np.ndarray:
    """Normals as `shellmark evidence` finds them: the camera's curve, the lamps, then each pixel."""
    gamma = found_gamma(frames, lights, mask)
    return surface(255 * (frames / 255) ** gamma, lights, mask).normals


def line(name: str, rows: list[tuple[float, float]]) -> str:
    """A line of the table: mean errors, the mean and the worst ratio, and how many are worse than plain by 2 %."""
    base, ours = np.array(rows).T
    ratio = ours / base
    worse = int((ratio > 1.02).sum())
    return (f"| {name} | {len(rows)} | {base.mean():.2f} | {ours.mean():.2f} | {ratio.mean():.2f} | {ratio.max():.2f} "
            f"| {worse} | {int((ratio <= 0.8).sum())} |")  # fmt: skip


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("which", choices=("A", "B"))
    rows = []
    for c in conditions(ask.parse_args().which):
        frames, lights, true, mask = pictures(c)
        rows.append((c, (error_deg(plain(frames, lights), true, mask),
                         error_deg(by_evidence(frames, lights, mask), true, mask))))  # fmt: skip
    print("rendered spheres, mean error in degrees\n| | n | plain | here | ratio, mean | worst | > 1.02 | <= 0.80 |")
    print("|---|---|---|---|---|---|---|---|")
    for what in ("fault", "lights", "kind"):
        for name in dict.fromkeys(getattr(c, what) for c, _ in rows):
            print(line(f"{what}: {name}", [pair for c, pair in rows if getattr(c, what) == name]))
    print(line("all", [pair for _, pair in rows]))


if __name__ == "__main__":
    main()
