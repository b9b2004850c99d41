"""What can go wrong with a code, as one tree.

TraceError                    one line: what is wrong, where, what to do
├── LinkError                 a text that is no code of this kind
│   ├── GtinError             a GTIN that is not 14 digits or has a wrong check digit
│   └── SerialError           a serial that is not 13 Crockford symbols
├── LabelError                a text that does not fit the label's symbol
├── TransitionError           a step the life cycle does not allow
├── LeafError                 an entry the log cannot take
├── LogError                  a log, checkpoint or proof that does not hold
├── KeyFileError              a key, a key file or a key list that cannot be used
├── SignatureInvalid          a signature that is not by the key it names
├── ManifestError             an offline manifest that cannot be used
├── PrinterError              a label printer that does not do what it is told
├── ExportError               an export or a column mapping that cannot be made
└── SiteError                 a verify site that cannot do its work
    └── UploadRefused         an upload that no repeating will make right
"""


class TraceError(Exception):
    """Something is wrong with a code; the text is one line naming what, where and what to do.

    Given facts, `sentence` has their places (`str.format`): so a screen can say it in its own language.
    """

    def __init__(self, sentence: str = "", /, **facts: object) -> None:
        super().__init__(sentence.format(**facts) if facts else sentence)
        self.sentence, self.facts = sentence, facts


class LinkError(TraceError):
    """A text that is no code of this kind."""


class GtinError(LinkError):
    """A GTIN that is not 14 digits or has a wrong check digit."""


class SerialError(LinkError):
    """A serial that is not 13 Crockford symbols."""


class LabelError(TraceError):
    """A text that does not fit the label's symbol."""


class TransitionError(TraceError):
    """A step the life cycle does not allow."""


class LeafError(TraceError):
    """An entry the log cannot take."""


class LogError(TraceError):
    """A log, checkpoint or proof that does not hold."""


class LogForked(LogError):
    """A log that is shorter than, or other than, what was signed or witnessed: nothing more may be issued on it."""


class KeyFileError(TraceError):
    """A key, a key file or a key list that cannot be used."""


class SignatureInvalid(TraceError):
    """A signature that is not by the key it names."""


class ManifestError(TraceError):
    """An offline manifest that cannot be used."""


class PrinterError(TraceError):
    """A label printer that does not do what it is told; whether a label came out is not known."""


class ExportError(TraceError):
    """An export or a column mapping that cannot be made."""


class SiteError(TraceError):
    """A verify site that cannot do its work: its folder, its database, its tokens."""


class UploadRefused(SiteError):
    """An upload that no repeating will make right: it does not say what it must, or is not what its digest says."""
