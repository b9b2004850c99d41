"""What a dealer without a network is told of a code: few answers, in Chinese and English, and how old they are."""

from .answers import Answer, Basis, Known, Verdicts, Why
from .deciding import decide
from .oddities import Oddity, OddText, oddity_of, read_text
from .papers import Papers, open_papers
from .proofs import Shown, join_proof, named_link, open_code_proof, pack_proof
from .words import answer_json, answer_lines, oddity_line

__all__ = [
    "Answer",
    "Basis",
    "Known",
    "OddText",
    "Oddity",
    "Papers",
    "Shown",
    "Verdicts",
    "Why",
    "answer_json",
    "answer_lines",
    "decide",
    "join_proof",
    "named_link",
    "oddity_line",
    "oddity_of",
    "open_code_proof",
    "open_papers",
    "pack_proof",
    "read_text",
]
