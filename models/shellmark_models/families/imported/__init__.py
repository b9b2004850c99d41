"""Imported: networks made elsewhere, behind the same door, described by a card."""

from shellmark_models.families.imported.model import open_imported
from shellmark_models.families.imported.plan import Fit, Kind, Plan
from shellmark_models.families.imported.statement import Statement, read_statement
from shellmark_models.families.imported.teach import Import, import_network, teach_imported

__all__ = [
    "Fit",
    "Import",
    "Kind",
    "Plan",
    "Statement",
    "import_network",
    "open_imported",
    "read_statement",
    "teach_imported",
]
