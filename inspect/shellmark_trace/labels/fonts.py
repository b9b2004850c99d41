"""The font of a label: a file that is given, or a Chinese font of the system, found by its name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from shellmark_trace.errors import LabelError
from shellmark_trace.reading import open_file

FONTS = (
    ("NotoSansCJK-Regular.ttc", 2),
    ("NotoSansCJKsc-Regular.otf", 0),
    ("NotoSansSC-Regular.otf", 0),
    ("NotoSansSC-Regular.ttf", 0),
    ("SourceHanSansSC-Regular.otf", 0),
    ("msyh.ttc", 0),
    ("simhei.ttf", 0),
    ("Deng.ttf", 0),
    ("wqy-microhei.ttc", 0),
    ("wqy-zenhei.ttc", 0),
    ("PingFang.ttc", 0),
    ("STHeiti Medium.ttc", 0),
)
"""File names of Chinese sans-serif fonts and which face is the simplified one: Noto, Source Han, Microsoft YaHei,
SimHei, DengXian, WenQuanYi, PingFang, Heiti."""

_PROBE_PX = 24


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font file, or a file name the system's font folders hold, and which face of it."""

    file: str
    face: int = 0

    def at(self, size_px: int) -> ImageFont.FreeTypeFont:
        """The face at a height of an em in dots."""
        return _opened(self, size_px)

    def lacking(self, text: str) -> str:
        """The characters of a text that the face would print as an empty box."""
        font = self.at(_PROBE_PX)
        box = _shape(font, "\U0010ffff")
        return "".join(sorted({char for char in text if not char.isspace() and _shape(font, char) == box}))


def typeface(font: Path | None = None) -> Typeface:
    """The face to print with.

    Raises:
        LabelError: the file is no font, or none is given and the system has no Chinese one.
    """
    if font is not None:
        try:
            open_file(font).close()
            Typeface(str(font)).at(_PROBE_PX)
        except OSError as e:
            raise LabelError(
                "font {font} cannot be used ({why}): give a .ttf, .otf or .ttc file", font=font, why=e.strerror or e
            ) from e
        return Typeface(str(font))
    for file, face in FONTS:
        try:
            Typeface(file, face).at(_PROBE_PX)
        except OSError:
            continue
        return Typeface(file, face)
    raise LabelError(
        "no Chinese font is installed: install Noto Sans CJK (Debian: fonts-noto-cjk; on Windows Microsoft YaHei is "
        "there), or name a font file in the label's template"
    )


@lru_cache(maxsize=256)
def _opened(face: Typeface, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face.file, size_px, index=face.face)


def _shape(font: ImageFont.FreeTypeFont, char: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(char, mode="1")
    return mask.size, bytes(mask)
