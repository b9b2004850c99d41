"""What can go wrong in the station, as one tree.

ShellmarkError                one line: what is wrong, where, what to do
├── InputError                bad input from a person: a command ends with exit code 2
│   ├── RecipeError           a recipe that cannot be used
│   ├── ConfigError           a station's configuration that cannot be used
│   └── WrongState            a code is not in the state a step starts from
├── CameraError               a frame was not had; the case goes to REVIEW
│   ├── CameraLost            the device is gone; the station reconnects
│   ├── FrameTimeout          no frame in time
│   ├── BadFrame              a frame that is no picture: torn, truncated, of the wrong size or depth
│   ├── StaleFrame            an old frame came where a new one was due
│   └── SourceEnded           a finite source (a folder) has no further case
├── StepError                 a preprocessing step failed; the view goes to REVIEW
│   └── NotAligned            the view does not register to the recipe's reference
└── RecordsError              a record could not be kept: the station stops in the Error state
    ├── DatabaseTooNew        the database was written by a newer program
    ├── DatabaseInUse         another station holds the database
    └── StorageFull           no room for a record or a frame
"""


class ShellmarkError(Exception):
    """Something went wrong; the text is one line naming what, where and what to do.

    Given facts, `sentence` has their places (`str.format`): so a screen can say it in its own language (`said_by`).
    """

    def __init__(self, sentence: str = "", /, **facts: object) -> None:
        super().__init__(sentence.format(**facts) if facts else sentence)
        self.sentence, self.facts = sentence, facts


class InputError(ShellmarkError):
    """Bad input from a person; a command ends with exit code 2."""


class RecipeError(InputError):
    """A recipe that cannot be used."""


class ConfigError(InputError):
    """A station's configuration that cannot be used."""


class WrongState(InputError):
    """A code is not in the state a step starts from: somebody else was quicker, or the step is not allowed."""


class CameraError(ShellmarkError):
    """A frame was not had; the open case becomes REVIEW. `case_id` is what the source calls the case, if it says."""

    case_id: str | None = None


class CameraLost(CameraError):
    """The device is gone; it has to be opened again."""


class FrameTimeout(CameraError):
    """No frame came in time."""


class BadFrame(CameraError):
    """A frame came that is no usable picture."""


class StaleFrame(CameraError):
    """An old frame came where a new one was due."""


class SourceEnded(CameraError):
    """A finite source has no further case; no trigger is open for it."""


class StepError(ShellmarkError):
    """A preprocessing step failed on a view."""


class NotAligned(StepError):
    """The view does not register to the recipe's reference."""


class RecordsError(ShellmarkError):
    """A record could not be kept or read; error means hold."""


class DatabaseTooNew(RecordsError):
    """The database was written by a newer program."""


class DatabaseInUse(RecordsError):
    """Another station holds the database."""


class Unreadable(RecordsError):
    """The database holds a value no station writes: it was edited or damaged."""


class StorageFull(RecordsError):
    """There is no room left for a record or a frame."""
