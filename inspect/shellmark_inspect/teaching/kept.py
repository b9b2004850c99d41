"""What a bundle remembers of its teaching, so that it can go on."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import Recipe
from shellmark_models import Card
from shellmark_models.evaluation.parity import read_arrays
from shellmark_models.training.teach import Names, read_former

from .goods import Learned

LEARNED_FILE = "learned.npz"
RECIPE_FOLDER = "recipe"
_OWN = "teaching."
_MOST_BYTES = 2**32
_COLUMNS = ("case", "digest", "place", "score")


@dataclass(frozen=True, slots=True)
class Former:
    """A bundle that teaching goes on from: its card, names, recipe, the family's arrays and the cases it learned."""

    folder: Path
    card: Card
    names: Names
    recipe: Recipe | None
    before: Mapping[str, NDArray[Any]]
    learned: tuple[Learned, ...]

    def __str__(self) -> str:
        return f"{self.card.name}/{self.card.version}"


def read_bundle(folder: Path, *, names_only: bool = False) -> Former:
    """The bundle to go on from; for `names_only` it need not have kept anything of its goods.

    Raises:
        InputError: it kept nothing to go on from.
        ModelError: it is none, or damaged.
    """
    if not folder.is_dir():
        raise InputError(f"bundle {folder} is no folder: give the folder that train wrote")
    card, names = read_former(folder)
    path = folder / LEARNED_FILE
    recipe = Recipe.read(folder / RECIPE_FOLDER) if (folder / RECIPE_FOLDER).is_dir() else None
    if names_only and not path.is_file():
        return Former(folder, card, names, recipe, {}, ())
    if not path.is_file():
        raise InputError(f"bundle {folder} kept nothing to go on from ({LEARNED_FILE} is missing): teach anew")
    arrays = read_arrays(path, _MOST_BYTES)
    if missing := [name for name in _COLUMNS if _OWN + name not in arrays]:
        raise InputError(f"{path} is damaged (no {missing[0]}): copy the bundle again or teach anew")
    rows = zip(*(arrays.pop(_OWN + name).tolist() for name in _COLUMNS), strict=True)
    learned = tuple(Learned(c, d, p, None if np.isnan(s) else s) for c, d, p, s in rows)
    return Former(folder, card, names, recipe, arrays, learned)


def learned_bytes(kept: Mapping[str, NDArray[Any]], learned: Sequence[Learned]) -> bytes:
    """The file that lets teaching go on: the family's arrays and which cases were learned."""
    table = {
        "case": np.array([one.case for one in learned], np.str_),
        "digest": np.array([one.digest for one in learned], np.str_),
        "place": np.array([one.place for one in learned], np.str_),
        "score": np.array([np.nan if one.score is None else one.score for one in learned], np.float64),
    }
    arrays: dict[str, Any] = {**kept, **{_OWN + name: column for name, column in table.items()}}
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()
