"""A recipe whose file was changed is taken into use between two cases; one that cannot be used leaves the old."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from small_station import Place

from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import Ignore
from shellmark_inspect.station import Station
from shellmark_inspect.zoning import ViewZones, ZoneFile, save_zones

WITHIN_S = 30
SQUARE = ((2.0, 2.0), (12.0, 2.0), (12.0, 12.0), (2.0, 12.0))


def test_drawn_zones_judge_from_the_next_case_on(place: Place, opened: Callable[..., Station]) -> None:
    place.fill(["good", "good"])
    station = opened(place.recipe("noise"))
    before = station.trigger().result(WITHIN_S).inspection
    file = station.recipe_place()
    drawn = ZoneFile(views={"front": ViewZones(ignore=(Ignore(name="logo", polygon_mm=SQUARE),))})
    saved = save_zones(file, drawn, station.recipe().digest)
    assert station.recipe().digest == before.versions.recipe_digest
    station.take_recipe().result(WITHIN_S)
    after = station.trigger().result(WITHIN_S).inspection
    assert after.versions.recipe_digest == saved.recipe.digest == station.recipe().digest
    assert after.notes["front.shell_share"] < 0.85
    assert [after.trigger.number, before.trigger.number] == [2, 1]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('sku = "noise"', 'sku = "other"', "is of SKU other now"),
        ('model = "noise"', 'model = "nowhere"', "nowhere"),
        ("px_per_mm", "px_per_inch", "Field required"),
    ],
)
def test_a_recipe_that_cannot_be_used_leaves_the_old(place, opened, old, new, says) -> None:
    place.fill(["good"])
    station = opened(place.recipe("noise"))
    digest = station.recipe().digest
    file = station.recipe_place()
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(InputError, match=says) as caught:
        station.take_recipe().result(WITHIN_S)
    assert "\n" not in str(caught.value)
    assert station.recipe().digest == digest
    assert station.trigger().result(WITHIN_S).inspection.versions.recipe_digest == digest
