from __future__ import annotations

import os

import onnx
import pytest

from shellmark_models import BundleError, load, write_bundle
from shellmark_models.card import CARD_KEY, digest_of
from shellmark_models.naming import NAMER_KEY


def refused(tmp_path, data: bytes, **options) -> str:
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    with pytest.raises(BundleError) as e:
        load(path, threads=1, **options)
    assert str(path) in str(e.value)
    assert "\n" not in str(e.value)
    return str(e.value)


def test_the_digest_is_that_of_the_file_and_a_pinned_one_must_match(bundle, tmp_path):
    data = bundle.read_bytes()
    model = load(bundle, digest=digest_of(data), threads=1)
    assert model.digest == digest_of(data)
    model.close()
    assert "the recipe wants" in refused(tmp_path, data, digest="sha256:" + "0" * 64)


def test_a_missing_file(tmp_path):
    with pytest.raises(BundleError, match=r"gone.onnx: cannot be read \(No such file"):
        load(tmp_path / "gone.onnx")


@pytest.mark.parametrize("data", [b"", b"not a model", os.urandom(1000)])
def test_what_is_no_model(tmp_path, data):
    refused(tmp_path, data)


def test_a_truncated_model(tmp_path, taught):
    refused(tmp_path, taught[: len(taught) // 2])


def test_a_model_without_card(tmp_path, taught, make):
    assert "carries no card" in refused(tmp_path, make.with_properties(taught, {CARD_KEY: None}))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"tile_px": 0}, "tile_px"),
        ({"surprise": 1}, "surprise"),
        ({"threshold": -1}, "threshold"),
        ({"channels": ["west", "west", "north"]}, "channels"),
        ({"overlap_px": 128}, "overlap_px"),
        ({"version": "../1"}, "version"),
        ({"family": "oracle"}, "oracle"),
        ({"graph_digest": "sha256:" + "0" * 64}, "its card says"),
        ({"labels": ["dent"]}, "classifier"),
    ],
)
def test_a_card_that_is_wrong(tmp_path, taught, changes, told, make):
    assert told in refused(tmp_path, make.with_card(taught, **changes))


def test_a_network_that_was_changed(tmp_path, taught):
    model = onnx.load_model_from_string(taught)
    weights = next(w for w in model.graph.initializer if w.name == "mobilenet_v2.distance.bank")
    weights.raw_data = bytes(len(weights.raw_data))
    assert "its card says" in refused(tmp_path, model.SerializeToString())


def test_weights_in_another_file_are_never_followed(tmp_path, taught):
    model = onnx.load_model_from_string(taught)
    weights = next(w for w in model.graph.initializer if w.name == "mobilenet_v2.distance.bank")
    weights.ClearField("raw_data")
    weights.data_location = onnx.TensorProto.EXTERNAL
    weights.external_data.add(key="location", value="../../etc/passwd")
    assert "other files" in refused(tmp_path, model.SerializeToString())


def test_an_unreadable_classifier(tmp_path, taught, make):
    assert "classifier" in refused(tmp_path, make.with_properties(taught, {NAMER_KEY: "~~~"}))


def test_a_bundle_is_written_whole_and_once(tmp_path, taught, make):
    path = write_bundle(taught, tmp_path)
    assert path == tmp_path / "noise" / "1" / "model.onnx"
    assert path.read_bytes() == taught
    assert write_bundle(taught, tmp_path) == path
    with pytest.raises(BundleError, match="another version"):
        write_bundle(make.with_card(taught, notes="other"), tmp_path)
    assert [p.name for p in path.parent.iterdir()] == ["model.onnx"]


def test_nothing_is_left_when_the_disk_refuses(tmp_path, taught, monkeypatch):
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shellmark_models.writing.os.fsync", full)
    with pytest.raises(BundleError, match="No space left"):
        write_bundle(taught, tmp_path)
    assert list((tmp_path / "noise").iterdir()) == []


def test_what_is_no_model_is_not_written(tmp_path):
    with pytest.raises(BundleError):
        write_bundle(b"nothing", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_constant_in_another_file_is_not_followed_either(tmp_path, taught):
    model = onnx.load_model_from_string(taught)
    hidden = onnx.TensorProto(name="hidden", data_type=onnx.TensorProto.FLOAT, dims=[1])
    hidden.data_location = onnx.TensorProto.EXTERNAL
    hidden.external_data.add(key="location", value="../../etc/passwd")
    node = onnx.helper.make_node("Constant", [], ["hidden"])
    node.attribute.append(onnx.helper.make_attribute("value", hidden))
    model.graph.node.append(node)
    assert "other files" in refused(tmp_path, model.SerializeToString())
