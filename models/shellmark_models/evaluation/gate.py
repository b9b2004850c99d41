"""The gate a model version passes before it may judge: its checks, and the result as it is kept beside the version."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shellmark_models.card import Digest
from shellmark_models.errors import BundleError, TeachError
from shellmark_models.session import RUNTIME
from shellmark_models.training.threshold import false_reject_bound, promise
from shellmark_models.writing import write_file

if TYPE_CHECKING:
    from shellmark_models.card import Card
    from shellmark_models.evaluation.parity import Parity

GATE_FILE = "gate.json"
SECONDS = 3.0
"""The longest a case may take, from its frames to its verdict."""
MEMORY_BYTES = 1.5e9
"""The most memory the process may hold."""
SCORE_OFF = 0.02
"""How far a score may be from the one at teaching, in units of the threshold: far below what decides a case."""
MAP_OFF = 0.05
"""How far any place of a map may be, in units of the threshold or of the place itself where it is above."""
HIGHEST_GOOD = (0.5, 1.0001)
"""Where the highest held-out good score must lie, in units of the threshold: further below, the threshold passes more
than its goods ask for; goods above it are counted in the bound."""
_MOST_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class GateCheck:
    """One check of the gate: what was measured (``figure``) and what it may be (``limit``), None where it has neither.

    ``detail`` says in one line what the figure is, or why the check failed.
    """

    name: str
    passed: bool
    figure: float | None = None
    limit: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate found about the model of this ``digest`` on this ``machine``; it passed when every check did."""

    digest: str
    machine: str
    at: datetime
    checks: tuple[GateCheck, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed; a gate without a check never does."""
        return bool(self.checks) and all(check.passed for check in self.checks)


def this_machine() -> str:
    """What a result of the gate holds for: the PC, its processor and cores, and the runtime."""
    chip = platform.processor() or platform.machine()
    return f"{platform.node()}, {chip} x {os.cpu_count()}, {platform.system()}, onnxruntime {RUNTIME}"


# ── the arithmetic of the checks ────────────────────────────────────────────────────────────────────────────────


def parity_check(parity: Parity | None) -> GateCheck:
    """Whether the network answers here as it did where it was taught; None: the bundle keeps no reference."""
    if parity is None:
        return GateCheck("parity", False, detail="the bundle has no parity.npz to compare with: teach it again")
    within = parity.score_off <= SCORE_OFF and parity.map_off <= MAP_OFF
    detail = f"{parity.views} views; scores off by {parity.score_off:.4f}, maps by {parity.map_off:.4f} at most"
    return GateCheck("parity", within, max(parity.score_off, parity.map_off), MAP_OFF, detail)


def golden_check(stopped: Sequence[bool], passed: Sequence[bool], wrong: Sequence[str], overkill: float) -> GateCheck:
    """Whether what must be stopped was, and no more than ``overkill`` of what must pass was stopped, too.

    ``stopped`` holds for each case that must be stopped whether it was, ``passed`` likewise; ``wrong`` names those that
    were not.
    """
    if not stopped and not passed:
        return GateCheck("golden", True, detail="no golden cases are kept for this model")
    escapes = len(stopped) - sum(stopped)
    killed = len(passed) - sum(passed)
    share = killed / len(passed) if passed else 0.0
    detail = f"{escapes} of {len(stopped)} that must be stopped passed, {killed} of {len(passed)} good ones did not"
    shown = f": {', '.join(wrong[:5])}{' and more' if len(wrong) > 5 else ''}" if wrong else ""
    fine = escapes == 0 and share <= overkill
    return GateCheck("golden", fine, float(escapes) if escapes else share, 0.0 if escapes else overkill, detail + shown)


def latency_check(seconds: Sequence[float], limit: float, what: str) -> GateCheck:
    """Whether a case takes no longer than it may; ``seconds`` of each try, of which the fastest counts."""
    figure = min(seconds, default=math.inf)
    return GateCheck("latency", figure <= limit, _number(figure), limit, f"seconds a case, {what}")


def memory_check(most: float, limit: float) -> GateCheck:
    """Whether the process stayed within its memory; bytes."""
    return GateCheck("memory", most <= limit, most / 1e6, limit / 1e6, "MB the process held at most")


def threshold_check(card: Card, scores: Sequence[float] | None) -> GateCheck:
    """Whether the threshold is what its goods say: ``scores`` of the held-out goods, one a case, 1.0 = threshold.

    With ``a`` of ``n`` goods above it, the threshold is at least the a + 1 highest of them, and the bound of the order
    statistics (false_reject_bound) for that rank must be no more than what the card promises.
    """
    if not scores:
        return GateCheck("threshold", False, detail="the bundle keeps no held-out scores of its goods: teach it again")
    values = np.asarray(scores, np.float64)
    if not np.isfinite(values).all() or len(values) != card.goods:
        detail = f"the card says {card.goods} goods set it, {len(values)} scores are kept: teach it again"
        return GateCheck("threshold", False, float(len(values)), float(card.goods), detail)
    above = int((values > HIGHEST_GOOD[1]).sum())
    highest = float(values.max())
    if highest < HIGHEST_GOOD[0]:
        detail = (
            f"the highest of {len(values)} held-out goods reaches {highest:.2f} of it: it is too high; teach it again"
        )
        return GateCheck("threshold", False, highest, HIGHEST_GOOD[0], detail)
    try:
        bound = false_reject_bound(len(values), above + 1)
    except TeachError:  # every good lies above it
        bound = 1.0
    detail = f"{above} of {len(values)} held-out goods above it: false rejects {promise(bound, len(values))}"
    return GateCheck("threshold", bound <= card.false_reject_bound + 1e-6, bound, card.false_reject_bound, detail)


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


# ── the result on the disk ──────────────────────────────────────────────────────────────────────────────────────


class _Check(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    name: str
    passed: bool
    figure: float | None = None
    limit: float | None = None
    detail: Annotated[str, Field(max_length=4000)] = ""


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    digest: Digest
    machine: str
    at: AwareDatetime
    passed: bool
    checks: tuple[_Check, ...]


def report_json(report: GateReport) -> str:
    """A result as JSON."""
    checks = [
        _Check(name=c.name, passed=c.passed, figure=c.figure, limit=c.limit, detail=c.detail) for c in report.checks
    ]
    whole = _Report(
        digest=report.digest, machine=report.machine, at=report.at, passed=report.passed, checks=tuple(checks)
    )
    return whole.model_dump_json(indent=2)


def keep_report(report: GateReport, folder: Path) -> None:
    """Keeps a result as ``folder/gate.json``; raises BundleError when the disk refuses."""
    try:
        write_file(folder / GATE_FILE, report_json(report).encode())
    except OSError as e:
        raise BundleError(f"{folder / GATE_FILE}: cannot be written ({e.strerror or e}); check space and rights") from e


def kept_report(folders: Iterable[Path], digest: str, machine: str | None = None) -> GateReport | None:
    """What the gate said of the model of this digest on this machine, from the first folder that knows; None if never.

    What is damaged counts as never.
    """
    wanted = this_machine() if machine is None else machine
    for folder in folders:
        report = _read(folder / GATE_FILE)
        if report is not None and (report.digest, report.machine) == (digest, wanted):
            return report
    return None


def _read(path: Path) -> GateReport | None:
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        kept = _Report.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
    checks = tuple(GateCheck(c.name, c.passed, c.figure, c.limit, c.detail) for c in kept.checks)
    return GateReport(kept.digest, kept.machine, kept.at, checks)
