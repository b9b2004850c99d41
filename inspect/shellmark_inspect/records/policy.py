"""Which pictures are kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shellmark_inspect.types import Verdict


class SavePolicy(BaseModel):
    """Which pictures are kept with a record; the record itself is always kept.

    `frames` says for which verdicts frames are kept: "all", "failures" (FAIL and REVIEW), or "every_nth" (failures and
    every `every_nth`-th pass of a run). Crops of FAIL and REVIEW are always kept, those of a PASS go with its frames.
    Below `floor_bytes` of free space no picture of a PASS is kept. `days` is how long pictures stay, None for ever.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    frames: Literal["all", "failures", "every_nth"] = "failures"
    every_nth: Annotated[int, Field(ge=1)] = 100
    floor_bytes: Annotated[int, Field(ge=0)] = 2 * 1024**3
    days: Annotated[int, Field(ge=1)] | None = None

    def keeps(self, verdict: Verdict, passes: int, free_bytes: int) -> bool:
        """Whether the frames of a record are kept; `passes` counts the passes of this run, this one included."""
        if verdict is not Verdict.PASS:
            return True
        if free_bytes < self.floor_bytes:
            return False
        return self.frames == "all" or (self.frames == "every_nth" and passes % self.every_nth == 0)
