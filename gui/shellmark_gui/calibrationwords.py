"""The words of calibration: zones and fittings, what is measured, what drifts, masters."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from shellmark_calibration import Grade
from shellmark_gui.shapes import Shape
from shellmark_gui.theme import FAIL_COLOUR, MUTED, PASS_COLOUR, REVIEW_COLOUR
from shellmark_gui.wording import drift_word, fact_word, label_name, lighting_name, zone_name
from shellmark_inspect.recipe import MasterSpec
from shellmark_inspect.station import Kind, Quantity, Trouble, TroubleCode
from shellmark_inspect.zoning import FILM_EDGE

translate = QCoreApplication.translate

_FITTINGS: Mapping[str, str] = {
    "logo": QT_TRANSLATE_NOOP("fitting", "logo"),
    "lock": QT_TRANSLATE_NOOP("fitting", "lock"),
    "wheel": QT_TRANSLATE_NOOP("fitting", "wheel"),
    "handle": QT_TRANSLATE_NOOP("fitting", "handle"),
    "zip": QT_TRANSLATE_NOOP("fitting", "zip"),
    "label": QT_TRANSLATE_NOOP("fitting", "label"),
    "fitting": QT_TRANSLATE_NOOP("fitting", "other fitting"),
    FILM_EDGE: QT_TRANSLATE_NOOP("fitting", "film edge"),
}
FITTINGS = tuple(_FITTINGS)
"""What a person may leave out, in the order it is offered; the last one is a band along a line."""

ZONES = ("A", "B", "C")
"""The zones a person may draw (quality.md 1.2)."""


def fitting_name(name: str) -> str:
    """A fitting's name; one nobody translated by its own."""
    return translate("fitting", _FITTINGS[name]) if name in _FITTINGS else name.replace("_", " ")


def shape_name(kind: str, name: str) -> str:
    """What is drawn: a zone, what is left out, the outline."""
    if kind == "zone":
        return translate("zones", "zone {zone}").format(zone=name)
    if kind == "outline":
        return translate("zones", "shell outline")
    return translate("zones", "ignore: {fitting}").format(fitting=fitting_name(name))


_TROUBLES: Mapping[TroubleCode, str] = {
    TroubleCode.LIGHT: QT_TRANSLATE_NOOP(
        "drift",
        "{sku}, view {view}, light {light}: {percent:.1f} % {direction} than its baseline on the {subject}: "
        "clean lamp and lens and look at the exposure, else replace the lamp and calibrate the light",
    ),
    TroubleCode.SHARPNESS: QT_TRANSLATE_NOOP(
        "drift",
        "{sku}, view {view}, light {light}: {percent:.0f} % less sharp than its baseline on the {subject}: "
        "clean the lens, set the focus and fasten it",
    ),
    TroubleCode.NOISE: QT_TRANSLATE_NOOP(
        "drift",
        "{sku}, view {view}, light {light}: {percent:.0f} % noisier than its baseline on the {subject}: "
        "look at gain, exposure and the camera's temperature",
    ),
    TroubleCode.CAMERA_MOVED: QT_TRANSLATE_NOOP(
        "drift",
        "{sku}, view {view}: the tile lies {mm:.1f} mm off its baseline: fasten and re-aim the camera, "
        "then calibrate the scale",
    ),
    TroubleCode.SHELLS_MOVED: QT_TRANSLATE_NOOP(
        "drift",
        "{sku}, view {view}: good shells lie {mm:.1f} mm off where they lay: set the fixture, or re-aim the camera",
    ),
    TroubleCode.TURNED: QT_TRANSLATE_NOOP(
        "drift",
        "{sku}, view {view}: good shells lie {degrees:.2f} degrees off where they lay: set the fixture, "
        "or re-aim the camera",
    ),
    TroubleCode.SIZE: QT_TRANSLATE_NOOP(
        "drift",
        "{sku}, view {view}: good shells look {percent:.2f} % {direction} than their baseline: look at the camera's "
        "distance and lens, then calibrate the scale",
    ),
    TroubleCode.SCORE: QT_TRANSLATE_NOOP(
        "drift",
        "{sku}: good shells score {sigmas:.1f} standard deviations above their baseline: clean lamps and lenses, "
        "look at the material, else teach anew",
    ),
    TroubleCode.ALARMS: QT_TRANSLATE_NOOP(
        "drift", "{sku}: {percent:.0f} % of the cases do not pass: look at the last defects, lamps and lenses"
    ),
    TroubleCode.EXPIRES: QT_TRANSLATE_NOOP(
        "drift", "{sku}, view {view}: the calibration of camera {camera} expires in {days:.1f} days: calibrate anew"
    ),
    TroubleCode.EXPIRED: QT_TRANSLATE_NOOP(
        "drift", "{sku}, view {view}: the calibration of camera {camera} has expired on {day}: calibrate anew"
    ),
    TroubleCode.AHEAD: QT_TRANSLATE_NOOP(
        "drift",
        "{sku}, view {view}: the calibration of camera {camera} is dated {day}, in the future: set this computer's "
        "clock, or calibrate anew",
    ),
    TroubleCode.CHECK_DUE: QT_TRANSLATE_NOOP("drift", "{sku}: a daily check is due ({why}): place the masters"),
    TroubleCode.CHECK_SOON: QT_TRANSLATE_NOOP(
        "drift", "{sku}: a daily check is due at {at} ({why}): place the masters"
    ),
    TroubleCode.CHECK_OPEN: QT_TRANSLATE_NOOP("drift", "{sku}: daily check {check} is going on: place master {master}"),
    TroubleCode.LOG_FORKED: QT_TRANSLATE_NOOP(
        "drift", "no codes are given, because the log of the records does not hold: {what}"
    ),
    TroubleCode.LOG_LATE: QT_TRANSLATE_NOOP(
        "drift", "no checkpoint of the log was published and witnessed for {hours:.0f} hours: {what}"
    ),
}
"""The station's sentences (`shellmark_inspect.station.troubles`); tests/gui holds them to be the same."""

_WORKS: Mapping[str, str] = {
    "lamp": QT_TRANSLATE_NOOP("check", "a lamp was replaced or set"),
    "camera": QT_TRANSLATE_NOOP("check", "a camera or lens was touched"),
    "cleaning": QT_TRANSLATE_NOOP("check", "lamps or lenses were cleaned"),
    "other": QT_TRANSLATE_NOOP("check", "other work on the station"),
}

_KINDS: Mapping[Kind, str] = {
    Kind.LIGHT: QT_TRANSLATE_NOOP("drift", "light"),
    Kind.SHARPNESS: QT_TRANSLATE_NOOP("drift", "sharpness"),
    Kind.NOISE: QT_TRANSLATE_NOOP("drift", "noise"),
    Kind.POSITION: QT_TRANSLATE_NOOP("drift", "position"),
    Kind.TURN: QT_TRANSLATE_NOOP("drift", "turn"),
    Kind.SIZE: QT_TRANSLATE_NOOP("drift", "size"),
    Kind.SCORE: QT_TRANSLATE_NOOP("drift", "score of good shells"),
    Kind.ALARMS: QT_TRANSLATE_NOOP("drift", "share that does not pass"),
}

_GRADES: Mapping[Grade, tuple[str, Shape, str]] = {
    Grade.LEARNING: (QT_TRANSLATE_NOOP("drift", "learning"), Shape.DOTS, MUTED),
    Grade.GOOD: (QT_TRANSLATE_NOOP("drift", "steady"), Shape.CIRCLE, PASS_COLOUR),
    Grade.WARN: (QT_TRANSLATE_NOOP("drift", "drifting"), Shape.TRIANGLE, REVIEW_COLOUR),
    Grade.BLOCK: (QT_TRANSLATE_NOOP("drift", "too far off"), Shape.CROSS, FAIL_COLOUR),
}


def trouble_sentence(trouble: Trouble) -> str:
    """What is wrong and what to do, in the screen's language."""
    words = translate("drift", _TROUBLES[trouble.code])
    return words.format(**{name: fact_word(name, value) for name, value in trouble.values.items()})


def work_word(kind: str) -> str:
    """A kind of work on the station."""
    return translate("check", _WORKS[kind]) if kind in _WORKS else kind


def quantity_words(quantity: Quantity) -> tuple[str, str]:
    """A quantity's name, and of what it is."""
    title = translate("drift", _KINDS[quantity.kind])
    if quantity.name.endswith(("_x_mm", "_y_mm")):
        title += " x" if quantity.name.endswith("_x_mm") else " y"
    where = [zone_name(quantity.view)] if quantity.view else []
    if quantity.light:
        where.append(lighting_name(quantity.light))
    if quantity.kind not in (Kind.SCORE, Kind.ALARMS):
        where.append(drift_word(quantity.subject))
    return title, " · ".join(where)


def grade_look(grade: Grade) -> tuple[str, Shape, str]:
    """A grade's word, shape and colour."""
    words, shape, colour = _GRADES[grade]
    return translate("drift", words), shape, colour


def master_name(master: MasterSpec, *, chinese: bool) -> str:
    """A master's name, as it is written on it."""
    return master.name_zh if chinese and master.name_zh else master.name


def master_wants(master: MasterSpec) -> str:
    """What a master must come out as."""
    if master.kind == "ok":
        return translate("check", "good: must pass")
    label = label_name(master.label or "")
    if master.zone:
        words = translate("check", "bad: must fail for {label} in zone {zone}")
        return words.format(label=label, zone=zone_name(master.zone))
    return translate("check", "bad: must fail for {label}").format(label=label)
