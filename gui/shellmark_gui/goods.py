"""What teaching says of the goods, as the screen shows it: the remarks in words, and the cases to look at."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from shellmark_gui.widgets.tiles import Tile
from shellmark_inspect.teaching.report import GoodsReport, Kind, Remark

translate = QCoreApplication.translate

_KINDS: Mapping[Kind, str] = {
    Kind.OUTLIER: QT_TRANSLATE_NOOP("goods", "unlike the other goods: look whether they are good"),
    Kind.ALIKE: QT_TRANSLATE_NOOP("goods", "several pictures of one shell: they count as one"),
    Kind.TWO_KINDS: QT_TRANSLATE_NOOP("goods", "looks like two kinds of shells: are two SKUs mixed?"),
    Kind.SIZES: QT_TRANSLATE_NOOP("goods", "pictures of other sizes"),
    Kind.FEW: QT_TRANSLATE_NOOP("goods", "few goods: the promise is wide"),
    Kind.LEFT_OUT: QT_TRANSLATE_NOOP("goods", "left out"),
    Kind.COPY: QT_TRANSLATE_NOOP("goods", "the same pictures twice: taken once"),
    Kind.KNOWN: QT_TRANSLATE_NOOP("goods", "learned before: not counted again"),
    Kind.CHANGED: QT_TRANSLATE_NOOP("goods", "pictures changed since they were learned"),
    Kind.NAMES: QT_TRANSLATE_NOOP("goods", "names of defects"),
    Kind.SCALE: QT_TRANSLATE_NOOP("goods", "the scale is not known: sizes in mm mean nothing"),
    Kind.SET: QT_TRANSLATE_NOOP("goods", "the folder"),
}

_LOOK_AT: Mapping[Kind, str] = {
    Kind.OUTLIER: QT_TRANSLATE_NOOP("goods", "unlike the others"),
    Kind.ALIKE: QT_TRANSLATE_NOOP("goods", "like another"),
    Kind.COPY: QT_TRANSLATE_NOOP("goods", "a copy"),
    Kind.TWO_KINDS: QT_TRANSLATE_NOOP("goods", "another kind"),
    Kind.SIZES: QT_TRANSLATE_NOOP("goods", "another size"),
    Kind.CHANGED: QT_TRANSLATE_NOOP("goods", "changed"),
}
"""Remarks about cases a person should look at, the gravest first."""

HIGHEST = 8
"""So many goods are shown for their score alone: an engineer wants to see what the threshold stands on."""


def remark_words(remark: Remark) -> str:
    """A remark in one line; the station's own sentence stands behind it."""
    return f"{translate('goods', _KINDS[remark.kind])} — {remark.text}"


def tiles_of(report: GoodsReport) -> list[Tile]:
    """The cases to look at: the gravest remark first, then the highest scores though nothing is said; each once."""
    found: dict[str, Tile] = {}
    for kind in _LOOK_AT:
        for remark in report.remarks:
            if remark.kind is kind:
                for case in sorted(remark.cases, key=lambda one: -report.scores.get(one, 0.0)):
                    found.setdefault(case, _tile(case, kind, report.scores.get(case)))
    for case in sorted(report.scores, key=lambda one: -report.scores[one])[:HIGHEST]:
        found.setdefault(case, _tile(case, None, report.scores[case]))
    return list(found.values())


def _tile(case: str, kind: Kind | None, score: float | None) -> Tile:
    words = translate("goods", _LOOK_AT[kind]) if kind is not None else translate("goods", "among the highest")
    note = words if score is None else f"{words}  {score:.2f} x"
    return Tile(case, case, note, alarming=kind is Kind.OUTLIER)
