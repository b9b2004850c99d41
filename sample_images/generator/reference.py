"""The recipes' reference pictures: one clean, good shell of each SKU exactly in its nominal place."""

from pathlib import Path

from .make import make_case
from .nuisances import Nuisances
from .plan import Case
from .scene import SAMPLES, Stage
from .sku import LIGHTS, SKUS
from .write import write_picture

SEED = 9001
"""A design no case has."""
CLEAN = Nuisances(
    shift_mm=(0.0, 0.0),
    turn_deg=0.0,
    exposure=1.0,
    lamp=dict.fromkeys(LIGHTS, 1.0),
    defocus_px=0.0,
    batch_colour=(1.0, 1.0, 1.0),
    rib_gain=1.0,
    register_mm=(0.0, 0.0),
    dust=0,
    streaks=0,
)


def write_references(out: Path, sku_name: str) -> None:
    """Renders and writes <sku>/reference_<light>.jpg."""
    case = Case(f"{sku_name}/reference", sku_name, "learn", "good", SEED + list(SKUS).index(sku_name))
    stage = Stage(case.frame_px, case.texels_per_mm, SKUS[sku_name].eta)
    made = make_case(case, stage, SAMPLES, CLEAN)
    for light, pixels in made.frames.items():
        write_picture(out / sku_name / f"reference_{light}.jpg", pixels)
