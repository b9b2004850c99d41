"""`shellmark models`: versions listed, checked, gated, switched, compared, carried; a line where one fails."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from candidates import make_versions
from small_station import MODEL, Place
from typer.testing import CliRunner

from shellmark_inspect.app.cli import app
from shellmark_inspect.errors import ShellmarkError
from shellmark_inspect.station import Station
from shellmark_models import ModelError, Store

RUNNER = CliRunner()


@pytest.fixture(scope="session")
def taught_store(noise_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Versions 1, 2 (hardly another) and 3 (a threshold far too high)."""
    return make_versions(noise_store, tmp_path_factory.mktemp("cli-versions") / "store")


@pytest.fixture
def place(tmp_path: Path, taught_store: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place with a store of its own; this user's own store is empty."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return Place(tmp_path, shutil.copytree(taught_store, tmp_path / "store"))


def call(place: Place, *arguments: object, code: int = 0) -> str:
    words = ["models", *(str(argument) for argument in arguments), "--root", str(place.store)]
    result = RUNNER.invoke(app, words)
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.stdout


def call_json(place: Place, *arguments: object, code: int = 0) -> Any:
    return json.loads(call(place, *arguments, "--json", code=code))


def refused(place: Place, *arguments: object) -> str:
    words = ["models", *(str(argument) for argument in arguments), "--root", str(place.store)]
    result = RUNNER.invoke(app, words)
    assert isinstance(result.exception, ShellmarkError | ModelError), result.output + repr(result.exception)
    assert "\n" not in str(result.exception)
    return str(result.exception)


def mine(place: Place) -> dict[str, dict[str, Any]]:
    return {one["version"]: one for one in call_json(place, "list") if one["name"] == MODEL}


def test_the_list_shows_what_judges_the_gate_and_what_is_broken(place: Place) -> None:
    torn = place.store / MODEL / "7" / "model.onnx"
    torn.parent.mkdir()
    torn.write_bytes(b"torn")
    found = mine(place)
    assert [one for one, facts in found.items() if facts.get("active")] == ["1"]
    assert {facts.get("gate") for facts in found.values()} == {"-", None}
    assert "not an ONNX file" in found["7"]["broken"]
    text = call(place, "list")
    assert "broken: noise/7" in text
    assert "n = 8" in text


def test_gate_activate_rollback(place: Place) -> None:
    recipe = place.recipe()
    assert "has not been through the gate" in refused(place, "activate", "noise/2")
    told = call_json(place, "gate", "noise/2", "--recipe", recipe)
    assert told["passed"]
    assert [check["name"] for check in told["checks"]][:3] == ["file", "recipe", "parity"]
    assert mine(place)["2"]["gate"] == "passed"
    assert call_json(place, "activate", "noise/2", "--by", "Li")["model"] == "noise/2"
    assert mine(place)["2"]["active"]
    assert call_json(place, "rollback", "noise", "--by", "Wang")["model"] == "noise/1"
    shown = call_json(place, "show", "noise")
    assert (shown["version"], [one["how"] for one in shown["history"]]) == ("1", ["activate", "rollback"])
    assert "no other version judged before" in refused(place, "rollback", "noise")


def test_a_gate_that_fails_ends_with_1_and_blocks(place: Place) -> None:
    told = call_json(place, "gate", "noise/3", "--recipe", place.recipe(), code=1)
    assert not told["passed"]
    assert "FAILED" in call(place, "gate", "noise/3", "--recipe", place.folder / "noise.toml", code=1)
    assert "did not pass the gate (threshold)" in refused(place, "activate", "noise/3", "--by", "Li")
    assert "give a reason" in refused(place, "activate", "noise/3", "--by", "Li", "--force")
    call(place, "activate", "noise/3", "--by", "Li", "--force", "--reason", "to try it")
    assert "force 3 by Li: to try it" in call(place, "show", "noise/3")


@pytest.mark.parametrize(
    ("options", "failed"),
    [(["--seconds", "0.001"], "latency"), (["--memory-mb", "10"], "memory")],
)
def test_a_budget_that_is_not_kept_blocks(place: Place, options: list[str], failed: str) -> None:
    told = call_json(place, "gate", "noise/2", "--recipe", place.recipe(), *options, code=1)
    assert [check["name"] for check in told["checks"] if not check["passed"]] == [failed]


def test_a_version_without_what_a_gate_compares_with_does_not_pass(place: Place) -> None:
    for name in ("parity.npz", "metrics.json"):
        (place.store / MODEL / "2" / name).unlink()
    told = call_json(place, "gate", "noise/2", "--recipe", place.recipe(), code=1)
    assert [c["name"] for c in told["checks"] if not c["passed"]] == ["parity", "threshold", "latency"]


def golden(place: Place, **kinds: list[str]) -> Path:
    """A golden set of shells of noise: which must come to what."""
    folder = place.folder / "golden"
    folder.mkdir(exist_ok=True)
    told: dict[str, Any] = {"overkill": 0.0}
    for key, shells in kinds.items():
        paths = place.fill(shells)
        for path in paths:
            shutil.copy(path, folder / f"{key}-{path.name}")
        told[key] = [{"name": path.name, "files": {"": f"{key}-{path.name}"}} for path in paths]
    (folder / "golden.json").write_text(json.dumps(told), "utf-8")
    return folder


def check_of(told: Any, name: str) -> Any:
    return next(check for check in told["checks"] if check["name"] == name)


def test_golden_cases_must_come_to_what_they_must(place: Place) -> None:
    recipe = place.recipe()
    fine = golden(place, must_fail=["scratched", "blemished"], must_pass=["good"] * 3)
    told = call_json(place, "gate", "noise/2", "--recipe", recipe, "--golden", fine)
    assert "0 of 2 that must be stopped passed, 0 of 3 good ones did not" in check_of(told, "golden")["detail"]
    assert "from frames to verdict" in check_of(told, "latency")["detail"]
    missed = golden(place, must_stop=["good"], must_pass=["good"])
    told = call_json(place, "gate", "noise/2", "--recipe", recipe, "--golden", missed, code=1)
    assert "1 of 1 that must be stopped passed" in check_of(told, "golden")["detail"]
    assert "001-good.png PASS" in check_of(told, "golden")["detail"]
    overkill = golden(place, must_stop=["scratched"], must_pass=["scratched", "good"])
    told = call_json(place, "gate", "noise/2", "--recipe", recipe, "--golden", overkill, code=1)
    assert check_of(told, "golden")["figure"] == 0.5


def test_a_golden_set_kept_with_a_parent_holds_for_its_children(place: Place) -> None:
    recipe, cases = place.recipe(), golden(place, must_stop=["good"])
    for path in cases.iterdir():
        shutil.copy(path, place.store / MODEL / "1" / path.name)
    told = call_json(place, "gate", "noise/2", "--recipe", recipe, code=1)
    assert "1 of 1 that must be stopped passed" in check_of(told, "golden")["detail"]


def test_a_golden_case_that_cannot_be_read_never_counts_as_stopped(place: Place) -> None:
    cases = golden(place, must_stop=["scratched"])
    next(cases.glob("*.png")).write_bytes(b"")
    told = call_json(place, "gate", "noise/2", "--recipe", place.recipe(), "--golden", cases, code=1)
    assert "0 bytes" in check_of(told, "golden")["detail"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../../x.png"])
def test_golden_cases_do_not_lead_out_of_their_folder(place: Place, name: str) -> None:
    cases = golden(place, must_stop=["scratched"])
    told = {"must_stop": [{"name": "x", "files": {"": name}}]}
    (cases / "golden.json").write_text(json.dumps(told), "utf-8")
    told = call_json(place, "gate", "noise/2", "--recipe", place.recipe(), "--golden", cases, code=1)
    assert "lies outside its folder" in check_of(told, "golden")["detail"]


def test_check_says_what_is_wrong_with_a_bundle(place: Place) -> None:
    assert [one["passed"] for one in call_json(place, "check", "noise/2")] == [True, True, True]
    assert call_json(place, "check", place.store / MODEL / "2")[0]["passed"]
    file = place.store / MODEL / "2" / "model.onnx"
    shutil.copy(place.store / MODEL / "1" / "parity.npz", file.parent / "parity.npz")
    told = call_json(place, "check", file, code=1)
    assert "belongs to another model" in told[1]["detail"]
    file.write_bytes(file.read_bytes()[:999])
    assert "not an ONNX file" in call_json(place, "check", file, code=1)[0]["detail"]


@pytest.fixture
def loose(place: Place) -> Path:
    """Version 2 in no store, as `shellmark train --out` writes a bundle: a folder of any name, the recipe inside."""
    bundle = shutil.copytree(place.store / MODEL / "2", place.folder / "lid")
    (bundle / "recipe").mkdir()
    shutil.copy(place.recipe(), bundle / "recipe" / "recipe.toml")
    return bundle


def test_a_bundle_in_no_store_goes_through_the_gate(place: Place, loose: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(place.store.rglob("*"))
    told = call_json(place, "gate", loose)
    assert (told["model"], told["passed"], told["path"]) == ("noise/2", True, str(loose / "model.onnx"))
    assert json.loads((loose / "gate.json").read_text("utf-8"))["passed"]
    assert sorted(place.store.rglob("*")) == before, "nothing is said of the version in the store"
    shown = call_json(place, "show", loose)
    assert (shown["gate"]["passed"], shown["active"], shown["path"]) == (True, False, told["path"])
    assert "gate           passed" in call(place, "show", loose / "model.onnx")
    monkeypatch.chdir(loose.parent)
    assert f"noise/2 in {loose} passed the gate" in call(place, "gate", "lid")


def test_the_gate_counts_once_the_bundle_lies_in_a_store(place: Place, loose: Path) -> None:
    call(place, "gate", loose)
    shutil.rmtree(place.store / MODEL / "2")
    shutil.copytree(loose, place.store / MODEL / "2")
    assert call_json(place, "activate", "noise/2", "--by", "Li")["model"] == "noise/2"


def test_a_bundle_in_no_store_that_fails_the_gate_ends_with_1(place: Place, loose: Path) -> None:
    (loose / "metrics.json").unlink()
    told = call_json(place, "gate", loose, code=1)
    assert [check["name"] for check in told["checks"] if not check["passed"]] == ["threshold"]
    assert call_json(place, "show", loose)["gate"]["passed"] is False


def test_a_bundle_in_no_store_meets_the_golden_cases_of_its_name_and_its_own(place: Place, loose: Path) -> None:
    cases = golden(place, must_stop=["good"])
    shutil.copytree(cases, loose, dirs_exist_ok=True)
    told = call_json(place, "gate", loose, code=1)
    assert "1 of 1 that must be stopped passed" in check_of(told, "golden")["detail"]
    (loose / "golden.json").unlink()
    shutil.copytree(cases, place.store / MODEL, dirs_exist_ok=True)
    told = call_json(place, "gate", loose, code=1)
    assert "1 of 1 that must be stopped passed" in check_of(told, "golden")["detail"]


def test_a_path_into_a_store_is_that_version(place: Place) -> None:
    elsewhere = shutil.copytree(place.store, place.folder / "elsewhere")
    call(place, "gate", elsewhere / MODEL / "2", "--recipe", place.recipe())
    assert (elsewhere / MODEL / "2" / "gate.json").is_file()
    assert not (place.store / MODEL / "2" / "gate.json").exists()


def test_a_folder_without_a_bundle_hides_no_model(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.folder / MODEL).mkdir()
    monkeypatch.chdir(place.folder)
    assert call_json(place, "check", MODEL)[0]["passed"]
    assert call_json(place, "show", MODEL)["version"] == "1"


@pytest.mark.parametrize("command", ["gate", "check", "show"])
@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("{here}/gone", "is missing: give a bundle's folder"),
        ("./gone", "is missing: give a bundle's folder"),
        ("gone", "model gone: not in"),
        ("{here}/cases", "holds no model.onnx: give a bundle's folder"),
        ("cases", "model cases holds no model.onnx"),
        ("{here}/" + "x" * 300, "cannot be read"),
    ],
)
def test_a_path_without_a_bundle_is_one_line(
    place: Place, monkeypatch: pytest.MonkeyPatch, command: str, path: str, says: str
) -> None:
    place.fill(["good"])
    monkeypatch.chdir(place.folder)
    assert says in refused(place, command, path.format(here=place.folder))


@pytest.mark.parametrize("command", ["gate", "show"])
def test_a_file_that_is_no_bundle_is_one_line(place: Place, loose: Path, command: str) -> None:
    (loose / "model.onnx").rename(loose / "network.onnx")
    assert "is called model.onnx" in refused(place, command, loose / "network.onnx")
    (loose / "model.onnx").write_bytes(b"torn")
    assert "not an ONNX file" in refused(place, command, loose)


@pytest.mark.parametrize("data", [b"", b"PK", b"\x93NUMPY"])
def test_a_damaged_parity_is_a_line(place: Place, data: bytes) -> None:
    (place.store / MODEL / "2" / "parity.npz").write_bytes(data)
    told = call_json(place, "check", "noise/2", code=1)
    assert "is damaged" in told[1]["detail"]


def test_shadow_and_diff_list_what_they_judge_differently(place: Place) -> None:
    recipe = place.recipe()
    place.fill(["good", "scratched", "good", "scratched"])
    told = call_json(
        place, "shadow", "noise/3", "--on", place.cases, "--recipe", recipe, "--out", place.folder / "flips"
    )
    assert (told["one"], told["other"], told["cases"]) == ("noise/1", "noise/3", 4)
    assert [(flip["case"], flip["one"], flip["other"]) for flip in told["flips"]] == [
        ("002-scratched.png", "FAIL", "PASS"),
        ("004-scratched.png", "FAIL", "PASS"),
    ]
    assert len(list((place.folder / "flips").glob("*-FAIL-PASS.png"))) == 2
    told = call_json(place, "diff", "noise/1", "noise/3", "--on", place.cases, "--recipe", recipe)
    assert len(told["flips"]) == 2
    assert {"version", "threshold", "parent", "digest"} <= {change["key"] for change in told["changes"]}
    assert "2 of 4 cases are judged differently" in call(
        place, "diff", "noise/1", "noise/3", "--on", place.cases, "--recipe", recipe
    )
    assert "threshold" in call(place, "diff", "noise/1", "noise/2")


def test_a_shadow_goes_through_what_a_station_kept(place: Place) -> None:
    place.fill(["good", "scratched", "good"])
    config = place.config(save={"floor_bytes": 0, "frames": "all"})
    with Station(config) as station:
        station.run()
        station.wait()
    data = place.folder / "data"
    told = call_json(place, "shadow", "noise/3", "--data", data, "--recipe", place.folder / "noise.toml")
    assert told["cases"] == 3
    flips = [(flip["row"], flip["one"], flip["other"]) for flip in told["flips"]]
    assert (2, "FAIL", "PASS") in flips
    assert {other for _, _, other in flips} == {"PASS"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["show", "silk"], "model silk: not in"),
        (["show", "noise/9"], "noise/9"),
        (["activate", "noise"], "say which version"),
        (["rollback", "silk"], "no other version judged before"),
        (["rollback", "../x"], "not in|no other version"),
        (["gate", "noise/2", "--golden", "gone"], "gone are missing"),
        (["shadow", "noise/2", "--recipe", "{recipe}"], "say which cases"),
        (["shadow", "noise/2", "--recipe", "{recipe}", "--on", "gone"], "gone"),
        (["shadow", "noise/2", "--on", "gone"], "recipe"),
        (["diff", "noise/1", "silk"], "silk"),
        (["unpack", "gone.zip"], "gone.zip"),
        (["export", "noise/1", "gone/x.zip"], "its folder is missing"),
    ],
)
def test_what_is_wrong_is_one_line(place: Place, arguments: list[str], says: str) -> None:
    recipe = place.recipe()
    import re

    assert re.search(says, refused(place, *(word.format(recipe=recipe) for word in arguments)))


def test_a_version_is_carried_to_another_pc(place: Place) -> None:
    file = place.folder / "noise-2.zip"
    call(place, "gate", "noise/2", "--recipe", place.recipe())
    assert call_json(place, "export", "noise/2", file)["bytes"] == file.stat().st_size
    assert "exists" in refused(place, "export", "noise/2", file)
    other = Place(place.folder, place.folder / "other")
    told = call_json(other, "unpack", file)
    before, after = Store(place.store).find("noise/2"), Store(other.store).find("noise/2")
    assert told["digest"] == after.digest == before.digest
    kept = {path.name for path in after.folder.iterdir()}
    assert kept == {"model.onnx", "parity.npz", "metrics.json"}, "not what the gate said on the first PC"
    assert "is in the store already" in refused(other, "unpack", file)


def test_what_is_carried_in_never_judges_by_itself(place: Place) -> None:
    file = place.folder / "noise-1.zip"
    call(place, "export", "noise/1", file)
    other = Place(place.folder, place.folder / "other")
    shutil.copytree(place.store / MODEL / "2", other.store / MODEL / "2")
    call(other, "unpack", file)
    assert mine(other)["2"]["active"], "though version 1 is older"


def rezipped(file: Path, change: Any) -> Path:
    """The zip with `change` made of its files, a dict of name to bytes."""
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    evil = file.with_name("evil.zip")
    with zipfile.ZipFile(evil, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return evil


def lying(name: str, data: bytes) -> Any:
    """A further file that the digests know of."""
    import hashlib

    def change(files: dict[str, bytes]) -> None:
        files[name] = data
        told = json.loads(files["digests.json"])
        told["files"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        files["digests.json"] = json.dumps(told).encode()

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lying("../evil.txt", b"x"), "is no name for a file of a bundle"),
        (lying("/evil.txt", b"x"), "is no name"),
        (lying("golden/../../evil.txt", b"x"), "is no name"),
        (lying("golden\\..\\evil.txt", b"x"), "is no name|not both in it"),
        (lying("C:evil.txt", b"x"), "is no name"),
        (lying("nul\x01.txt", b"x"), "is no name|not both in it"),
        (lying("MODEL.onnx", b"x"), "one name twice"),
        (lambda files: files.update({"more.txt": b"x"}), "is not both in it and among its digests"),
        (lambda files: files.pop("parity.npz"), "is not both in it and among its digests"),
        (lambda files: files.update({"metrics.json": b"{}"}), "is not what its digest says"),
        (lambda files: files.pop("digests.json"), "has no readable digests.json"),
        (lambda files: files.update({"digests.json": b"[]"}), "has no readable digests.json"),
        (lying("model.onnx", b"torn"), "not an ONNX file"),
    ],
)
def test_a_zip_that_means_harm_or_lies_is_refused_and_leaves_nothing(place: Place, change: Any, says: str) -> None:
    import re

    file = place.folder / "noise-2.zip"
    call(place, "export", "noise/2", file)
    evil = rezipped(file, change)
    other = Place(place.folder, place.folder / "other")
    assert re.search(says, refused(other, "unpack", evil))
    assert [path for path in other.store.rglob("*") if path.is_file()] == []
    assert not (place.folder / "evil.txt").exists()


def test_a_link_in_a_zip_is_refused(place: Place) -> None:
    file = place.folder / "link.zip"
    with zipfile.ZipFile(file, "w") as archive:
        entry = zipfile.ZipInfo("model.onnx")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
        archive.writestr("digests.json", "{}")
    assert "is no name for a file" in refused(place, "unpack", file)


def test_a_bomb_is_refused_before_it_is_unpacked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    file = place.folder / "noise-2.zip"
    call(place, "export", "noise/2", file)
    bomb = rezipped(file, lying("zeros.bin", bytes(50_000_000)))
    assert bomb.stat().st_size < 10_000_000
    monkeypatch.setattr("shellmark_models.transport.MOST_BYTES", 40_000_000)
    other = Place(place.folder, place.folder / "other")
    assert "that is no bundle" in refused(other, "unpack", bomb)


def test_a_forged_gate_in_a_zip_counts_for_nothing(place: Place) -> None:
    call(place, "gate", "noise/2", "--recipe", place.recipe())
    gate = (place.store / MODEL / "2" / "gate.json").read_bytes()
    file = place.folder / "noise-2.zip"
    call(place, "export", "noise/2", file)
    evil = rezipped(file, lying("gate.json", gate))
    other = Place(place.folder, place.folder / "other")
    call(other, "unpack", evil)
    assert "has not been through the gate" in refused(other, "activate", "noise/2", "--by", "Li")
