"""What the labeller is doing, what is wrong with a label, and the frozen snapshot the screen pulls.

Idle ─▶ Printing ─▶ Stick ─▶ Reading ─▶ (ACTIVE) ─▶ Idle
 ▲          │          │        │
 │          │          ▼        ▼
 │          └───────▶ Strip ─▶ (VOID, new serial) ─▶ Printing, or Supervisor after too many attempts
 │
 ├─ Offline (the printer is away: it is asked again and again)
 ├─ Refused (the odometer is not where it was left: nothing is printed until somebody reconciles)
 ├─ Supervisor (a case has used up its attempts)
 └─ Held (a record could not be kept, or a label cannot be drawn: nothing is printed)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class LabelState(StrEnum):
    """What the labeller is doing, or waits for."""

    STARTING = "Starting"
    IDLE = "Idle"
    PRINTING = "Printing"
    STICK = "Stick"
    READING = "Reading"
    STRIP = "Strip"
    OFFLINE = "Offline"
    REFUSED = "Refused"
    SUPERVISOR = "Supervisor"
    HELD = "Held"
    CLOSED = "Closed"


_S = LabelState
TO_DO: Mapping[LabelState, tuple[str, str]] = MappingProxyType(
    {
        _S.STARTING: ("正在查看上次留下的标签", "What the last run left is being looked at"),
        _S.IDLE: ("没有待贴标签的箱壳", "No case waits for a label"),
        _S.PRINTING: ("正在打印标签", "The label is being printed"),
        _S.STICK: (
            "把标签贴到箱壳上并放到相机下，然后确认；没有出标签请按“没有标签”",
            "Stick the label on the case, put it under the camera and confirm; say so when no label came",
        ),
        _S.READING: ("正在读取标签", "The label is being read"),
        _S.STRIP: (
            "把箱壳上和打印机里的标签全部撕下销毁，然后确认",
            "Strip every label off the case, take any out of the printer, destroy them and confirm",
        ),
        _S.OFFLINE: (
            "打印机没有应答：检查电源、标签纸和网络；检测照常进行",
            "The printer does not answer: look at power, labels and network; inspection goes on",
        ),
        _S.REFUSED: (
            "打印计数不符，停止打印：请两人核对标签并对账",
            "The printer's count does not match, nothing is printed: two persons look for the labels and reconcile",
        ),
        _S.SUPERVISOR: ("这个箱壳多次贴标失败：请叫班长", "This case used up its labels: call a supervisor"),
        _S.HELD: ("停止打印标签", "No label is printed"),
        _S.CLOSED: ("工位已停止", "The station is stopped"),
    }
)
"""What people shall do, in Chinese and English."""


class Fault(StrEnum):
    """Why a label is not let out."""

    MISSING = "missing"
    NOT_READ = "not_read"
    WEAK = "weak"
    OTHER = "other"
    SEVERAL = "several"
    LATE = "late"
    ODOMETER = "odometer"
    UNCOUNTED = "uncounted"
    NO_PICTURE = "no_picture"
    VOIDED = "voided"
    STILL_THERE = "still_there"
    PRINTER_GONE = "printer_gone"


FAULTS: Mapping[Fault, tuple[str, str]] = MappingProxyType(
    {
        Fault.MISSING: ("没有出标签", "No label came"),
        Fault.LATE: ("标签后来出来了，请放到相机下再读一次", "A label came after all: have it read again"),
        Fault.NOT_READ: ("相机没有读到标签", "The camera reads no label"),
        Fault.WEAK: ("标签打印质量太差", "The label is printed too badly"),
        Fault.OTHER: ("贴的是别的标签", "It is another label"),
        Fault.SEVERAL: ("箱壳上不止一张标签", "There is more than one label on the case"),
        Fault.ODOMETER: ("打印机计数不是正好加一", "The printer's count did not go on by exactly one"),
        Fault.UNCOUNTED: ("打印前没有记下打印机计数", "The printer's count before the job is not known"),
        Fault.NO_PICTURE: ("相机没有图像", "The camera gives no picture"),
        Fault.VOIDED: ("箱壳已改判，编码已作废", "The case was judged anew and its code is void"),
        Fault.STILL_THERE: ("箱壳上还有标签", "There is still a label on the case"),
        Fault.PRINTER_GONE: ("打印前打印机断开", "The printer went away before the job"),
    }
)
"""The same in words, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Labelling:
    """What the labeller is doing, at one instant.

    `case_id`, `serial` and `attempt` are of the case at hand, "" and 0 for none; `fault` says why a label has to come
    off or is refused; `detail` is one line more for people who look after the station; `waiting` counts the codes that
    have no proven label, at most 100; `doubted` are serials of earlier cases that came into doubt with the last
    void code or reading: a second label of theirs may be out.
    """

    state: LabelState
    case_id: str = ""
    serial: str = ""
    attempt: int = 0
    fault: Fault | None = None
    detail: str = ""
    waiting: int = 0
    doubted: tuple[str, ...] = ()

    @property
    def to_do(self) -> tuple[str, str]:
        """What people shall do, in Chinese and English."""
        return TO_DO[self.state]
