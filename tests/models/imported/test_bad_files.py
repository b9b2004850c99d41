"""Files and cards that lie, are damaged or mean harm: one line that names them, and nothing else happens."""

from __future__ import annotations

import os

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import shellmark_models as models
from shellmark_models.card import digest_of
from shellmark_models.families.imported import Statement, import_network, read_statement
from shellmark_models.families.imported.file import MOST_BYTES


def refused(path, **card) -> str:
    """The line an import of the file ends with."""
    card.setdefault("threshold", 0.5)
    card.setdefault("map_threshold", 0.5)
    with pytest.raises(models.BundleError) as e:
        import_network(path, Statement.model_validate(card), threads=1)
    text = str(e.value)
    assert "\n" not in text
    assert path.name in text
    return text


def test_the_tiny_network_itself_is_taken(foreign, tmp_path):
    path = foreign.saved(foreign.mean_map(), tmp_path)
    model = foreign.opened(path, threshold=0.8, map_threshold=0.8, input={"mean": [0, 0, 0], "std": [1, 1, 1]})
    view = np.full((40, 50, 3), 51, np.uint8)
    found = model.look(view)
    assert found.anomaly == pytest.approx(np.full((40, 50), 0.2 / 0.8), abs=1e-4)
    assert found.score == pytest.approx(0.25, abs=1e-4)
    model.close()


@pytest.mark.parametrize("data", [b"", b"\x08\x08", b"PK\x03\x04 not a network", os.urandom(2000)])
def test_what_is_no_network(tmp_path, data):
    path = tmp_path / "net.onnx"
    path.write_bytes(data)
    refused(path)


def test_a_truncated_network(foreign, tmp_path):
    path = tmp_path / "cut.onnx"
    path.write_bytes(foreign.exported("padim", tmp_path).read_bytes()[:50_000])
    refused(path)


def test_a_missing_file_and_a_folder(tmp_path):
    assert "is not there" in refused(tmp_path / "none.onnx")
    (tmp_path / "folder.onnx").mkdir()
    assert "is a folder" in refused(tmp_path / "folder.onnx")


@pytest.mark.skipif(os.name == "nt", reason="no named pipes in the file system")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.onnx")
    assert "not a plain file" in refused(tmp_path / "pipe.onnx")


def test_a_file_of_two_gigabytes_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "huge.onnx"
    with path.open("wb") as file:
        file.truncate(2 * 2**30)

    def read(_self):
        raise AssertionError("it was read")

    monkeypatch.setattr("pathlib.Path.read_bytes", read)
    assert "2,048 MiB" in refused(path)


def test_an_operator_of_nobody(foreign, tmp_path):
    node = helper.make_node("Magic", ["picture"], ["anomaly_map"], domain="evil.example")
    assert "evil.example.Magic" in refused(
        foreign.saved(foreign.graph([node], {"anomaly_map": [1, 1, 16, 16]}), tmp_path)
    )
    node = helper.make_node("Magic", ["picture"], ["anomaly_map"])
    assert "Magic" in refused(foreign.saved(foreign.graph([node], {"anomaly_map": [1, 1, 16, 16]}), tmp_path))


@pytest.mark.parametrize(("more", "told"), [({"opset": 99}, "operator set 99"), ({"ir": 99}, "ONNX format 99")])
def test_a_format_newer_than_is_known(foreign, tmp_path, more, told):
    node = helper.make_node("Relu", ["picture"], ["anomaly_map"])
    model = foreign.graph([node], {"anomaly_map": [1, 3, 16, 16]}, **more)
    assert told in refused(foreign.saved(model, tmp_path))


def outside(foreign, location: str, **place: str) -> onnx.ModelProto:
    """A network that adds weights from another file."""
    weights = numpy_helper.from_array(np.full((1, 3, 16, 16), 0.25, np.float32), "w")
    weights.ClearField("raw_data")
    weights.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **place}.items():
        weights.external_data.add(key=key, value=value)
    nodes = [helper.make_node("Add", ["picture", "w"], ["a"]), helper.make_node("ReduceMean", ["a"], ["map"], axes=[1])]
    return foreign.graph(nodes, {"map": [1, 1, 16, 16]}, weights=[weights])


def test_weights_in_a_file_beside_are_taken_in(foreign, tmp_path):
    path = foreign.saved(outside(foreign, "net.data", offset="4"), tmp_path)
    (tmp_path / "net.data").write_bytes(b"junk" + np.full((1, 3, 16, 16), 0.25, "<f4").tobytes())
    made = foreign.written(path, threshold=1.0, input={"mean": [0, 0, 0], "std": [1, 1, 1]})
    (tmp_path / "net.data").unlink()
    model = models.load(made, threads=1)
    assert model.look(np.zeros((16, 16, 3), np.uint8)).score == pytest.approx(0.25)
    model.close()


@pytest.mark.parametrize("location", ["../../etc/passwd", "/etc/passwd", "..", "C:\\secret", "sub/net.data", ""])
def test_weights_elsewhere_are_never_followed(foreign, tmp_path, location):
    assert "only a file beside it" in refused(foreign.saved(outside(foreign, location), tmp_path))


def test_weights_beside_that_are_missing_a_link_or_too_short(foreign, tmp_path):
    path = foreign.saved(outside(foreign, "net.data"), tmp_path)
    with pytest.raises(models.BundleError, match=r"weights lie in net\.data, which is not beside it"):
        import_network(path, Statement())
    (tmp_path / "net.data").symlink_to("/etc/passwd")
    with pytest.raises(models.BundleError, match=r"net\.data: is a link"):
        import_network(path, Statement())
    (tmp_path / "net.data").unlink()
    (tmp_path / "net.data").write_bytes(b"short")
    refused(path)
    for place in ({"offset": "x"}, {"offset": "-3"}, {"length": "99999"}):
        refused(foreign.saved(outside(foreign, "net.data", **place), tmp_path))
    with (tmp_path / "net.data").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(models.BundleError, match="no more than"):
        import_network(path, Statement())


def test_constants_deep_inside_may_not_lie_elsewhere_either(foreign, tmp_path):
    hidden = numpy_helper.from_array(np.ones((1,), np.float32), "c")
    hidden.ClearField("raw_data")
    hidden.data_location = TensorProto.EXTERNAL
    hidden.external_data.add(key="location", value="../../etc/passwd")
    constant = helper.make_node("Constant", [], ["c"])
    constant.attribute.append(helper.make_attribute("value", hidden))
    branch = helper.make_graph([constant], "then", [], [helper.make_tensor_value_info("c", TensorProto.FLOAT, [1])])
    flag = numpy_helper.from_array(np.array(True), "flag")
    nodes = [
        helper.make_node("If", ["flag"], ["one"], then_branch=branch, else_branch=branch),
        helper.make_node("Mul", ["picture", "one"], ["anomaly_map"]),
    ]
    model = foreign.graph(nodes, {"anomaly_map": [1, 3, 16, 16]}, weights=[flag])
    assert "lie in other files" in refused(foreign.saved(model, tmp_path))


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"picture": [1, 3, 16, 16], "other": [1]}, "takes 2 inputs (picture, other)"),
        ({"picture": [3, 16, 16]}, "wanted pictures"),
        ({"picture": [1, 5, 16, 16]}, "5 channels"),
        ({"picture": [40, 3, 16, 16]}, "40 pictures at once"),
        ({"picture": ["n", 3, "h", "w"]}, "any size"),
        ({"picture": [1, 3, 8000, 8000]}, "sides of 8 to 4096"),
    ],
)
def test_inputs_that_are_no_picture(foreign, tmp_path, inputs, told):
    node = helper.make_node("Relu", ["picture"], ["anomaly_map"])
    model = foreign.graph([node], {"anomaly_map": ["a", "b", "c", "d"][: len(inputs["picture"])]}, inputs)
    assert told in refused(foreign.saved(model, tmp_path))


def test_no_input_at_all(foreign, tmp_path):
    model = foreign.mean_map()
    model.graph.initializer.append(numpy_helper.from_array(np.ones((1, 3, 16, 16), np.float32), "picture"))
    assert "takes 0 inputs" in refused(foreign.saved(model, tmp_path))


def test_outputs_that_are_not_numbers(foreign, tmp_path):
    node = helper.make_node("Log", ["picture"], ["anomaly_map"])
    split = helper.make_node("ReduceMean", ["anomaly_map"], ["m"], axes=[1])
    model = foreign.graph([node, split], {"m": [1, 1, 16, 16]})
    assert "not a number" in refused(foreign.saved(model, tmp_path))


def test_outputs_that_are_constant(foreign, tmp_path):
    free = numpy_helper.from_array(np.full((1, 1, 16, 16), 0.3, np.float32), "w")
    node = helper.make_node("Identity", ["w"], ["anomaly_map"])
    model = foreign.graph([node], {"anomaly_map": [1, 1, 16, 16]}, weights=[free])
    assert "do not depend on the picture" in refused(foreign.saved(model, tmp_path))
    nothing = numpy_helper.from_array(np.zeros((), np.float32), "zero")
    nodes = [
        helper.make_node("Mul", ["picture", "zero"], ["a"]),
        helper.make_node("ReduceMean", ["a"], ["anomaly_map"], axes=[1]),
    ]
    model = foreign.graph(nodes, {"anomaly_map": [1, 1, 16, 16]}, weights=[nothing])
    assert "says the same of every picture" in refused(foreign.saved(model, tmp_path))


def test_numbers_below_zero_need_their_least(foreign, tmp_path):
    nodes = [helper.make_node("Neg", ["picture"], ["n"]), helper.make_node("ReduceMean", ["n"], ["map"], axes=[1])]
    path = foreign.saved(foreign.graph(nodes, {"map": [1, 1, 16, 16]}), tmp_path)
    plain = {"mean": [0, 0, 0], "std": [1, 1, 1]}
    assert "map_lowest" in refused(path, input=plain)
    model = foreign.opened(path, input=plain, output={"map_lowest": -1}, threshold=-0.5)
    assert model.look(np.full((16, 16, 3), 51, np.uint8)).score == pytest.approx(0.8 / 0.5, abs=1e-3)
    model.close()


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ({"digest": digest_of(b"another file")}, "its card says sha256"),
        ({"input": {"size_px": [32, 32]}}, "the network takes 64 x 64"),
        ({"input": {"size_px": "large"}}, "two whole numbers"),
        ({"classes": {"names": ["a", "b", "c"]}}, "the card names 3 classes, the network has 2"),
        ({"classes": {"names": ["dark", "dark"]}}, "each once"),
        ({"classes": {"names": ["dark", "unknown"]}}, "none is called unknown"),
        ({"classes": {"good": ["fine"]}}, "not among the classes"),
        ({"classes": {"good": ["dark", "bright"]}}, "at least one class that is not good"),
        ({"output": {"values": "output7"}}, "has no output 'output7'"),
        ({"kind": "segments"}, "prototypes"),
        ({"kind": "anomaly", "classes": {"names": ["dark", "bright"]}}, "names no classes"),
        ({"threshold": 7.0}, "a share between 0 and 1"),
        ({"input": {"name": "pictures"}}, "pictures"),
        ({"input": {"dtype": "uint8", "scale": 1, "mean": [0, 0, 0], "std": [1, 1, 1]}}, "uint8"),
    ],
)
def test_a_card_that_lies_of_the_file(foreign, tmp_path, card, told):
    assert told in refused(foreign.exported("boxes", tmp_path), **card)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = [", "is not TOML"),
        ("name = '../../etc'", "name"),
        ("name = 'a/b'", "name"),
        ("version = '..'", "version"),
        ("surprise = 1", "surprise"),
        ("threshold = nan", "threshold"),
        ("px_per_mm = 0", "px_per_mm"),
        ("kind = 'oracle'", "kind"),
        ("digest = 'md5:1'", "digest"),
        ("[input]\nsize = [64, 64]", "[input] size is unknown"),
        ("[input]\nfit = 'crop'", "fit 'crop'"),
        ("[output]\nmap_gain = 3.0", "[output] map_gain is unknown"),
        ("[classes]\nnames = ['../x', 'good']", "names"),
        ("[classes]\nnames = ['a\\u0000b']", "names"),
        ("notes = '" + "x" * 70_000 + "'", "larger than a card"),
        ("name = '\udcff'", "not TOML"),
    ],
)
def test_a_card_file_that_is_wrong(tmp_path, text, told):
    path = tmp_path / "card.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(models.BundleError) as e:
        read_statement(path)
    assert told in str(e.value)
    assert "card.toml" in str(e.value)
    assert "\n" not in str(e.value)


def test_a_card_file_that_is_missing(tmp_path):
    with pytest.raises(models.BundleError, match="cannot be read"):
        read_statement(tmp_path / "none.toml")


def test_metadata_that_is_a_trap_is_ignored_or_named(foreign, tmp_path):
    model = onnx.load(foreign.exported("boxes", tmp_path))
    for names, told in (
        ("[" * 5000, None),
        ("__import__('os')", None),
        ("{0: 'dark'}", "its metadata names 1 classes"),
    ):
        onnx.helper.set_model_props(model, {"task": "detect", "names": names})
        path = foreign.saved(model, tmp_path)
        if told:
            assert told in refused(path)
        else:
            assert import_network(path, Statement(), threads=1).plan.classes == ("class 0", "class 1")
    onnx.helper.set_model_props(model, {"task": "detect", "names": "['../../x', 'b/c']"})
    assert import_network(foreign.saved(model, tmp_path), Statement(), threads=1).plan.classes == ("_.._x", "b_c")


def test_a_stored_import_that_was_changed_is_refused(foreign, tmp_path):
    made = foreign.written(foreign.exported("boxes", tmp_path), folder=tmp_path)
    good = onnx.load(made)
    props = {entry.key: entry.value for entry in good.metadata_props}
    for change, told in (
        ({"shellmark.imported": None}, "says nothing of its outputs"),
        ({"shellmark.imported": "{}"}, "is wrong"),
        ({"shellmark.imported": props["shellmark.imported"].replace('"images"', '"other"')}, "takes images"),
        ({"shellmark.imported": props["shellmark.imported"].replace('"bright"', '"pale"')}, "card names"),
    ):
        onnx.helper.set_model_props(good, {k: v for k, v in (props | change).items() if v is not None})
        made.write_bytes(good.SerializeToString())
        with pytest.raises(models.BundleError, match=told):
            models.load(made, threads=1)
