"""One real suitcase: learn from three photographs of it, judge two others, and tell what the alarms lie on."""

from __future__ import annotations

import itertools
import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from serving import HERE, Judged, check_kept, configuration, goods, judge, learn, picture, serve

from shellmark_inspect.recipe import Ignore, Recipe, StepSpec
from shellmark_inspect.station import Station
from shellmark_inspect.types import Defect, Pixels
from shellmark_models import TeachCase, load

LEARN = ("f01", "f02", "f03")
JUDGE = ("f04", "green")
PIECE_PX = 512
LEAST_SHELL = 0.1
"""A piece of a photograph with less shell than this teaches nothing."""
SHEET_PX = 192
BASE = HERE / "suitcase.toml"


@dataclass(frozen=True)
class Way:
    """One way to learn and to judge: whole photographs or only the shell, and what counts as one case to learn from."""

    name: str
    zones: bool
    pieces: bool


WAYS = (
    Way("suitcase", zones=False, pieces=True),
    Way("suitcase-photos", zones=False, pieces=False),
    Way("suitcase-zones", zones=True, pieces=True),
)


def run(data: Path, out: Path, *, threads: int) -> None:
    """Learn and judge in every way; writes alarms.json, and per photograph the alarms drawn and a sheet of crops."""
    folder = data / "suitcases"
    drawn = tomllib.loads((HERE / "fittings.toml").read_text("utf-8"))
    found: list[dict[str, Any]] = []
    with opened(folder, out, drawn, threads) as station:
        for way in WAYS:
            judged: list[Judged] = []
            for name in JUDGE:
                station.select(sku_of(way, name)).result()
                judged += judge(station, [folder / f"{name}.png"])
                found.append(row_of(way, judged[-1], drawn[name]))
                print(json.dumps(found[-1]), flush=True)
                draw(judged[-1], out / "seen" / f"{way.name}-{name}")
            print(way.name, check_kept(station, judged), flush=True)
    (out / "alarms.json").write_text(json.dumps(found, indent=1))
    print(tables(found))


def show(data: Path, out: Path, screenshot: Path, *, threads: int) -> None:
    """The real window while the whole photographs are judged; the picture is taken after the last."""
    from shellmark_gui import open_window

    folder = data / "suitcases"
    drawn = tomllib.loads((HERE / "fittings.toml").read_text("utf-8"))
    with opened(folder, out, drawn, threads) as station:
        for _ in judge(station, [folder / f"{name}.png" for name in JUDGE]):
            pass
        open_window(station, language="zh", full_screen=True, screenshot=screenshot, close_after_s=8.0)


@contextmanager
def opened(folder: Path, out: Path, drawn: dict[str, Any], threads: int) -> Iterator[Station]:
    """The station with every way's recipe, its emulator serving the photographs to be judged."""
    for way in WAYS:
        taught(way, folder, out, drawn, threads)
    recipes = {sku_of(way, name): recipe_of(way, name, folder, drawn) for way in WAYS for name in JUDGE}
    files = [written(recipe, out / "recipes") for recipe in recipes.values()]
    links = out / "served"
    if not links.is_dir():
        serve(links, [folder / f"{name}.png" for name in JUDGE])
    with Station(configuration(out, {"front": links}, files, out / "store", threads=threads)) as station:
        yield station


def sku_of(way: Way, name: str) -> str:
    """Zones are drawn per photograph, so each photograph has a recipe of its own there."""
    return f"{way.name}-{name}" if way.zones else way.name


def recipe_of(way: Way, name: str, folder: Path, drawn: dict[str, Any]) -> Recipe:
    """The recipe of one photograph: the base as it is, or with its outline and its fittings."""
    base = Recipe.read(BASE)
    view = base.views[0]
    if way.zones:
        height, width = picture(folder / f"{name}.png").shape[:2]
        steps = (StepSpec(step="shell_mask", outline=_mm(drawn[name]["outline"], view.px_per_mm), margin_mm=2.0),)
        ignore = tuple(Ignore(name=key, polygon_mm=_mm(points, view.px_per_mm))
                       for key, points in fittings(drawn[name]).items())  # fmt: skip
        view = view.model_copy(update={"steps": steps, "ignore": ignore, "frame_px": (width, height)})
    changes = {"sku": sku_of(way, name), "model": way.name, "views": (view,)}
    if way is not WAYS[0]:
        changes["name_zh"] = f"{base.name_zh} {sku_of(way, name).partition('-')[2]}"
    return Recipe.model_validate(base.model_copy(update=changes).model_dump(exclude_none=True))


def fittings(drawn: dict[str, Any]) -> dict[str, Any]:
    """The fittings among what is drawn of a photograph."""
    return {key: points for key, points in drawn.items() if key not in ("outline", "marks")}


def written(recipe: Recipe, folder: Path) -> Path:
    """The recipe as a file, as a station reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    recipe.write(folder / f"{recipe.sku}.toml")
    return folder / f"{recipe.sku}.toml"


def taught(way: Way, folder: Path, out: Path, drawn: dict[str, Any], threads: int) -> Path:
    """The model of one way; made once per `out`."""
    known = out / "store" / way.name / "1" / "model.onnx"
    if known.exists():
        return known
    cases: list[TeachCase] = []
    for name in LEARN:
        links = serve(out / "learn" / way.name / name, [folder / f"{name}.png"])
        for case in goods(recipe_of(way, name, folder, drawn), links):
            cases += pieces(case) if way.pieces else [case]
    path = learn(cases, way.name, 5.0, out / "store", threads=threads, notes=f"photographs {', '.join(LEARN)}")
    card = load(path).card
    print(
        f"{way.name}: threshold of {card.goods} cases, card: at most {card.false_reject_bound:.1%} of such", flush=True
    )
    return path


def pieces(case: TeachCase) -> Iterator[TeachCase]:
    """The photograph cut into pieces of at least 512 px, each a case of its own."""
    image = case.images[0]
    mask = np.ones(image.shape[:2], np.bool_) if case.masks is None else case.masks[0]
    rows, columns = (np.linspace(0, side, side // PIECE_PX + 1).astype(int) for side in mask.shape)
    for top, bottom in itertools.pairwise(rows):
        for left, right in itertools.pairwise(columns):
            inside = np.ascontiguousarray(mask[top:bottom, left:right])
            if inside.mean() >= LEAST_SHELL:
                piece = np.ascontiguousarray(image[top:bottom, left:right])
                yield TeachCase(f"{case.case}-{top}-{left}", [piece], [inside])


def row_of(way: Way, one: Judged, drawn: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a photograph for the tables."""
    inspection = one.record.inspection
    lies_on = [place(defect, one.photo, drawn) for defect in inspection.defects]
    return {
        "way": way.name,
        "photo": one.photo.stem,
        "verdict": str(one.record.verdict),
        "score": round(one.score, 3),
        "alarms": len(inspection.defects),
        "lie_on": dict(Counter(lies_on).most_common()),
        "mm2": round(sum(defect.area_mm2 for defect in inspection.defects)),
        "reasons": [str(reason) for reason in inspection.reasons][:5],
        "code": one.record.code.text if one.record.code else None,
        "ms": round(one.ms),
    }


def place(defect: Defect, photo: Path, drawn: dict[str, Any]) -> str:
    """What a defect lies on: the part drawn by eye that most of it covers, "shell" inside the outline, else "room"."""
    shape = picture(photo).shape[:2]
    inside = _painted(defect.contour_px, shape)
    for mark in drawn.get("marks", ()):
        if (_painted(mark, shape) & inside).any():
            return "thin line"
    parts = {key.partition("_")[0]: 0 for key in fittings(drawn)} | {"shell": 0, "room": 0}
    rest = inside.copy()
    for key, points in fittings(drawn).items():
        parts[key.partition("_")[0]] += int((_painted(points, shape) & rest).sum())
        rest &= ~_painted(points, shape)
    on_shell = _painted(drawn["outline"], shape)
    parts["shell"], parts["room"] = int((rest & on_shell).sum()), int((rest & ~on_shell).sum())
    return max(parts, key=lambda part: parts[part])


def draw(one: Judged, stem: Path) -> None:
    """The photograph with its alarms drawn, and a sheet of their crops, to look at."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    drawn = picture(one.photo)
    for number, defect in enumerate(one.record.inspection.defects):
        contour = np.round(defect.contour_px).astype(np.int32)
        cv2.polylines(drawn, [contour], True, (0, 0, 255), 3)
        cv2.putText(drawn, str(number), contour.min(0).tolist(), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 255, 255), 2)
    cv2.imwrite(f"{stem}.jpg", drawn)
    crops = [_thumbnail(defect.crop) for defect in one.record.inspection.defects if defect.crop is not None][:48]
    if crops:
        crops += [np.zeros_like(crops[0])] * (-len(crops) % 8)
        rows = [np.hstack(crops[i : i + 8]) for i in range(0, len(crops), 8)]
        cv2.imwrite(f"{stem}-crops.jpg", np.vstack(rows))


def tables(found: Sequence[dict[str, Any]]) -> str:
    """One line per way and photograph, as Markdown."""
    text = "| learned and judged | photograph | verdict | score | alarms | they lie on | s |\n|" + "---|" * 7 + "\n"
    for row in found:
        lies = ", ".join(f"{part} {n}" for part, n in row["lie_on"].items()) or "-"
        cells = (row["way"], row["photo"], row["verdict"], row["score"], row["alarms"], lies, f"{row['ms'] / 1000:.1f}")
        text += f"| {' | '.join(map(str, cells))} |\n"
    return text


def _thumbnail(crop: Pixels) -> Pixels:
    return np.asarray(cv2.resize(crop, (SHEET_PX, SHEET_PX), interpolation=cv2.INTER_AREA), np.uint8)


def _painted(points: Any, shape: tuple[int, int]) -> Any:
    canvas = np.zeros(shape, np.uint8)
    cv2.fillPoly(canvas, [np.round(np.asarray(points)).astype(np.int32)], 1)
    return canvas.astype(bool)


def _mm(points: Any, px_per_mm: float) -> tuple[tuple[float, float], ...]:
    return tuple((x / px_per_mm, y / px_per_mm) for x, y in points)
