"""The loop: threads, bounded channels, the exactly-once rule, the state."""

from .camera_thread import CameraThread
from .channel import Channel, ChannelClosed
from .loop import Loop, NotReady, Overrun, Plan
from .parts import Inspects, Keeps, OnRecord
from .status import MOVES, Lamp, Light, StationState, Status

__all__ = [
    "MOVES",
    "CameraThread",
    "Channel",
    "ChannelClosed",
    "Inspects",
    "Keeps",
    "Lamp",
    "Light",
    "Loop",
    "NotReady",
    "OnRecord",
    "Overrun",
    "Plan",
    "StationState",
    "Status",
]
