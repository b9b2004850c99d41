"""Image sets on disk: a plain folder, the MVTec layout, class folders, a sample manifest, an index with groups."""

from .cases import ImageSet, Kind, KnownDefect, SetCase, Split
from .check import check_set
from .folders import GOOD_NAMES, IMAGE_SUFFIXES
from .read import read_set

__all__ = [
    "GOOD_NAMES",
    "IMAGE_SUFFIXES",
    "ImageSet",
    "Kind",
    "KnownDefect",
    "SetCase",
    "Split",
    "check_set",
    "read_set",
]
