"""Label printers, each one file; a new one is one line in the table of this door."""

from .printer import Printer
from .settings import PrinterKind, PrinterSettings
from .zebra import Zebra, ZebraSettings

__all__ = ["Printer", "PrinterKind", "PrinterSettings", "Zebra", "ZebraSettings"]
