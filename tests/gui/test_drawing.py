"""Polygons drawn by taps: corners, shapes, what is taken back, and what the recipe gets of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shellmark_gui.drawing import Begun, Drawing
from shellmark_inspect.recipe import Zone
from shellmark_inspect.zoning import ViewZones

SQUARE = ((10.0, 10.0), (50.0, 10.0), (50.0, 40.0), (10.0, 40.0))
REACH = 2.0


def drawn(kind="zone", name="A", corners=SQUARE) -> Drawing:
    drawing = Drawing()
    drawing.begin(Begun(kind, name))
    for corner in corners:
        drawing.tap(corner, REACH)
    drawing.close()
    return drawing


def test_taps_make_a_zone_and_the_recipe_gets_it():
    drawing = drawn()
    assert drawing.changed
    assert drawing.drawn() == ViewZones(zones=(Zone(zone="A", polygon_mm=SQUARE),))


def test_a_tap_on_the_first_corner_closes_the_polygon():
    drawing = Drawing()
    drawing.begin(Begun("ignore", "logo"))
    for corner in (*SQUARE, (10.5, 11.0)):
        drawing.tap(corner, REACH)
    assert drawing.begun is None
    assert drawing.shapes[0].polygon == SQUARE
    assert drawing.drawn().ignore[0].name == "logo"


def test_two_corners_are_not_closed():
    drawing = drawn(corners=SQUARE[:2])
    assert drawing.shapes == ()
    assert not drawing.can_close
    assert drawing.begun is not None


def test_a_corner_is_picked_up_and_put_down_by_two_taps():
    drawing = drawn()
    drawing.tap((49.0, 41.0), REACH)
    assert drawing.picked == 2
    drawing.tap((60.0, 45.0), REACH)
    assert drawing.shapes[0].polygon == (*SQUARE[:2], (60.0, 45.0), SQUARE[3])
    assert drawing.picked is None


def test_a_tap_on_the_middle_of_a_side_adds_a_corner():
    drawing = drawn()
    drawing.tap((30.0, 10.5), REACH)
    drawing.tap((30.0, 5.0), REACH)
    assert drawing.shapes[0].polygon == (SQUARE[0], (30.0, 5.0), *SQUARE[1:])


def test_delete_takes_the_picked_corner_then_the_shape():
    drawing = drawn()
    drawing.tap((10.0, 10.0), REACH)
    drawing.delete()
    assert drawing.shapes[0].polygon == SQUARE[1:]
    drawing.tap(SQUARE[1], REACH)
    drawing.delete()
    assert drawing.shapes == (), "a triangle that loses a corner is nothing"


def test_a_tap_inside_chooses_the_smallest_shape_and_outside_none():
    drawing = drawn()
    drawing.begin(Begun("ignore", "lock"))
    for corner in ((20, 20), (30, 20), (30, 30), (20, 30)):
        drawing.tap(corner, REACH)
    drawing.close()
    for at, chosen in (((15.0, 35.0), 0), ((25.0, 25.0), 1), ((90.0, 90.0), None)):
        drawing.tap(at, REACH)
        assert drawing.chosen == chosen


def test_there_is_one_outline():
    drawing = drawn("outline", "")
    drawing.set_outline(((0.0, 0.0), (60.0, 0.0), (60.0, 50.0)))
    assert [one.kind for one in drawing.shapes] == ["outline"]
    assert drawing.drawn().outline == ((0.0, 0.0), (60.0, 0.0), (60.0, 50.0))


def test_how_the_outline_is_found_stays_until_one_is_drawn():
    assert Drawing(ViewZones(outline="reference", margin_mm=3.0)).drawn() == ViewZones(
        outline="reference", margin_mm=3.0
    )
    drawing = Drawing(ViewZones(outline=SQUARE))
    drawing.choose(0)
    drawing.delete()
    assert drawing.drawn().outline == "found"


def test_a_film_edge_is_a_band_along_its_line():
    drawing = Drawing()
    drawing.begin(Begun("ignore", "film-edge", 6.0))
    drawing.tap((10.0, 10.0), REACH)
    assert not drawing.can_close
    drawing.tap((60.0, 10.0), REACH)
    drawing.close()
    ys = [y for _, y in drawing.shapes[0].polygon]
    assert min(ys) == pytest.approx(7, abs=0.4)
    assert max(ys) == pytest.approx(13, abs=0.4)


def test_a_polygon_that_crosses_itself_is_not_for_the_recipe():
    drawing = drawn(corners=(SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]))
    with pytest.raises(ValueError, match="crosses itself"):
        drawing.drawn()


STEPS = st.one_of(
    st.tuples(st.just("tap"), st.tuples(st.floats(0, 60), st.floats(0, 60))),
    st.tuples(st.sampled_from(["close", "delete", "zone", "ignore", "outline"]), st.none()),
)


@given(st.lists(STEPS, max_size=40))
@settings(max_examples=60, deadline=None)
def test_whatever_is_done_can_be_taken_back_step_by_step(steps):
    drawing = Drawing()
    for name, value in steps:
        if name == "tap":
            drawing.tap(value, REACH)
        elif name in ("close", "delete"):
            getattr(drawing, name)()
        else:
            drawing.begin(Begun(name, "A"))
        assert drawing.chosen is None or drawing.chosen < len(drawing.shapes)
        assert drawing.picked is None or drawing.picked < len(drawing.shapes[drawing.chosen].polygon)
        assert all(len(one.polygon) >= 3 for one in drawing.shapes)
    while drawing.can_undo:
        drawing.undo()
    assert drawing.shapes == ()
    assert not drawing.changed
