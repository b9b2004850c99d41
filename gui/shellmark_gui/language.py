"""The screen's language: Chinese first, English beside it, switched at run time.

The sources are English; `text/shellmark_zh.ts` holds the Chinese and is compiled into the `.qm` beside it.
"""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QCoreApplication, QTranslator

LANGUAGES = ("zh", "en")
TEXT_FOLDER = Path(__file__).parent / "text"


class Language:
    """The language in use; installing another makes Qt tell every widget (`LanguageChange`)."""

    def __init__(self, code: str) -> None:
        self._translator = QTranslator()
        self.code = ""
        self.use(code)

    def use(self, code: str) -> None:
        """Switch to a language of `LANGUAGES`.

        Raises:
            ValueError: no such language, or its compiled text is not there.
        """
        if code not in LANGUAGES:
            raise ValueError(f"the screen speaks {' and '.join(LANGUAGES)}, not {code}")
        if code == self.code:
            return
        QCoreApplication.removeTranslator(self._translator)
        if code != "en":
            if not self._translator.load(str(TEXT_FOLDER / f"shellmark_{code}.qm")):
                raise ValueError(f"the screen's text {TEXT_FOLDER / f'shellmark_{code}.qm'} cannot be read")
            QCoreApplication.installTranslator(self._translator)
        self.code = code

    def other(self) -> str:
        """The language the switch leads to."""
        return LANGUAGES[(LANGUAGES.index(self.code) + 1) % len(LANGUAGES)]

    def close(self) -> None:
        """Take the translation out of the application again."""
        QCoreApplication.removeTranslator(self._translator)
