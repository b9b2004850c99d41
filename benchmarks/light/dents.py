"""Shallow dents on ribbed grained shells, rendered: what each light and each channel finds of them.

A height field is shaded by NumPy (Lambert and GGX, horizon shadows, sensor noise, another grain and another pose for
every shell). Thresholds come from good shells to learn from; goods and dents that count are others. Run from the root:
`python benchmarks/light/dents.py --learn 60 --good 100 --dents 60 --seeds 3`. The first table takes each channel's
highest response; the second is what ships: a recipe's `[[views.checks]]` with the `above` that
`shellmark calibrate checks` sets, a dent found where a defect is reported within 10 mm of it, a good shell alarmed by
any defect. Half as deep dents say what a high `above` costs. Seeds 1 are for repairs; seeds 2 were used once for an
older table, seeds 3 once for the one in the docs.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import cv2
import numpy as np
from scipy import stats

from shellmark_inspect.errors import StepError
from shellmark_inspect.inspector import first_view
from shellmark_inspect.judge import checked
from shellmark_inspect.recipe import JudgeSpec, ViewSpec
from shellmark_inspect.steps import build_steps
from shellmark_inspect.teaching.above import TOLERATED, above_of, heights
from shellmark_inspect.types import Frame
from shellmark_models.training.threshold import from_goods

PX_PER_MM = 1.5
SIZE_MM = (200.0, 260.0)
LOW_DEG = 18.0
LOW = {"north": (0.0, 1.0), "east": (1.0, 0.0), "south": (0.0, -1.0), "west": (-1.0, 0.0)}
LIGHTS = ("diffuse", *LOW)
RIM_MM = 6.0
MARGIN_MM = 18.0
FITTING_MM = (46, 27, 48, 26)
"""The logo and the shadow it casts, which a recipe would ignore: x, y, width, height."""
SEEDS = {1: (1000, 5000, 9000, 11), 2: (210_000, 250_000, 290_000, 2026), 3: (710_000, 750_000, 790_000, 2027)}
"""The first seeds of the goods to learn from, the goods and the dents that count, and the seed of the dents' places."""
DEEP_MM = {"dents": (0.3, 0.6), "half as deep": (0.15, 0.3)}
NEAR_MM = 10.0
SHIPPED = {"checks along the ribs (north, south)": ("north", "south"), "checks of all four": tuple(LOW),
           "check of north alone": ("north",)}  # fmt: skip


def shell(rng: np.random.Generator, dent: tuple[float, float, float, float] | None, pose: bool = True):
    """Height in mm (h, w) of a ribbed shell, ribs from top to bottom, and each pixel's share that lies beyond its rim.

    `dent` is (x, y, diameter, depth) in mm.
    """
    h, w = (round(side * PX_PER_MM) for side in SIZE_MM)
    y, x = np.mgrid[0:h, 0:w] / PX_PER_MM
    turn = np.radians(rng.uniform(-1, 1)) if pose else 0.0
    dx, dy = rng.uniform(-3, 3, 2) if pose else (0.0, 0.0)
    cx, cy = SIZE_MM[1] / 2, SIZE_MM[0] / 2
    u = np.cos(turn) * (x - cx) + np.sin(turn) * (y - cy) + cx - dx
    v = -np.sin(turn) * (x - cx) + np.cos(turn) * (y - cy) + cy - dy
    height = 3.0 * np.exp(-(((u - cx + 22.5) % 45 - 22.5) ** 2) / (2 * 5.0**2))
    height = height - 0.00015 * ((u - cx) ** 2 + (v - cy) ** 2)
    logo = (np.abs(u - 70) < 18) & (np.abs(v - 40) < 7)
    height = height + 0.8 * cv2.GaussianBlur(logo.astype(np.float64), (0, 0), 1.2)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (h, w)), (0, 0), 0.8)
    height = height + 0.02 * grain / grain.std()
    slow = cv2.GaussianBlur(rng.normal(0, 1, (h // 8, w // 8)), (0, 0), 5)
    height = height + 0.05 * cv2.resize(slow / slow.std(), (w, h), interpolation=cv2.INTER_CUBIC)
    if dent is not None:
        at_x, at_y, diameter, depth = dent
        height = height - depth * np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / (2 * (diameter / 4) ** 2))
    past_mm = np.maximum(np.abs(u - cx) - cx, np.abs(v - cy) - cy) + RIM_MM
    return height, np.clip(past_mm * PX_PER_MM + 0.5, 0, 1)


def shaded(shell: tuple[np.ndarray, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Grey frames (h, w) uint8 by light; every lamp is up to 5 % off its level; beyond the shell it is dark."""
    height, beyond = shell
    down, right = np.gradient(height, 1 / PX_PER_MM)
    normal = np.stack([-right, down, np.ones_like(height)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    albedo = 0.35
    frames = {"diffuse": albedo * (1 + normal[..., 2]) / 2 + 0.02 * normal[..., 2]}
    for name, (x, y) in LOW.items():
        e = np.radians(LOW_DEG)
        light = np.array([x * np.cos(e), y * np.cos(e), np.sin(e)])
        seen = np.maximum(normal @ light, 0) * ~shadowed(height, name)
        halfway = light + np.array([0.0, 0.0, 1.0])
        halfway /= np.linalg.norm(halfway)
        a2 = 0.33**4
        gloss = (
            0.04 * a2 / (4 * np.pi * ((normal @ halfway) ** 2 * (a2 - 1) + 1) ** 2) / np.maximum(normal[..., 2], 0.2)
        )
        frames[name] = albedo * seen / np.sin(e) + np.minimum(gloss * (seen > 0), 1)
    out = {}
    for name, level in frames.items():
        seen = level + (0.02 - level) * beyond
        electrons = np.clip(seen / albedo * 110 * rng.uniform(0.95, 1.05), 0, 255) * 40
        noisy = (electrons + rng.normal(0, 1, level.shape) * np.sqrt(electrons + 1)) / 40
        out[name] = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
    return out


def shadowed(height: np.ndarray, light: str) -> np.ndarray:
    """Where something nearer to the light stands above the ray (the lights lie along the axes)."""
    turns = {"west": 0, "north": 1, "east": 2, "south": 3}[light]
    turned = np.rot90(height, turns)
    fall = np.tan(np.radians(LOW_DEG)) / PX_PER_MM * np.arange(turned.shape[1])
    horizon = np.maximum.accumulate(turned + fall, axis=1)
    return np.rot90(horizon > turned + fall + 0.05, -turns)


def steps_of(folder: Path):
    """The steps of a view of such shells, with a reference shell of its own."""
    rng = np.random.default_rng(7)
    for name, pixels in shaded(shell(rng, None, pose=False), rng).items():
        cv2.imwrite(str(folder / f"{name}.png"), pixels)
    e = np.radians(LOW_DEG)
    x, y, w, h = FITTING_MM
    directions = {k: (x * np.cos(e), y * np.cos(e), np.sin(e)) for k, (x, y) in LOW.items()}
    spec = ViewSpec.model_validate(
        {
            "name": "front", "camera": "front", "lights": LIGHTS, "channels": ("diffuse", "north", "west"),
            "px_per_mm": PX_PER_MM, "reference": {name: f"{name}.png" for name in LIGHTS},
            "ignore": [{"name": "logo", "polygon_mm": [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]}],
            "checks": [
                {"channel": f"bipolar.{name}", "above": 8.0, "label": "dent", "label_below": "bump"} for name in LOW
            ],
            "steps": [
                {"step": "align"},
                {"step": "shell_mask", "margin_mm": 0, "close_mm": 0, "outline": [
                    (MARGIN_MM, MARGIN_MM), (SIZE_MM[1] - MARGIN_MM, MARGIN_MM),
                    (SIZE_MM[1] - MARGIN_MM, SIZE_MM[0] - MARGIN_MM), (MARGIN_MM, SIZE_MM[0] - MARGIN_MM)]},
                {"step": "difference", "px_per_mm": 1.5, "full": 0.5},
                {"step": "bipolar", "px_per_mm": 1.5, "full": 0.5, "over": "diffuse"},
                {"step": "normals", "px_per_mm": 1.5, "full_slope": 0.5, "lights": directions},
            ],
        }
    )  # fmt: skip
    return spec, build_steps(spec, folder)


def responses(view) -> dict[str, np.ndarray]:
    """What each channel says of each place, in channel levels; differences and relief averaged over 5 mm first."""
    maps = {}
    for name, pixels in view.channels.items():
        if name in {"normals.albedo", "normals.x", "normals.y"}:
            continue
        level = pixels.astype(np.float32) - 128
        if not name.startswith("bipolar"):
            level = cv2.GaussianBlur(level, (0, 0), 2.5 * PX_PER_MM) - cv2.GaussianBlur(level, (0, 0), 10 * PX_PER_MM)
        maps[name] = np.abs(level)
    return maps


def looked_at(spec, steps, dent, seed: int):
    """The view of a shell after the recipe's steps; None where a step held it."""
    rng = np.random.default_rng(seed)
    frames = [Frame(p, 0, 0, "front", n) for n, p in shaded(shell(rng, dent), rng).items()]
    view = first_view(spec, frames)
    try:
        for _, step in steps:
            view = step(view)
    except StepError:
        return None
    return view


def seen(view, dent) -> dict[str, float]:
    """Per channel the highest response, within the dent where there is one."""
    edge = round(MARGIN_MM * PX_PER_MM)
    h, w = view.size
    inside = np.zeros((h, w), bool)
    inside[edge:-edge, edge:-edge] = True
    x, y, fw, fh = (round(v * PX_PER_MM) for v in FITTING_MM)
    inside[y : y + fh, x : x + fw] = False
    place = inside
    if dent is not None:
        at = place_px(view, dent)
        y, x = np.mgrid[0:h, 0:w]
        place = inside & (np.hypot(x - at[0], y - at[1]) <= dent[2] / 2 * PX_PER_MM)
    return {n: float(values[place].max(initial=0)) for n, values in responses(view).items()}


def place_px(view, dent) -> np.ndarray:
    """Where a dent lies in the view: align moved it, so it is taken back through the view's own map."""
    return (np.linalg.inv(view.to_frame) @ np.array([dent[0] * PX_PER_MM, dent[1] * PX_PER_MM, 1]))[:2]


def reported(view, checks) -> list[np.ndarray]:
    """The middles of the defects a recipe's checks find in a view, in pixels."""
    boxes = [one.measured.box_px for check in checks for one in checked(view, check, JudgeSpec())]
    return [np.array([x + w / 2, y + h / 2]) for x, y, w, h in boxes]


def shipped(spec, learned: dict[str, dict]) -> dict[str, tuple]:
    """Per set of checks: the checks with the `above` that goods give them, and what is promised of it."""
    sets = {}
    for name, lights in SHIPPED.items():
        mine = [check for check in spec.checks if check.channel.split(".")[1] in lights]
        names = {(spec.name, check.channel) for check in mine}
        above = above_of({case: {k: v for k, v in row.items() if k in names} for case, row in learned.items()})
        checks = [
            check.model_copy(update={"above": round(above.values[spec.name, check.channel], 2)}) for check in mine
        ]
        sets[name] = (checks, above.false_reject_bound)
    return sets


def dents(count: int, rng: np.random.Generator, deep_mm: tuple[float, float]):
    """Dents of 10 to 20 mm and some depth, anywhere but the margin."""
    while count:
        x, y = rng.uniform(28, SIZE_MM[1] - 28), rng.uniform(28, SIZE_MM[0] - 28)
        if not (36 < x < 104 and 17 < y < 63):
            count -= 1
            yield x, y, rng.uniform(10, 20), rng.uniform(*deep_mm)


def share(k: int, n: int) -> str:
    """A share with its Clopper-Pearson interval at 95 %."""
    low = stats.beta.ppf(0.025, k, n - k + 1) if k else 0.0
    high = stats.beta.ppf(0.975, k + 1, n - k) if k < n else 1.0
    return f"{k}/{n} = {100 * k / n:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def together(rows: list[dict[str, float]], thresholds: dict[str, float], names: list[str]) -> np.ndarray:
    """Per shell the highest of some channels, each in units of its own threshold."""
    return np.array([max(row[name] / thresholds[name] for name in names) for row in rows])


def level_of(heights) -> float:
    """From where a channel alarms, as goods set it for the checks."""
    return from_goods(heights, tolerated_share=TOLERATED).value


def print_head(*columns: str) -> None:
    """A table's head."""
    print("\n| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")


def found_within(view, dent, checks) -> bool:
    """Whether a recipe's checks report a defect near a dent."""
    at = place_px(view, dent)
    return any(np.hypot(*(one - at)) <= NEAR_MM * PX_PER_MM for one in reported(view, checks))


def shipped_table(sets: dict[str, tuple], good: list, bad: dict[str, list]) -> None:
    """What the recipe's own checks report of good shells and of dents."""
    print_head("checks", "above", "bound on goods stopped", *(f"{kind} found" for kind in bad), "goods alarmed")
    for name, (checks, bound) in sets.items():
        alarmed = sum(bool(reported(view, checks)) for view, _ in good)
        found = [share(sum(found_within(*row, checks) for row in rows), len(rows)) for rows in bad.values()]
        above = ", ".join(f"{check.channel.split('.')[1]} {check.above:.1f}" for check in checks)
        print(f"| {name} | {above} | {100 * bound:.1f} % | {' | '.join(found)} | {share(alarmed, len(good))} |")


def channel_table(learn: list[dict], good: list[dict], bad: dict[str, list[dict]]) -> None:
    """What each channel, and some together, find by their highest response."""
    alone = {name: level_of([row[name] + 1e-3 for row in learn]) for name in learn[0]}
    bipolar = [name for name in alone if name.startswith("bipolar")]
    groups = {name: [name] for name in alone}
    groups |= {"bipolar, along the ribs (north, south)": ["bipolar.north", "bipolar.south"],
               "bipolar, all four": bipolar, "bipolar + relief": [*bipolar, "normals.relief"]}  # fmt: skip
    print(f"rendered; {len(learn)} goods set the thresholds")
    print_head("channel", *(f"{kind} found" for kind in bad), "goods alarmed")
    for name, members in groups.items():
        level = level_of(together(learn, alone, members))
        stopped = [int((together(rows, alone, members) >= level).sum()) for rows in (*bad.values(), good)]
        shares = [share(k, len(rows)) for k, rows in zip(stopped, (*bad.values(), good), strict=True)]
        print(f"| {name} | {' | '.join(shares)} |")


def main() -> None:
    ask = argparse.ArgumentParser()
    for name, count in (("learn", 60), ("good", 100), ("dents", 60), ("seeds", 1)):
        ask.add_argument(f"--{name}", type=int, default=count)
    wanted = ask.parse_args()
    of_learn, of_good, of_bad, of_places = SEEDS[wanted.seeds]
    with tempfile.TemporaryDirectory() as folder:
        spec, steps = steps_of(Path(folder))
        learn = [(looked_at(spec, steps, None, of_learn + i), None) for i in range(wanted.learn)]
        good = [(looked_at(spec, steps, None, of_good + i), None) for i in range(wanted.good)]
        places, bad = np.random.default_rng(of_places), {}
        for turn, (kind, deep_mm) in enumerate(DEEP_MM.items()):
            first = of_bad + 5000 * turn
            drawn = enumerate(dents(wanted.dents, places, deep_mm))
            bad[kind] = [(looked_at(spec, steps, dent, first + i), dent) for i, dent in drawn]
    sets_of = {"learn": learn, "good": good, **bad}
    held = {name: sum(view is None for view, _ in rows) for name, rows in sets_of.items()}
    print("held by align, not counted below:", held)
    learn, good, *others = ([row for row in rows if row[0] is not None] for rows in sets_of.values())
    bad = dict(zip(bad, others, strict=True))
    channel_table(
        *([seen(view, dent) for view, dent in rows] for rows in (learn, good)),
        {kind: [seen(view, dent) for view, dent in rows] for kind, rows in bad.items()},
    )
    sets = shipped(spec, {str(i): heights([(spec, view)]) for i, (view, _) in enumerate(learn)})
    shipped_table(sets, good, bad)


if __name__ == "__main__":
    main()
