"""A whole station with a label printer over TCP and a label camera: from the shell to the proven code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from label_shop import emulator
from small_station import Place

from shellmark_inspect.errors import ConfigError, InputError
from shellmark_inspect.labelling import Labelling, LabelState
from shellmark_inspect.loop import Light
from shellmark_inspect.station import Station
from shellmark_inspect.types import Verdict

Open = Callable[..., Station]
WITHIN_S = 30.0
S = LabelState


@pytest.fixture
def printer() -> Iterator[Any]:
    with emulator.Emulator() as one:
        yield one


def show(place: Place, *labels: Any) -> None:
    """What lies under the label camera: a grey shell with these labels on it."""
    frame = np.full((420, 660 * max(1, len(labels))), 120, np.uint8)
    for number, label in enumerate(labels):
        part = frame[20 : 20 + label.shape[0], 20 + 640 * number : 20 + 640 * number + label.shape[1]]
        part[:] = np.where(label[: part.shape[0], : part.shape[1]], 25, 235)
    folder = place.folder / "under"
    folder.mkdir(exist_ok=True)
    part_file = folder / "shell.part"
    part_file.write_bytes(cv2.imencode(".png", frame)[1].tobytes())
    part_file.replace(folder / "shell.png")


def settings(printer: Any, /, **changes: Any) -> dict[str, Any]:
    cameras = {
        "front": {"kind": "folder", "path": "cases"},
        "labels": {"kind": "folder", "path": "under", "loop": True},
    }
    zebra = {"kind": "zebra", "host": printer.host, "port": printer.port}
    return {"cameras": cameras, "label": {"printer": zebra, "view": "labels", **changes}}


def wait(station: Station, *states: LabelState) -> Labelling:
    deadline = time.monotonic() + WITHIN_S
    while (status := station.labels.status()) is None or status.state not in states:
        assert time.monotonic() < deadline, f"{status}, not {states}"
        time.sleep(0.01)
    return status


def say(what: Callable[..., Any], *values: Any, **more: Any) -> None:
    deadline = time.monotonic() + WITHIN_S
    while (error := what(*values, **more).exception(WITHIN_S)) is not None:
        if "is not due now" not in str(error) or time.monotonic() > deadline:
            raise error
        time.sleep(0.005)


def state_of(station: Station, serial: str) -> str:
    return str(station.keep(lambda keeper: keeper.records.labels.state(serial)).result(WITHIN_S))


def test_a_shell_passes_gets_its_label_and_is_recorded_with_order_and_batch(
    place: Place, opened: Open, printer: Any
) -> None:
    place.fill(["good", "scratched", "good"])
    show(place)
    order = {"number": "0004711", "quantity": 2, "batch": "B7"}
    station = opened(**settings(printer, order=order))
    record = station.trigger().result(WITHIN_S)
    assert record.code is not None
    assert (record.order, record.batch) == ("0004711", "B7")
    status = wait(station, S.STICK)
    assert (status.case_id, status.serial) == (record.inspection.trigger.case_id, record.code.serial)
    assert station.status().lamps["label"].light is Light.GREEN
    printer.wait(1)
    show(place, printer.pictures[-1])
    say(station.labels.stuck, "w17", serial=status.serial)
    wait(station, S.IDLE)
    assert state_of(station, record.code.serial) == "ACTIVE"
    assert station.trigger().result(WITHIN_S).code is None, "a FAIL gets none"
    reader = station.reader()
    seen = reader.get(record.row)
    reader.close()
    assert [(image.kind, image.view, image.path.is_file()) for image in seen.images] == [("label", "labels", True)]
    show(place)
    second = station.trigger().result(WITHIN_S)
    assert second.code is not None
    assert wait(station, S.STICK).serial == second.code.serial
    assert station.labels.order().issued == 2
    assert station.blocked() == ("order 0004711 has all its 2 codes: take the next order",)
    assert station.status().blocked == station.blocked()
    station.run()
    assert station.status().state == "Ready", "automatic mode is refused"
    with pytest.raises(InputError, match="two different persons"):
        station.labels.take_order("0004711", 3, "B7", operator="w17").result(WITHIN_S)
    station.labels.take_order("0004712", 5, operator="w17").result(WITHIN_S)
    assert station.blocked() == ()


def test_what_was_sent_before_a_stop_is_read_after_it_and_not_printed_again(
    place: Place, opened: Open, printer: Any
) -> None:
    place.fill(["good"])
    show(place)
    station = opened(**settings(printer))
    record = station.trigger().result(WITHIN_S)
    wait(station, S.STICK)
    printer.wait(1)
    station.close()
    assert station.labels.status().state is S.CLOSED
    station = opened(**settings(printer))
    status = wait(station, S.STICK)
    assert status.serial == record.code.serial
    show(place, printer.pictures[-1])
    say(station.labels.stuck, "w17")
    wait(station, S.IDLE)
    assert state_of(station, status.serial) == "ACTIVE"
    assert len(printer.pictures) == 1
    with pytest.raises(InputError, match="two different persons"):
        station.labels.relabel(status.case_id, first="w17", second="W17", reason="torn").result(WITHIN_S)
    serial = station.labels.relabel(status.case_id, first="w17", second="s01", reason="torn").result(WITHIN_S)
    assert wait(station, S.STICK).serial == serial
    assert state_of(station, status.serial) == "VOID"


def test_a_printer_that_is_away_is_a_yellow_lamp_and_cases_are_recorded(
    place: Place, opened: Open, printer: Any
) -> None:
    place.fill(["good", "good"])
    show(place)
    printer.faults = emulator.Faults(offline=True)
    station = opened(**settings(printer))
    records = [station.trigger().result(WITHIN_S) for _ in range(2)]
    wait(station, S.OFFLINE)
    assert [record.verdict for record in records] == [Verdict.PASS] * 2
    assert [state_of(station, record.code.serial) for record in records] == ["RESERVED"] * 2
    lamp = station.status().lamps["label"]
    assert lamp.light is Light.YELLOW
    assert "does not answer" in lamp.text


def test_without_the_section_nothing_is_printed(place: Place, opened: Open) -> None:
    place.fill(["good"])
    station = opened()
    record = station.trigger().result(WITHIN_S)
    assert record.code is not None
    assert record.code.state == "RESERVED"
    assert station.labels.status() is None
    assert "label" not in station.status().lamps
    with pytest.raises(InputError, match="section"):
        station.labels.stuck("w17").result()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"printer": {"kind": "laser"}}, "kind 'laser' is unknown"),
        ({"view": "roof"}, "neither a view nor a camera roof"),
        ({"view": "front"}, "comes from a folder"),
        ({"template": "none.toml"}, "cannot be read"),
        ({"uec_least": 0.2}, "uec_least"),
        ({"order": {"number": "1", "quantity": 0}}, "quantity"),
    ],
)
def test_a_section_that_cannot_be_used_is_refused(
    place: Place, printer: Any, changes: dict[str, Any], why: str
) -> None:
    place.fill(["good"])
    with pytest.raises(ConfigError, match=why):
        Station(place.config(**settings(printer, **changes)))
