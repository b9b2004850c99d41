"""The benchmark: the station's own verdicts, counted right, the same whoever judges, and never a made-up number."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import small_sets
from sklearn.metrics import average_precision_score, roc_auc_score
from small_station import good, scratched

from shellmark_inspect import bench
from shellmark_inspect.bench import (
    Contestant,
    Engine,
    Grouping,
    Ledger,
    WorkerDied,
    carry_out,
    in_this_process,
    plan,
    processes,
    read_contestant,
    result,
)
from shellmark_inspect.bench.rows import Judged
from shellmark_inspect.bench.worker import Job, Piece
from shellmark_inspect.errors import InputError, RecipeError
from shellmark_inspect.sets import ImageSet, read_set
from shellmark_inspect.teaching import TeachPlan, teach_plan
from shellmark_inspect.types import Frame, Trigger, View

NOT_FIGURES = {"conditions", "cpu_ms_per_mp", "speed", "peak_memory_mb", "remarks"}


def run(
    image_set: ImageSet,
    contestant: Contestant,
    folder: Path,
    engine: Engine = in_this_process,
    grouping: Grouping | None = None,
) -> dict[str, Any]:
    """The one result of one set and one contestant."""
    with Ledger(folder) as ledger:
        ((one_set, who, cases),) = plan([image_set], [contestant], grouping or Grouping())
        return result(carry_out(one_set, who, cases, ledger, engine), ledger)


def only_figures(told: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in told.items() if key not in NOT_FIGURES}, sort_keys=True)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "rows.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture
def told(image_set: ImageSet, contestant: Contestant, tmp_path: Path) -> dict[str, Any]:
    return run(image_set, contestant, tmp_path / "rows")


def test_every_promised_key_is_there(told: dict[str, Any]) -> None:
    for key in ("image_auroc", "pixel_auroc", "escapes", "overkill"):
        assert {"value", "low", "high", "n"} <= set(told[key]), key
        assert told[key]["low"] <= told[key]["value"] <= told[key]["high"], key
    assert told["cpu_ms_per_mp"] > 0
    assert (told["cases"]["good"], told["cases"]["defect"]) == (4, 6)
    assert told["image_auroc"]["method"]
    assert json.loads(json.dumps(told, allow_nan=False)) is not None


def test_the_verdicts_are_the_stations(told: dict[str, Any], image_set: ImageSet, contestant: Contestant) -> None:
    inspector = contestant.open(1)
    verdicts: dict[str, list[str]] = {"good": [], "defect": []}
    for case in image_set.to_judge:
        pixels = cv2.imread(str(case.files[""]))
        frame = Frame(pixels, 1, 1, "front", "top", 1)
        found = inspector.inspect(Trigger(1, 0, case.name), {"front": [frame]}, ())
        verdicts[case.kind].append(found.verdict.value)
    inspector.model.close()
    for kind, these in verdicts.items():
        assert {v: n for v, n in told["verdicts"][kind].items() if n} == {v: these.count(v) for v in set(these)}
    assert told["escapes"]["k"] == verdicts["defect"].count("PASS")
    assert told["overkill"]["k"] == 4 - verdicts["good"].count("PASS")


def test_figures_agree_with_scikit_learn(
    told: dict[str, Any], image_set: ImageSet, contestant: Contestant, tmp_path: Path
) -> None:
    inspector = contestant.open(1)
    maps: list[np.ndarray] = []
    truths: list[np.ndarray] = []

    def watch(_spec: object, view: View, prediction: Any) -> None:
        maps.append(prediction.anomaly.ravel())
        assert view.shell is None

    for case in image_set.to_judge:
        frame = Frame(cv2.imread(str(case.files[""])), 1, 1, "front", "top", 1)
        inspector.inspect(Trigger(1, 0, case.name), {"front": [frame]}, (), watch=watch)
        drawn = cv2.imread(str(case.mask), 0) if case.mask else np.zeros(frame.pixels.shape[:2])
        truths.append(drawn.ravel() > 0)
    inspector.model.close()
    scores = [row["row"]["score"] for row in sorted(lines(tmp_path / "rows"), key=lambda row: row["case"])]
    bad = [case.kind == "defect" for case in sorted(image_set.to_judge, key=lambda case: case.name)]
    assert told["image_auroc"]["value"] == pytest.approx(roc_auc_score(bad, scores), abs=1e-12)
    assert told["image_ap"]["value"] == pytest.approx(average_precision_score(bad, scores), abs=1e-12)
    pixels, truth = np.concatenate(maps), np.concatenate(truths)
    assert told["pixel_auroc"]["value"] == pytest.approx(roc_auc_score(truth, pixels), abs=1e-4)
    assert told["pixel_ap"]["value"] == pytest.approx(average_precision_score(truth, pixels), abs=1e-4)
    assert told["pixel_auroc"]["pixels"] == len(pixels)


@pytest.mark.slow
def test_two_processes_give_the_same_to_the_last_digit(
    told: dict[str, Any], image_set: ImageSet, contestant: Contestant, tmp_path: Path
) -> None:
    two = run(image_set, contestant, tmp_path / "two", processes(2))
    assert only_figures(two) == only_figures(told)
    assert multiprocessing.active_children() == []


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")
def test_a_ray_cluster_of_two_workers_gives_the_same_to_the_last_digit(
    told: dict[str, Any], image_set: ImageSet, contestant: Contestant, tmp_path: Path
) -> None:
    ray = pytest.importorskip("ray", reason="Ray is not installed (the extra `cluster`)")
    pids: set[int] = set()

    def watched(job: Job, pieces: Any) -> Iterator[list[Judged]]:
        for judged in bench.cluster("local", 2)(job, ([one] for piece in pieces for one in piece)):
            pids.update(one.pid for one in judged)
            yield judged

    two = run(image_set, contestant, tmp_path / "ray", watched)
    assert len(pids - {os.getpid()}) == 2, "two worker processes judged"
    assert only_figures(two) == only_figures(told)
    assert not ray.is_initialized()


def test_a_second_run_judges_nothing_again(image_set: ImageSet, contestant: Contestant, tmp_path: Path) -> None:
    first = run(image_set, contestant, tmp_path / "rows")

    def nobody(_job: Job, _pieces: object) -> Iterator[list[Judged]]:
        raise AssertionError("all was judged already")

    second = run(image_set, contestant, tmp_path / "rows", nobody)
    assert only_figures(second) == only_figures(first)
    assert "10 of 10 rows are from an earlier run" in second["remarks"]


def test_a_run_that_was_interrupted_goes_on(image_set: ImageSet, contestant: Contestant, tmp_path: Path) -> None:
    whole = run(image_set, contestant, tmp_path / "whole")

    def torn(job: Job, pieces: Any) -> Iterator[list[Judged]]:
        yield next(iter(in_this_process(job, pieces)))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(image_set, contestant, tmp_path / "rows", torn)
    kept = lines(tmp_path / "rows")
    assert 0 < len(kept) < 10
    with (tmp_path / "rows" / "rows.jsonl").open("ab") as file:
        file.write(b'{"digest": "torn by a power cut')
    judged: list[int] = []

    def counted(job: Job, pieces: Any) -> Iterator[list[Judged]]:
        for one in in_this_process(job, pieces):
            judged.append(len(one))
            yield one

    again = run(image_set, contestant, tmp_path / "rows", counted)
    assert sum(judged) == 10 - len(kept)
    assert only_figures(again) == only_figures(whole)
    assert len(lines(tmp_path / "rows")) == 10


def test_changed_images_are_judged_again_and_said(folder: Path, contestant: Contestant, tmp_path: Path) -> None:
    before = run(read_set(folder), contestant, tmp_path / "rows")
    small_sets.write(folder / "test" / "good" / "001.png", scratched(77))
    mask = cv2.imread(str(folder / "ground_truth" / "spot" / "002_mask.png"), 0)
    small_sets.write(folder / "ground_truth" / "spot" / "002_mask.png", np.roll(mask, 30, 0))
    after = run(read_set(folder), contestant, tmp_path / "rows")
    assert after["remarks"] == [
        "2 cases changed since they were judged and are judged again (first test/good/001.png)",
        "8 of 10 rows are from an earlier run",
    ]
    assert after["overkill"]["k"] == before["overkill"]["k"] + 1
    assert only_figures(after) == only_figures(run(read_set(folder), contestant, tmp_path / "fresh"))


def test_another_model_or_recipe_is_judged_anew(bundle: Path, image_set: ImageSet, tmp_path: Path) -> None:
    run(image_set, read_contestant(bundle), tmp_path / "rows")
    other = tmp_path / "recipe.toml"
    other.write_text((bundle / "recipe" / "recipe.toml").read_text().replace("length_mm = 2.0", "length_mm = 90.0"))
    again = run(image_set, read_contestant(bundle, other), tmp_path / "rows")
    assert again["remarks"] == []
    assert again["escapes"]["k"] > 0, "such limits let scratches pass"
    assert len(lines(tmp_path / "rows")) == 20


def test_two_runs_on_one_folder_are_refused(tmp_path: Path) -> None:
    with Ledger(tmp_path / "rows"), pytest.raises(InputError, match="in use by another run"):
        Ledger(tmp_path / "rows")


def test_a_picture_that_is_torn_is_review_and_counted_apart(
    folder: Path, contestant: Contestant, tmp_path: Path
) -> None:
    (folder / "test" / "good" / "002.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing more")
    told = run(read_set(folder), contestant, tmp_path / "rows")
    assert told["verdicts"]["good"]["REVIEW"] == 1
    assert told["cases"]["unscored"] == 1
    assert told["image_auroc"]["n"] == 9
    (reason,) = told["cases"]["faults"]
    assert "002.png" in reason
    assert told["cases"]["without_pixels"] == {"the model did not see it": 1}


def test_goods_alone_give_no_area_but_overkill(contestant: Contestant, tmp_path: Path) -> None:
    for i in range(3):
        small_sets.write(tmp_path / "goods" / f"{i}.png", good(900 + i))
    told = run(read_set(tmp_path / "goods"), contestant, tmp_path / "rows")
    for key in ("image_auroc", "image_ap", "pixel_auroc", "pixel_ap", "aupro"):
        assert told[key]["value"] is None, key
        assert "needs good and" in told[key]["why"], key
    assert told["escapes"] == {"value": None, "low": 0.0, "high": 1.0, "n": 0, "k": 0, "why": "no such case"}
    assert told["overkill"]["n"] == 3
    assert told["pod"]["*"] == {}


def test_defects_without_masks_have_no_pixel_figures(contestant: Contestant, tmp_path: Path) -> None:
    told = run(read_set(small_sets.classes(tmp_path / "lid")), contestant, tmp_path / "rows")
    assert told["pixel_auroc"]["value"] is None
    assert told["cases"]["without_pixels"] == {"no mask": 4}
    assert told["image_auroc"]["value"] == 1.0


def test_a_map_that_is_no_number_is_said(
    image_set: ImageSet, contestant: Contestant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shellmark_models import Prediction

    real = Prediction.of_map

    def spoilt(anomaly: np.ndarray, mask: Any = None) -> Prediction:
        holed = anomaly.copy()
        holed[0, 0] = np.nan
        return Prediction(holed, real(anomaly, mask).score)

    from shellmark_inspect.inspector import Inspector

    look = Inspector.look
    monkeypatch.setattr(Inspector, "look", lambda self, spec, view: spoilt(look(self, spec, view).anomaly, view.shell))
    told = run(image_set, contestant, tmp_path / "rows")
    assert told["pixel_auroc"]["value"] is None
    (why,) = told["cases"]["without_pixels"]
    assert "no numbers" in why or "did not see" in why
    json.dumps(told, allow_nan=False)


def test_sizes_and_limits_of_a_manifest(contestant: Contestant, tmp_path: Path) -> None:
    told = run(read_set(small_sets.manifest(tmp_path / "samples")), contestant, tmp_path / "rows")
    assert told["cases"] == told["cases"] | {"good": 3, "defect": 4, "below_limit": 2}
    assert told["escapes"]["n"] == 2, "a defect below its limit is no escape"
    assert told["pod"]["*"]["times_limit"]["n"] == 4
    assert set(told["pod"]["scratch"]) == {"times_limit", "diameter_mm", "diameter_px"}
    assert told["confusion"]["table"]["scratch"] == {"unknown": 2}
    assert told["confusion"]["named_right"]["value"] is None
    assert told["confusion"]["why"] == "the model names no class"
    assert "all images are rendered" in told["remarks"]


def test_what_is_reported_elsewhere_does_not_find_a_defect(
    folder: Path, contestant: Contestant, tmp_path: Path
) -> None:
    for file in (folder / "ground_truth" / "spot").iterdir():
        corner = np.zeros((128, 128), np.uint8)
        corner[118:124, 4:10] = 255
        small_sets.write(file, corner)
    told = run(read_set(folder), contestant, tmp_path / "rows")
    assert told["confusion"]["table"]["spot"] == {"(not found)": 3}
    assert told["escapes"]["k"] == 0, "the case was stopped all the same"


def test_groups_of_the_index_and_of_names(contestant: Contestant, tmp_path: Path) -> None:
    found = read_set(small_sets.indexed(tmp_path / "spindle"))
    told = run(found, contestant, tmp_path / "rows")
    assert set(told["by_group"]) == {"g0", "g1"}
    assert told["by_group"]["g0"]["cases"] == 3
    assert told["image_auroc_grouped"]["groups"] == 2
    one = run(found, contestant, tmp_path / "rows", grouping=Grouping(None, frozenset({"g1"})))
    assert one["cases"]["n"] == 3
    by_name = run(found, contestant, tmp_path / "rows", grouping=Grouping(r"^p(\d)"))
    assert set(by_name["by_group"]) == set("012345")
    with pytest.raises(InputError, match="no group g7: it has g0, g1"):
        run(found, contestant, tmp_path / "rows", grouping=Grouping(None, frozenset({"g7"})))
    with pytest.raises(InputError, match="groups no case"):
        run(found, contestant, tmp_path / "rows", grouping=Grouping("^x"))
    with pytest.raises(InputError, match="no regular expression"):
        run(found, contestant, tmp_path / "rows", grouping=Grouping("("))


def test_models_of_other_skus_are_refused_in_a_line(contestant: Contestant, tmp_path: Path) -> None:
    found = read_set(small_sets.manifest(tmp_path / "samples", sku="other"))
    with pytest.raises(InputError, match="has no case of SKU noise: it has other"):
        plan([found], [contestant], Grouping())


def _no_recipe(bundle: Path) -> None:
    (bundle / "recipe" / "recipe.toml").unlink()
    (bundle / "recipe").rmdir()


def _other_scale(bundle: Path) -> None:
    path = bundle / "recipe" / "recipe.toml"
    path.write_text(path.read_text().replace("px_per_mm = 6.0", "px_per_mm = 9.0"))


@pytest.mark.parametrize(
    ("spoil", "kind", "said"),
    [(_no_recipe, InputError, "has no recipe beside its model"), (_other_scale, RecipeError, "was taught at 6.0")],
)
def test_a_bundle_that_cannot_be_judged_is_one_line(
    bundle: Path, tmp_path: Path, spoil: Callable[[Path], None], kind: type[Exception], said: str
) -> None:
    copy = tmp_path / "copy"
    (copy / "recipe").mkdir(parents=True)
    (copy / "model.onnx").write_bytes((bundle / "model.onnx").read_bytes())
    (copy / "recipe" / "recipe.toml").write_text((bundle / "recipe" / "recipe.toml").read_text())
    spoil(copy)
    with pytest.raises(kind, match=said):
        read_contestant(copy)
    with pytest.raises(InputError, match="is missing"):
        read_contestant(tmp_path / "nowhere")


@pytest.mark.slow
def test_a_process_that_dies_is_one_line_and_what_was_judged_is_kept(
    image_set: ImageSet, contestant: Contestant, tmp_path: Path
) -> None:
    def killing(job: Job, pieces: Any) -> Iterator[list[Judged]]:
        def one_by_one() -> Iterator[Piece]:
            for piece in pieces:
                yield from ([one] for one in piece)

        for judged in processes(1)(job, one_by_one()):
            yield judged
            for child in multiprocessing.active_children():
                child.kill()

    with pytest.raises(WorkerDied, match="noise/1 died"):
        run(image_set, contestant, tmp_path / "rows", killing)
    kept = len(lines(tmp_path / "rows"))
    assert 0 < kept < 10
    assert run(image_set, contestant, tmp_path / "rows")["cases"]["n"] == 10


def test_reading_ahead_is_not_the_models_cost(contestant: Contestant, tmp_path: Path) -> None:
    """A large picture that only takes long to read: its reading must not appear in the model's processor time."""
    from shellmark_inspect.bench.look import judge_case
    from shellmark_inspect.bench.stills import StillReader
    from shellmark_inspect.bench.worker import Worker

    found = read_set(small_sets.mvtec(tmp_path / "lid", learn=1, goods=1, each=1))
    case = found.to_judge[0]
    inspector = contestant.open(1)
    stills = StillReader(inspector.recipe).read(0, case)
    clock = iter([1.0, 3.5])
    judged = judge_case(inspector, 0, case, stills, first=False, others_s=lambda: next(clock))
    inspector.model.close()
    assert judged.row.cpu_ms == 0, "2.5 s of another thread are taken off"
    worker = Worker(Job(contestant, 1))
    rows = worker.judge([(i, one) for i, one in enumerate(found.to_judge)])
    worker.close()
    assert [one.row.first for one in rows] == [True, False, False]
    assert all(one.row.mp == pytest.approx(128 * 128 / 1e6) for one in rows)


def test_a_full_disk_is_one_line(
    image_set: ImageSet, contestant: Contestant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shellmark_inspect.bench.ledger._flush", full)
    with pytest.raises(InputError, match="No space left on device: make room and start again"):
        run(image_set, contestant, tmp_path / "rows")


@pytest.mark.slow
def test_what_the_model_has_learned_is_said(tmp_path: Path) -> None:
    folder = small_sets.mvtec(tmp_path / "lid", learn=12, goods=2, each=1)
    teach_plan(TeachPlan(goods=folder / "train" / "good", out=tmp_path / "taught", threads=1))
    for file in ("000.png", "001.png"):
        shutil.copy(folder / "train" / "good" / file, folder / "test" / "good" / f"again-{file}")
    told = run(read_set(folder), read_contestant(tmp_path / "taught"), tmp_path / "rows")
    assert told["cases"]["learned"] == {"good": 2}
    assert told["remarks"][0] == "2 of 4 good cases were learned by this very model: its figures are optimistic"
