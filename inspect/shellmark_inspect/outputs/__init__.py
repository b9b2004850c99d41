"""Consumers of the outbox: a new one is one file here and one line in `OUTPUTS`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .jsonl import JsonLines
from .output import Event, Outbox, Output, OutputError, deliver

OUTPUTS: Mapping[str, Callable[..., Output]] = MappingProxyType({"jsonl": JsonLines})
"""Name of an output → what makes one from its own options (`jsonl`: `path`)."""

__all__ = ["OUTPUTS", "Event", "JsonLines", "Outbox", "Output", "OutputError", "deliver"]
