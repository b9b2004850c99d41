from __future__ import annotations

import pytest

from shellmark_models import BundleError, Store, bundle_roots, load, write_bundle
from shellmark_models.registry import next_version


def test_a_store_lists_versions_in_the_order_people_count(tmp_path, taught, make):
    for version in ("1", "10", "2"):
        write_bundle(make.with_card(taught, version=version), tmp_path)
    store = Store(tmp_path)
    assert [stored.version for stored in store.list()] == ["1", "2", "10"]
    found = store.find("noise/2")
    assert (found.version, found.card.name, found.path) == ("2", "noise", tmp_path / "noise" / "2" / "model.onnx")


def test_the_first_root_hides_the_second(tmp_path, taught, make):
    mine = write_bundle(make.with_card(taught, notes="mine"), tmp_path / "user")
    write_bundle(taught, tmp_path / "packaged")
    store = Store(tmp_path / "user", tmp_path / "packaged")
    assert [stored.path for stored in store.list()] == [mine]
    assert store.find("noise/1").path == mine


@pytest.mark.parametrize("wanted", ["other", "noise/7", "", "/1", "../noise"])
def test_what_is_not_there(tmp_path, taught, wanted):
    write_bundle(taught, tmp_path)
    with pytest.raises(BundleError, match="not in"):
        Store(tmp_path, tmp_path / "absent").find(wanted)


def test_a_bundle_in_the_wrong_folder(tmp_path, taught):
    path = tmp_path / "dent" / "1" / "model.onnx"
    path.parent.mkdir(parents=True)
    path.write_bytes(taught)
    (broken,) = Store(tmp_path).everything()
    assert "its card says noise/1" in broken.reason
    with pytest.raises(BundleError, match="its card says noise/1"):
        Store(tmp_path).find("dent")


def test_a_broken_bundle_hides_no_other(tmp_path, taught, make):
    for version in ("1", "2", "3"):
        write_bundle(make.with_card(taught, version=version), tmp_path)
    write_bundle(make.with_card(taught, name="other"), tmp_path)
    (tmp_path / "noise" / "2" / "model.onnx").write_bytes(taught[:999])
    store = Store(tmp_path)
    assert [str(one) for one in store.list()] == ["noise/1", "noise/3", "other/1"]
    every = store.everything()
    assert [str(one) for one in every] == ["noise/1", "noise/2", "noise/3", "other/1"]
    assert "not an ONNX file" in every[1].reason
    assert "\n" not in every[1].reason
    assert store.find("noise").version == "1"
    with pytest.raises(BundleError, match="not an ONNX file"):
        store.find("noise/2")


def test_no_later_version_takes_the_place_of_a_broken_first(tmp_path, taught, make):
    for version in ("1", "2"):
        write_bundle(make.with_card(taught, version=version), tmp_path)
    (tmp_path / "noise" / "1" / "model.onnx").write_bytes(b"torn")
    with pytest.raises(BundleError, match="not an ONNX file"):
        Store(tmp_path).find("noise")


def test_what_is_half_written_is_no_bundle(tmp_path, taught):
    write_bundle(taught, tmp_path)
    (tmp_path / "noise" / "2").mkdir()
    (tmp_path / "noise" / "2" / "gate.json").write_text("{}")
    half = tmp_path / "noise" / ".unfinished-abc"
    half.mkdir()
    (half / "model.onnx").write_bytes(taught[:100])
    (tmp_path / "notes.txt").write_text("not a model")
    assert [str(one) for one in Store(tmp_path).everything()] == ["noise/1"]


@pytest.mark.parametrize("folder", ["x\ny", "\x1b[2J", "-rf", "Noise", "n" * 65, "箱"])
def test_a_folder_whose_name_is_no_name_is_shown_harmlessly(tmp_path, taught, folder):
    path = tmp_path / folder / "1" / "model.onnx"
    path.parent.mkdir(parents=True)
    path.write_bytes(taught)
    (broken,) = Store(tmp_path).everything()
    assert "is no name" in broken.reason
    assert (str(broken) + broken.reason).isprintable()
    assert (str(broken) + broken.reason).isascii()


def test_a_changed_file_is_read_again(tmp_path, taught, make):
    path = write_bundle(taught, tmp_path)
    store = Store(tmp_path)
    before = store.find("noise").digest
    path.write_bytes(make.with_card(taught, notes="changed"))
    assert store.find("noise").digest != before
    path.write_bytes(b"torn")
    assert store.list() == []


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "noise" / "1" / "model.onnx"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(2**31)
    (broken,) = Store(tmp_path).everything()
    assert "2,048 MiB, the most is 1,024" in broken.reason


def test_the_next_version_is_one_nobody_has(tmp_path, taught, make):
    store = Store(tmp_path)
    assert next_version(store, "noise") == "1"
    for version in ("1", "9", "beta"):
        write_bundle(make.with_card(taught, version=version), tmp_path)
    (tmp_path / "noise" / "11").mkdir()
    assert next_version(store, "noise") == "12", "a half-written folder keeps its number"


def test_a_bundle_opens_by_its_folder_too(tmp_path, taught):
    folder = write_bundle(taught, tmp_path).parent
    model = load(folder, threads=1)
    assert model.card.name == "noise"
    model.close()


def test_the_users_store_comes_before_the_packaged_one():
    user, packaged = bundle_roots()
    assert user.name == "models"
    assert packaged.name == "store"
