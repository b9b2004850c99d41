"""The engineer's words: families, the gate and its checks, what a threshold promises, stages of teaching."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from shellmark_gui.shapes import Shape
from shellmark_gui.theme import FAIL_COLOUR, MUTED, PASS_COLOUR
from shellmark_inspect.station.workshop import GateCheck, GateReport
from shellmark_models import Rate

translate = QCoreApplication.translate

_FAMILIES: Mapping[str, str] = {
    "memory": QT_TRANSLATE_NOOP("family", "feature memory"),
    "memory-lean": QT_TRANSLATE_NOOP("family", "feature memory, quick"),
    "registered": QT_TRANSLATE_NOOP("family", "place by place"),
    "classical": QT_TRANSLATE_NOOP("family", "classical channels"),
    "imported": QT_TRANSLATE_NOOP("family", "brought along"),
    "classifier": QT_TRANSLATE_NOOP("family", "names only"),
}

_CHECKS: Mapping[str, str] = {
    "file": QT_TRANSLATE_NOOP("gate", "file whole"),
    "recipe": QT_TRANSLATE_NOOP("gate", "belongs to the recipe"),
    "parity": QT_TRANSLATE_NOOP("gate", "same figures on this PC"),
    "threshold": QT_TRANSLATE_NOOP("gate", "threshold from its goods"),
    "golden": QT_TRANSLATE_NOOP("gate", "golden cases"),
    "latency": QT_TRANSLATE_NOOP("gate", "seconds per case"),
    "memory": QT_TRANSLATE_NOOP("gate", "memory, MB"),
}
"""The gate's checks (`shellmark_models.evaluation.gate`, `shellmark_inspect.station.gating`)."""

_STAGES: Mapping[str, str] = {
    "start": QT_TRANSLATE_NOOP("stage", "getting ready"),
    "goods": QT_TRANSLATE_NOOP("stage", "reading and checking the goods"),
    "features": QT_TRANSLATE_NOOP("stage", "looking at the goods"),
    "usual": QT_TRANSLATE_NOOP("stage", "learning what is usual"),
    "folds": QT_TRANSLATE_NOOP("stage", "judging each good by the others"),
    "memory": QT_TRANSLATE_NOOP("stage", "choosing what to remember"),
    "threshold": QT_TRANSLATE_NOOP("stage", "setting the threshold"),
    "names": QT_TRANSLATE_NOOP("stage", "learning the defects' names"),
    "done": QT_TRANSLATE_NOOP("stage", "writing"),
}
"""The stages teaching tells of (`shellmark_inspect.teaching.clock`)."""


def family_name(family: str) -> str:
    """A family's name; one nobody translated by its own."""
    return translate("family", _FAMILIES[family]) if family in _FAMILIES else family


def check_name(name: str) -> str:
    """A check's name."""
    return translate("gate", _CHECKS[name]) if name in _CHECKS else name.replace("_", " ")


def stage_name(stage: str) -> str:
    """A stage of teaching."""
    return translate("stage", _STAGES[stage]) if stage in _STAGES else stage


def bound_sentence(bound: float, goods: int) -> str:
    """What a threshold from goods promises: the share of goods it rejects at most, at 95 % confidence."""
    words = translate("model", "false rejects ≤ {share:.1f} % (95 %, n = {goods})")
    return words.format(share=100 * bound, goods=goods)


def gate_word(gate: GateReport | None) -> str:
    """The gate's state in a word or two."""
    if gate is None:
        return translate("gate", "not checked")
    return translate("gate", "gate passed") if gate.passed else translate("gate", "gate failed")


def gate_look(gate: GateReport | None) -> tuple[Shape, str]:
    """The gate's state as a shape and its colour."""
    if gate is None:
        return Shape.RING, MUTED
    return (Shape.CIRCLE, PASS_COLOUR) if gate.passed else (Shape.CROSS, FAIL_COLOUR)


def check_figure(check: GateCheck) -> str:
    """What a check measured against what it may be; "" where it has no figure."""
    if check.figure is None:
        return ""
    return f"{check.figure:.4g}" if check.limit is None else f"{check.figure:.4g} / {check.limit:.4g}"


def rate_words(rate: Rate) -> str:
    """A rate with its interval."""
    if rate.n == 0:
        return translate("model", "nobody decided yet")
    words = translate("model", "{hits}/{n} = {share:.1f} % (95 %: {low:.1f} to {high:.1f})")
    return words.format(hits=rate.hits, n=rate.n, share=100 * rate.value, low=100 * rate.low, high=100 * rate.high)


def time_left(fraction: float, elapsed_s: float) -> str:
    """How long it still takes, by what it took so far; "" before that says anything."""
    if fraction < 0.05 or elapsed_s < 1.0:
        return ""
    left_s = round(elapsed_s * (1.0 - fraction) / fraction)
    if left_s >= 120:
        return translate("stage", "{minutes} min left").format(minutes=round(left_s / 60))
    return translate("stage", "{seconds} s left").format(seconds=left_s)
