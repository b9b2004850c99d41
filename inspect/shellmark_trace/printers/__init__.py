"""Label printers, each one file; a new one is one line in the table of this door."""

from .printer import Printer

__all__ = ["Printer"]
