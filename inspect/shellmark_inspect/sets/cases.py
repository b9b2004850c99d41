"""What an image set holds: its cases, what is known of each, and which are for learning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from shellmark_inspect.errors import InputError

Kind = Literal["good", "defect"]
Split = Literal["train", "test"]

ONE = ""
"""The key of the one file of a case that has but one."""


@dataclass(frozen=True, slots=True)
class KnownDefect:
    """One true defect of a case: its class, its size, and its value in the mask.

    `diameter_mm` is of the circle of equal area, `times_limit` its size over the SKU's limit; None where not known.
    `mask_value` is the grey level of its pixels in the case's mask, None where the mask has but one.
    """

    label: str
    length_mm: float | None = None
    diameter_mm: float | None = None
    times_limit: float | None = None
    mask_value: int | None = None


@dataclass(frozen=True, slots=True)
class SetCase:
    """One case of a set: its files and the truth about it.

    `files` is by "<view>_<light>" as the folder camera names stills, or by "" where one file is the whole case. `label`
    is the defect class, None of a good case. `mask` marks the defects in the frame's own pixels (0 is good), None where
    nobody drew one. `group` is the object or position the case belongs to, `sku` the one it is of; None and "" where
    not said. `area_px` is the marked area where only that is known.
    """

    name: str
    files: Mapping[str, Path]
    kind: Kind
    label: str | None = None
    mask: Path | None = None
    group: str | None = None
    split: Split = "test"
    sku: str = ""
    defects: tuple[KnownDefect, ...] = ()
    area_px: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", MappingProxyType(dict(self.files)))

    def __reduce__(self) -> tuple[object, ...]:
        values = (dict(self.files), self.kind, self.label, self.mask, self.group, self.split, self.sku)
        return SetCase, (self.name, *values, self.defects, self.area_px)

    def file_of(self, view: str, light: str, of: int = 1) -> Path:
        """The still of a view under a light, one of `of` lights.

        Raises:
            InputError: the case has no such still.
        """
        if ONE in self.files:
            if of > 1:
                raise InputError(
                    f"case {self.name} is one file but view {view} has {of} lights: "
                    f"make it a folder of <view>_<light> files"
                )
            return self.files[ONE]
        if found := self.files.get(f"{view}_{light}"):
            return found
        if of == 1 and len(self.files) == 1:
            return next(iter(self.files.values()))
        raise InputError(
            f"case {self.name} has no picture {view}_{light}: add it, or take light {light} out of the recipe"
        )


@dataclass(frozen=True, slots=True)
class ImageSet:
    """A set as read: its name, where it is, its cases in a fixed order, and what is worth a line (`remarks`)."""

    name: str
    folder: Path
    cases: tuple[SetCase, ...]
    remarks: tuple[str, ...] = field(default=())

    @property
    def to_learn(self) -> tuple[SetCase, ...]:
        """The good cases to learn from: the train split's, or every good one where the set has no split."""
        goods = tuple(case for case in self.cases if case.kind == "good")
        return tuple(case for case in goods if case.split == "train") or goods

    @property
    def to_judge(self) -> tuple[SetCase, ...]:
        """The test split; every case where the set has none but learning cases."""
        return tuple(case for case in self.cases if case.split == "test") or self.cases

    @property
    def labels(self) -> tuple[str, ...]:
        """The defect classes, sorted."""
        return tuple(sorted({case.label for case in self.cases if case.label is not None}))
