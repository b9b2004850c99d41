from __future__ import annotations

import pytest

from shellmark_models import BundleError, Store, bundle_roots, write_bundle


def test_a_store_lists_versions_in_the_order_people_count(tmp_path, taught, make):
    for version in ("1", "10", "2"):
        write_bundle(make.with_card(taught, version=version), tmp_path)
    store = Store(tmp_path)
    assert [stored.version for stored in store.list()] == ["1", "2", "10"]
    assert store.find("noise").version == "10"
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
    with pytest.raises(BundleError, match="its card says noise/1"):
        Store(tmp_path).list()


def test_the_users_store_comes_before_the_packaged_one():
    user, packaged = bundle_roots()
    assert user.name == "models"
    assert packaged.name == "store"
