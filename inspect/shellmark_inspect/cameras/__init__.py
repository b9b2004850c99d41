"""Cameras behind one protocol: a new kind is one file here and one line in `CAMERAS`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from shellmark_inspect.errors import CameraError, ConfigError
from shellmark_inspect.recipe import first_fault

from . import basler, folder, newest, opencv
from .basler import BaslerCamera, BaslerSettings
from .camera import Camera
from .folder import FolderCamera, FolderSettings
from .guard import CameraState, Guarded
from .kinds import CameraKind, CameraSettings, Found
from .newest import NewestCamera, NewestSettings
from .opencv import OpencvCamera, OpencvSettings
from .stills import read_still

__all__ = [
    "CAMERAS",
    "Camera",
    "CameraKind",
    "CameraSettings",
    "CameraState",
    "Found",
    "Guarded",
    "build_camera",
    "build_guarded",
    "find_cameras",
    "read_camera_settings",
    "read_still",
]

CAMERAS: Mapping[str, CameraKind] = MappingProxyType(
    {
        "folder": CameraKind(FolderSettings, FolderCamera, folder.discover),
        "newest": CameraKind(NewestSettings, NewestCamera, newest.discover),
        "opencv": CameraKind(OpencvSettings, OpencvCamera, opencv.discover),
        "basler": CameraKind(BaslerSettings, BaslerCamera, basler.discover),
    }
)
"""Every kind of camera by the word a configuration calls it."""


def read_camera_settings(name: str, settings: Mapping[str, Any], base: Path = Path()) -> CameraSettings:
    """The checked settings of the camera a station calls `name`; relative paths are taken from `base`.

    Raises:
        ConfigError: the kind or a key is unknown, a value is impossible, or one is missing.
    """
    kind = str(settings.get("kind", ""))
    if kind not in CAMERAS:
        raise ConfigError(f"camera {name}: kind {kind!r} is unknown: say one of {', '.join(CAMERAS)}")
    try:
        return CAMERAS[kind].settings.model_validate(dict(settings)).rooted(base)
    except ValidationError as e:
        raise ConfigError(f"camera {name} ({kind}): {first_fault(e)}") from e


def build_camera(name: str, settings: Mapping[str, Any], base: Path = Path()) -> Camera:
    """The camera of a configuration, not opened yet; `settings["kind"]` picks the line of `CAMERAS`.

    Raises:
        ConfigError: as `read_camera_settings`.
    """
    read = read_camera_settings(name, settings, base)
    return CAMERAS[read.kind].camera(name, read)


def build_guarded(
    name: str,
    settings: Mapping[str, Any],
    base: Path = Path(),
    frame_px: Mapping[str, tuple[int, int]] = MappingProxyType({}),
) -> Guarded:
    """The camera of a configuration with its guard, as a station uses it; `frame_px` is (width, height) per view.

    Raises:
        ConfigError: as `read_camera_settings`.
    """
    read = read_camera_settings(name, settings, base)
    camera = CAMERAS[read.kind].camera(name, read)
    return Guarded(camera, frame_px=frame_px, repeats=read.repeats, skips=read.skips)


def find_cameras() -> list[Found]:
    """What every kind finds now; a kind that cannot look gives one row that is not usable and says why."""
    rows: list[Found] = []
    for kind, line in CAMERAS.items():
        try:
            rows += line.discover()
        except CameraError as e:
            rows.append(Found(kind, "", str(e), usable=False))
    return rows
