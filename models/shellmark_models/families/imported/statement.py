"""The card file a person writes of a foreign network: TOML, checked before anything is believed."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shellmark_models.card import COLOUR, Digest, Name
from shellmark_models.errors import BundleError
from shellmark_models.families.imported.plan import Answer, Fit, Kind, Label, Picture, first_fault

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 64 * 1024


class Classes(BaseModel):
    """The network's classes in order; ``good`` are those that are no defect."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    names: tuple[Label, ...] | None = None
    good: tuple[Label, ...] | None = None


class Statement(BaseModel):
    """What a card file says; what it leaves out (None) is guessed from the file itself, and said.

    ``threshold`` is the limit of the network's number for the whole picture (of its map where it has no such number),
    ``map_threshold`` that of its map, both as the network gives them. ``digest`` is of the ONNX file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Name | None = None
    version: Name = "1"
    licence: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    notes: Annotated[str, Field(max_length=2000)] = ""
    digest: Digest | None = None
    kind: Kind | None = None
    channels: tuple[str, ...] = COLOUR
    px_per_mm: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    registered: bool = False
    threshold: float | None = Field(default=None, allow_inf_nan=False)
    map_threshold: float | None = Field(default=None, allow_inf_nan=False)
    input: dict[str, Any] = Field(default_factory=dict)
    output: dict[str, Any] = Field(default_factory=dict)
    classes: Classes = Classes()


def read_statement(path: Path) -> Statement:
    """Reads a card file; raises BundleError in one line that names the file and the place in it."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BundleError(f"{path}: larger than a card may be ({MOST_BYTES} bytes); give the TOML file")
        text = path.read_bytes().decode("utf-8")
        statement = Statement.model_validate(tomllib.loads(text))
    except OSError as e:
        raise BundleError(f"{path}: cannot be read ({e.strerror}); give the card of the network") from e
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise BundleError(f"{path}: is not TOML: {e}; write it as docs/imported-models.md says") from e
    except ValidationError as e:
        raise BundleError(f"{path}: {first_fault(e)}; write it as docs/imported-models.md says") from e
    _check_keys(statement, path)
    return statement


def _check_keys(statement: Statement, path: Path) -> None:
    """Raises BundleError at a key of [input] or [output] that means nothing."""
    for section, given, known in (
        ("input", statement.input, set(Picture.model_fields)),
        ("output", statement.output, set(Answer.model_fields) - {"map_gain"}),
    ):
        if stray := sorted(set(given) - known):
            raise BundleError(f"{path}: [{section}] {stray[0]} is unknown; it knows {', '.join(sorted(known))}")
    fit = statement.input.get("fit")
    if fit is not None and fit not in set(Fit):
        raise BundleError(f"{path}: [input] fit {fit!r}: one of {', '.join(Fit)}")
