"""What every part of a profile is: a frozen, checked value that reads and writes itself as JSON."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """One measured part of a profile; an unknown key is refused, and a number that is none (NaN, infinite)."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
