"""What teaching says of the goods it was given, kept in the bundle and shown to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any


class Kind(StrEnum):
    """What a remark is about."""

    OUTLIER = "outlier"
    ALIKE = "alike"
    TWO_KINDS = "two_kinds"
    SIZES = "sizes"
    FEW = "few"
    LEFT_OUT = "left_out"
    COPY = "copy"
    KNOWN = "known"
    CHANGED = "changed"
    NAMES = "names"
    SCALE = "scale"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing worth knowing of the goods: which cases, one line in English, and the figure in it (None: none)."""

    kind: Kind
    cases: tuple[str, ...]
    text: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class GoodsReport:
    """What teaching made of the goods.

    `goods` cases set the threshold, so that at 95 % confidence at most `false_reject_bound` of goods like them score
    above 1.0; `learned` cases were learned from in all, `new` of them now. `scores` are the goods' held-out scores (1.0
    is the limit), `files` the pictures of each case of this run, `missed` the cases whose missed defects were learned.
    """

    goods: int
    learned: int
    new: int
    false_reject_bound: float
    scores: Mapping[str, float]
    remarks: tuple[Remark, ...] = ()
    files: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    missed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("scores", "files"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[object, ...]:
        numbers = (self.goods, self.learned, self.new, self.false_reject_bound)
        return GoodsReport, (*numbers, dict(self.scores), self.remarks, dict(self.files), self.missed)

    def as_json(self) -> dict[str, Any]:
        """The report for a machine, without places on this disk."""
        return {
            "goods": self.goods,
            "learned": self.learned,
            "new": self.new,
            "false_reject_bound": self.false_reject_bound,
            "missed": list(self.missed),
            "scores": [{"case": case, "score": round(score, 5)} for case, score in self.scores.items()],
            "remarks": [
                {"kind": one.kind.value, "cases": list(one.cases), "text": one.text, "value": one.value}
                for one in self.remarks
            ],
        }
