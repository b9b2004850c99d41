"""The words: all translated, the compiled file as new as its source, and letters for every character."""

from __future__ import annotations

import importlib.util
import re
import string
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PyQt6.QtCore import QCoreApplication

import shellmark_gui
from shellmark_gui import wording
from shellmark_gui.language import LANGUAGES, TEXT_FOLDER, Language
from shellmark_gui.screenshot import missing_glyphs
from shellmark_gui.workwords import family_name
from shellmark_inspect.types import REASONS, Disposition, Reason, ReasonCode, Verdict
from shellmark_models import FAMILIES

TS = TEXT_FOLDER / "shellmark_zh.ts"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SAME_IN_BOTH = {"English"}


def messages() -> list[tuple[str, str, str, str | None]]:
    """(context, source, translation, state) of every message."""
    found = []
    for context in ET.parse(TS).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            found.append(
                (context.findtext("name"), message.findtext("source"), translation.text or "", translation.get("type"))
            )
    return found


def test_every_text_is_translated_into_chinese():
    assert messages()
    for context, source, translation, state in messages():
        assert state is None, (context, source)
        assert CHINESE.search(translation) or translation in SAME_IN_BOTH, (context, source)


def test_a_translation_keeps_the_values_of_its_sentence():
    def places(text: str) -> list[tuple[str, str]]:
        return sorted((name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name is not None)

    for context, source, translation, _ in messages():
        assert places(source) == places(translation), (context, source)


def test_the_ts_holds_what_the_sources_say(tmp_path):
    script = Path(shellmark_gui.__file__).parents[1] / "translations.py"
    if not script.is_file():
        pytest.skip("an installation has no sources to collect from")
    spec = importlib.util.spec_from_file_location("translations", script)
    translations = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(translations)
    fresh = tmp_path / "fresh.ts"
    translations.collect(fresh)
    collected = {
        (context.findtext("name"), message.findtext("source"))
        for context in ET.parse(fresh).getroot().iter("context")
        for message in context.iter("message")
    }
    assert collected == {(context, source) for context, source, _, _ in messages()}


def test_the_qm_holds_what_the_ts_holds(qapp):
    language = Language("zh")
    said = [
        (QCoreApplication.translate(context, source), translation) for context, source, translation, _ in messages()
    ]
    language.close()
    assert [got for got, wanted in said if got != wanted] == []


def test_there_is_a_glyph_for_every_character(qapp):
    assert missing_glyphs([translation for _, _, translation, _ in messages()]) == []


def test_a_character_without_a_glyph_is_found(qapp):
    assert missing_glyphs(["合格\U000e0fff"]) == ["\U000e0fff"]


def test_an_unknown_language_is_refused(qapp):
    with pytest.raises(ValueError, match="zh and en, not fr"):
        Language("fr")


def test_leaving_the_screen_leaves_no_translation_behind(qapp):
    language = Language("zh")
    assert QCoreApplication.translate("verdict", "PASS") == "合格"
    language.close()
    assert QCoreApplication.translate("verdict", "PASS") == "PASS"


def test_each_reason_has_a_sentence_of_the_same_values():
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert set(wording._SENTENCES) == set(ReasonCode)
    for code, said in wording._SENTENCES.items():
        assert names(said) == names(REASONS[code]), code


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_word_of_a_value_has_a_translation(qapp, code):
    language = Language(code)
    words = [wording.verdict_word(one) for one in Verdict] + [wording.disposition_word(one) for one in Disposition]
    words += [wording.overrule_word(one) for one in wording.OVERRULE_REASONS]
    language.close()
    assert all(words)
    if code == "zh":
        assert all(CHINESE.search(word) for word in words)


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_kind_of_model_has_a_name_of_its_own(qapp, code):
    language = Language(code)
    names = {family: family_name(family) for family in FAMILIES}
    language.close()
    assert all(name != family for family, name in names.items())
    assert len(set(names.values())) == len(names)
    assert all(bool(CHINESE.search(name)) == (code == "zh") for name in names.values())


def test_reasons_of_overruling_fit_one_page():
    assert len(wording.OVERRULE_REASONS) <= 12


def test_a_reason_without_its_values_still_says_something(qapp):
    assert wording.sentence(Reason(ReasonCode.OVER_LIMIT, {"detail": "half"})) == "over_limit: half"


def test_a_class_nobody_translated_is_shown_by_its_own_name(qapp):
    assert wording.label_name("zip_tooth") == "zip tooth"
