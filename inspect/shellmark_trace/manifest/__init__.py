"""What is checked without a network: the manifest of issued codes, and the fresher list of withdrawn ones."""

from .issued import Manifest, build_manifest, manifest_facts, open_manifest
from .paper import Facts, LogAt
from .withdrawn import Withdrawal, Withdrawn, build_withdrawn, open_withdrawn, withdrawn_facts

__all__ = [
    "Facts",
    "LogAt",
    "Manifest",
    "Withdrawal",
    "Withdrawn",
    "build_manifest",
    "build_withdrawn",
    "manifest_facts",
    "open_manifest",
    "open_withdrawn",
    "withdrawn_facts",
]
