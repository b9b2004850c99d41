"""Whether what was read is the one label that was printed, and whether the printing gets worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from shellmark_trace.link import check_host, check_serial

from .reading import LabelRead

UEC_LEAST = 0.37
"""The least unused error correction of a label that is let out: grade C of ISO/IEC 15415."""

UEC_GOOD = 0.62
"""Grade A of ISO/IEC 15415; a shift whose median falls below it prints ever worse."""

UEC_READS = 20
"""Labels of a shift before its median says anything."""


class ReadVerdict(StrEnum):
    """What reading a label back says; only RIGHT makes a code ACTIVE."""

    RIGHT = "right"
    """This serial, well enough printed, alone."""
    NONE = "none"
    """No label of ours and none that looks like one."""
    OTHER_SERIAL = "other serial"
    """One label, but another serial, another article's or not as it was written."""
    OTHER_HOST = "other host"
    """One label, of another factory."""
    SEVERAL = "several"
    """More than one label, or one and a second that is covered."""
    WEAK = "weak"
    """This serial, alone, but printed too badly, or a label that cannot be read at all."""


def judge_read(reads: Sequence[LabelRead], serial: str, host: str, gtin: str | None = None) -> ReadVerdict:
    """What the symbols of one frame say of the label that was printed with a serial.

    A QR whose text is no code (a hang tag's advertisement) does not count; a code of another factory does, and so does
    a symbol that cannot be read. The text must be the printed one to the letter: a code in lower case is another label.

    Raises:
        SerialError: the serial is none.
        LinkError: the host is none.
    """
    serial, host = check_serial(serial), check_host(host)
    labels = [read for read in reads if read.link or not read.text]
    if len(labels) != 1:
        return ReadVerdict.SEVERAL if labels else ReadVerdict.NONE
    read = labels[0]
    if not (link := read.link):
        return ReadVerdict.WEAK
    if link.host != host:
        return ReadVerdict.OTHER_HOST
    if (link.serial, link.gtin) != (serial, gtin or link.gtin) or read.text != str(link):
        return ReadVerdict.OTHER_SERIAL
    return ReadVerdict.RIGHT if read.uec >= UEC_LEAST else ReadVerdict.WEAK


@dataclass(frozen=True, slots=True)
class UecDrift:
    """How well a shift prints: labels read, the median of their unused error correction, whether that is too low."""

    labels: int
    median: float | None
    alarm: bool


def uec_drift(uecs: Sequence[float]) -> UecDrift:
    """The state of a shift from its labels' unused error correction, in any order; `median` is None before the first.

    The gate stops the single bad label. The alarm comes before: half of twenty labels or more have lost grade A.
    """
    if not uecs:
        return UecDrift(0, None, alarm=False)
    middle = float(median(uecs))
    return UecDrift(len(uecs), middle, alarm=len(uecs) >= UEC_READS and middle < UEC_GOOD)
