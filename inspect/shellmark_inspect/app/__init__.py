"""The command line `shellmark`."""

from .cli import main

__all__ = ["main"]
