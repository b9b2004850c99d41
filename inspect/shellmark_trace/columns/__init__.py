"""A record as a row: the fields there are, and a plant's own columns made of them."""

from .fields import FIELDS, TEXT_FIELDS, Cell
from .mapping import Column, Table, plain_table, read_table

__all__ = [
    "FIELDS",
    "TEXT_FIELDS",
    "Cell",
    "Column",
    "Table",
    "plain_table",
    "read_table",
]
