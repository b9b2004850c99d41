"""What the room's door lets out, and that the station's own class fits through it."""

from __future__ import annotations

import inspect

import pytest

import shellmark_gui
from shellmark_gui import StationDoor
from shellmark_gui.doors import ChecksDoor, ClearanceDoor, DriftDoor, WorkshopDoor
from shellmark_inspect.station import Checks, Clearance, Drift, Station
from shellmark_inspect.station.workshop import Workshop


def test_the_door_lets_out_these_names():
    assert shellmark_gui.__all__ == ["StationDoor", "open_window"]


DOORS = [
    (StationDoor, Station),
    (WorkshopDoor, Workshop),
    (ChecksDoor, Checks),
    (DriftDoor, Drift),
    (ClearanceDoor, Clearance),
]


@pytest.mark.parametrize(("door", "real"), DOORS)
def test_the_station_has_every_method_the_screen_calls(door, real):
    for name, wanted in inspect.getmembers(door, inspect.isfunction):
        if name.startswith("_"):
            continue
        has = getattr(real, name)
        there, asked = inspect.signature(has).parameters, inspect.signature(wanted).parameters
        assert [one for one in there if one in asked] == list(asked), name
        assert all(there[one].default is not inspect.Parameter.empty for one in there if one not in asked), name
