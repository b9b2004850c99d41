"""The envelope: one EPCIS document for many events, written as they come."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TextIO

from .plant import Plant, time_text

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
"""What the keys of EPCIS 2.0 mean, by its address; it is named in documents and never fetched."""


def document(events: Iterable[Mapping[str, Any]], plant: Plant, created: datetime) -> dict[str, Any]:
    """A whole document of EPCIS 2.0, schema version 2.0."""
    return _head(plant, created) | {"epcisBody": {"eventList": [dict(event) for event in events]}}


def write_document(events: Iterable[Mapping[str, Any]], plant: Plant, created: datetime, file: TextIO) -> int:
    """Write a document one event a line, holding one event at a time; how many there were."""
    head = json.dumps(_head(plant, created), ensure_ascii=False)
    file.write(head[:-1] + ', "epcisBody": {"eventList": [')
    count = 0
    for count, event in enumerate(events, 1):
        file.write(("\n" if count == 1 else ",\n") + json.dumps(event, ensure_ascii=False, allow_nan=False))
    file.write("\n]}}\n")
    return count


def _head(plant: Plant, created: datetime) -> dict[str, Any]:
    return {
        "@context": [CONTEXT, {"cbvmda": "urn:epcglobal:cbv:mda:", "shellmark": plant.namespace}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": time_text(created),
    }
