"""Which version of a model judges: ``<store>/<name>/active.json``, replaced whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shellmark_models.card import Digest, Name
from shellmark_models.errors import BundleError

ACTIVE_FILE = "active.json"
MOST_BEFORE = 20
"""So many versions back one can go."""
MOST_HISTORY = 200
_MOST_BYTES = 2**20

How = Literal["activate", "first", "force", "rollback"]
Said = Annotated[str, Field(max_length=1000)]


class Switch(BaseModel):
    """One change of the active version; ``reason`` is given where the gate was passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: Name
    digest: Digest
    at: AwareDatetime
    by: Said
    how: How
    reason: Said = ""


class Active(BaseModel):
    """The version that judges, and those to roll back to, latest first.

    ``digest`` is that of the file that was activated; None (a file written by hand) accepts whatever lies there.
    ``history`` is what was switched when and by whom, oldest first.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    version: Name
    before: tuple[Name, ...] = ()
    at: AwareDatetime
    by: Said
    digest: Digest | None = None
    history: tuple[Switch, ...] = ()

    def followed_by(self, switch: Switch) -> Active:
        """What the file says after another switch."""
        before = self.before[1:] if switch.how == "rollback" else (self.version, *self.before)
        return _after(switch, before, self.history)


def first_active(switch: Switch, before: str | None) -> Active:
    """What the file says after the first switch; ``before`` is the version that judged without a file."""
    return _after(switch, () if before is None else (before,), ())


def _after(switch: Switch, before: Sequence[str], history: Sequence[Switch]) -> Active:
    return Active(
        version=switch.version,
        before=tuple(before)[:MOST_BEFORE],
        at=switch.at,
        by=switch.by,
        digest=switch.digest,
        history=(*history, switch)[-MOST_HISTORY:],
    )


def active_root(roots: Sequence[Path], name: str) -> Path | None:
    """The first store that says which version of a model is active, None when none does."""
    return next((root for root in roots if (root / name / ACTIVE_FILE).is_file()), None)


def read_active(roots: Sequence[Path], name: str) -> Active | None:
    """Which version of a model is active, None while none was ever activated.

    Raises BundleError when the file is damaged: what was meant to judge cannot be guessed.
    """
    root = active_root(roots, name)
    if root is None:
        return None
    path = root / name / ACTIVE_FILE
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BundleError(f"{path}: is too large for what it is; activate a version again")
        return Active.model_validate_json(path.read_bytes())
    except OSError as e:
        raise BundleError(f"{path}: cannot be read ({e.strerror}); check the rights of the store") from e
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "JSON"
        raise BundleError(f"{path}: is damaged at {where}; delete it and activate a version again") from e
