"""What the labeller drew, saw, read and counted is remembered for the screen, and changes nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from label_shop import GTIN, draw, emulator, frame_of

from shellmark_inspect.labelling import Parts, Sight, Watch
from shellmark_inspect.records import Waiting
from shellmark_trace import PrinterError, States
from shellmark_trace.printers import Zebra
from shellmark_trace.readback import read_labels

TEXT = f"HTTPS://X.CN/01/{GTIN}/21/"
CODE = Waiting("7K3M9Q0X00002", TEXT + "7K3M9Q0X00002", GTIN, "c1", "sku-1", "", "", States.RESERVED, 1, 1, False, None)


@pytest.fixture
def printer() -> Iterator[Any]:
    with emulator.Emulator() as one:
        yield one


@pytest.fixture
def watch(printer: Any) -> Iterator[Watch]:
    frames = [frame_of([draw(CODE)])]
    zebra = Zebra("127.0.0.1", printer.port, answer_s=1.0, connect_s=0.5)
    one = Watch(Parts(lambda _do: pytest.fail("records"), zebra, draw, lambda _code: frames, read_labels))
    yield one
    one.parts.printer.close()


def test_a_label_is_followed_from_its_drawing_to_its_reading(printer: Any, watch: Watch) -> None:
    assert watch.sight() == Sight()
    parts = watch.parts
    picture = parts.draw(CODE)
    first = parts.printer.odometer()
    assert first is not None
    assert (watch.sight().serial, watch.sight().before, watch.sight().after) == (CODE.serial, first, None)
    parts.printer.print(picture)
    printer.wait(1)
    assert parts.printer.odometer() == first + 1
    (frame,) = parts.look(CODE)
    assert [read.text for read in parts.read(frame)] == [CODE.text]
    seen = watch.sight()
    assert (seen.before, seen.after) == (first, first + 1)
    assert seen.label is picture
    assert seen.frame is frame
    assert seen.uec is not None
    assert seen.uec > 0.9
    assert parts.printer.dots_per_mm == pytest.approx(11.811, abs=0.01)
    bare = frame_of([])
    parts.read(bare)
    assert watch.sight().uec is None
    assert watch.sight().frame is bare


def test_another_serial_begins_anew(watch: Watch) -> None:
    parts = watch.parts
    parts.draw(CODE)
    parts.printer.odometer()
    parts.read(frame_of([draw(CODE)]))
    other = replace(CODE, serial="7K3M9Q0X00003", text=TEXT + "7K3M9Q0X00003")
    parts.draw(other)
    seen = watch.sight()
    assert (seen.serial, seen.frame, seen.uec, seen.before) == (other.serial, None, None, None)
    parts.read(frame_of([draw(CODE)]))
    assert watch.sight().uec is None, "it is not this label's"


def test_what_a_run_before_has_sent_is_not_drawn_but_its_count_is_known(watch: Watch) -> None:
    sent = replace(CODE, state=States.SENT, counted=True, odometer=18_000)
    watch.parts.look(sent)
    assert watch.sight() == Sight(sent.serial, before=18_000)
    watch.parts.printer.odometer()
    assert watch.sight().before == 18_000
    assert watch.sight().after is not None


def test_a_printer_that_is_away_is_away_here_too(printer: Any, watch: Watch) -> None:
    printer.faults = emulator.Faults(offline=True)
    with pytest.raises(PrinterError):
        watch.parts.printer.odometer()
    assert watch.sight() == Sight()
    assert isinstance(watch.parts.draw(CODE), np.ndarray)
