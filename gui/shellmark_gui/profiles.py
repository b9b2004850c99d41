"""A camera's profile as the wizards read and write it: one part at a time, the others kept. Nothing of Qt is here."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from shellmark_calibration import Measurement, Profile, Source
from shellmark_inspect.recipe import Recipe, ViewSpec
from shellmark_inspect.types import Pixels


def profile_place(recipe: Recipe, spec: ViewSpec) -> Path:
    """Where the profile of a view's camera is, or will be: what the recipe names, else a file beside it."""
    return recipe.folder / (spec.profile or f"profile-{spec.camera}.json")


def read_profile(path: Path, camera: str) -> Profile | None:
    """The profile there is; None without one.

    Raises:
        ProfileError: it cannot be read, or is of another camera.
    """
    if not path.exists():
        return None
    profile = Profile.read(path)
    profile.check_fits(camera, None)
    return profile


def keep_parts(
    path: Path, camera: str, size_px: tuple[int, int], parts: dict[str, Any], made: dict[str, Measurement]
) -> Profile:
    """Write parts into a camera's profile, which is made where there is none; the new profile.

    A new lens takes the plane away, which was measured with the old one.

    Raises:
        ProfileError: the profile is of another camera or resolution, or cannot be written.
    """
    profile = read_profile(path, camera) or Profile(camera=camera, size_px=size_px)
    profile.check_fits(camera, size_px)
    kept = dict(profile.made)
    if "lens" in parts:
        parts = {"plane": None, **parts}
        kept.pop("plane", None)
    profile = profile.model_copy(update={**parts, "made": {**kept, **made}})
    profile.write(path)
    return profile


def measurement(with_what: str, pictures: Sequence[tuple[str, str]]) -> Measurement:
    """How a part came about, now: with what, from which pictures (name, digest)."""
    return Measurement(
        measured_at=datetime.now(UTC),
        with_what=with_what,
        program=f"shellmark {metadata.version('shellmark')}",
        sources=tuple(Source(name=name, digest=digest) for name, digest in pictures),
    )


def digest_of(pixels: Pixels) -> str:
    """The digest of a frame's pixels as "sha256:…"."""
    return "sha256:" + hashlib.sha256(pixels.tobytes()).hexdigest()
