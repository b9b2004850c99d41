"""The printed label, read back from a camera's frame: what is there, and is it the one that was printed."""

from .judging import UEC_GOOD, UEC_LEAST, UEC_READS, ReadVerdict, UecDrift, judge_read, uec_drift
from .places import Place
from .reading import LabelRead, read_labels

__all__ = [
    "UEC_GOOD",
    "UEC_LEAST",
    "UEC_READS",
    "LabelRead",
    "Place",
    "ReadVerdict",
    "UecDrift",
    "judge_read",
    "read_labels",
    "uec_drift",
]
