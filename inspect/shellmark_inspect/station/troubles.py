"""Troubles: what keeps a station from working by itself, or soon will, each a code with values and one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from shellmark_inspect.said import Said


class TroubleCode(StrEnum):
    """What is wrong; each has its sentence in `TROUBLES`."""

    LIGHT = "light"
    SHARPNESS = "sharpness"
    NOISE = "noise"
    CAMERA_MOVED = "camera_moved"
    SHELLS_MOVED = "shells_moved"
    TURNED = "turned"
    SIZE = "size"
    SCORE = "score"
    ALARMS = "alarms"
    EXPIRES = "expires"
    EXPIRED = "expired"
    AHEAD = "ahead"
    CHECK_DUE = "check_due"
    CHECK_SOON = "check_soon"
    CHECK_OPEN = "check_open"
    LOG_FORKED = "log_forked"
    LOG_LATE = "log_late"


_T = TroubleCode
TROUBLES: Mapping[TroubleCode, str] = MappingProxyType(
    {
        _T.LIGHT: (
            "{sku}, view {view}, light {light}: {percent:.1f} % {direction} than its baseline on the {subject}: "
            "clean lamp and lens and look at the exposure, else replace the lamp and calibrate the light"
        ),
        _T.SHARPNESS: (
            "{sku}, view {view}, light {light}: {percent:.0f} % less sharp than its baseline on the {subject}: "
            "clean the lens, set the focus and fasten it"
        ),
        _T.NOISE: (
            "{sku}, view {view}, light {light}: {percent:.0f} % noisier than its baseline on the {subject}: "
            "look at gain, exposure and the camera's temperature"
        ),
        _T.CAMERA_MOVED: (
            "{sku}, view {view}: the tile lies {mm:.1f} mm off its baseline: fasten and re-aim the camera, "
            "then calibrate the scale"
        ),
        _T.SHELLS_MOVED: (
            "{sku}, view {view}: good shells lie {mm:.1f} mm off where they lay: set the fixture, or re-aim the camera"
        ),
        _T.TURNED: (
            "{sku}, view {view}: good shells lie {degrees:.2f} degrees off where they lay: set the fixture, "
            "or re-aim the camera"
        ),
        _T.SIZE: (
            "{sku}, view {view}: good shells look {percent:.2f} % {direction} than their baseline: look at the "
            "camera's distance and lens, then calibrate the scale"
        ),
        _T.SCORE: (
            "{sku}: good shells score {sigmas:.1f} standard deviations above their baseline: clean lamps and lenses, "
            "look at the material, else teach anew"
        ),
        _T.ALARMS: "{sku}: {percent:.0f} % of the cases do not pass: look at the last defects, lamps and lenses",
        _T.EXPIRES: "{sku}, view {view}: the calibration of camera {camera} expires in {days:.1f} days: calibrate anew",
        _T.EXPIRED: "{sku}, view {view}: the calibration of camera {camera} has expired on {day}: calibrate anew",
        _T.AHEAD: (
            "{sku}, view {view}: the calibration of camera {camera} is dated {day}, in the future: set this computer's "
            "clock, or calibrate anew"
        ),
        _T.CHECK_DUE: "{sku}: a daily check is due ({why}): place the masters",
        _T.CHECK_SOON: "{sku}: a daily check is due at {at} ({why}): place the masters",
        _T.CHECK_OPEN: "{sku}: daily check {check} is going on: place master {master}",
        _T.LOG_FORKED: "no codes are given, because the log of the records does not hold: {what}",
        _T.LOG_LATE: "no checkpoint of the log was published and witnessed for {hours:.0f} hours: {what}",
    }
)
"""English sentences; the screen translates the sentence, never the values."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong: with `blocks` automatic mode is refused, without it is a warning.

    `lamp` is the lamp it shows in: "light", "calibration", "check" or "log".
    """

    code: TroubleCode
    lamp: str
    blocks: bool
    values: Mapping[str, str | float] = field(default_factory=dict)

    @property
    def line(self) -> Said:
        """What is wrong and what to do, in one line."""
        return Said(TROUBLES[self.code], **self.values)

    def __str__(self) -> str:
        return str(self.line)
