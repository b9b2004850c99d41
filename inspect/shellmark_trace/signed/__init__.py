"""The signed variant of a code (AI 91): text, symbol, signing at the station, checking without a network."""

from .checking import Fault, Logged, check_signed, fault_of, sentence
from .signing import CodeSigner
from .symbol import SIDE_MODULES, signed_png, signed_symbol
from .text import (
    AI_LENGTH,
    SIGNED_PURPOSE,
    SignedLink,
    canonical_link,
    is_signed,
    parse_signed,
    signed_bytes,
)

__all__ = [
    "AI_LENGTH",
    "SIDE_MODULES",
    "SIGNED_PURPOSE",
    "CodeSigner",
    "Fault",
    "Logged",
    "SignedLink",
    "canonical_link",
    "check_signed",
    "fault_of",
    "is_signed",
    "parse_signed",
    "sentence",
    "signed_bytes",
    "signed_png",
    "signed_symbol",
]
