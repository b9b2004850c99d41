"""Which cases of a set are judged, and which group each belongs to."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from shellmark_inspect.errors import InputError
from shellmark_inspect.sets import ImageSet, SetCase

INDEX = "index"


@dataclass(frozen=True, slots=True)
class Grouping:
    """How cases are grouped, and which groups are judged.

    `by` is "index" (what the set says), a regular expression on names (its first group, or all of what it matches), or
    None for what the set says where it says anything; `only` the groups to judge, None for all.
    """

    by: str | None = None
    only: frozenset[str] | None = None

    def cases(self, image_set: ImageSet) -> tuple[SetCase, ...]:
        """The cases to judge, with their groups.

        Raises:
            InputError: the expression is none or matches no case, or a group is not there.
        """
        cases = tuple(self._grouped(case) for case in image_set.to_judge)
        known = {case.group for case in cases if case.group is not None}
        if self.by is not None and not known:
            raise InputError(f"set {image_set.name}: --group-by {self.by} groups no case: try it on {cases[0].name}")
        if self.only is None:
            return cases
        if missing := sorted(self.only - known):
            raise InputError(f"set {image_set.name} has no group {missing[0]}: it has {_some(known)}")
        return tuple(case for case in cases if case.group in self.only)

    def _grouped(self, case: SetCase) -> SetCase:
        if self.by is None or self.by == INDEX:
            return case
        try:
            match = re.search(self.by, case.name)
        except re.error as e:
            raise InputError(f"--group-by {self.by} is no regular expression: {e}") from e
        group = None if match is None else match.group(1) if match.re.groups else match.group(0)
        return replace(case, files=dict(case.files), group=group)


def _some(names: Collection[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:8]) + (" …" if len(listed) > 8 else "") if listed else "none"


def of_sku(cases: tuple[SetCase, ...], sku: str, image_set: ImageSet) -> tuple[SetCase, ...]:
    """The cases of a recipe's SKU, and those of none.

    Raises:
        InputError: none is left.
    """
    mine = tuple(case for case in cases if case.sku in ("", sku))
    if not mine:
        raise InputError(f"set {image_set.name} has no case of SKU {sku}: it has {_some({c.sku for c in cases})}")
    return mine
