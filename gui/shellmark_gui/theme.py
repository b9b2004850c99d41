"""How the screen looks: one set of colours, one set of sizes, one style sheet.

Sizes are given in pixels of a 1920 x 1080 window on a 21.5 inch panel (4.05 px/mm) and scale with the window. What is
touched shrinks less than what is read: 81 px are 20 mm at 1080p, and 66 px are 20 mm on the 18.5 inch panels that show
1366 x 768.
Green, vermilion and yellow lie near Okabe and Ito's palette, whose three differ in lightness too, so a colour-blind eye
has the lightness, the shape and the word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PyQt6.QtGui import QFont

BACKGROUND: Final = "#10151b"
SURFACE: Final = "#18202a"
RAISED: Final = "#243040"
PRESSED: Final = "#34465c"
EDGE: Final = "#35445a"
TEXT: Final = "#eef2f6"
MUTED: Final = "#a3b1c2"
FAINT: Final = "#66758a"
ACCENT: Final = "#62b5ff"
PASS_COLOUR: Final = "#00a878"  # noqa: S105 - a verdict, not a password
FAIL_COLOUR: Final = "#e0452b"
REVIEW_COLOUR: Final = "#f4c430"
DARK_TEXT: Final = "#12161b"
LIGHT_TEXT: Final = "#ffffff"

FAMILIES: Final = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei UI", "Microsoft YaHei", "PingFang SC")
"""Fonts with simplified Chinese letter forms, in the order they are wanted; Qt falls back by itself after them."""

DESIGN: Final = (1920, 1080)
LEAST_TOUCH: Final = 0.82


@dataclass(frozen=True, slots=True)
class Sizes:
    """The scale of one window: `unit` is 1.0 at 1920 x 1080."""

    unit: float = 1.0

    @classmethod
    def of_window(cls, width: int, height: int) -> Sizes:
        """The scale at which the whole design fits into a window of so many pixels."""
        return cls(min(max(min(width / DESIGN[0], height / DESIGN[1]), 0.5), 3.0))

    def px(self, design_px: float) -> int:
        """Pixels for what is read."""
        return max(1, round(design_px * self.unit))

    def touch(self, design_px: float) -> int:
        """Pixels for what is touched: never under 0.82 of the design below 1080p."""
        return round(design_px * max(self.unit, LEAST_TOUCH))

    def font(self, design_px: float, *, bold: bool = False) -> QFont:
        """The screen's font at a height in pixels."""
        font = QFont()
        font.setFamilies(FAMILIES)
        font.setPixelSize(self.px(design_px))
        font.setBold(bold)
        return font


def style_sheet(sizes: Sizes) -> str:
    """The whole screen's style sheet at a scale."""
    families = ", ".join(f'"{family}"' for family in FAMILIES)
    px, touch = sizes.px, sizes.touch
    return f"""
    QWidget {{ background: {BACKGROUND}; color: {TEXT}; font-family: {families}; font-size: {px(24)}px; }}
    QLabel {{ background: transparent; }}
    QLabel[role="muted"] {{ color: {MUTED}; font-size: {px(22)}px; }}
    QLabel[role="about"] {{ color: {MUTED}; font-size: {px(32)}px; }}
    QLabel[role="title"] {{ font-size: {px(40)}px; font-weight: bold; }}
    QLabel[role="brand"] {{ font-size: {px(30)}px; font-weight: bold; color: {ACCENT}; }}
    QLabel[role="figure"] {{ font-size: {px(40)}px; font-weight: bold; }}
    QLabel[role="stop"] {{ font-size: {px(120)}px; font-weight: bold; color: {LIGHT_TEXT}; }}
    QLabel[role="stop-text"] {{ font-size: {px(38)}px; color: {LIGHT_TEXT}; }}
    QWidget[role="panel"] {{ background: {SURFACE}; border-radius: {px(12)}px; }}
    QWidget[role="stop-page"] QLabel {{ background: transparent; }}
    QPushButton {{
        background: {RAISED}; border: {px(2)}px solid {EDGE}; border-radius: {px(12)}px;
    }}
    QPushButton:focus {{ border: {px(4)}px solid {ACCENT}; }}
    QPushButton:pressed {{ background: {PRESSED}; border-color: {ACCENT}; }}
    QPushButton:checked {{ background: {PRESSED}; border-color: {ACCENT}; }}
    QPushButton:disabled {{ background: {SURFACE}; border-color: {RAISED}; }}
    QLabel[role="said"] {{
        background: {REVIEW_COLOUR}; color: {DARK_TEXT}; font-size: {px(26)}px; font-weight: bold;
        border-radius: {px(8)}px; padding: {px(8)}px;
    }}
    QProgressBar {{ background: {SURFACE}; border: {px(2)}px solid {EDGE}; border-radius: {px(12)}px; }}
    QProgressBar::chunk {{ background: {ACCENT}; border-radius: {px(10)}px; }}
    QSlider::groove:horizontal {{ background: {EDGE}; height: {px(12)}px; border-radius: {px(6)}px; }}
    QSlider::handle:horizontal {{
        background: {ACCENT}; width: {touch(66)}px; margin: -{touch(30)}px 0; border-radius: {px(12)}px;
    }}
    QSlider::handle:horizontal:focus {{ border: {px(4)}px solid {TEXT}; }}
    QLineEdit {{
        background: {SURFACE}; border: {px(2)}px solid {EDGE}; border-radius: {px(12)}px; color: {TEXT};
        font-size: {px(44)}px; padding: 0 {px(20)}px; min-height: {touch(97)}px;
    }}
    QLineEdit:focus {{ border-color: {ACCENT}; }}
    """
