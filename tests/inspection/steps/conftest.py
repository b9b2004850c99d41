"""Views with known content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.steps import Step, build_steps
from shellmark_inspect.types import Pixels, View

PX_PER_MM = 4.0


@pytest.fixture
def spec() -> Callable[..., ViewSpec]:
    """A view's part of a recipe."""

    def make(*steps: dict[str, Any], **changes: Any) -> ViewSpec:
        plain = {"name": "front", "camera": "top", "lights": ("west",), "channels": ("west",), "px_per_mm": PX_PER_MM}
        return ViewSpec.model_validate(plain | {"steps": steps} | changes)

    return make


@pytest.fixture
def built(spec: Callable[..., ViewSpec], tmp_path: Path) -> Callable[..., Step]:
    """One step, built as a recipe would; `picture` becomes the reference of the light west."""

    def make(step: str, *, picture: Pixels | None = None, changes: dict[str, Any] | None = None, **keys: Any) -> Step:
        changes = dict(changes or {})
        if picture is not None:
            cv2.imwrite(str(tmp_path / "west.png"), picture)
            changes["reference"] = {"west": "west.png"}
        ((_, found),) = build_steps(spec({"step": step, **keys}, **changes), tmp_path)
        return found

    return make


@pytest.fixture
def view() -> Callable[..., View]:
    """A view straight from a frame of nominal pose."""

    def make(**planes: Pixels) -> View:
        scale = np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1.0])
        return View(name="front", planes=planes, to_frame=np.eye(3), to_mm=scale)

    return make


@pytest.fixture
def shell() -> Callable[..., Pixels]:
    """A ribbed shell on a dark ground, 160 x 120 mm, moved by a 2x3 map when one is given."""

    def make(
        *,
        rib_mm: float = 15.0,
        plate: bool = True,
        outline: bool = True,
        rim_mm: tuple[float, float] = (20.0, 18.0),
        move: np.ndarray | None = None,
        gain: float = 1.0,
        seed: int = 1,
    ) -> Pixels:
        h, w = int(120 * PX_PER_MM), int(160 * PX_PER_MM)
        y, x = np.mgrid[:h, :w].astype(np.float32) / PX_PER_MM
        picture = 120 + 35 * np.sin(2 * np.pi * x / rib_mm) + 15 * np.sin(4 * np.pi * x / rib_mm + 1)
        if outline:
            picture[(np.abs(x - 80) > 80 - rim_mm[0]) | (np.abs(y - 60) > 60 - rim_mm[1])] = 25
        if plate:
            picture[(np.abs(x - 84) < 12) & (np.abs(y - 40) < 5)] = 200
        picture = cv2.GaussianBlur(picture, (0, 0), 1.2)
        if move is not None:
            picture = cv2.warpAffine(picture, move, (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        noise = np.random.default_rng(seed).normal(0, 2, (h, w))
        return np.clip(picture * gain + noise, 0, 255).astype(np.uint8)

    return make
