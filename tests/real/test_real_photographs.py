"""A handful of real photographs: emulator, whole station, records. Skipped where the photographs are absent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest

from shellmark_inspect.recipe import Recipe
from shellmark_inspect.station import Station
from shellmark_inspect.types import Verdict
from shellmark_models import TeachCase, TeachOptions, teach, write_bundle

pytest.importorskip("pypylon.pylon", reason="pypylon is not installed: pip install 'shellmark[basler]'")

# pylon needs SIGALRM for itself, so a runner's own timeout has to come from a thread
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300, method="thread")]
REAL = Path(__file__).resolve().parents[2] / "benchmarks" / "real"


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """What benchmarks/real serves photographs with."""
    monkeypatch.syspath_prepend(str(REAL))
    monkeypatch.setenv("PYLON_CAMEMU", "1")
    import serving

    return serving


def learn(cases: Sequence[TeachCase], name: str, px_per_mm: float, store: Path) -> None:
    options = TeachOptions(rows=100, threads=1)
    data = teach(cases, name=name, version="1", channels=("bgr",), px_per_mm=px_per_mm, options=options)
    write_bundle(data, store)


def inspected(
    serving: Any, tmp_path: Path, camera: str, recipe: Path, photos: Sequence[Path]
) -> tuple[list[Any], dict[str, int]]:
    served = serving.serve(tmp_path / "served", photos)
    config = serving.configuration(tmp_path, {camera: served}, [recipe], tmp_path / "store", threads=1)
    with Station(config) as station:
        judged = list(serving.judge(station, photos))
        return judged, serving.check_kept(station, judged)


def test_spindle_photographs_become_records_pictures_and_codes(real_data: Path, serving: Any, tmp_path: Path) -> None:
    images = sorted((real_data / "spindle" / "images").glob("*.jpg"))
    some = [path for path in images if cv2.imread(str(path)).shape == (460, 1130, 3)]
    learned = [path for path in some if "_277500_315_" in path.name][:3]
    others = [path for path in some if "_430000_180_" in path.name]
    photos = [others[0], others[-1]]
    recipe = REAL / "spindle.toml"
    folder = serving.serve(tmp_path / "learn", learned)
    learn(list(serving.goods(Recipe.read(recipe), folder)), "spindle", 30.0, tmp_path / "store")

    judged, kept = inspected(serving, tmp_path, "small", recipe, photos)

    assert [one.record.inspection.trigger.case_id for one in judged] == sorted(path.stem for path in photos)
    assert kept["records"] == 2
    assert kept["codes"] == sum(one.record.verdict is Verdict.PASS for one in judged)
    assert all(one.score is not None and one.score > 0 for one in judged)
    assert all(any(image.kind == "frame" for image in one.record.images) for one in judged)


def test_a_suitcase_is_judged_at_full_resolution(real_data: Path, serving: Any, tmp_path: Path) -> None:
    photo = real_data / "suitcases" / "f04.png"
    whole = cv2.imread(str(real_data / "suitcases" / "f02.png"))
    pieces = [np.ascontiguousarray(whole[:512, x : x + 512]) for x in (0, 512)]
    cases = [TeachCase(f"f02-{i}", [np.asarray(piece, np.uint8)]) for i, piece in enumerate(pieces)]
    learn(cases, "suitcase", 5.0, tmp_path / "store")

    [one], kept = inspected(serving, tmp_path, "front", REAL / "suitcase.toml", [photo])

    assert kept["records"] == 1
    assert one.record.verdict is not Verdict.PASS  # zip, lock and wheels are nothing it learned
    assert one.record.inspection.defects
    points = np.concatenate([defect.contour_px for defect in one.record.inspection.defects])
    height, width = cv2.imread(str(photo)).shape[:2]
    assert points.min() >= 0
    assert (points.max(0) <= (width, height)).all()
    assert points.max() > 512  # found beyond the first tile, so nothing was shrunk to fit one
