"""Lines for people that still know what they are made of, so that a screen can say them in its own language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, Self


class Said(str):
    """A line of English text that knows its `sentence` and the `facts` in it: numbers, texts, lines of their own.

    It is text like any other wherever text is wanted; what is made of it there (a stored text, an f-string) is text
    only.
    """

    sentence: str
    facts: Mapping[str, Any]

    def __new__(cls, sentence: str, /, **facts: object) -> Self:
        """The sentence, `str.format` places and all, and what stands in them; an error among the facts is a line."""
        plain = {name: _fact(value) for name, value in facts.items()}
        line = super().__new__(cls, sentence.format(**plain) if plain else sentence)
        line.sentence, line.facts = sentence, plain
        return line

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """How it goes to another process."""
        return (self.sentence,), dict(self.facts)


def said_by(error: BaseException) -> str:
    """What an error says, in one line: with its sentence and its facts where it knows them (`Said`), else its text."""
    sentence, facts = getattr(error, "sentence", ""), getattr(error, "facts", {})
    if facts:
        return Said(sentence, **facts)
    if isinstance(sentence, Said):
        return sentence
    return " ".join(str(error).split()) or type(error).__name__


def joined(lines: Sequence[str], by: str = "; ") -> str:
    """Several lines as one, each of which keeps its facts; "" for none."""
    places = {f"line{number}": line for number, line in enumerate(lines)}
    return Said(by.join(f"{{{name}}}" for name in places), **places) if places else ""


def _fact(value: object) -> Any:
    if isinstance(value, (str, Real)):
        return value
    return said_by(value) if isinstance(value, BaseException) else str(value)
