"""Cameras behind one protocol: a new kind is one file here and one line in `CAMERAS`."""

from .camera import Camera

__all__ = ["Camera"]
