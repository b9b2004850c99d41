"""`shellmark bench`: what it prints and writes, and one line with exit code 2 for what it cannot use."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import small_sets

ENDS_WITHIN_S = 100


def command(*arguments: object) -> list[str]:
    program = "import sys; from shellmark_inspect.app import main; sys.argv[0] = 'shellmark'; main()"
    return [sys.executable, "-c", program, *map(str, arguments)]


def shellmark(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=ENDS_WITHIN_S, check=False)


@pytest.mark.slow
@pytest.mark.timeout(2 * ENDS_WITHIN_S)
def test_the_command_writes_all_it_promises_and_goes_on(folder: Path, bundle: Path, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("figures.json", "cases.csv", "report.html")]
    options = ("--json", files[0], "--csv", files[1], "--html", files[2], "--resume", tmp_path / "rows")
    done = shellmark("bench", folder, "--model", bundle, *options)
    assert done.returncode == 0, done.stderr
    assert "noise/1" in done.stdout
    assert "Clopper-Pearson" in done.stdout
    told = json.loads(files[0].read_text("utf-8"))
    assert {"image_auroc", "pixel_auroc", "escapes", "overkill", "cpu_ms_per_mp", "results"} <= set(told)
    assert told["results"][0]["image_auroc"] == told["image_auroc"]
    with files[1].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["case"] for row in rows[:2]] == ["test/good/000.png", "test/good/001.png"]
    assert {row["verdict"] for row in rows} <= {"PASS", "FAIL", "REVIEW"}
    assert files[2].read_text("utf-8").startswith("<!doctype html>")
    again = shellmark("bench", folder, "--model", bundle, "--json", files[0], "--resume", tmp_path / "rows")
    assert "10 of 10 rows are from an earlier run" in again.stderr
    assert json.loads(files[0].read_text("utf-8"))["speed"] == told["speed"]


@pytest.mark.slow
@pytest.mark.timeout(2 * ENDS_WITHIN_S)
def test_several_models_and_sets_in_one_run(folder: Path, bundle: Path, tmp_path: Path) -> None:
    small_sets.indexed(tmp_path / "spindle")
    other = shutil.copytree(bundle, tmp_path / "other")
    where = ("bench", folder, tmp_path / "spindle", "--model", bundle, "--model", other, "--json", tmp_path / "f.json")
    done = shellmark(*where, "--workers", 2)
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "f.json").read_text("utf-8"))
    assert [one["set"] for one in told["results"]] == ["lid", "spindle"] * 2
    assert "image_auroc" not in told, "no one of them is the result"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child on Windows")
@pytest.mark.timeout(3 * ENDS_WITHIN_S)
def test_ctrl_c_ends_a_run_between_cases_and_it_goes_on(bundle: Path, tmp_path: Path) -> None:
    folder = small_sets.mvtec(tmp_path / "lid", learn=1, goods=150, each=3)
    rows = tmp_path / "rows" / "rows.jsonl"
    arguments = ("bench", folder, "--model", bundle, "--resume", tmp_path / "rows", "--workers", 2)
    with subprocess.Popen(command(*arguments), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + ENDS_WITHIN_S
        while not (rows.is_file() and rows.stat().st_size) and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.05)  # another process writes the file: there is no event to wait for
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=ENDS_WITHIN_S)
    assert process.returncode == 130, err
    assert "the same command goes on" in err
    assert "Traceback" not in err
    assert psutil.wait_procs(children, timeout=10)[1] == []
    kept = len(rows.read_text("utf-8").splitlines())
    assert 0 < kept < 156
    again = shellmark(*arguments)
    assert again.returncode == 0, again.stderr
    assert f"{kept} of 156 rows are from an earlier run" in again.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
@pytest.mark.timeout(2 * ENDS_WITHIN_S)
def test_workers_end_when_their_parent_is_killed(bundle: Path, tmp_path: Path) -> None:
    folder = small_sets.mvtec(tmp_path / "lid", learn=1, goods=150, each=3)
    rows = tmp_path / "rows" / "rows.jsonl"
    arguments = ("bench", folder, "--model", bundle, "--resume", tmp_path / "rows", "--workers", 2)
    with subprocess.Popen(command(*arguments), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + ENDS_WITHIN_S
        while not (rows.is_file() and rows.stat().st_size) and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.05)  # as above
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) >= 2
        process.kill()
    assert psutil.wait_procs(children, timeout=20)[1] == []


def _torn_mask(folder: Path) -> list[object]:
    (folder / "ground_truth" / "spot" / "000_mask.png").write_bytes(b"torn")
    return []


def _empty_class(folder: Path) -> list[object]:
    (folder / "test" / "crack").mkdir()
    return []


def _no_model(folder: Path) -> list[object]:
    return ["--model", folder / "no-such-bundle"]


def _nowhere(folder: Path) -> list[object]:
    return ["--html", folder / "no" / "such" / "report.html"]


def _where_nothing_is_kept(folder: Path) -> list[object]:
    if not Path("/proc/self").exists():
        pytest.skip("only Linux has a folder in which even root makes no file")
    return ["--json", "/proc/x.json"]


def _group(folder: Path) -> list[object]:
    return ["--group-by", "nothing-like-it"]


def _no_cluster(folder: Path) -> list[object]:
    pytest.importorskip("ray", reason="Ray is not installed (the extra `cluster`)")
    return ["--cluster", "127.0.0.1:1"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_torn_mask, "000_mask.png"),
        (_empty_class, "class crack"),
        (_no_model, "no-such-bundle"),
        (_nowhere, "report.html cannot be written"),
        (_where_nothing_is_kept, "x.json cannot be written"),
        (_group, "groups no case"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    folder: Path, bundle: Path, spoil: Callable[[Path], list[object]], said: str
) -> None:
    more = spoil(folder)
    model = [] if "--model" in more else ["--model", bundle]
    done = shellmark("bench", folder, *model, *more)
    assert done.returncode == 2, done.stdout + done.stderr
    (line,) = [one for one in done.stderr.splitlines() if one.startswith("shellmark: ")]
    assert said in line
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.timeout(2 * ENDS_WITHIN_S)
def test_a_cluster_that_is_not_there_is_one_line(folder: Path, bundle: Path) -> None:
    done = shellmark("bench", folder, "--model", bundle, *_no_cluster(folder))
    assert done.returncode == 2, done.stdout + done.stderr
    assert "there is no Ray cluster at 127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr
