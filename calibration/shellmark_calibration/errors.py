"""What can go wrong in calibration, as one tree.

CalibrationError              one line: what is wrong, where, what to do; a command ends with exit code 2
├── ProfileError              a profile that cannot be read, or does not fit the camera, its resolution or its light
├── BoardError                a board that cannot be, or pictures of it that do not do
├── LightError                dark frames or flat fields that do not do: black, saturated, uneven, mixed up
└── ColourError               no whole colour card, or one that cannot be trusted
"""


class CalibrationError(Exception):
    """A calibration cannot be done or used; the text is one line naming what, where and what to do.

    Given facts, `sentence` has their places (`str.format`): so a screen can say it in its own language.
    """

    def __init__(self, sentence: str = "", /, **facts: object) -> None:
        super().__init__(sentence.format(**facts) if facts else sentence)
        self.sentence, self.facts = sentence, facts


class ProfileError(CalibrationError):
    """A profile cannot be read, or does not fit what it is to be used for."""


class BoardError(CalibrationError):
    """A board cannot be, or its pictures do not do."""


class LightError(CalibrationError):
    """Dark frames or flat fields do not do."""


class ColourError(CalibrationError):
    """No colour card is to be had, or one that cannot be trusted."""
