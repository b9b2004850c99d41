"""Whether a picture of the window shows a window: not empty, and with letters for every Chinese character."""

from __future__ import annotations

import numpy as np
from PyQt6.QtGui import QImage, QRawFont

from shellmark_gui.theme import Sizes

LEAST_COLOURS = 200
LEAST_SPREAD = 10.0


def missing_glyphs(texts: list[str]) -> list[str]:
    """The characters the screen's first installed font has no glyph for; a screen would show boxes."""
    font = QRawFont.fromFont(Sizes().font(24))
    characters = sorted({character for text in texts for character in text if not character.isspace()})
    return [character for character in characters if not font.supportsCharacter(ord(character))]


def faults_of(image: QImage, texts: list[str]) -> list[str]:
    """What is wrong with a picture of the window, one line each: it is empty, or its text would show as boxes."""
    faults = []
    if image.isNull():
        return ["the screenshot is no picture"]
    picture = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(picture.constBits().asstring(picture.sizeInBytes()), np.uint8)
    pixels = rows.reshape(picture.height(), picture.bytesPerLine())[:, : picture.width() * 3].reshape(-1, 3)
    colours = len(np.unique(pixels, axis=0))
    if colours < LEAST_COLOURS or pixels.std() < LEAST_SPREAD:
        faults.append(f"the screenshot is empty: {colours} colours, spread {pixels.std():.1f}")
    if missing := missing_glyphs(texts):
        faults.append(f"no glyph for {''.join(missing[:20])}: install a Chinese font such as fonts-noto-cjk")
    return faults
