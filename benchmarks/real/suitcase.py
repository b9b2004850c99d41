"""One real suitcase: learn from three photographs of it, judge two others, and tell what the alarms lie on."""

from __future__ import annotations

import itertools
import json
import threading
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

from shellmark_inspect.inspector import Inspector, Preparation
from shellmark_inspect.recipe import Ignore, Recipe, StepSpec
from shellmark_inspect.station import Station
from shellmark_inspect.types import Defect, Frame, Pixels
from shellmark_models import Store, TeachCase, load

LEARN = ("f01", "f02", "f03")
JUDGE = ("f04", "green")
PIECE_PX = 512
LEAST_SHELL = 0.1
"""A piece of a photograph with less shell than this teaches nothing."""
SHEET_PX = 192
WINDOW_S = 12.0
BASE = HERE / "suitcase.toml"


@dataclass(frozen=True)
class Way:
    """What is learned of a photograph (all of it, or the shell without its fittings) and as what, and what is judged.

    `pieces` makes every piece of a photograph a case of its own to learn from, otherwise the photograph is one.
    """

    name: str
    model: str
    learns_shell: bool
    pieces: bool
    judges_shell: bool


WAYS = (
    Way("whole", "suitcase", learns_shell=False, pieces=True, judges_shell=False),
    Way("whole-3", "suitcase-photos", learns_shell=False, pieces=False, judges_shell=False),
    Way("shell", "suitcase-shell", learns_shell=True, pieces=True, judges_shell=False),
    Way("zones", "suitcase-shell", learns_shell=True, pieces=True, judges_shell=True),
)
SHOWN = WAYS[2]
"""The way whose screen is photographed: the shell was taught, and the photograph is judged as it is."""


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
                judged += judge(station, [folder / f"{name}.png"], f"{way.name}-")
                peaks = parts_of(station.recipe(), out / "store", judged[-1], drawn[name], threads)
                found.append(row_of(way, judged[-1], drawn[name]) | {"peaks": peaks})
                print(json.dumps(found[-1]), flush=True)
                draw(judged[-1], out / "seen" / f"{way.name}-{name}")
            print(way.name, check_kept(station, judged), flush=True)
    (out / "alarms.json").write_text(json.dumps(found, indent=1))
    (out / "tables.md").write_text(tables(found))
    print(tables(found))


def show(data: Path, out: Path, screenshot: Path, *, threads: int, last: str = JUDGE[0]) -> None:
    """The real window while photographs are judged as they are; its picture is taken after the verdict on `last`."""
    from shellmark_gui import open_window

    folder = data / "suitcases"
    drawn = tomllib.loads((HERE / "fittings.toml").read_text("utf-8"))
    before = JUDGE if last == JUDGE[0] else JUDGE[:-1]
    with opened(folder, out, drawn, threads) as station:
        station.select(sku_of(SHOWN, last)).result()
        for _ in judge(station, [folder / f"{name}.png" for name in before], "window-"):
            pass
        timer = threading.Timer(3.0, station.trigger, [f"suitcase-{last}"])
        timer.start()
        open_window(station, language="zh", full_screen=True, screenshot=screenshot, close_after_s=WINDOW_S)
        timer.join()


@contextmanager
def opened(folder: Path, out: Path, drawn: dict[str, Any], threads: int) -> Iterator[Station]:
    """The station with every way's recipe, its emulator serving the photographs to be judged."""
    for way in WAYS:
        taught(way, folder, out, drawn, threads)
    recipes = {sku_of(way, name): recipe_of(way, name, drawn, shell=way.judges_shell) for way in WAYS for name in JUDGE}
    files = [written(recipe, out / "recipes") for recipe in recipes.values()]
    links = out / "served"
    if not links.is_dir():
        serve(links, [folder / f"{name}.png" for name in JUDGE])
    with Station(configuration(out, {"front": links}, files, out / "store", threads=threads)) as station:
        yield station


def sku_of(way: Way, name: str) -> str:
    """Zones are drawn per photograph, so each photograph has a recipe of its own there."""
    return f"suitcase-{way.name}-{name}" if way.judges_shell else f"suitcase-{way.name}"


def recipe_of(way: Way, name: str, drawn: dict[str, Any], *, shell: bool) -> Recipe:
    """The recipe of one photograph: the base as it is, or with the photograph's outline and its fittings."""
    base = Recipe.read(BASE)
    view = base.views[0]
    if shell:
        outline = [list(point) for point in _mm(drawn[name]["outline"], view.px_per_mm)]
        steps = (StepSpec.model_validate({"step": "shell_mask", "outline": outline, "margin_mm": 2.0}),)
        ignore = tuple(
            Ignore(name=key, polygon_mm=_mm(points, view.px_per_mm)) for key, points in fittings(drawn[name]).items()
        )
        view = view.model_copy(update={"steps": steps, "ignore": ignore})
    changes = {"sku": sku_of(way, name), "model": way.model, "views": (view,)}
    return base.model_copy(update=changes)


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
    known = out / "store" / way.model / "1" / "model.onnx"
    if known.exists():
        return known
    cases: list[TeachCase] = []
    for name in LEARN:
        links = serve(out / "learn" / way.model / name, [folder / f"{name}.png"])
        for case in goods(recipe_of(way, name, drawn, shell=way.learns_shell), links):
            cases += pieces(case) if way.pieces else [case]
    path = learn(cases, way.model, 5.0, out / "store", threads=threads, notes=f"photographs {', '.join(LEARN)}")
    card = load(path).card
    print(
        f"{way.model}: threshold of {card.goods} cases, card: at most {card.false_reject_bound:.1%} of such", flush=True
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
        "score": None if one.score is None else round(one.score, 3),
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
    masks = _part_masks(drawn, (shape[0], shape[1]))
    shares = {part: int((mask & inside).sum()) for part, mask in masks.items()}
    if shares.get("thin line"):
        return "thin line"
    return max(shares, key=lambda part: shares[part])


def parts_of(recipe: Recipe, store: Path, one: Judged, drawn: dict[str, Any], threads: int) -> dict[str, float]:
    """The highest of the model's map on each part drawn by eye, and on the shell without them; 1.0 is the threshold.

    The map is no part of a record, so the model is asked once more, with the frame that was judged.
    """
    model = load(Store(store).find(recipe.model).path, threads=threads)
    try:
        frame = Frame(picture(one.photo), 1, 0, "front", "room")
        view = Preparation(recipe).view(recipe.views[0], [frame])
        anomaly = Inspector(recipe, model).look(recipe.views[0], view).anomaly
    finally:
        model.close()
    looked_at = np.ones(anomaly.shape, np.bool_) if view.shell is None else view.shell
    masks = _part_masks(drawn, (anomaly.shape[0], anomaly.shape[1]))
    return {part: round(float(anomaly.max(where=mask & looked_at, initial=0.0)), 3) for part, mask in masks.items()}


def _part_masks(drawn: dict[str, Any], shape: tuple[int, int]) -> dict[str, Any]:
    """Where each part lies: fittings by their kind, thin lines, the rest of the shell, the room."""
    masks: dict[str, Any] = {}
    rest = _painted(drawn["outline"], shape)
    room = ~rest
    for key, points in fittings(drawn).items():
        part, inside = key.partition("_")[0], _painted(points, shape)
        masks[part] = masks.get(part, False) | inside
        rest, room = rest & ~inside, room & ~inside
    for points in drawn.get("marks", ()):
        inside = _painted(points, shape)
        masks["thin line"] = inside
        rest = rest & ~inside
    return masks | {"shell": rest, "room": room}


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
    names = ("way", "photograph", "verdict", "score", "alarms", "they lie on", "highest of the map on each part", "s")
    text = f"| {' | '.join(names)} |\n|{'---|' * len(names)}\n"
    for row in found:
        lies = ", ".join(f"{part} {n}" for part, n in row["lie_on"].items()) or "-"
        peaks = ", ".join(f"{part} {value:.2f}" for part, value in row["peaks"].items())
        facts = (row["way"], row["photo"], row["verdict"], row["score"], row["alarms"])
        cells = (*facts, lies, peaks, f"{row['ms'] / 1000:.1f}")
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
