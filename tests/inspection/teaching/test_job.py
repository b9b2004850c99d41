from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from shellmark_inspect.errors import InputError
from shellmark_inspect.teaching import TeachJob, TeachPlan, TeachStopped, start_job

WriteGoods = Callable[..., Path]


def until_it_learns(job: TeachJob) -> None:
    deadline = time.monotonic() + 60
    while job.progress()[0] in {"start", "goods"} and not job.result.done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.slow
def test_a_job_teaches_in_a_process_of_its_own(write_goods: WriteGoods, tmp_path: Path) -> None:
    job = start_job(TeachPlan(goods=write_goods(), out=tmp_path / "bundle", threads=1))
    assert job.report() is None
    until_it_learns(job)
    (child,) = [one for one in psutil.Process().children() if one.pid == job.pid]
    assert child.nice() == 10
    outcome = job.result.result(60)
    assert outcome.folder == tmp_path / "bundle"
    assert job.progress() == ("done", 1.0)
    report = job.report()
    assert report is not None
    assert report.goods == 4
    assert report.files["g000.png"] == (tmp_path / "goods" / "g000.png",)


@pytest.mark.slow
def test_a_cancelled_job_leaves_nothing(write_goods: WriteGoods, tmp_path: Path) -> None:
    job = start_job(TeachPlan(goods=write_goods(range(20)), out=tmp_path / "bundle", threads=1))
    until_it_learns(job)
    job.cancel()
    job.cancel()
    with pytest.raises(TeachStopped, match="nothing was written"):
        job.result.result(30)
    assert [path.name for path in tmp_path.iterdir()] == ["goods"]


@pytest.mark.slow
def test_a_job_that_was_killed_says_so_and_leaves_nothing(write_goods: WriteGoods, tmp_path: Path) -> None:
    job = start_job(TeachPlan(goods=write_goods(range(20)), out=tmp_path / "bundle", threads=1))
    until_it_learns(job)
    os.kill(job.pid, signal.SIGTERM)
    with pytest.raises(InputError, match="ended by itself"):
        job.result.result(30)
    assert [path.name for path in tmp_path.iterdir()] == ["goods"]


@pytest.mark.slow
def test_what_is_wrong_comes_back_as_one_line(tmp_path: Path) -> None:
    job = start_job(TeachPlan(goods=tmp_path / "none", out=tmp_path / "bundle"))
    with pytest.raises(InputError, match="none is missing"):
        job.result.result(60)
