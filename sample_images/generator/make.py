"""One case from its plan to its frames, masks and true sizes."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from . import camera
from .canvas import Canvas, Floats
from .defects import Drawn, Site, draw_defect, reach_mm
from .nuisances import Nuisances, dirty, draw_nuisances
from .plan import Case, Wanted
from .scene import SAMPLES, Stage
from .shape import Shape, shape_of
from .sku import LIGHTS, PX_PER_MM
from .streams import stream
from .surface import bare_shell

APART_MM = 3.0
TRIES = 4000


@dataclass(frozen=True, slots=True)
class Placed:
    """A defect on its shell: what was wanted, where it is (mm, nominal pose), and what was drawn."""

    wanted: Wanted
    centre_mm: tuple[float, float]
    zone: str
    drawn: Drawn


@dataclass(frozen=True, slots=True)
class Made:
    """A finished case: uint8 frames per light ((h, w), the diffuse one (h, w, 3) BGR) and its mask."""

    case: Case
    nuisances: Nuisances
    frames: dict[str, NDArray[np.uint8]]
    mask: NDArray[np.uint8] | None
    defects: tuple[Placed, ...]


def make_case(case: Case, stage: Stage, samples: int = SAMPLES, nuisances: Nuisances | None = None) -> Made:
    """Renders one case; with the same seed and no defects it is the same shell without them.

    `nuisances` None draws the case's own.
    """
    shape = shape_of(case.sku, case.frame_px, case.texels_per_mm)
    nuisances = nuisances or draw_nuisances(case.seed)
    canvas = bare_shell(shape, nuisances, case.seed)
    placed = _draw_all(case, canvas, shape)
    dirty(canvas, shape, nuisances, case.seed)
    pose = _pose(nuisances, canvas.size_mm)
    radiance = stage.render(canvas, pose, case.seed, samples)
    frames = {light: _frame(radiance[light], light, case, shape, nuisances) for light in LIGHTS}
    mask = _mask(placed, canvas, pose, case.frame_px) if placed else None
    return Made(case, nuisances, frames, mask, tuple(placed))


def _frame(radiance: Floats, light: str, case: Case, shape: Shape, nuisances: Nuisances) -> NDArray[np.uint8]:
    gain = shape.sku.exposure[light] * nuisances.exposure * nuisances.lamp[light]
    rng = stream(case.seed, f"sensor {light}")
    seen = radiance[..., ::-1] if light == "diffuse" else radiance @ np.array([0.2, 0.7, 0.1], np.float32)
    return camera.expose(np.ascontiguousarray(seen), gain, nuisances.defocus_px, rng)


def _pose(nuisances: Nuisances, size_mm: tuple[float, float]) -> Floats:
    """The map from mm on the nominal shell to mm in the frame: a turn about the middle and a shift."""
    turn = cv2.getRotationMatrix2D((size_mm[0] / 2, size_mm[1] / 2), nuisances.turn_deg, 1.0)
    turn[:, 2] += np.asarray(nuisances.shift_mm)
    return np.asarray(turn, np.float32)


def _draw_all(case: Case, canvas: Canvas, shape: Shape) -> list[Placed]:
    rng = stream(case.seed, "defects")
    taken: list[tuple[float, float, float]] = []
    placed = []
    for wanted in sorted(case.wanted, key=lambda w: -reach_mm(w.label, w.times_limit)):
        reach = reach_mm(wanted.label, wanted.times_limit)
        centre = _find_room(wanted, reach, shape, taken, rng)
        taken.append((*centre, reach))
        site = Site(canvas, centre, float(rng.uniform(0, np.pi)), shape.sku.colour)
        drawn = draw_defect(site, wanted.label, wanted.times_limit, rng)
        placed.append(Placed(wanted, centre, shape.zone(*centre), drawn))
    return placed


def _find_room(
    wanted: Wanted,
    reach: float,
    shape: Shape,
    taken: list[tuple[float, float, float]],
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Finds a free place for a defect; its zone and rib are wishes, given up after half of the tries."""
    left, top, right, bottom = shape.outline
    for attempt in range(TRIES):
        x, y = float(rng.uniform(left, right)), float(rng.uniform(top, bottom))
        if shape.clearance_mm(x, y) < reach + 1.0:
            continue
        if any(np.hypot(x - a, y - b) < reach + r + APART_MM for a, b, r in taken):
            continue
        as_wished = shape.zone(x, y) == wanted.zone and wanted.on_rib in {None, shape.on_rib(x, y)}
        if as_wished or attempt > TRIES // 2:
            return round(x, 3), round(y, 3)
    raise RuntimeError(f"no room for a {wanted.label} of {wanted.times_limit} limits: fewer defects per case, please")


def _mask(placed: list[Placed], canvas: Canvas, pose: Floats, frame_px: tuple[int, int]) -> NDArray[np.uint8]:
    """The k-th defect's pixels as k; every defect has at least one pixel."""
    mask = np.zeros((frame_px[1], frame_px[0]), np.uint8)
    for k, defect in enumerate(placed, 1):
        cover = _seen(defect.drawn, canvas.texels_per_mm, pose, frame_px)
        mask[cover >= min(0.4, float(cover.max()))] = k
    return mask


def _seen(drawn: Drawn, texels_per_mm: float, pose: Floats, frame_px: tuple[int, int]) -> Floats:
    """How much of each pixel of the frame a defect covers."""
    scale = PX_PER_MM / texels_per_mm
    to_mm = np.array(
        [
            [1 / texels_per_mm, 0, (drawn.at[1].start + 0.5) / texels_per_mm],
            [0, 1 / texels_per_mm, (drawn.at[0].start + 0.5) / texels_per_mm],
            [0, 0, 1],
        ]
    )
    to_px = PX_PER_MM * (pose.astype(float) @ to_mm)
    to_px[:, 2] -= 0.5
    soft = cv2.GaussianBlur(np.ascontiguousarray(drawn.cover, np.float32), (0, 0), 0.4 / scale)
    return np.asarray(cv2.warpAffine(soft, to_px, frame_px, flags=cv2.INTER_LINEAR), np.float32)
