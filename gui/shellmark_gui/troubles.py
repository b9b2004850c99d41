"""What the station's errors are called on the screen: the kind in the screen's language, its own text behind it."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from shellmark_calibration import BoardError, CalibrationError, ColourError, LightError, ProfileError
from shellmark_gui.wording import line
from shellmark_inspect import errors
from shellmark_inspect.loop import NotReady
from shellmark_inspect.said import said_by
from shellmark_inspect.teaching import TeachStopped
from shellmark_models import BundleError, InferenceError, ModelError, TeachCancelled, TeachError
from shellmark_trace import LabelError, PrinterError, TraceError

translate = QCoreApplication.translate

_KINDS: Mapping[type[BaseException], str] = {
    errors.StorageFull: QT_TRANSLATE_NOOP("trouble", "no room on the disk"),
    errors.DatabaseInUse: QT_TRANSLATE_NOOP("trouble", "the database is in use"),
    errors.DatabaseTooNew: QT_TRANSLATE_NOOP("trouble", "the database is of a newer program"),
    errors.RecordsError: QT_TRANSLATE_NOOP("trouble", "a record could not be kept or read"),
    errors.NotAligned: QT_TRANSLATE_NOOP("trouble", "the view does not fit its reference"),
    errors.StepError: QT_TRANSLATE_NOOP("trouble", "a preparing step failed"),
    errors.CameraLost: QT_TRANSLATE_NOOP("trouble", "the camera is lost"),
    errors.FrameTimeout: QT_TRANSLATE_NOOP("trouble", "no frame came in time"),
    errors.BadFrame: QT_TRANSLATE_NOOP("trouble", "a frame is damaged"),
    errors.StaleFrame: QT_TRANSLATE_NOOP("trouble", "an old frame came"),
    errors.SourceEnded: QT_TRANSLATE_NOOP("trouble", "the source has no further case"),
    errors.CameraError: QT_TRANSLATE_NOOP("trouble", "the camera failed"),
    errors.RecipeError: QT_TRANSLATE_NOOP("trouble", "the recipe cannot be used"),
    errors.ConfigError: QT_TRANSLATE_NOOP("trouble", "the settings cannot be used"),
    errors.WrongState: QT_TRANSLATE_NOOP("trouble", "it has changed meanwhile"),
    errors.InputError: QT_TRANSLATE_NOOP("trouble", "this cannot be done"),
    NotReady: QT_TRANSLATE_NOOP("trouble", "the station takes no case now"),
    TeachStopped: QT_TRANSLATE_NOOP("trouble", "teaching was cancelled"),
    TeachCancelled: QT_TRANSLATE_NOOP("trouble", "teaching was cancelled"),
    TeachError: QT_TRANSLATE_NOOP("trouble", "nothing can be learned from these"),
    BundleError: QT_TRANSLATE_NOOP("trouble", "the model cannot be used"),
    InferenceError: QT_TRANSLATE_NOOP("trouble", "the model gave no answer"),
    ModelError: QT_TRANSLATE_NOOP("trouble", "the model failed"),
    BoardError: QT_TRANSLATE_NOOP("trouble", "the board's pictures do not do"),
    ProfileError: QT_TRANSLATE_NOOP("trouble", "the profile cannot be used"),
    LightError: QT_TRANSLATE_NOOP("trouble", "the light cannot be measured so"),
    ColourError: QT_TRANSLATE_NOOP("trouble", "the colour cannot be measured so"),
    CalibrationError: QT_TRANSLATE_NOOP("trouble", "it cannot be calibrated so"),
    LabelError: QT_TRANSLATE_NOOP("trouble", "the label cannot be drawn"),
    PrinterError: QT_TRANSLATE_NOOP("trouble", "the printer does not answer"),
    TraceError: QT_TRANSLATE_NOOP("trouble", "the code or label failed"),
    FileNotFoundError: QT_TRANSLATE_NOOP("trouble", "it is not there"),
    PermissionError: QT_TRANSLATE_NOOP("trouble", "it must not be read"),
    OSError: QT_TRANSLATE_NOOP("trouble", "the disk failed"),
}
"""Kinds of errors; what is not here itself goes by its nearest base."""


def told(fault: BaseException) -> str:
    """An error in one line: as it says itself in the screen's language, else its kind in that before its own text."""
    english = said_by(fault)
    if (own := line(english)) != english:
        return own
    source = next((_KINDS[kind] for kind in type(fault).__mro__ if kind in _KINDS), None)
    if source is None:
        return own
    kind = translate("trouble", source)
    return own if kind == source else f"{kind}：{own}"
