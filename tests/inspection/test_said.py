"""Lines that know their sentence and their facts."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

from shellmark_inspect.errors import CameraLost, InputError, StorageFull
from shellmark_inspect.said import Said, joined, said_by
from shellmark_trace import PrinterError


def test_a_line_is_its_text_and_knows_what_it_is_made_of() -> None:
    line = Said("{count} of {path}: {share:.1%}", count=3, path=Path("a"), share=0.5)
    assert line == "3 of a: 50.0%"
    assert (line.sentence, line.facts) == ("{count} of {path}: {share:.1%}", {"count": 3, "path": "a", "share": 0.5})
    assert json.dumps({"detail": line}) == '{"detail": "3 of a: 50.0%"}'


def test_it_goes_to_another_process_whole() -> None:
    line = Said("{why} ({times} times)", why=CameraLost("camera {camera} is gone", camera="front"), times=3)
    again = pickle.loads(pickle.dumps(line))
    assert again == line == "camera front is gone (3 times)"
    assert again.facts["why"].facts == {"camera": "front"}
    error = pickle.loads(pickle.dumps(StorageFull("no room in {where}", where="/data")))
    assert (str(error), error.facts) == ("no room in /data", {"where": "/data"})


def test_an_error_says_its_sentence_whichever_tree_it_is_of() -> None:
    for kind in (InputError, PrinterError):
        line = said_by(kind("roll {name} is {what}", name="R-1", what=Said("known")))
        assert isinstance(line, Said)
        assert (line, line.sentence) == ("roll R-1 is known", "roll {name} is {what}")
        assert isinstance(line.facts["what"], Said)
    assert isinstance(said_by(InputError(Said("{a}", a=1))), Said)


def test_any_other_error_is_one_line() -> None:
    assert said_by(ValueError("two\n  lines")) == "two lines"
    assert said_by(KeyError()) == "KeyError"
    assert said_by(CameraLost("a brace { is no place")) == "a brace { is no place"


def test_lines_are_joined_and_keep_their_facts() -> None:
    both = joined([Said("lamp {light} is dead", light="west"), "odd"])
    assert both == "lamp west is dead; odd"
    assert isinstance(both, Said)
    assert both.facts["line0"].facts == {"light": "west"}
    assert joined([]) == ""
