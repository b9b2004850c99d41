"""The spindle: learn good photographs of some positions, judge all photographs of the others."""

from __future__ import annotations

import csv
import itertools
import json
import shutil
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from serving import HERE, Judged, check_kept, configuration, goods, judge, learn, picture, serve

from shellmark_inspect.recipe import Recipe
from shellmark_inspect.station import Station
from shellmark_inspect.types import Defect, Pixels, Verdict
from shellmark_models import TeachCase, auroc, load, rate

LEARN = ("277500_315", "332500_225", "395000_270")
"""The first three positions by name; chosen before anything was judged."""
SIZES = {"small": (1130, 460), "large": (1540, 645)}
RECIPES = {
    "body": {"small": HERE / "spindle.toml", "large": HERE / "spindle-large.toml"},
    "track": {"small": HERE / "spindle-track.toml", "large": HERE / "spindle-track-large.toml"},
    "placed": {"small": HERE / "spindle-placed.toml", "large": HERE / "spindle-placed-large.toml"},
}
"""What is judged: all of the spindle, the middle of the view only, or all of it aligned and compared place by place;
per size of photograph a recipe."""
REFERENCE = (slice(10, 450), slice(20, 1120))
"""The region of spindle-placed.toml: the reference picture is a good photograph as that step leaves it."""
NEAR_PX = 8
"""A defect so near to a marked pit is on it: one step of the model's features."""


@dataclass(frozen=True)
class Photo:
    """A photograph with its truth."""

    path: Path
    bad: bool
    group: str
    size: str


def run(
    data: Path,
    out: Path,
    *,
    learn_from: Sequence[str],
    judged_part: str,
    threads: int,
    limit: int | None = None,
    leave_out: Sequence[str] = (),
) -> None:
    """Learn, judge, and write cases.json and tables.md into `out`."""
    photos = [photo for photo in read(data / "spindle") if photo.path.stem not in leave_out]
    recipes = {size: _beside_reference(path, photos, learn_from, out) for size, path in RECIPES[judged_part].items()}
    model = taught(photos, out, learn_from, recipes, threads)
    others = [photo for photo in photos if photo.group not in learn_from]
    served = {size: [p for p in others if p.size == size][:limit] for size in SIZES}
    folders = {size: serve(out / "served" / size, [p.path for p in these]) for size, these in served.items()}
    config = configuration(out, folders, tuple(recipes.values()), out / "store", threads=threads)
    rows: list[dict[str, object]] = []
    with Station(config) as station:
        for size, these in served.items():
            station.select(Recipe.read(recipes[size]).sku).result()
            truth = {photo.path.name: photo for photo in these}
            judged = []
            for one in judge(station, [photo.path for photo in these]):
                judged.append(one.without_pixels())
                rows.append(row_of(one, truth[one.photo.name], data / "spindle"))
                print(json.dumps(rows[-1]), flush=True)
            print(size, check_kept(station, judged), flush=True)
    (out / "cases.json").write_text(json.dumps(rows, indent=1))
    card = load(model).card
    head = (
        f"learned from {card.learned_cases} good photographs of {', '.join(learn_from)}; threshold set by "
        f"{card.goods} goods, card: at most {card.false_reject_bound:.1%} of goods like them above it\n\n"
    )
    (out / "tables.md").write_text(head + tables(rows))
    print(head + tables(rows))


def read(folder: Path) -> Iterator[Photo]:
    """The photographs of the index; the labels of good ones are empty masks."""
    sizes = {size: name for name, size in SIZES.items()}
    with (folder / "index.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            path = folder / "images" / f"{row['name']}.jpg"
            height, width = picture(path).shape[:2]
            yield Photo(path, row["label"] != "good", row["position_group"], sizes[width, height])


def taught(
    photos: Sequence[Photo], out: Path, learn_from: Sequence[str], recipes: Mapping[str, Path], threads: int
) -> Path:
    """The model of the good photographs of some positions; made once per `out`."""
    known = out / "store" / "spindle" / "1" / "model.onnx"
    if known.exists():
        return known
    chosen = [photo for photo in photos if photo.group in learn_from and not photo.bad]
    cases: list[TeachCase] = []
    for size, path in recipes.items():
        folder = serve(out / "learn" / size, [photo.path for photo in chosen if photo.size == size])
        cases += goods(Recipe.read(path), folder)
    cases.sort(key=lambda case: case.case)
    family = "registered" if Recipe.read(recipes["small"]).views[0].reference else "memory"
    notes = f"good photographs of {', '.join(learn_from)}"
    return learn(cases, "spindle", 30.0, out / "store", threads=threads, notes=notes, family=family)


def _beside_reference(recipe: Path, photos: Sequence[Photo], learn_from: Sequence[str], out: Path) -> Path:
    """The recipe itself, or a copy beside the reference picture it names: the first good photograph to learn from."""
    if not tomllib.loads(recipe.read_text("utf-8"))["views"][0].get("reference"):
        return recipe
    folder = out / "recipes"
    folder.mkdir(parents=True, exist_ok=True)
    first = next(p for p in photos if p.group in learn_from and not p.bad and p.size == "small")
    cv2.imwrite(str(folder / "reference.png"), picture(first.path)[REFERENCE])
    return Path(shutil.copy(recipe, folder / recipe.name))


def row_of(one: Judged, photo: Photo, folder: Path) -> dict[str, object]:
    """What is kept of a case for the tables. `on_pit`: whether a defect found lies on the marked pit."""
    defects = one.record.inspection.defects
    inside = _hits(defects, folder / "masks" / f"{one.photo.stem}.png") if photo.bad else []
    return {
        "photo": one.photo.stem,
        "group": photo.group,
        "size": photo.size,
        "bad": photo.bad,
        "verdict": str(one.record.verdict),
        "score": None if one.score is None else round(one.score, 4),
        "defects": len(defects),
        "on_pit": any(inside),
        "reasons": [str(reason) for reason in one.record.inspection.reasons][:3],
        "code": one.record.code.text if one.record.code else None,
        "ms": round(one.ms),
    }


def _hits(defects: Sequence[Defect], mask: Path) -> list[bool]:
    marked = (picture(mask)[..., 0] > 0).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * NEAR_PX + 1, 2 * NEAR_PX + 1))
    near = np.asarray(cv2.dilate(marked, kernel), np.uint8)
    return [bool((_filled(defect, near.shape) & near).any()) for defect in defects]


def _filled(defect: Defect, shape: tuple[int, ...]) -> Pixels:
    canvas = np.zeros(shape, np.uint8)
    cv2.fillPoly(canvas, [np.round(defect.contour_px).astype(np.int32)], 1)
    return canvas


def tables(rows: Sequence[Mapping[str, object]]) -> str:
    """Counts per position and per size, with exact 95 % intervals, as Markdown."""
    text = _head()
    groups: dict[str, list[Mapping[str, object]]] = defaultdict(list)
    for row in rows:
        groups[str(row["group"])].append(row)
    for name in sorted(groups):
        text += _line(name, groups[name])
    text += _line("**together**", rows)
    for size in SIZES:
        text += _line(f"{SIZES[size][0]} px only", [row for row in rows if row["size"] == size])
    return text


def _head() -> str:
    names = ("position", "good", "PASS", "FAIL", "REVIEW", "not passed (95 %)", "pitted", "PASS", "FAIL", "REVIEW",
             "passed (95 %)", "alarm on the pit (95 %)", "AUROC", "AUROC of one day (pairs)")  # fmt: skip
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}\n"


def _line(name: str, rows: Sequence[Mapping[str, object]]) -> str:
    good, bad = ([row for row in rows if row["bad"] is truth] for truth in (False, True))
    counts = [[sum(row["verdict"] == v for row in these) for v in Verdict] for these in (good, bad)]
    stopped, escaped = len(good) - counts[0][0], counts[1][0]
    found = sum(bool(row["on_pit"]) for row in bad)
    cells = itertools.chain(
        (name, len(good), *counts[0], rate(stopped, len(good)) if good else "-", len(bad), *counts[1]),
        (rate(escaped, len(bad)), rate(found, len(bad))) if bad else ("-", "-"),
        (_area(rows), _of_one_day(rows)),
    )
    return f"| {' | '.join(map(str, cells))} |\n"


def _scored(rows: Sequence[Mapping[str, object]]) -> tuple[list[float], list[bool]]:
    """Scores and truths of the cases that have a score: a view that did not align has none."""
    scored = [(float(str(row["score"])), bool(row["bad"])) for row in rows if row["score"] is not None]
    return [score for score, _ in scored], [bad for _, bad in scored]


def _area(rows: Sequence[Mapping[str, object]]) -> str:
    scores, truth = _scored(rows)
    return f"{auroc(scores, truth):.3f}" if 0 < sum(truth) < len(truth) else "-"


def _of_one_day(rows: Sequence[Mapping[str, object]]) -> str:
    """The area of pairs of a good and a pitted photograph of one day and one size only.

    Pits came late in these three weeks, as dirt, wear and the larger photographs did: pairs of different days reward a
    model that knows late from early.
    """
    days: dict[tuple[str, str], list[Mapping[str, object]]] = defaultdict(list)
    for row in rows:
        days[str(row["photo"]).split("_")[1][:6], str(row["size"])].append(row)
    right, pairs = 0.0, 0
    for these in days.values():
        scores, truth = _scored(these)
        n = sum(truth) * (len(truth) - sum(truth))
        if n:
            right += n * auroc(scores, truth)
            pairs += n
    return f"{right / pairs:.3f} ({pairs})" if pairs else "-"
