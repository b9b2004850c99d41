"""The registered family: what differs from the good shells at the very same place of an aligned view."""

from shellmark_models.families.registered.model import open_registered
from shellmark_models.families.registered.teach import teach_registered

__all__ = ["open_registered", "teach_registered"]
