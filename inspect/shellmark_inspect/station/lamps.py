"""The lamps: what a glance at the station shall tell."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import psutil

from shellmark_inspect.loop import CameraThread, Lamp, Light, Loop, StationState
from shellmark_inspect.station.config import StationConfig

_RANK = {Light.GREEN: 0, Light.OFF: 1, Light.YELLOW: 2, Light.RED: 3}


def worst_camera(threads: Iterable[CameraThread]) -> Lamp:
    """The lamp of the camera that is worst off."""
    return max((thread.lamp() for thread in threads), key=lambda lamp: _RANK[lamp.light], default=Lamp(Light.OFF))


def disk_lamp(config: StationConfig) -> Lamp:
    """How much room there is for pictures."""
    folder = next((f for f in (config.images, *config.images.parents) if f.is_dir()), Path())
    try:
        free = psutil.disk_usage(str(folder)).free
    except OSError as e:
        return Lamp(Light.RED, f"{folder}: {e.strerror}")
    return Lamp(Light.YELLOW if free < config.save.floor_bytes else Light.GREEN, f"{free / 1e9:.1f} GB")


def database_lamp(loop: Loop | None, fault: str) -> Lamp:
    """Whether records can be kept."""
    broken = loop is None or loop.state is StationState.ERROR
    return Lamp(Light.RED, loop.message if loop else fault) if broken else Lamp(Light.GREEN)


def model_lamp(judging: str, news: str) -> Lamp:
    """Which model judges, "" for none; `news` is what was activated elsewhere."""
    if not judging:
        return Lamp(Light.OFF)
    return Lamp(Light.YELLOW, f"{judging}; {news}") if news else Lamp(Light.GREEN, judging)
