"""What can go wrong with a code, as one tree.

TraceError                    one line: what is wrong, where, what to do
├── LinkError                 a text that is no code of this kind
│   ├── GtinError             a GTIN that is not 14 digits or has a wrong check digit
│   └── SerialError           a serial that is not 13 Crockford symbols
├── LabelError                a text that does not fit the label's symbol
├── TransitionError           a step the life cycle does not allow
└── LeafError                 an entry the log cannot take
"""


class TraceError(Exception):
    """Something is wrong with a code; the text is one line naming what, where and what to do."""


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
