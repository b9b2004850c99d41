"""What a preprocessing step is, and what it is built from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from shellmark_calibration import Profile
from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.types import Pixels, View


class Parameters(BaseModel):
    """A step's own keys in the recipe; an unknown key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a step may know besides its parameters: the recipe's view, and what was read once for it.

    `references` are the reference pictures by light, `profile` the calibration of the view's camera, None without one.

    A reference picture is in the pixels of the reference view: `spec.px_per_mm` pixels per millimetre, its top-left
    pixel at (0, 0) mm.
    """

    spec: ViewSpec
    references: Mapping[str, Pixels]
    profile: Profile | None = None


class Step(Protocol):
    """One image operation that says where its pixels came from; a step keeps nothing between two views."""

    def __call__(self, view: View) -> View:
        """The view after the step.

        Raises:
            StepError: the step cannot be done on this view; the text says why.
        """


@dataclass(frozen=True, slots=True)
class StepKind:
    """An entry of `STEPS`: the model of the step's parameters and what builds the step (its class).

    `makes` names the channels the step adds to a view; None adds none.
    """

    parameters: type[Parameters]
    build: Callable[[Any, Setting], Step]
    makes: Callable[[Any, ViewSpec], Sequence[str]] | None = None
