"""Every word that stands for a value of the station: verdicts, reasons, defects, zones, states.

The sentences are translated, never the values in them. Each is a literal, because Qt Linguist collects literals only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from shellmark_gui.keys import Action
from shellmark_inspect.loop.status import Light, StationState
from shellmark_inspect.said import Said
from shellmark_inspect.station import DueWhy
from shellmark_inspect.types import UNKNOWN, Disposition, Reason, ReasonCode, Verdict
from shellmark_trace import States

translate = QCoreApplication.translate

REJECTING = frozenset(
    {
        ReasonCode.OVER_LIMIT,
        ReasonCode.NOT_ALLOWED,
        ReasonCode.TOO_MANY,
        ReasonCode.TOO_CLOSE,
        ReasonCode.TOO_DENSE,
    }
)
"""The reasons that make a FAIL; every other one makes a REVIEW."""

_SENTENCES: Mapping[ReasonCode, str] = {
    ReasonCode.OVER_LIMIT: QT_TRANSLATE_NOOP(
        "reason", "{label} {measure} {value:.1f} {unit}, zone {zone} allows {limit:.1f}"
    ),
    ReasonCode.NEAR_LIMIT: QT_TRANSLATE_NOOP(
        "reason",
        "{label} {measure} {value:.1f} ± {uncertainty:.1f} {unit} is too near zone {zone}'s limit {limit:.1f}",
    ),
    ReasonCode.NOT_ALLOWED: QT_TRANSLATE_NOOP("reason", "{label} {value:.1f} mm, zone {zone} allows none"),
    ReasonCode.TOO_MANY: QT_TRANSLATE_NOOP("reason", "{value:.0f} x {label}, zone {zone} allows {limit:.0f}"),
    ReasonCode.TOO_CLOSE: QT_TRANSLATE_NOOP("reason", "{label} {value:.0f} mm apart, zone {zone} wants {limit:.0f}"),
    ReasonCode.TOO_DENSE: QT_TRANSLATE_NOOP(
        "reason", "{value:.1f} x {label} per 100 cm², zone {zone} allows {limit:.1f}"
    ),
    ReasonCode.NO_LIMIT: QT_TRANSLATE_NOOP(
        "reason", "{label} {value:.1f} mm in zone {zone}: the recipe has no limit for it"
    ),
    ReasonCode.MAY_BE: QT_TRANSLATE_NOOP(
        "reason", "{label} {value:.1f} mm in zone {zone} may be {other}, which is not allowed that size"
    ),
    ReasonCode.NEAR_THRESHOLD: QT_TRANSLATE_NOOP(
        "reason", "view {view} is near the model's threshold (score {value:.2f})"
    ),
    ReasonCode.VIEW_MISSING: QT_TRANSLATE_NOOP("reason", "view {view} is missing"),
    ReasonCode.CAMERA: QT_TRANSLATE_NOOP("reason", "camera {camera}: {detail}"),
    ReasonCode.STEP: QT_TRANSLATE_NOOP("reason", "view {view}, step {step}: {detail}"),
    ReasonCode.MODEL: QT_TRANSLATE_NOOP("reason", "model {model}: {detail}"),
    ReasonCode.FRAMES_LOST: QT_TRANSLATE_NOOP("reason", "camera {camera} lost {value:.0f} frame(s)"),
    ReasonCode.OVERRUN: QT_TRANSLATE_NOOP("reason", "the trigger came while the station was full"),
    ReasonCode.STOPPED: QT_TRANSLATE_NOOP("reason", "the station was stopped before the case was judged"),
    ReasonCode.INTERRUPTED: QT_TRANSLATE_NOOP("reason", "the program ended before the case was recorded"),
    ReasonCode.FAULT: QT_TRANSLATE_NOOP("reason", "fault: {detail}"),
    ReasonCode.BLOCKED: QT_TRANSLATE_NOOP("reason", "no pass is given while the station is blocked: {detail}"),
}

_LABELS: Mapping[str, str] = {
    "scratch": QT_TRANSLATE_NOOP("defect", "scratch"),
    "scuff": QT_TRANSLATE_NOOP("defect", "scuff"),
    "nick": QT_TRANSLATE_NOOP("defect", "nick"),
    "pressure_mark": QT_TRANSLATE_NOOP("defect", "pressure mark"),
    "dent": QT_TRANSLATE_NOOP("defect", "dent"),
    "bump": QT_TRANSLATE_NOOP("defect", "bump"),
    "sink_mark": QT_TRANSLATE_NOOP("defect", "sink mark"),
    "warpage": QT_TRANSLATE_NOOP("defect", "warpage"),
    "orange_peel": QT_TRANSLATE_NOOP("defect", "orange peel"),
    "chill_mark": QT_TRANSLATE_NOOP("defect", "chill mark"),
    "wrinkle": QT_TRANSLATE_NOOP("defect", "wrinkle"),
    "thinning": QT_TRANSLATE_NOOP("defect", "thinning"),
    "grain_loss": QT_TRANSLATE_NOOP("defect", "grain loss"),
    "whitening": QT_TRANSLATE_NOOP("defect", "stress whitening"),
    "crack": QT_TRANSLATE_NOOP("defect", "crack"),
    "crazing": QT_TRANSLATE_NOOP("defect", "crazing"),
    "short_shot": QT_TRANSLATE_NOOP("defect", "incomplete forming"),
    "flash": QT_TRANSLATE_NOOP("defect", "flash, burr"),
    "bad_trim": QT_TRANSLATE_NOOP("defect", "bad trim"),
    "hole": QT_TRANSLATE_NOOP("defect", "hole offset or missing"),
    "speck": QT_TRANSLATE_NOOP("defect", "speck"),
    "gel": QT_TRANSLATE_NOOP("defect", "gel"),
    "bubble": QT_TRANSLATE_NOOP("defect", "bubble"),
    "pits": QT_TRANSLATE_NOOP("defect", "pits"),
    "flow_mark": QT_TRANSLATE_NOOP("defect", "flow mark"),
    "weld_line": QT_TRANSLATE_NOOP("defect", "weld line"),
    "die_line": QT_TRANSLATE_NOOP("defect", "die line"),
    "burn": QT_TRANSLATE_NOOP("defect", "burn"),
    "colour_streak": QT_TRANSLATE_NOOP("defect", "colour streak"),
    "colour": QT_TRANSLATE_NOOP("defect", "colour difference"),
    "gloss": QT_TRANSLATE_NOOP("defect", "gloss variation"),
    "stain": QT_TRANSLATE_NOOP("defect", "stain"),
    "dust": QT_TRANSLATE_NOOP("defect", "dust, lint"),
    "film_bubble": QT_TRANSLATE_NOOP("defect", "lamination bubble"),
    "film_wrinkle": QT_TRANSLATE_NOOP("defect", "film wrinkle"),
    "delamination": QT_TRANSLATE_NOOP("defect", "delamination"),
    "print": QT_TRANSLATE_NOOP("defect", "print defect"),
    "pattern_shift": QT_TRANSLATE_NOOP("defect", "pattern shift"),
    "film": QT_TRANSLATE_NOOP("defect", "protective film"),
    "rivet": QT_TRANSLATE_NOOP("defect", "bad rivet"),
    "wheel_seat": QT_TRANSLATE_NOOP("defect", "wheel seat or corner"),
    "zip": QT_TRANSLATE_NOOP("defect", "zip or seam"),
    "frame": QT_TRANSLATE_NOOP("defect", "aluminium frame"),
    "lock": QT_TRANSLATE_NOOP("defect", "lock or handle"),
    "badge": QT_TRANSLATE_NOOP("defect", "badge"),
    "colour_difference": QT_TRANSLATE_NOOP("defect", "colour difference"),
    "colour_mismatch": QT_TRANSLATE_NOOP("defect", "colour mismatch"),
    "wrong_colour": QT_TRANSLATE_NOOP("defect", "wrong colour or SKU"),
    UNKNOWN: QT_TRANSLATE_NOOP("defect", "unknown defect"),
}
"""The taxonomy's classes (docs/screen.md); a model's class that is not here is shown by its own name."""

CAMERA_DE = "camera ΔE"
"""What the judge calls a colour's measure."""

_MEASURES: Mapping[str, str] = {
    "length": QT_TRANSLATE_NOOP("measure", "length"),
    "width": QT_TRANSLATE_NOOP("measure", "width"),
    "diameter": QT_TRANSLATE_NOOP("measure", "diameter"),
    "area": QT_TRANSLATE_NOOP("measure", "area"),
    "depth": QT_TRANSLATE_NOOP("measure", "depth"),
    "spacing": QT_TRANSLATE_NOOP("measure", "spacing"),
    CAMERA_DE: QT_TRANSLATE_NOOP("measure", "camera ΔE"),
}

_ZONES: Mapping[str, str] = {
    "front": QT_TRANSLATE_NOOP("zone", "front"),
    "side": QT_TRANSLATE_NOOP("zone", "side"),
    "back": QT_TRANSLATE_NOOP("zone", "back"),
    "bottom": QT_TRANSLATE_NOOP("zone", "bottom"),
    "top": QT_TRANSLATE_NOOP("zone", "top"),
    "left": QT_TRANSLATE_NOOP("zone", "left"),
    "right": QT_TRANSLATE_NOOP("zone", "right"),
    "edge": QT_TRANSLATE_NOOP("zone", "edge"),
    "corner": QT_TRANSLATE_NOOP("zone", "corner"),
    "inside": QT_TRANSLATE_NOOP("zone", "inside"),
}

_LIGHTINGS: Mapping[str, str] = {
    "north": QT_TRANSLATE_NOOP("light", "north"),
    "south": QT_TRANSLATE_NOOP("light", "south"),
    "east": QT_TRANSLATE_NOOP("light", "east"),
    "west": QT_TRANSLATE_NOOP("light", "west"),
    "diffuse": QT_TRANSLATE_NOOP("light", "diffuse"),
    "dome": QT_TRANSLATE_NOOP("light", "dome"),
    "coaxial": QT_TRANSLATE_NOOP("light", "coaxial"),
    "back": QT_TRANSLATE_NOOP("light", "back light"),
    "stripes": QT_TRANSLATE_NOOP("light", "stripes"),
    "ambient": QT_TRANSLATE_NOOP("light", "ambient"),
}

_VERDICTS: Mapping[Verdict, str] = {
    Verdict.PASS: QT_TRANSLATE_NOOP("verdict", "PASS"),
    Verdict.FAIL: QT_TRANSLATE_NOOP("verdict", "FAIL"),
    Verdict.REVIEW: QT_TRANSLATE_NOOP("verdict", "REVIEW"),
}

_DISPOSITIONS: Mapping[Disposition, str] = {
    Disposition.OK: QT_TRANSLATE_NOOP("disposition", "OK"),
    Disposition.NG: QT_TRANSLATE_NOOP("disposition", "NG"),
    Disposition.RECHECK: QT_TRANSLATE_NOOP("disposition", "Recheck"),
    Disposition.REWORK: QT_TRANSLATE_NOOP("disposition", "Rework"),
    Disposition.B_GRADE: QT_TRANSLATE_NOOP("disposition", "B-grade"),
    Disposition.SCRAP: QT_TRANSLATE_NOOP("disposition", "Scrap"),
}

OVERRULE_REASONS: Mapping[str, str] = {
    "false_alarm": QT_TRANSLATE_NOOP("overrule", "False alarm"),
    "within_limit_sample": QT_TRANSLATE_NOOP("overrule", "Within the limit sample"),
    "dust": QT_TRANSLATE_NOOP("overrule", "Dust or lint"),
    "wiped_off": QT_TRANSLATE_NOOP("overrule", "Stain, wiped off"),
    "rib_or_grain": QT_TRANSLATE_NOOP("overrule", "Rib or grain"),
    "reflection": QT_TRANSLATE_NOOP("overrule", "Reflection"),
    "fitting": QT_TRANSLATE_NOOP("overrule", "Fitting, logo or zip"),
    "film": QT_TRANSLATE_NOOP("overrule", "Protective film"),
    "missed": QT_TRANSLATE_NOOP("overrule", "Missed defect"),
    "confirmed": QT_TRANSLATE_NOOP("overrule", "Confirmed by eye"),
    "bad_picture": QT_TRANSLATE_NOOP("overrule", "Bad picture or pose"),
    "other": QT_TRANSLATE_NOOP("overrule", "Other"),
}
"""Why a person decided as they did: the code kept in the record, and its word. At most twelve: one page of buttons."""

_VALUES: Mapping[str, str] = {
    "darker": QT_TRANSLATE_NOOP("drift", "darker"),
    "brighter": QT_TRANSLATE_NOOP("drift", "brighter"),
    "larger": QT_TRANSLATE_NOOP("drift", "larger"),
    "smaller": QT_TRANSLATE_NOOP("drift", "smaller"),
    "tile": QT_TRANSLATE_NOOP("drift", "tile"),
    "goods": QT_TRANSLATE_NOOP("drift", "good shells"),
    "good shells": QT_TRANSLATE_NOOP("drift", "good shells"),
}

_WHYS: Mapping[DueWhy, str] = {
    DueWhy.FIRST: QT_TRANSLATE_NOOP("check", "there was none yet"),
    DueWhy.SHIFT_START: QT_TRANSLATE_NOOP("check", "a shift begins"),
    DueWhy.SHIFT_END: QT_TRANSLATE_NOOP("check", "the shift ends"),
    DueWhy.CHANGEOVER: QT_TRANSLATE_NOOP("check", "changed over to another SKU"),
    DueWhy.MODEL: QT_TRANSLATE_NOOP("check", "another model"),
    DueWhy.CALIBRATION: QT_TRANSLATE_NOOP("check", "calibrated anew"),
    DueWhy.RECIPE: QT_TRANSLATE_NOOP("check", "the recipe was changed"),
    DueWhy.WORK: QT_TRANSLATE_NOOP("check", "work on lamps or cameras"),
    DueWhy.FAILED: QT_TRANSLATE_NOOP("check", "the last one failed"),
    DueWhy.BROKEN_OFF: QT_TRANSLATE_NOOP("check", "the last one was broken off"),
}

_CODE_STATES: Mapping[States, str] = {
    States.RESERVED: QT_TRANSLATE_NOOP("label", "to be printed"),
    States.SENT: QT_TRANSLATE_NOOP("label", "sent"),
    States.ACTIVE: QT_TRANSLATE_NOOP("label", "active"),
    States.SHIPPED: QT_TRANSLATE_NOOP("label", "shipped"),
    States.CLAIMED: QT_TRANSLATE_NOOP("label", "claimed"),
    States.RETURNED: QT_TRANSLATE_NOOP("label", "returned"),
    States.REWORKED: QT_TRANSLATE_NOOP("label", "reworked"),
    States.RETIRED: QT_TRANSLATE_NOOP("label", "retired"),
    States.VOID: QT_TRANSLATE_NOOP("label", "void"),
}

_STATES: Mapping[StationState, str] = {
    StationState.PREOPERATIONAL: QT_TRANSLATE_NOOP("state", "Starting"),
    StationState.HALTED: QT_TRANSLATE_NOOP("state", "Halted"),
    StationState.ERROR: QT_TRANSLATE_NOOP("state", "Line stop"),
    StationState.INITIALIZED: QT_TRANSLATE_NOOP("state", "Initialised"),
    StationState.READY: QT_TRANSLATE_NOOP("state", "Ready"),
    StationState.SINGLE_EXECUTION: QT_TRANSLATE_NOOP("state", "Inspecting"),
    StationState.CONTINUOUS_EXECUTION: QT_TRANSLATE_NOOP("state", "Running"),
}

_LIGHTS: Mapping[Light, str] = {
    Light.GREEN: QT_TRANSLATE_NOOP("lamp", "OK"),
    Light.YELLOW: QT_TRANSLATE_NOOP("lamp", "Attention"),
    Light.RED: QT_TRANSLATE_NOOP("lamp", "Fault"),
    Light.OFF: QT_TRANSLATE_NOOP("lamp", "Off"),
}

_LAMPS: Mapping[str, str] = {
    "camera": QT_TRANSLATE_NOOP("lamp", "Camera"),
    "disk": QT_TRANSLATE_NOOP("lamp", "Disk"),
    "model": QT_TRANSLATE_NOOP("lamp", "Model"),
    "database": QT_TRANSLATE_NOOP("lamp", "Database"),
    "label": QT_TRANSLATE_NOOP("lamp", "Label"),
}

_FACTS = (
    QT_TRANSLATE_NOOP("fact", "stuck"),
    QT_TRANSLATE_NOOP("fact", "missing"),
    QT_TRANSLATE_NOOP("fact", "stripped"),
    QT_TRANSLATE_NOOP("fact", "supervise"),
    QT_TRANSLATE_NOOP("fact", "reconcile"),
    QT_TRANSLATE_NOOP("fact", "tally"),
    QT_TRANSLATE_NOOP("fact", "align"),
    QT_TRANSLATE_NOOP("fact", "colour"),
    QT_TRANSLATE_NOOP("fact", "depth"),
    QT_TRANSLATE_NOOP("fact", "evidence"),
    QT_TRANSLATE_NOOP("fact", "flat_field"),
    QT_TRANSLATE_NOOP("fact", "frames"),
    QT_TRANSLATE_NOOP("fact", "illumination"),
    QT_TRANSLATE_NOOP("fact", "light_check"),
    QT_TRANSLATE_NOOP("fact", "region"),
    QT_TRANSLATE_NOOP("fact", "resize"),
    QT_TRANSLATE_NOOP("fact", "rotate"),
    QT_TRANSLATE_NOOP("fact", "shell_colour"),
    QT_TRANSLATE_NOOP("fact", "shell_mask"),
    QT_TRANSLATE_NOOP("fact", "shell_reading"),
    QT_TRANSLATE_NOOP("fact", "tile"),
    QT_TRANSLATE_NOOP("fact", "undistort"),
    QT_TRANSLATE_NOOP("fact", "zones"),
    QT_TRANSLATE_NOOP("fact", "no answer in time"),
    QT_TRANSLATE_NOOP("fact", "Connection refused"),
    QT_TRANSLATE_NOOP("fact", "Connection reset by peer"),
    QT_TRANSLATE_NOOP("fact", "Broken pipe"),
    QT_TRANSLATE_NOOP("fact", "No route to host"),
    QT_TRANSLATE_NOOP("fact", "Network is unreachable"),
    QT_TRANSLATE_NOOP("fact", "Name or service not known"),
    QT_TRANSLATE_NOOP("fact", "No such file or directory"),
    QT_TRANSLATE_NOOP("fact", "Permission denied"),
    QT_TRANSLATE_NOOP("fact", "No space left on device"),
    QT_TRANSLATE_NOOP("fact", "Read-only file system"),
    QT_TRANSLATE_NOOP("fact", "Input/output error"),
    QT_TRANSLATE_NOOP("fact", "disk I/O error"),
    QT_TRANSLATE_NOOP("fact", "database is locked"),
    QT_TRANSLATE_NOOP("fact", "attempt to write a readonly database"),
    QT_TRANSLATE_NOOP("fact", "unable to open database file"),
    QT_TRANSLATE_NOOP("fact", "database disk image is malformed"),
)
"""What people say to labels, steps, and what the system says, where they stand in a sentence of the station."""

_CONTEXTS = ("station", "drift", "fact")
"""Where the sentences of the station have their translations; `translations.py` collects the first from its sources."""

_ACTIONS: Mapping[Action, str] = {
    Action.TRIGGER: QT_TRANSLATE_NOOP("action", "Inspect"),
    Action.OK: QT_TRANSLATE_NOOP("action", "OK"),
    Action.NG: QT_TRANSLATE_NOOP("action", "NG"),
    Action.FALSE_ALARM: QT_TRANSLATE_NOOP("action", "False alarm"),
    Action.MORE: QT_TRANSLATE_NOOP("action", "More..."),
    Action.RECORDS: QT_TRANSLATE_NOOP("action", "Pictures"),
    Action.SKU: QT_TRANSLATE_NOOP("action", "SKU"),
    Action.OPERATOR: QT_TRANSLATE_NOOP("action", "Operator"),
    Action.ACKNOWLEDGE: QT_TRANSLATE_NOOP("action", "Acknowledge"),
    Action.BACK: QT_TRANSLATE_NOOP("action", "Back"),
    Action.NEXT_VIEW: QT_TRANSLATE_NOOP("action", "Next picture"),
    Action.NEXT_LIGHT: QT_TRANSLATE_NOOP("action", "Light"),
    Action.NEWER: QT_TRANSLATE_NOOP("action", "Newer"),
    Action.OLDER: QT_TRANSLATE_NOOP("action", "Older"),
    Action.HEAT: QT_TRANSLATE_NOOP("action", "Heat map"),
    Action.LESSON: QT_TRANSLATE_NOOP("action", "Teach this"),
    Action.MODELS: QT_TRANSLATE_NOOP("action", "Models"),
    Action.LABELS: QT_TRANSLATE_NOOP("action", "Label page"),
}


def line(text: str) -> str:
    """A line of the station in the screen's language; what nobody translated stays as it is."""
    facts = text.facts if isinstance(text, Said) else {}
    english = text.sentence if isinstance(text, Said) else text
    words = next((said for one in _CONTEXTS if (said := translate(one, english)) != english), english)
    return words.format(**{name: fact_word(name, value) for name, value in facts.items()}) if facts else words


def fact_word(name: str, value: str | float) -> str | float:
    """What stands in a sentence, in the screen's language: numbers and names as they are."""
    if not isinstance(value, str):
        return value
    known = not isinstance(value, Said) and name in _NAMES
    return _NAMES[name](value) if known else line(value)


def _state_word(value: str) -> str:
    """The word of a station's state, or of a code's."""
    if value in set(StationState):
        return state_word(StationState(value))
    return code_state_word(States(value)) if value in set(States) else value


def drift_word(value: str) -> str:
    """Which way something drifts, or what it is read on."""
    return translate("drift", _VALUES[value]) if value in _VALUES else value


def why_word(why: str) -> str:
    """Why a check is due; any other reason as a line of the station."""
    key = why.replace(" ", "_")
    return translate("check", _WHYS[DueWhy(key)]) if key in set(DueWhy) else line(why)


def sentence(reason: Reason) -> str:
    """A reason in the screen's language; where a value of the sentence is missing, the reason's code and detail."""
    values: dict[str, str | float] = dict(reason.values)
    for key, word in (
        ("label", label_name),
        ("other", label_name),
        ("measure", measure_name),
        ("zone", zone_name),
        ("view", zone_name),
    ):
        if key in values:
            values[key] = word(str(values[key]))
    values |= {name: fact_word(name, values[name]) for name in ("detail", "step") if name in values}
    try:
        return translate("reason", _SENTENCES[reason.code]).format(**values)
    except (KeyError, ValueError):
        return f"{reason.code}: {values.get('detail', '')}".rstrip(": ")


def label_name(label: str) -> str:
    """A defect's name."""
    return translate("defect", _LABELS[label]) if label in _LABELS else label.replace("_", " ")


def measure_name(measure: str) -> str:
    """What was measured."""
    return translate("measure", _MEASURES[measure]) if measure in _MEASURES else measure


def zone_name(zone: str) -> str:
    """The name of a zone or a view; A, B and C stay."""
    return translate("zone", _ZONES[zone]) if zone in _ZONES else zone


def lighting_name(light: str) -> str:
    """The name of a light a frame was taken under."""
    return translate("light", _LIGHTINGS[light]) if light in _LIGHTINGS else light


def verdict_word(verdict: Verdict) -> str:
    """A verdict's word."""
    return translate("verdict", _VERDICTS[verdict])


def disposition_word(disposition: Disposition) -> str:
    """A disposition's word."""
    return translate("disposition", _DISPOSITIONS[disposition])


def overrule_word(code: str) -> str:
    """The word of a kept reason code; "" for none."""
    return translate("overrule", OVERRULE_REASONS[code]) if code in OVERRULE_REASONS else code


def state_word(state: StationState) -> str:
    """The station's state in a word."""
    return translate("state", _STATES[state])


def code_state_word(state: States) -> str:
    """Where a code stands, in a word or two."""
    return translate("label", _CODE_STATES[state])


def light_word(light: Light) -> str:
    """A lamp's colour as a word."""
    return translate("lamp", _LIGHTS[light])


def lamp_name(name: str) -> str:
    """What a lamp stands for."""
    return translate("lamp", _LAMPS[name]) if name in _LAMPS else name


def action_word(action: Action) -> str:
    """The word on an action's button."""
    return translate("action", _ACTIONS[action])


_NAMES: Mapping[str, Callable[[str], str]] = {
    "view": zone_name,
    "zone": zone_name,
    "light": lighting_name,
    "other": lighting_name,
    "label": label_name,
    "state": _state_word,
    "now": _state_word,
    "before": _state_word,
    "after": _state_word,
    "why": why_word,
    "direction": drift_word,
    "subject": drift_word,
}
"""How the facts of a sentence are said, by their name in it."""
