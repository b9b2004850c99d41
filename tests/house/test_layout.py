"""The shape of the house: nothing shadows the standard library, every room has one door, nothing names this machine."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("inspect", "models", "gui", "calibration")
DOORS = (
    "shellmark_inspect.cameras",
    "shellmark_inspect.steps",
    "shellmark_inspect.judge",
    "shellmark_inspect.records",
    "shellmark_inspect.outputs",
    "shellmark_inspect.labelling",
    "shellmark_inspect.loop",
    "shellmark_inspect.station",
    "shellmark_inspect.app",
    "shellmark_models",
    "shellmark_trace",
    "shellmark_trace.clones",
    "shellmark_trace.columns",
    "shellmark_trace.dealer",
    "shellmark_trace.epcis",
    "shellmark_trace.keys",
    "shellmark_trace.labels",
    "shellmark_trace.log",
    "shellmark_trace.manifest",
    "shellmark_trace.printers",
    "shellmark_trace.readback",
    "shellmark_trace.signed",
    "shellmark_trace.site",
    "shellmark_calibration",
    "shellmark_gui",
)


@pytest.mark.parametrize("folder", [*ROOMS, "tests", "benchmarks"])
def test_no_folder_at_the_root_is_a_package(folder):
    assert not (ROOT / folder / "__init__.py").exists()


def test_tests_of_the_station_do_not_shadow_inspect():
    assert not (ROOT / "tests" / "inspect").exists()


def test_the_standard_library_is_not_shadowed():
    program = "import inspect, dataclasses; inspect.signature; assert 'shellmark' not in (inspect.__file__ or '')"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    subprocess.run([sys.executable, "-m", "pytest", "--version"], cwd=ROOT, check=True, capture_output=True)


def test_the_root_holds_only_what_was_agreed():
    agreed = {"inspect", "models", "gui", "calibration", "sample_images", "benchmarks", "tests", "docs"}
    agreed |= {"pyproject.toml", "README.md", "Makefile", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"}
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    roots = {line.partition("/")[0] for line in listed.splitlines()}
    assert {name for name in roots if not name.startswith(".")} <= agreed


@pytest.mark.parametrize("door", DOORS)
def test_a_door_says_what_it_offers(door):
    module = importlib.import_module(door)
    assert module.__all__
    assert all(hasattr(module, name) for name in module.__all__)


def test_a_station_starts_without_what_only_pages_are_drawn_with():
    program = "import sys, shellmark_inspect.station; print(*sorted({'matplotlib', 'jinja2'} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert not said.stdout.split()


def test_every_dependency_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [line for group in (project["dependencies"], *extras) for line in group]
    names = {line.partition("[")[0].partition("=")[0].partition(">")[0] for line in wanted}
    told = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    assert not {name for name in names if f"`{name.lower()}`" not in told}
