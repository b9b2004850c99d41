"""The gate on this machine: a version is opened in a process of its own and put through every check."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from shellmark_inspect.errors import InputError, RecipeError
from shellmark_inspect.inspector import Inspector
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.station.golden import Golden, read_golden
from shellmark_inspect.station.stored import StoredCase, reference_case, set_case
from shellmark_models import Model, ModelError, load
from shellmark_models.evaluation.gate import (
    MEMORY_BYTES,
    SECONDS,
    GateCheck,
    GateReport,
    golden_check,
    latency_check,
    memory_check,
    parity_check,
    this_machine,
    threshold_check,
)
from shellmark_models.evaluation.parity import PARITY_FILE, Sample, compare, samples_of
from shellmark_models.rescale import good_scores

RECIPE_FOLDER = "recipe"
CHECKS = ("file", "recipe", "parity", "threshold", "golden", "latency", "memory")
"""The checks in the order they run."""
_PROBES = 3
_TRIES = 2

Heard = Callable[[GateCheck], None]


@dataclass(frozen=True, slots=True)
class GateTask:
    """What goes through the gate: the bundle's folder and the digest its file must have.

    `recipe` is what the model will judge under, None for the bundle's own. `golden` are places of golden cases. A case
    may take `seconds` with `threads` threads (0: all cores), the process hold `memory_bytes`.
    """

    bundle: Path
    digest: str
    recipe: Recipe | None = None
    golden: tuple[Path, ...] = ()
    threads: int = 0
    seconds: float = SECONDS
    memory_bytes: float = MEMORY_BYTES


def run_gate(task: GateTask, heard: Heard = lambda _: None) -> GateReport:
    """Every check, one after the other, in this process; `heard` is told of each as it is done. Never raises."""
    checks: list[GateCheck] = []
    for check in _checks(task):
        checks.append(check)
        heard(check)
    return GateReport(task.digest, this_machine(), datetime.now(UTC), tuple(checks))


def _checks(task: GateTask) -> Iterator[GateCheck]:
    try:
        model = load(task.bundle, digest=task.digest, threads=task.threads)
    except ModelError as e:
        yield GateCheck("file", False, detail=_line(e))
        return
    yield GateCheck("file", True, detail="whole; its digests are its own")
    try:
        inspector, check = _inspector(task, model)
        yield check
        yield _tried("parity", lambda: parity_check(compare(model, task.bundle / PARITY_FILE)))
        yield _tried("threshold", lambda: threshold_check(model.card, _scores(task.bundle)))
        if inspector is None:
            return
        golden: list[Golden] = []
        yield _tried("golden", lambda: _golden(task, inspector, golden))
        yield _tried("latency", lambda: _latency(task, inspector, golden[0] if golden else Golden()))
        yield memory_check(peak_bytes(), task.memory_bytes)
    finally:
        model.close()


def _tried(name: str, check: Callable[[], GateCheck]) -> GateCheck:
    try:
        return check()
    except Exception as e:  # noqa: BLE001 - whatever is wrong with a candidate, it is the gate that says so
        return GateCheck(name, False, detail=_line(e))


def _inspector(task: GateTask, model: Model) -> tuple[Inspector | None, GateCheck]:
    try:
        recipe = task.recipe or Recipe.read(task.bundle / RECIPE_FOLDER)
        return Inspector(recipe, model), GateCheck("recipe", True, detail=f"it belongs to recipe {recipe.sku}")
    except RecipeError as e:
        return None, GateCheck("recipe", False, detail=_line(e))


def _scores(bundle: Path) -> Sequence[float] | None:
    scores = good_scores(bundle)
    return None if scores is None else list(scores.values())


def _golden(task: GateTask, inspector: Inspector, found: list[Golden]) -> GateCheck:
    golden = read_golden(task.golden)
    found.append(golden)
    stopped: list[bool] = []
    passed: list[bool] = []
    wrong: list[str] = []
    for number, one in enumerate(golden.cases, 1):
        case = set_case(inspector.recipe, one.case)
        verdict = inspector.inspect(case.trigger(number), case.frames, case.faults).verdict
        met = one.met_by(verdict) and not case.faults
        (passed if one.expect == "pass" else stopped).append(met)
        if not met:
            wrong.append(f"{one.case.name} {verdict}{f' ({case.faults[0]})' if case.faults else ''}")
    return golden_check(stopped, passed, wrong, golden.overkill)


def _latency(task: GateTask, inspector: Inspector, golden: Golden) -> GateCheck:
    """The slowest of a few cases, each at its fastest: golden ones and the reference, else what parity keeps."""
    probes = [set_case(inspector.recipe, one.case) for one in islice(golden.cases, _PROBES)]
    if (reference := reference_case(inspector.recipe)) is not None:
        probes.append(reference)
    if probes:
        took = max(min(_inspected(inspector, case) for _ in range(_TRIES)) for case in probes)
        return latency_check([took], task.seconds, f"from frames to verdict, the slowest of {len(probes)}")
    samples = {sample.view: sample for sample in samples_of(task.bundle / PARITY_FILE)}
    if not samples:
        return GateCheck("latency", False, detail="nothing to measure with: no golden case, reference or parity.npz")
    looks = [min(_looked(inspector.model, sample) for _ in range(_TRIES)) for sample in samples.values()]
    return latency_check([sum(looks)], task.seconds, f"the network alone on {len(looks)} view(s)")


def _inspected(inspector: Inspector, case: StoredCase) -> float:
    began = time.perf_counter()
    inspector.inspect(case.trigger(1), case.frames, case.faults)
    return time.perf_counter() - began


def _looked(model: Model, sample: Sample) -> float:
    began = time.perf_counter()
    model.look(sample.image, view=sample.view, mask=sample.mask)
    return time.perf_counter() - began


def peak_bytes() -> float:
    """The most memory this process has held, bytes; where the system does not say, what it holds now."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) * 1024
    facts = psutil.Process().memory_info()
    return float(getattr(facts, "peak_wset", facts.rss))


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if isinstance(error, (ModelError, InputError)) else f"{type(error).__name__}: {text}"


# ── a process of its own ────────────────────────────────────────────────────────────────────────────────────────


class GateProcess:
    """A gate in a process of its own, at low priority: a network that crashes or hogs takes nothing with it."""

    def __init__(self, task: GateTask) -> None:
        context = multiprocessing.get_context("spawn")
        self._task = task
        self._ear, mouth = context.Pipe(duplex=False)
        self._process: BaseProcess = context.Process(target=_serve, args=(mouth, task), name="gate", daemon=True)
        self._process.start()
        mouth.close()

    def report(self, heard: Heard = lambda _: None) -> GateReport:
        """Wait for the result; a process that dies is a failed check.

        Raises:
            InputError: the gate was stopped.
        """
        checks: list[GateCheck] = []
        try:
            while True:
                said = self._ear.recv()
                if isinstance(said, GateReport):
                    return said
                checks.append(said)
                heard(said)
        except (EOFError, OSError):
            self._process.join()
            code = self._process.exitcode
            if code == -15:
                raise InputError(f"{self._task.bundle}: the gate was stopped") from None
            last = CHECKS[min(len(checks), len(CHECKS) - 1)]
            checks.append(GateCheck(last, False, detail=f"the process ended in the middle (exit code {code})"))
            return GateReport(self._task.digest, this_machine(), datetime.now(UTC), tuple(checks))
        finally:
            self._process.join()
            self._ear.close()

    def stop(self) -> None:
        """End it; whoever waits for the report gets an error."""
        self._process.terminate()


def _serve(mouth: Connection, task: GateTask) -> None:
    with suppress(OSError, AttributeError):
        os.nice(10)
    with suppress(OSError):  # nobody listens any more
        mouth.send(run_gate(task, mouth.send))
    mouth.close()
