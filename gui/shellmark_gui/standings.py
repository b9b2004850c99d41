"""How each part of calibration stands, in a row each: measured when and how well, for which views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QCoreApplication

from shellmark_calibration import CalibrationError, Profile
from shellmark_gui.profiles import profile_place, read_profile
from shellmark_gui.shapes import Shape
from shellmark_gui.theme import FAIL_COLOUR, MUTED, PASS_COLOUR, REVIEW_COLOUR
from shellmark_gui.widgets.rows import Row
from shellmark_gui.wording import zone_name
from shellmark_inspect.recipe import Recipe

translate = QCoreApplication.translate


def profiles_of(recipe: Recipe) -> dict[str, Profile | None]:
    """The profile of each view, None where there is none that can be read; reads the disk."""
    found: dict[str, Profile | None] = {}
    for spec in recipe.views:
        try:
            found[spec.name] = read_profile(profile_place(recipe, spec), spec.camera)
        except CalibrationError:
            found[spec.name] = None
    return found


def profile_row(key: str, title: str, profiles: Mapping[str, Profile | None]) -> Row:
    """The row of one part ("lens", "scale", "light", "colour") over all views."""
    said = {view: _facts(key, profile) for view, profile in profiles.items()}
    facts = "   ".join(f"{zone_name(view)}: {words or translate('wizard', 'none yet')}" for view, words in said.items())
    old = any(profile is not None and profile.expired() for profile in profiles.values())
    if old:
        return Row(key, title, facts, translate("calibration", "expired"), Shape.CROSS, FAIL_COLOUR)
    if any(profile is not None and profile.ahead() for profile in profiles.values()):
        return Row(key, title, facts, translate("calibration", "dated in the future"), Shape.CROSS, FAIL_COLOUR)
    if all(said.values()) and said:
        return Row(key, title, facts, translate("calibration", "measured"), Shape.CIRCLE, PASS_COLOUR)
    if any(said.values()):
        return Row(key, title, facts, translate("calibration", "in part"), Shape.TRIANGLE, REVIEW_COLOUR)
    return Row(key, title, facts, "", Shape.RING, MUTED)


def zones_row(key: str, title: str, recipe: Recipe) -> Row:
    """The row of the zones: how much is drawn on each view."""
    words = translate("calibration", "{view}: {zones} zones, {ignored} ignored")
    facts = "   ".join(
        words.format(view=zone_name(view.name), zones=len(view.zones), ignored=len(view.ignore))
        for view in recipe.views
    )
    drawn = any(view.zones or view.ignore for view in recipe.views)
    return Row(key, title, facts, "", Shape.CIRCLE if drawn else Shape.RING, PASS_COLOUR if drawn else MUTED)


def lamp_row(key: str, title: str, blocks: Sequence[bool]) -> Row:
    """The row of the daily check or of drift: whether each of its troubles blocks."""
    if not blocks:
        return Row(key, title, "", "", Shape.CIRCLE, PASS_COLOUR)
    if any(blocks):
        return Row(key, title, translate("banner", "Automatic mode is off"), "", Shape.CROSS, FAIL_COLOUR)
    return Row(key, title, translate("banner", "Please look at this"), "", Shape.TRIANGLE, REVIEW_COLOUR)


def _facts(key: str, profile: Profile | None) -> str:
    """What is measured of a part, "" for nothing."""
    if profile is None:
        return ""
    if key == "lens" and profile.lens is not None:
        return f"RMS {profile.lens.rms_px:.2f} px {_day(profile, 'lens')}"
    if key == "scale" and profile.plane is not None:
        return f"✓ {_day(profile, 'plane')}"
    if key == "light" and profile.lights:
        return " ".join(profile.lights)
    if key == "colour" and profile.colour is not None:
        return f"ΔE {profile.colour.camera_de_after:.1f} {_day(profile, 'colour')}"
    return ""


def _day(profile: Profile, part: str) -> str:
    made = profile.made.get(part)
    return f"{made.measured_at.astimezone():%m-%d}" if made is not None else ""
