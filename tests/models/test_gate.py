"""The gate's arithmetic, parity with what was kept, and a version that differs by its threshold alone."""

from __future__ import annotations

import dataclasses
import datetime
import io
import json
import zipfile

import numpy as np
import pytest

from shellmark_models import BundleError, Store, false_reject_bound, load, write_bundle
from shellmark_models.evaluation.gate import (
    GateCheck,
    GateReport,
    golden_check,
    keep_report,
    kept_report,
    latency_check,
    memory_check,
    parity_check,
    this_machine,
    threshold_check,
)
from shellmark_models.evaluation.parity import Parity, Sample, compare, parity_bytes, read_arrays, samples_of
from shellmark_models.rescale import good_scores, rescaled
from shellmark_models.writing import write_folder

NOW = datetime.datetime.now(datetime.UTC)


@pytest.fixture
def kept(model, make, tmp_path):
    """Parity of three views, one with a mask, one of another size."""
    mask = np.zeros((140, 200), np.bool_)
    mask[:, :90] = True
    samples = [Sample(make.shell(1)), Sample(make.shell(2), mask=mask), Sample(make.shell(3, (300, 260)))]
    path = tmp_path / "parity.npz"
    path.write_bytes(parity_bytes(model, samples))
    return path


def changed(path, **changes):
    arrays = read_arrays(path) | changes
    file = io.BytesIO()
    np.savez_compressed(file, **{key: value for key, value in arrays.items() if value is not None})
    path.write_bytes(file.getvalue())


def test_a_model_agrees_with_itself(model, kept):
    found = compare(model, kept)
    assert found.views == 3
    assert found.score_off < 1e-6
    assert found.map_off < 2e-3, "maps are kept in float16"
    assert parity_check(found).passed
    mask = samples_of(kept)[1].mask
    assert mask.shape == (140, 200)
    assert (mask[:, :90].all(), mask[:, 90:].any()) == (True, False)


def test_another_answer_is_found(model, kept):
    scores = read_arrays(kept)
    changed(kept, score_1=scores["score_1"] + 0.05)
    found = compare(model, kept)
    assert found.score_off == pytest.approx(0.05 / max(1.0, float(scores["score_1"]) + 0.05), rel=0.01)
    assert not parity_check(found).passed


def test_one_place_of_a_map_that_differs_is_found(model, kept):
    anomaly = read_arrays(kept)["anomaly_2"].copy()
    anomaly[5, 7] += 0.5
    changed(kept, anomaly_2=anomaly)
    found = compare(model, kept)
    assert found.map_off > 0.2
    assert not parity_check(found).passed


def test_another_models_parity_and_none_at_all(model, kept, tmp_path):
    changed(kept, digest=np.array("sha256:" + "0" * 64))
    with pytest.raises(BundleError, match="belongs to another model"):
        compare(model, kept)
    assert compare(model, tmp_path / "absent.npz") is None
    assert not parity_check(None).passed


@pytest.mark.parametrize(
    "changes",
    [
        {"digest": None},
        {"score_0": None},
        {"score_0": np.array(np.nan)},
        {"anomaly_0": np.full((112, 160), np.inf, np.float16)},
        {"anomaly_0": np.zeros((3, 3), np.float16)},
        {"view_0": np.array(["x"])},
        {"mask_1": np.zeros((1, 1), np.uint8)},
    ],
)
def test_a_damaged_parity_is_one_line(model, kept, changes):
    changed(kept, **changes)
    with pytest.raises((BundleError, Exception), match=r"damaged|a map is|mask") as caught:
        compare(model, kept)
    assert "\n" not in str(caught.value)


def test_arrays_that_claim_more_than_they_hold_or_unpack_to_too_much(tmp_path):
    path = tmp_path / "x.npz"
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", head.getvalue() + b"little")
    with pytest.raises(BundleError, match="holds less"):
        read_arrays(path)
    np.savez_compressed(path, x=np.zeros(10_000_000))
    assert path.stat().st_size < 100_000
    with pytest.raises(BundleError, match="the most is"):
        read_arrays(path, 10_000_000)
    np.savez(path, x=np.array([{}], dtype=object))
    with pytest.raises(BundleError, match="damaged"):
        read_arrays(path)


def card(taught, make, **changes):
    return make.card_of(taught).model_copy(update=changes)


def test_the_threshold_must_be_what_its_goods_say(taught, make):
    mine = card(taught, make, goods=30, false_reject_bound=false_reject_bound(30))
    scores = [0.5 + 0.0166 * n for n in range(30)]
    assert threshold_check(mine, scores).passed
    assert threshold_check(mine, scores).figure == pytest.approx(0.0950, abs=1e-4)
    for wrong in (scores[:29], [], None, [*scores[:29], float("nan")]):
        assert not threshold_check(mine, wrong).passed
    too_low = threshold_check(mine, [*scores[:28], 1.2, 1.3])
    assert (too_low.passed, "2 of 30" in too_low.detail) == (False, True)
    assert too_low.figure == pytest.approx(false_reject_bound(30, 3))
    honest = card(taught, make, goods=30, false_reject_bound=false_reject_bound(30, 3))
    assert threshold_check(honest, [*scores[:28], 1.2, 1.3]).passed, "a lower threshold whose card says so"
    assert "too high" in threshold_check(mine, [score / 2.5 for score in scores]).detail
    assert not threshold_check(mine, [1.5] * 30).passed


def test_golden_cases_all_count():
    assert golden_check([], [], [], 0.0).passed
    assert golden_check([True] * 3, [True] * 50, [], 0.0).passed
    assert not golden_check([True, False], [True], ["x"], 1.0).passed
    assert golden_check([True], [True] * 49 + [False], ["y"], 0.02).passed
    assert not golden_check([True], [True] * 48 + [False] * 2, ["y"], 0.02).passed


def test_budgets():
    assert latency_check([3.4, 2.9], 3.0, "x").passed, "the fastest try: the PC may be busy"
    assert not latency_check([3.1], 3.0, "x").passed
    assert not latency_check([], 3.0, "x").passed
    assert memory_check(1.4e9, 1.5e9).passed
    assert not memory_check(1.6e9, 1.5e9).passed


def test_a_report_is_kept_for_its_file_and_machine(tmp_path):
    report = GateReport("sha256:" + "1" * 64, this_machine(), NOW, (GateCheck("parity", True, 0.1, 0.2, "fine"),))
    assert kept_report([tmp_path], report.digest) is None
    keep_report(report, tmp_path)
    assert kept_report([tmp_path / "absent", tmp_path], report.digest) == report
    assert kept_report([tmp_path], "sha256:" + "2" * 64) is None
    assert kept_report([tmp_path], report.digest, "another PC") is None
    (tmp_path / "gate.json").write_text("{")
    assert kept_report([tmp_path], report.digest) is None


def test_a_gate_without_a_check_did_not_pass():
    assert not GateReport("sha256:" + "1" * 64, "x", NOW, ()).passed
    failed = GateReport("sha256:" + "1" * 64, "x", NOW, (GateCheck("a", True), GateCheck("b", False)))
    assert not failed.passed


def test_what_a_report_says_of_itself_is_not_believed(tmp_path):
    report = GateReport("sha256:" + "1" * 64, this_machine(), NOW, (GateCheck("parity", False),))
    keep_report(report, tmp_path)
    said = json.loads((tmp_path / "gate.json").read_text("utf-8"))
    (tmp_path / "gate.json").write_text(json.dumps(said | {"passed": True}), "utf-8")
    assert not kept_report([tmp_path], report.digest).passed


def test_parity_is_symmetric_in_its_limits():
    base = Parity(1, 0.0, 0.0)
    assert parity_check(base).passed
    assert not parity_check(dataclasses.replace(base, score_off=0.021)).passed
    assert not parity_check(dataclasses.replace(base, map_off=0.051)).passed


@pytest.fixture
def whole(taught, make, tmp_path):
    """A bundle with parity and held-out scores."""
    data = make.with_card(taught, goods=6, false_reject_bound=false_reject_bound(6))
    path = write_bundle(data, tmp_path)
    model = load(path, threads=1)
    (path.parent / "parity.npz").write_bytes(parity_bytes(model, [Sample(make.shell(1))]))
    model.close()
    scores = [{"case": f"g{n}", "score": 0.75 + 0.05 * n} for n in range(6)]
    (path.parent / "metrics.json").write_text(json.dumps({"goods": 6, "good_scores": scores}), "utf-8")
    return Store(tmp_path).find("noise")


@pytest.mark.parametrize("times", [0.8, 1.0, 1.4])
def test_a_rescaled_version_scores_inversely_and_promises_what_its_goods_allow(whole, tmp_path, make, times):
    files = rescaled(whole, times, "2")
    write_folder(files, tmp_path / "noise" / "2", holds="model.onnx")
    other = Store(tmp_path).find("noise/2")
    assert other.card.parent == "noise/1"
    assert other.card.graph_digest == whole.card.graph_digest
    before, after = load(whole.path, threads=1), load(other.path, threads=1)
    assert after.look(make.shell(9)).score == pytest.approx(before.look(make.shell(9)).score / times, rel=1e-4)
    found = compare(after, other.folder / "parity.npz")
    assert parity_check(found).passed
    assert threshold_check(other.card, list(good_scores(other.folder).values())).passed
    assert (other.card.false_reject_bound > whole.card.false_reject_bound) == (times < 1)
    before.close()
    after.close()


@pytest.mark.parametrize("times", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_factor(whole, times):
    with pytest.raises(BundleError, match="threshold x"):
        rescaled(whole, times, "2")


@pytest.mark.parametrize("text", ["{", "[]", '{"good_scores": 3}', '{"good_scores": [{"case": "x"}]}'])
def test_damaged_metrics(whole, text):
    (whole.folder / "metrics.json").write_text(text, "utf-8")
    with pytest.raises(BundleError, match="damaged"):
        good_scores(whole.folder)
