"""The memory family: frozen features of a pretrained backbone against a bank of those of good shells."""

from shellmark_models.families.memory.model import open_memory
from shellmark_models.families.memory.teach import teach_lean, teach_memory

__all__ = ["open_memory", "teach_lean", "teach_memory"]
