"""What a model sees of a view, and what its classifier sees besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import cast

import cv2
import numpy as np

from shellmark_inspect.errors import StepError
from shellmark_inspect.types import Pixels, View

from .moving import grey

CHROMA = {".a": 1, ".b": 2}
"""Endings of a channel that is a colour light's chroma, and where OpenCV's Lab has it."""
Box = tuple[int, int, int, int]


def light_of(channel: str) -> str:
    """The light a channel is of: itself, or that of its chroma, `<light>.a` (to red) or `<light>.b` (to yellow)."""
    return channel[:-2] if channel[-2:] in CHROMA else channel


def pictures(view: View) -> Mapping[str, Pixels]:
    """A view's planes by light, and after them the channels its steps made."""
    return MappingProxyType({**view.planes, **view.channels})


def evidence(view: View, channels: Sequence[str]) -> Pixels:
    """The model's planes of a view, stacked as (h, w, c) uint8.

    One channel: the plane as it is (BGR; a grey one three times). Three or more: grey planes, chromas (CIE Lab, 128
    is none) and what steps made, in that order.

    Raises:
        StepError: the view has no such plane, a chroma is asked of a grey light, or there are two channels.
    """
    there = pictures(view)
    if missing := [name for name in map(light_of, channels) if name not in there]:
        raise StepError(
            "view {view} has no plane {missing}: it has {there}",
            view=view.name,
            missing=missing[0],
            there=", ".join(there),
        )
    if len(channels) == 2:
        raise StepError("view {view}: a model sees one plane, or three and more, not two", view=view.name)
    grey_chroma = [name for name in channels if light_of(name) != name and there[light_of(name)].ndim == 2]
    if grey_chroma:
        raise StepError(
            "view {view}: channel {channel} wants a colour of a light whose frames are grey",
            view=view.name,
            channel=grey_chroma[0],
        )
    return stacked(there, channels)


def stacked(planes: Mapping[str, Pixels], channels: Sequence[str], box: Box | None = None) -> Pixels:
    """What `evidence` is of `pictures` known to have the channels, in a box (x, y, width, height); None: all."""
    if box is not None:
        x, y, w, h = box
        planes = {light: planes[light][y : y + h, x : x + w] for light in map(light_of, channels)}
    if len(channels) == 1:
        plane = planes[channels[0]]
        return np.ascontiguousarray(plane) if plane.ndim == 3 else cast(Pixels, cv2.cvtColor(plane, cv2.COLOR_GRAY2BGR))
    whole = np.empty((*planes[light_of(channels[0])].shape[:2], len(channels)), np.uint8)
    lab: dict[str, Pixels] = {}
    for i, name in enumerate(channels):
        light = light_of(name)
        if light == name:
            whole[..., i] = grey(planes[light])
        else:
            lab.setdefault(light, cast(Pixels, cv2.cvtColor(planes[light], cv2.COLOR_BGR2LAB)))
            whole[..., i] = lab[light][..., CHROMA[name[-2:]]]
    return whole


def colour_of(planes: Mapping[str, Pixels], channels: Sequence[str]) -> Pixels | None:
    """The first colour plane (h, w, 3), BGR; None where there is none, or the model sees it as it is."""
    if len(channels) == 1:
        return None
    return next((plane for plane in planes.values() if plane.ndim == 3), None)
