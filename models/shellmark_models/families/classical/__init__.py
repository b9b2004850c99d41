"""The classical family: every light against the good shells' at the same place, by filters, without any network."""

from shellmark_models.families.classical.model import open_classical
from shellmark_models.families.classical.teach import teach_classical

__all__ = ["open_classical", "teach_classical"]
