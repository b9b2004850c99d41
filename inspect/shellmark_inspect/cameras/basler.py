"""Basler cameras through pypylon, and pypylon's own emulator, which serves a folder of stills as a camera would."""

from __future__ import annotations

import importlib
import logging
import os
import re
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Annotated, Any, Literal, Self

import cv2
import numpy as np
from pydantic import Field

from shellmark_inspect.errors import BadFrame, CameraError, CameraLost, FrameTimeout
from shellmark_inspect.said import Said
from shellmark_inspect.types import Frame, Pixels, Trigger

from .kinds import CameraSettings, Found, Milliseconds
from .stills import SUFFIXES

log = logging.getLogger(__name__)

_ANY_LIGHT = "*"
_LARGEST_EMULATED_PX = 8192
_FIRST_EMULATOR = "0815-0000"
_NO_BLOCK_ID = 2**64 - 1
_LAST_SHORT_BLOCK_ID = 65535
Microseconds = Annotated[float, Field(gt=0)]

_TO_BGR: Mapping[str, int | None] = MappingProxyType(
    {
        "Mono8": None,
        "BGR8packed": None,
        "RGB8packed": cv2.COLOR_RGB2BGR,
        "BayerRG8": cv2.COLOR_BayerRGGB2BGR,
        "BayerGB8": cv2.COLOR_BayerGBRG2BGR,
        "BayerGR8": cv2.COLOR_BayerGRBG2BGR,
        "BayerBG8": cv2.COLOR_BayerBGGR2BGR,
    }
)
"""pylon's pixel types that are 8-bit pictures, and OpenCV's conversion of each."""


class BaslerSettings(CameraSettings):
    """Which camera, and how it is set when it is opened; None and "" leave the camera's own.

    `serial` "" takes the only camera there is. `exposure_us` and `outputs` are by light, "*" for any: the exposure, and
    the output (UserOutput1 ..) that is on while that light's frame is taken. `trigger` is "software" or the line
    a frame is triggered by from outside. `buffering` "latest" drops all but the newest frame. `live` says what the live
    view shows: a frame "triggered" for it, or the "last" of a case (where a trigger moves the lights or a file on).
    `emulator_folder` makes it the emulator, serving the stills of that folder one per frame, in name order, for ever.
    """

    kind: Literal["basler"] = "basler"
    serial: str = ""
    pixel_format: str = ""
    width: Annotated[int, Field(gt=0)] | None = None
    height: Annotated[int, Field(gt=0)] | None = None
    exposure_us: dict[str, Microseconds] = Field(default_factory=dict)
    gain_db: float | None = None
    outputs: dict[str, Annotated[str, Field(pattern=r"^UserOutput\d$")]] = Field(default_factory=dict)
    trigger: Annotated[str, Field(pattern=r"^(software|Line\d)$")] = "software"
    buffering: Literal["every", "latest"] = "every"
    buffers: Annotated[int, Field(ge=2, le=256)] = 8
    frame_timeout_ms: Milliseconds = 1000
    live: Literal["triggered", "last"] | None = None
    emulator_folder: Path | None = None

    @property
    def repeats(self) -> bool:
        """The emulator's files come round again."""
        return self.emulator_folder is not None

    @property
    def live_is_triggered(self) -> bool:
        """What `live` says, or what is harmless: a software trigger, unless it would use up a file or move a light."""
        if self.live is None:
            return self.trigger == "software" and self.emulator_folder is None
        return self.live == "triggered"

    def rooted(self, folder: Path) -> Self:
        """The settings with `emulator_folder` taken from `folder`."""
        if self.emulator_folder is None:
            return self
        return self.model_copy(update={"emulator_folder": folder / self.emulator_folder})


class BaslerCamera:
    """One Basler camera. Each opening makes the device anew: pylon's objects do not survive a removal."""

    ended = False

    def __init__(self, name: str, settings: BaslerSettings) -> None:
        self.name = name
        self._settings = settings
        self._lock = threading.Lock()
        self._device: Any = None
        self._block: int | None = None
        self._number = 0
        self._last: Frame | None = None

    def open(self) -> None:
        """Find the camera, set it, start it; as `Camera.open`."""
        self.close()
        settings = self._settings
        pylon, _ = _sdk()
        if settings.emulator_folder is not None:
            _check_emulator_folder(settings.emulator_folder)
            _ask_for_emulators(settings.serial)
        with self._mapped(Said("be opened")):
            device = pylon.InstantCamera(_create(pylon, settings))
            try:
                device.Open()
                _set_up(device, settings)
                device.StartGrabbing(
                    pylon.GrabStrategy_OneByOne if settings.buffering == "every" else pylon.GrabStrategy_LatestImageOnly
                )
            except BaseException:
                device.Close()
                raise
        self._block = None
        self._device = device

    def close(self) -> None:
        """Stop and let go; from any thread, so that a wait for a frame ends."""
        with self._lock:
            self._device, device = None, self._device
        if device is None:
            return
        for end in (device.StopGrabbing, device.Close):
            try:
                with self._mapped(Said("be closed")):
                    end()
            except CameraError as e:  # a camera that is gone cannot be let go of either
                log.info("%s", e)

    def expose(self, trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame]:
        """One triggered frame per light; a bad frame costs the case, yet every light is fired. As `Camera.expose`."""
        del view
        device = self._need()
        self._drop_late(device)
        frames: list[Frame] = []
        fault: BadFrame | None = None
        for light in lights:
            try:
                frames.append(self._shoot(device, light, trigger.number))
            except BadFrame as e:
                fault = fault or e
        if fault:
            raise fault
        self._last = replace(frames[-1], trigger=None)
        return frames

    def look(self) -> Frame | None:
        """A frame triggered for the live view, or the last one of a case, as the settings say."""
        device = self._need()
        if not self._settings.live_is_triggered:
            return self._last
        self._drop_late(device)
        return self._shoot(device, "", None)

    def _need(self) -> Any:
        device = self._device
        if device is None:
            raise CameraLost("camera {camera} is not open", camera=self.name)
        return device

    def _shoot(self, device: Any, light: str, trigger: int | None) -> Frame:
        settings = self._settings
        pylon, _ = _sdk()
        with self._mapped(Said("take a frame")):
            exposure_us = settings.exposure_us.get(light, settings.exposure_us.get(_ANY_LIGHT))
            if exposure_us is not None:
                _exposure_node(device).Value = exposure_us
            output = settings.outputs.get(light, settings.outputs.get(_ANY_LIGHT))
            _switch(device, output, on=True)
            try:
                taken_ns = time.monotonic_ns()
                if settings.trigger == "software":
                    device.WaitForFrameTriggerReady(settings.frame_timeout_ms, pylon.TimeoutHandling_ThrowException)
                    taken_ns = time.monotonic_ns()
                    device.ExecuteSoftwareTrigger()
                result = device.RetrieveResult(settings.frame_timeout_ms, pylon.TimeoutHandling_ThrowException)
                if settings.trigger != "software":
                    taken_ns = time.monotonic_ns()
            finally:
                _switch(device, output, on=False)
            with result:
                pixels = self._pixels(result, light)
                return Frame(pixels, self._number, taken_ns, self.name, light, trigger)

    def _pixels(self, result: Any, light: str) -> Pixels:
        """The result's own pixels, copied and counted; leaving its buffer to the camera."""
        if not result.IsValid():
            raise CameraLost("camera {camera} was closed while a frame was awaited", camera=self.name)
        self._count(result)
        if not result.GrabSucceeded():
            said = result.ErrorDescription.strip() or f"error {result.ErrorCode:#x}"
            raise BadFrame(
                "camera {camera}, light {light}: frame {number} failed: {said}",
                camera=self.name,
                light=light,
                number=self._number,
                said=said,
            )
        return _to_bgr(result)

    def _count(self, result: Any) -> None:
        """The frame's number: it rises by what the camera's own block number rose (16 bits wrap 65535 to 1)."""
        block = result.BlockID if result.BlockID != _NO_BLOCK_ID else result.ImageNumber
        step = 1 if self._block is None else block - self._block
        self._number += step if step > 0 else step + _LAST_SHORT_BLOCK_ID
        self._block = block

    def _drop_late(self, device: Any) -> None:
        """Drops what nobody waited for, so that it is not taken for this case; the jump in the numbers tells of it."""
        pylon, _ = _sdk()
        with self._mapped(Said("take a frame")):
            while True:
                result = device.RetrieveResult(0, pylon.TimeoutHandling_Return)
                if not result.IsValid():
                    return
                result.Release()

    @contextmanager
    def _mapped(self, what: str) -> Iterator[None]:
        """What pylon raises, as ours."""
        _, genicam = _sdk()
        try:
            yield
        except genicam.TimeoutException as e:
            waited = f"{self._settings.frame_timeout_ms} ms"
            raise FrameTimeout(
                "camera {camera}: no frame within {waited}: check its trigger and cable",
                camera=self.name,
                waited=waited,
            ) from e
        except (genicam.GenericException, RuntimeError) as e:
            said = re.sub(r"\s+", " ", str(e)).split(" : ")[0]
            raise CameraLost(
                "camera {camera} cannot {what} ({said}): check cable, power and settings",
                camera=self.name,
                what=what,
                said=said,
            ) from e


def _sdk() -> tuple[ModuleType, ModuleType]:
    """The two modules of pypylon, imported when first needed."""
    try:
        if "pypylon.pylon" not in sys.modules:
            _first_import()
        from pypylon import genicam, pylon
    except ImportError as e:
        raise CameraLost("pypylon is not installed: pip install 'shellmark[basler]'") from e
    return pylon, genicam


def _first_import() -> None:
    """Imports pypylon without the deprecations of its SWIG types: where warnings are errors they end in a crash."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "builtin type", DeprecationWarning)
        importlib.import_module("pypylon.pylon")


def _create(pylon: ModuleType, settings: BaslerSettings) -> Any:
    factory = pylon.TlFactory.GetInstance()
    devices = factory.EnumerateDevices()
    serial = settings.serial or (_FIRST_EMULATOR if settings.emulator_folder else "")
    chosen = [device for device in devices if serial in ("", device.GetSerialNumber())]
    there = ", ".join(device.GetSerialNumber() for device in devices) or "none"
    if not chosen:
        raise CameraLost(
            "no Basler camera {serial} (there: {there}): check cable, power and `serial`",
            serial=serial or Said("at all"),
            there=there,
        )
    if len(chosen) > 1:
        raise CameraLost("several Basler cameras ({there}): say which with `serial`", there=there)
    return factory.CreateDevice(chosen[0])


def _set_up(device: Any, settings: BaslerSettings) -> None:
    emulated = settings.emulator_folder is not None
    if emulated:
        device.WidthMax.Value = device.HeightMax.Value = _LARGEST_EMULATED_PX
        device.ImageFilename.Value = str(settings.emulator_folder)
        device.ImageFileMode.Value = "On"
        device.TestImageSelector.Value = "Off"
    if pixel_format := settings.pixel_format or ("BGR8Packed" if emulated else ""):
        device.PixelFormat.Value = pixel_format
    for node, value in ((device.Width, settings.width), (device.Height, settings.height)):
        if value is not None or emulated:
            node.Value = value or node.Max
    if settings.gain_db is not None:
        device.Gain.Value = settings.gain_db
    device.TriggerSelector.Value = "FrameStart"
    device.TriggerMode.Value = "On"
    device.TriggerSource.Value = "Software" if settings.trigger == "software" else settings.trigger
    device.MaxNumBuffer.Value = settings.buffers


def _exposure_node(device: Any) -> Any:
    """Older GigE models call it ExposureTimeAbs."""
    return device.ExposureTime if device.ExposureTime.IsValid() else device.ExposureTimeAbs


def _switch(device: Any, output: str | None, *, on: bool) -> None:
    if output is not None:
        device.UserOutputSelector.Value = output
        device.UserOutputValue.Value = on


def _to_bgr(result: Any) -> Pixels:
    from pypylon import pylon

    names = {getattr(pylon, f"PixelType_{name}"): name for name in _TO_BGR}
    name = names.get(result.PixelType)
    if name is None:
        known = ", ".join(_TO_BGR)
        raise BadFrame(
            "the camera's pixel type {pixel_type:#x} is no 8-bit picture: set `pixel_format` to {known}",
            pixel_type=result.PixelType,
            known=known,
        )
    pixels: Pixels = result.Array  # a copy: the buffer goes back to the camera
    code = _TO_BGR[name]
    return pixels if code is None else np.asarray(cv2.cvtColor(pixels, code), np.uint8)


def _check_emulator_folder(folder: Path) -> None:
    """The emulator says nothing of a missing folder and makes a failed frame of every entry that is no still."""
    if not folder.is_dir():
        raise CameraLost("emulator_folder {folder} is missing: put it there or mend the camera", folder=folder)
    entries = sorted(folder.iterdir())
    if not entries:
        raise CameraLost("emulator_folder {folder} is empty: put stills there", folder=folder)
    if strange := [entry.name for entry in entries if entry.is_dir() or entry.suffix.lower() not in SUFFIXES]:
        raise CameraLost(
            "emulator_folder {folder} holds {first}, which is no still: take it out", folder=folder, first=strange[0]
        )


def _ask_for_emulators(serial: str) -> None:
    """Emulators are called 0815-0000, 0815-0001 ..; PYLON_CAMEMU says how many there are, and is never lowered."""
    numbered = re.fullmatch(r"0815-(\d{4})", serial)
    wanted = int(numbered[1]) + 1 if numbered else 1
    os.environ["PYLON_CAMEMU"] = str(max(wanted, int(os.environ.get("PYLON_CAMEMU") or 0)))


def discover() -> list[Found]:
    """Every Basler camera pylon sees, emulators too where PYLON_CAMEMU asks for them.

    Raises:
        CameraLost: pypylon is not installed.
    """
    pylon, _ = _sdk()
    devices = pylon.TlFactory.GetInstance().EnumerateDevices()
    return [Found("basler", d.GetSerialNumber(), f"{d.GetModelName()} ({d.GetDeviceClass()})") for d in devices]
