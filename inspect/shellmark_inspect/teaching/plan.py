"""What to teach and where the bundle goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shellmark_inspect.errors import InputError


@dataclass(frozen=True, slots=True)
class TeachPlan:
    """One teaching, in plain values that travel to a process of its own.

    `goods` is a folder, an MVTec-like root, a manifest or an index; None where only corrections are taught. The bundle
    goes to the folder `out`, or into `store` as `<name>/<version>` (None: the next free one). `recipe` None takes that
    of the bundle `continue_from`, else one for plain pictures. `labelled` holds named defects, `missed` defects that
    the model passed, `false_calls` goods it stopped. `without` are cases to leave out. `threads` 0 uses every core.
    """

    goods: Path | None
    out: Path | None = None
    store: Path | None = None
    recipe: Path | None = None
    continue_from: Path | None = None
    labelled: Path | None = None
    missed: Path | None = None
    false_calls: Path | None = None
    family: str | None = None
    name: str | None = None
    version: str | None = None
    without: tuple[str, ...] = ()
    threads: int = 0
    notes: str = ""

    def __post_init__(self) -> None:
        if (self.out is None) == (self.store is None):
            raise InputError("train: say where the bundle goes: either --out FOLDER or --store FOLDER")
        if self.goods is None and self.missed is None and self.false_calls is None and self.labelled is None:
            raise InputError("train: nothing to learn: give a folder of goods, --missed, --false-call or --labelled")
        if self.continue_from is None:
            if self.goods is None:
                raise InputError("train: a new model needs good cases: give a folder of goods, or --continue BUNDLE")
            if self.missed is not None or self.false_calls is not None:
                raise InputError("train: --missed and --false-call mend a bundle: give it with --continue BUNDLE")

    @property
    def names_only(self) -> bool:
        """Whether a bundle gets names and nothing else."""
        return self.continue_from is not None and self.goods is self.missed is self.false_calls is None
