"""`shellmark train`: from good shells to a bundle, seen through the same steps as on the station."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer

from shellmark_inspect.app.printing import out, progress
from shellmark_inspect.cameras import Camera, build_camera
from shellmark_inspect.errors import CameraError, InputError, StepError
from shellmark_inspect.inspector import Preparation
from shellmark_inspect.recipe import Recipe, ViewSpec
from shellmark_inspect.steps import evidence
from shellmark_inspect.types import Mask, Pixels, Trigger, View
from shellmark_models import Crop, LabelledCrop, TeachCase, bundle_roots, teach, write_bundle


class Goods:
    """The good cases of a folder or manifest, prepared as the recipe says; gone through once, with a known length."""

    def __init__(self, recipe: Recipe, source: dict[str, Any]) -> None:
        self._recipe = recipe
        self._preparation = Preparation(recipe)
        self._cameras = {view.camera: build_camera(view.camera, source) for view in recipe.views}
        self.left_out: list[str] = []
        for camera in self._cameras.values():
            camera.open()

    def __len__(self) -> int:
        return max(len(getattr(camera, "cases", ())) for camera in self._cameras.values())

    def __iter__(self) -> Iterator[TeachCase]:
        number = 0
        while not any(camera.ended for camera in self._cameras.values()):
            number += 1
            try:
                views = list(self._views(Trigger(number, 0, f"{number}")))
            except (CameraError, StepError) as e:
                self.left_out.append(str(e))
                continue
            images = [evidence(view, spec.channels) for spec, view, _ in views]
            masks = [_mask(view) for _, view, _ in views]
            yield TeachCase(views[0][2], images, masks)

    def _views(self, trigger: Trigger) -> Iterator[tuple[ViewSpec, View, str]]:
        for spec in self._recipe.views:
            camera: Camera = self._cameras[spec.camera]
            frames = camera.expose(trigger, spec.name, spec.lights)
            yield spec, self._preparation.view(spec, frames), frames[0].case_id or trigger.case_id


def learn_rows(manifest: Path) -> list[dict[str, Any]]:
    """The rows of a manifest's labelled defects to learn from.

    Raises:
        InputError: the manifest cannot be read.
    """
    try:
        rows: list[dict[str, Any]] = json.loads(manifest.read_text("utf-8"))["cases"]
        return [row for row in rows if row["split"] == "learn" and row["kind"] == "defect" and row["sku"]]
    except OSError as e:
        raise InputError(f"manifest {manifest} cannot be read: {e.strerror}: give another one") from e
    except (ValueError, KeyError, TypeError) as e:
        raise InputError(f"manifest {manifest} cannot be read: {e!r}: give one as docs/cameras.md says") from e


def known_defects(recipe: Recipe, manifest: Path) -> Iterator[LabelledCrop]:
    """The labelled defects of a manifest's learn split: of this SKU, and of all whose recipe beside it sees the same.

    A scratch is a scratch on any shell, so few crops a SKU make many a class; what this SKU cannot have (a flaw of a
    print it does not wear) is left out.
    """
    learn = learn_rows(manifest)
    labels = {defect["label"] for row in learn if row["sku"] == recipe.sku for defect in row["defects"]}
    for sku in dict.fromkeys(row["sku"] for row in learn):
        theirs = recipe if sku == recipe.sku else _recipe_beside(manifest, sku)
        if theirs is not None and theirs.views[0].channels == recipe.views[0].channels:
            crops = labelled_crops(theirs, manifest, [row for row in learn if row["sku"] == sku])
            yield from (crop for crop in crops if crop.label in labels)


def _recipe_beside(manifest: Path, sku: str) -> Recipe | None:
    folder = manifest.parent / sku
    return Recipe.read(folder) if (folder / "recipe.toml").is_file() else None


def labelled_crops(recipe: Recipe, manifest: Path, rows: list[dict[str, Any]]) -> Iterator[LabelledCrop]:
    """The labelled defects of one SKU's rows, cut out of the prepared views by their masks."""
    preparation, spec = Preparation(recipe), recipe.views[0]
    good = preparation.good_evidence(spec)
    where = {key: rows[0][key] for key in ("split", "sku", "kind")}
    camera = build_camera(spec.camera, {"kind": "folder", "path": str(manifest), "filter": where})
    camera.open()
    for number, row in enumerate(rows, 1):
        frames = camera.expose(Trigger(number, 0, row["case"]), spec.name, spec.lights)
        view = preparation.view(spec, frames)
        image, moved = evidence(view, spec.channels), _moved_mask(manifest.parent / row["mask"], view)
        for defect in row["defects"]:
            mask = np.asarray(moved == defect["mask_value"])
            if mask.any():
                yield LabelledCrop(defect["label"], _crop(image, mask, view.px_per_mm, good))


def _moved_mask(path: Path, view: View) -> Pixels:
    """A mask of the frame's pixels in the pixels of the view."""
    labels = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if labels is None:
        raise InputError(f"mask {path} cannot be read: put it back or take its case out of the manifest")
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(labels, view.to_frame, view.size[::-1], flags=flags), np.uint8)


def train(
    recipe: Annotated[Path, typer.Argument(help="The SKU's recipe: its steps, lights and channels.")],
    goods: Annotated[Path, typer.Argument(help="A folder of good cases, or a manifest with a learn split.")],
    store: Annotated[Path | None, typer.Option("--store", help="Where the bundle goes. Default: this user's.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="The model's name. Default: the recipe's.")] = None,
    version: Annotated[str, typer.Option("--version", help="The model's version.")] = "1",
    family: Annotated[str | None, typer.Option("--family", help="Default: registered where views are aligned.")] = None,
) -> None:
    """Teach a model from good shells (and, from a manifest, the names of labelled defects).

    Example: `shellmark train sample_images/gloss-vertical sample_images/manifest.json --store out/models`
    """
    spec = Recipe.read(recipe)
    source: dict[str, Any] = {"kind": "folder", "path": str(goods)}
    labelled: list[LabelledCrop] = []
    if goods.suffix == ".json":
        source["filter"] = {"split": "learn", "sku": spec.sku, "kind": "good"}
        labelled = list(known_defects(spec, goods))
    cases = Goods(spec, source)
    view = spec.views[0]
    aligned = all(any(step.step == "align" for step in each.steps) for each in spec.views)
    with progress("teach", 1.0) as advance:
        data = teach(
            cases,
            labelled,
            name=name or spec.model.partition("/")[0],
            version=version,
            channels=("bgr",) if len(view.channels) == 1 else tuple(view.channels),
            px_per_mm=view.px_per_mm,
            family=family or ("registered" if aligned else "memory"),
            progress=lambda stage, fraction: advance(fraction, stage),
        )
    for reason in cases.left_out:
        out.print(f"left out: {reason}", style="yellow", markup=False)
    path = write_bundle(data, store or bundle_roots()[0])
    out.print(f"{path}\nsha256:{hashlib.sha256(data).hexdigest()}", markup=False, soft_wrap=True)


def _mask(view: View) -> Mask:
    return np.ones(view.size, np.bool_) if view.shell is None else view.shell


def _crop(image: Pixels, mask: Mask, px_per_mm: float, good: Pixels | None) -> Crop:
    """The region with as much round it as the judge cuts: twice its own size, at least 96 px, inside the view."""
    ys, xs = np.nonzero(mask)
    box = []
    for low, high, most in ((ys.min(), ys.max(), mask.shape[0]), (xs.min(), xs.max(), mask.shape[1])):
        side = int(min(max(2 * (high - low + 1), 96), most))
        start = int(np.clip((low + high) // 2 - side // 2, 0, most - side))
        box.append(slice(start, start + side))
    part = (box[0], box[1])
    like = None if good is None else np.ascontiguousarray(good[part])
    return Crop(np.ascontiguousarray(image[part]), np.ascontiguousarray(mask[part]), px_per_mm, like)
