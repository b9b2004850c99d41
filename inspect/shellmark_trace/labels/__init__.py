"""The label: what stands on it, drawn once to dots, and those dots as ZPL, PNG or PDF."""

from .zpl import label_zpl

__all__ = ["label_zpl"]
