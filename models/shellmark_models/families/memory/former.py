"""What one lesson of the memory family keeps so that a later one can go on without the pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from shellmark_models.errors import TeachError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(slots=True)
class Learned:
    """What was learned of good cases, each named by its number in ``cases``.

    ``spaces`` are per backbone the projection (c, d) and offset (d,); ``z`` (n, d) its candidates for the bank, taken
    at the same cells for all, ``z_case`` (n,) the case of each. ``view_case`` (v,), ``local`` (v, 2 b) and ``highest``
    (v,) are each good view's case, held-out local evidence and highest cell; ``wholes`` (v, 2 c) its statistics.
    ``cells`` is how many the largest view has. ``levels`` (b,) bring the cells to one scale; ``defects`` (m, d) are
    features of defects once missed. The cases in ``uncounted`` were picked for being stopped: what they look
    like is learned whole, but they set no threshold.
    """

    cases: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    digest: str = ""
    spaces: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]] = field(default_factory=dict)
    z: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    z_case: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp))
    view_case: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp))
    local: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    highest: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    wholes: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    cells: int = 0
    levels: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    defects: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    uncounted: list[int] = field(default_factory=list)

    @property
    def counted(self) -> list[int]:
        """The cases that set the threshold."""
        return [number for number in range(len(self.cases)) if number not in self.uncounted]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it, as arrays by name."""
        kept: dict[str, NDArray[Any]] = {
            "cases": np.array(self.cases, np.str_),
            "pictures": np.array(self.pictures, np.str_),
            "digest": np.array(self.digest, np.str_),
            "z_case": self.z_case,
            "view_case": self.view_case,
            "local": self.local,
            "highest": self.highest,
            "levels": self.levels,
            "cells": np.array(self.cells),
            "uncounted": np.array(self.uncounted, np.intp),
        }
        for name, (projection, offset) in self.spaces.items():
            kept |= {f"{name}.projection": projection, f"{name}.offset": offset, f"{name}.defects": self.defects[name]}
            kept |= {f"{name}.z": self.z[name].astype(np.float16), f"{name}.wholes": self.wholes[name]}
        return kept

    @classmethod
    def from_arrays(cls, kept: Mapping[str, NDArray[Any]], backbones: tuple[str, ...]) -> Learned:
        """Back from arrays; raises TeachError when a lesson of another kind kept them."""
        try:
            return cls(
                cases=[str(case) for case in kept["cases"]],
                pictures=[str(digest) for digest in kept["pictures"]],
                digest=str(kept["digest"]),
                spaces={name: (kept[f"{name}.projection"], kept[f"{name}.offset"]) for name in backbones},
                z={name: kept[f"{name}.z"].astype(np.float32) for name in backbones},
                z_case=kept["z_case"].astype(np.intp),
                view_case=kept["view_case"].astype(np.intp),
                local=kept["local"].astype(np.float64),
                highest=kept["highest"].astype(np.float64),
                wholes={name: kept[f"{name}.wholes"].astype(np.float32) for name in backbones},
                levels=kept["levels"].astype(np.float32),
                cells=int(kept["cells"]),
                defects={name: kept[f"{name}.defects"].astype(np.float32) for name in backbones},
                uncounted=kept["uncounted"].tolist(),
            )
        except KeyError as e:
            raise TeachError(
                f"what the former model kept lacks {e}: it was taught by another family, by an older program, or with"
                " other channels; teach from all good shells"
            ) from e
