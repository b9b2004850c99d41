"""What a person is asked: the disposition of a case, the reason for it, the next SKU."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PyQt6.QtCore import QCoreApplication

from shellmark_gui.pages.choice_page import Choice, Question
from shellmark_gui.wording import OVERRULE_REASONS, disposition_word, overrule_word, verdict_word
from shellmark_inspect.types import Disposition, Record

translate = QCoreApplication.translate


def which_disposition(record: Record, then: Callable[[Disposition], None]) -> Question:
    """Ask what happens with a case."""
    choices = [Choice(one.value, partial(disposition_word, one)) for one in Disposition]
    return Question(
        lambda: translate("window", "What happens with this case?"),
        _about(record),
        choices,
        lambda value: then(Disposition(value)),
    )


def why(record: Record, disposition: Disposition, then: Callable[[str], None]) -> Question:
    """Ask for the reason code of a disposition."""
    choices = [Choice(code, partial(overrule_word, code)) for code in OVERRULE_REASONS]
    return Question(
        lambda: translate("window", "Why {disposition}?").format(disposition=disposition_word(disposition)),
        _about(record),
        choices,
        then,
    )


def which_sku(
    skus: Sequence[tuple[str, str, str]], now: str, *, chinese: bool, then: Callable[[str], None]
) -> Question:
    """Ask which SKU comes next."""
    choices = [
        Choice(sku, partial(str, f"{name_zh if chinese and name_zh else name}\n{sku}")) for sku, name, name_zh in skus
    ]
    return Question(lambda: translate("window", "Which SKU comes next?"), now, choices, then)


def _about(record: Record) -> str:
    return f"{record.inspection.trigger.case_id}  {verdict_word(record.verdict)}"
