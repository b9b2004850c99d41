"""Consumers of the outbox: a new one is one file here and one line in `OUTPUTS`."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from shellmark_inspect.errors import ConfigError
from shellmark_inspect.recipe import first_fault

from .epcis import Epcis, EpcisSettings
from .jsonl import JsonLines, JsonLinesSettings
from .output import Event, Outbox, Output, OutputError, OutputKind, OutputSettings, ProofTaker, deliver
from .posting import Answer, Away, Poster, PostingSettings, Refused
from .rows import Rows, RowsSettings
from .upload import VerifySite, VerifySiteSettings

__all__ = [
    "OUTPUTS",
    "Answer",
    "Away",
    "Epcis",
    "EpcisSettings",
    "Event",
    "JsonLines",
    "Outbox",
    "Output",
    "OutputError",
    "OutputKind",
    "OutputSettings",
    "Poster",
    "PostingSettings",
    "ProofTaker",
    "Refused",
    "Rows",
    "RowsSettings",
    "VerifySite",
    "VerifySiteSettings",
    "build_output",
    "deliver",
    "read_output_settings",
]

OUTPUTS: Mapping[str, OutputKind] = MappingProxyType(
    {
        "jsonl": OutputKind(JsonLinesSettings, JsonLines.of),
        "epcis": OutputKind(EpcisSettings, Epcis.of),
        "rows": OutputKind(RowsSettings, Rows.of),
        "verify": OutputKind(VerifySiteSettings, VerifySite.of),
    },
)
"""Every kind of output by the word a configuration calls it."""


def read_output_settings(name: str, settings: Mapping[str, Any], base: Path = Path()) -> OutputSettings:
    """The checked settings of the output a station calls `name`; relative paths are taken from `base`.

    Raises:
        ConfigError: the kind or a key is unknown, a value is impossible, or one is missing.
    """
    kind = str(settings.get("kind", ""))
    if kind not in OUTPUTS:
        raise ConfigError(f"output {name}: kind {kind!r} is unknown: say one of {', '.join(OUTPUTS)}")
    try:
        return OUTPUTS[kind].settings.model_validate(dict(settings)).rooted(base)
    except ValidationError as e:
        raise ConfigError(f"output {name} ({kind}): {first_fault(e)}") from e


def build_output(settings: OutputSettings) -> Output:
    """The output of checked settings.

    Raises:
        OutputError: it cannot be had.
    """
    return OUTPUTS[settings.kind].output(settings)
