"""Names taught apart from the finder, and models that only name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from shellmark_models import (
    UNKNOWN,
    BundleError,
    Crop,
    InferenceError,
    LabelledCrop,
    NamedBy,
    Prediction,
    TeachCancelled,
    TeachError,
    learn_names,
    load,
    teach_names,
    write_names,
)
from shellmark_models.card import digest_of
from shellmark_models.training.names import TaughtNames

SIDE = 64


def spot(kind: str, seed: int) -> Crop:
    """A dark speck, a bright patch or a line on a plain shell."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2 + generator.uniform(-3, 3)
    shape = {"speck": x**2 + y**2 < 12, "patch": x**2 + y**2 < 150, "scratch": (abs(y - x / 3) < 1.5) & (abs(x) < 22)}
    plain = 110 + generator.normal(0, 2, (SIDE, SIDE, 3))
    plain[shape[kind]] += -70 if kind == "speck" else 60
    return Crop(np.clip(plain, 0, 255).astype(np.uint8), shape[kind], 6.0)


def labelled(count: int, *kinds: str, first: int = 0) -> list[LabelledCrop]:
    return [LabelledCrop(kind, spot(kind, first + seed)) for kind in kinds for seed in range(count)]


def taught(*kinds: str, count: int = 4) -> TaughtNames:
    return teach_names(labelled(count, *kinds), name="names", version="1", channels=("bgr",), px_per_mm=6.0)


def written(made: TaughtNames, folder: Path) -> Path:
    write_names(made, folder)
    return folder


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(taught("speck", "patch"), tmp_path_factory.mktemp("store") / "names" / "1")


def test_a_bundle_that_only_names_is_one_file_and_finds_nothing(bundle):
    model = load(bundle)
    assert [naming.label for naming in model.name([spot("speck", 50), spot("patch", 51)])] == ["speck", "patch"]
    seen = model.look(np.zeros((40, 50, 3), np.uint8))
    assert (seen.score, seen.anomaly.shape, float(seen.anomaly.max())) == (0.0, (40, 50), 0.0)
    assert model.card.family == "classifier"
    assert model.card.backbone is not None
    model.close()
    with pytest.raises(InferenceError, match="closed"):
        model.name([spot("speck", 50)])


def test_crops_are_added_to_those_taught_before(bundle):
    more = learn_names(bundle, labelled(4, "scratch"), version="2")
    assert dict(more.crops) == {"patch": 4, "scratch": 4, "speck": 4}
    assert (more.card.name, more.card.version, more.card.parent) == ("names", "2", "names/1")
    few = "4 crops; 5 or more are needed to trust its name"
    assert more.remarks == tuple(f"{label}: {few}" for label in ("patch", "scratch", "speck"))
    with pytest.raises(TeachError, match="two classes"):
        learn_names(bundle, labelled(4, "scratch"), version="2", add=False)


def test_a_crop_given_again_under_another_name_has_that_name(bundle):
    wrong = [LabelledCrop("smear", spot("speck", 0))]
    assert dict(learn_names(bundle, wrong, version="2").crops) == {"patch": 4, "smear": 1, "speck": 3}
    same = learn_names(bundle, labelled(4, "speck"), version="2")
    assert dict(same.crops) == {"patch": 4, "speck": 4}


def test_a_class_of_one_crop_is_said_by_name(bundle):
    remarks = learn_names(bundle, labelled(1, "scratch"), version="2").remarks
    assert "scratch: 1 crop; its name is a guess nobody could check" in remarks


def test_the_network_stays_bit_for_bit(bundle):
    more = learn_names(bundle, labelled(2, "scratch"), version="2")
    old = onnx.load_model_from_string((bundle / "model.onnx").read_bytes())
    assert onnx.load_model_from_string(more.model).graph == old.graph
    assert more.card.graph_digest == load(bundle).card.graph_digest


def test_what_lies_beside_the_old_model_goes_along_but_not_what_is_said_of_it(bundle, tmp_path):
    beside = tmp_path / "old"
    written(taught("speck", "patch"), beside)
    (beside / "recipe").mkdir()
    (beside / "recipe" / "recipe.toml").write_text("x = 1")
    (beside / "gate.json").write_text("{}")
    np.savez(beside / "parity.npz", digest=np.array("old"), score_0=np.array(0.5))
    more = learn_names(beside, labelled(2, "scratch"), version="2")
    write_names(more, tmp_path / "new", beside=beside)
    assert sorted(p.name for p in (tmp_path / "new").rglob("*") if p.is_file()) == [
        "model.onnx",
        "parity.npz",
        "recipe.toml",
    ]
    with np.load(tmp_path / "new" / "parity.npz") as parity:
        assert str(parity["digest"]) == digest_of(more.model)
        assert float(parity["score_0"]) == 0.5
    with pytest.raises(BundleError, match="already"):
        write_names(more, tmp_path / "new")


def test_a_stop_leaves_nothing(bundle):
    asked = iter([False, False, True])
    with pytest.raises(TeachCancelled):
        learn_names(bundle, labelled(4, "scratch"), version="2", cancelled=lambda: next(asked))


@pytest.mark.parametrize("crops", [[], labelled(3, "speck")])
def test_nothing_to_tell_apart_is_refused(crops):
    with pytest.raises(TeachError):
        teach_names(crops, name="names", version="1", channels=("bgr",), px_per_mm=6.0)


def test_a_classifier_without_its_names_or_with_others_is_refused(bundle, tmp_path):
    model = onnx.load_model_from_string((bundle / "model.onnx").read_bytes())
    kept = {entry.key: entry.value for entry in model.metadata_props}
    for key, value in (("shellmark.namer", None), ("shellmark.namer", "bm90aGluZw==")):
        changed = {k: v for k, v in kept.items() if k != key} | ({} if value is None else {key: value})
        del model.metadata_props[:]
        onnx.helper.set_model_props(model, changed)
        (tmp_path / "model.onnx").write_bytes(model.SerializeToString())
        with pytest.raises(BundleError, match="teach its names again"):
            load(tmp_path / "model.onnx")


class Finder:
    """Finds one place; has no names of its own."""

    digest = "sha256:" + "1" * 64

    def __init__(self, bundle: Path, **changes: object) -> None:
        card = load(bundle).card
        self.card = card.model_copy(update={"family": "memory", "labels": (), **changes})
        self.open = True

    def look(self, image, *, view=0, mask=None):
        return Prediction(np.full(image.shape[:2], 2, np.float32), 2.0)

    def name(self, crops):
        raise AssertionError

    def close(self):
        self.open = False


def test_one_finds_and_another_names(bundle):
    names, finder = load(bundle), Finder(bundle)
    pair = NamedBy(finder, names)
    assert pair.card.labels == ("patch", "speck")
    assert pair.digest == finder.digest
    assert pair.look(np.zeros((8, 8, 3), np.uint8)).score == 2.0
    assert pair.name([spot("patch", 60)])[0].label == "patch"
    pair.close()
    assert not finder.open
    with pytest.raises(InferenceError):
        names.name([spot("patch", 60)])


def test_a_pair_that_cannot_work_is_refused(bundle):
    names = load(bundle)
    with pytest.raises(BundleError, match="give it as classifier"):
        NamedBy(names, names)
    with pytest.raises(BundleError, match="was taught no names"):
        NamedBy(Finder(bundle), Finder(bundle))
    with pytest.raises(BundleError, match="under these lights"):
        NamedBy(Finder(bundle, channels=("west", "north", "diffuse")), names)


def test_noise_is_like_no_class_taught():
    made = taught("speck", "patch", "scratch", count=8)
    model = load_bytes(made)
    generator = np.random.default_rng(5)
    noise = replace(spot("patch", 3), pixels=generator.integers(0, 255, (SIDE, SIDE, 3)).astype(np.uint8))
    assert model.name([noise])[0].label == UNKNOWN


def load_bytes(made: TaughtNames):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return load(written(made, Path(folder) / "bundle"))
