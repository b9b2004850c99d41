"""The recipe for a folder of pictures that nobody wrote one for."""

from __future__ import annotations

import re

from shellmark_inspect.recipe import JudgeSpec, Limit, Recipe, ViewSpec

VIEW, LIGHT, CAMERA = "view", "light", "camera"
SCALE_UNKNOWN = 1.0
"""px/mm of pictures whose scale nobody gave: one pixel counts as one millimetre."""
_LONGEST = 64


def plain_recipe(name: str) -> Recipe:
    """The recipe for plain pictures: one view under one light, as it is, and nothing passes that scores above 1.0.

    No steps, so pictures may be of any size. The scale is not known: a pixel counts as a millimetre, so sizes in the
    records are in pixels. A region above 1.0 fails whatever its size; a view above 1.0 without one is REVIEW.
    """
    view = ViewSpec(name=VIEW, camera=CAMERA, lights=(LIGHT,), channels=(LIGHT,), px_per_mm=SCALE_UNKNOWN)
    return Recipe(
        sku=name,
        name=f"{name} (plain pictures, scale unknown: 1 px counts as 1 mm)",
        model=name,
        views=(view,),
        limits=(Limit(allowed=False),),
        judge=JudgeSpec(smallest_mm=0.0, review_from=1.0),
    )


def valid_name(text: str) -> str:
    """The nearest name a bundle may have: small letters, digits, dot, line and underscore; at most 64."""
    name = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")[:_LONGEST].rstrip("-._")
    return name or "model"
