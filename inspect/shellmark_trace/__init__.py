"""Codes that can be traced: serials, the text and symbol of the label, a code's life, leaves of its log."""

from .entries import canonical, leaf, leaf_hash, new_salt, payload_hash
from .errors import GtinError, LabelError, LeafError, LinkError, SerialError, TraceError, TransitionError
from .label import MODULE_MM, SIDE_MODULES, Label, label_matrix, label_png, label_svg
from .link import (
    ALPHABET,
    HOST_LENGTH,
    SERIAL_LENGTH,
    Link,
    check_gtin,
    check_host,
    check_serial,
    digital_link,
    new_serial,
    parse_link,
)
from .states import LIVE, SUSPICIONS, TRANSITIONS, States, Suspicion, check_transition

__all__ = [
    "ALPHABET",
    "HOST_LENGTH",
    "LIVE",
    "MODULE_MM",
    "SERIAL_LENGTH",
    "SIDE_MODULES",
    "SUSPICIONS",
    "TRANSITIONS",
    "GtinError",
    "Label",
    "LabelError",
    "LeafError",
    "Link",
    "LinkError",
    "SerialError",
    "States",
    "Suspicion",
    "TraceError",
    "TransitionError",
    "canonical",
    "check_gtin",
    "check_host",
    "check_serial",
    "check_transition",
    "digital_link",
    "label_matrix",
    "label_png",
    "label_svg",
    "leaf",
    "leaf_hash",
    "new_salt",
    "new_serial",
    "parse_link",
    "payload_hash",
]
