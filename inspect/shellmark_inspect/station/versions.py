"""The versions of a model as the engineer sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import Recipe
from shellmark_models import Store, StoredModel
from shellmark_models.evaluation.gate import GateReport
from shellmark_models.registry import BrokenModel
from shellmark_models.switch import gate_of


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One version in the store; `gate` is what the gate last said of this very file on this machine, None if never.

    `created` is None, and what its card would say empty, where `broken` says in one line why it cannot be read.
    """

    name: str
    version: str
    active: bool
    digest: str = ""
    family: str = ""
    created: datetime | None = None
    goods: int = 0
    false_reject_bound: float = 1.0
    parent: str | None = None
    gate: GateReport | None = None
    broken: str = ""


def model_name(recipe: Recipe) -> str:
    """The model a recipe names, without its version."""
    return recipe.model.partition("/")[0]


def require_free(recipe: Recipe) -> str:
    """The model's name, where the recipe leaves its version open.

    Raises:
        InputError: the recipe pins a version or a file.
    """
    name = model_name(recipe)
    if recipe.model != name or recipe.model_digest is not None:
        pinned = recipe.model if recipe.model_digest is None else f"{recipe.model} {recipe.model_digest}"
        raise InputError(f"recipe {recipe.sku} pins {pinned}: write model = {name!r} there to change versions here")
    return name


def version_of(store: Store, stored: StoredModel | BrokenModel, digest: str) -> ModelVersion:
    """A version; it is active when its file is the one that judges (`digest`)."""
    if isinstance(stored, BrokenModel):
        return ModelVersion(stored.name, stored.version, False, broken=stored.reason)
    card = stored.card
    return ModelVersion(
        name=stored.name,
        version=stored.version,
        active=stored.digest == digest,
        digest=stored.digest,
        family=card.family,
        created=card.created,
        goods=card.goods,
        false_reject_bound=card.false_reject_bound,
        parent=card.parent,
        gate=gate_of(store, stored),
    )
