"""The tables of labels: orders, odometer readings, rolls, reconciliations. Rows are appended, never changed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from .schema import TABLES, UtcTime

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_Text = sa.Text


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, _Text, nullable=False)


orders = sa.Table(
    "orders",
    TABLES,
    sa.Column("entry", _Number, primary_key=True),
    *(_text(name) for name in ("station", "number")),
    sa.Column("quantity", sa.Integer, nullable=False),
    _text("batch"),
    sa.Column("at", UtcTime, nullable=False),
    *(_text(name) for name in ("operator", "second_operator")),
    sa.CheckConstraint("quantity > 0", name="quantity"),
    sa.Index("ix_orders_number", "number", "entry"),
    sa.Index("ix_orders_station", "station", "entry"),
)
"""Orders as a station was told them; a number's newest entry says its quantity, a station's newest entry its order."""

_BEFORE = sa.text("cause = 'before'")

odometers = sa.Table(
    "odometers",
    TABLES,
    sa.Column("reading", _Number, primary_key=True),
    *(_text(name) for name in ("station", "cause")),
    sa.Column("serial", _Text, sa.ForeignKey("codes.serial")),
    sa.Column("value", _Number),
    sa.Column("at", UtcTime, nullable=False),
    sa.CheckConstraint("cause IN ('before', 'after', 'reconciled')", name="cause"),
    sa.CheckConstraint("(cause = 'reconciled') = (serial IS NULL)", name="serial"),
    sa.Index("ux_odometers_before", "serial", unique=True, sqlite_where=_BEFORE, postgresql_where=_BEFORE),
    sa.Index("ix_odometers_station", "station", "reading"),
)
"""Readings of the printer's odometer, NULL for a printer without one.

"before" is committed before a serial's one print command, so a serial has at most one.
"""

rolls = sa.Table(
    "rolls",
    TABLES,
    sa.Column("roll", _Number, primary_key=True),
    *(_text(name) for name in ("station", "name")),
    sa.Column("labels", sa.Integer, nullable=False),
    *(_text(name) for name in ("first", "last")),
    sa.Column("odometer", _Number),
    sa.Column("at", UtcTime, nullable=False),
    _text("operator"),
    sa.CheckConstraint("labels > 0", name="labels"),
    sa.Index("ux_rolls_name", "name", unique=True),
)
"""Rolls of labels put into the printer; `first` and `last` are the numbers printed on the roll, "" for none."""

reconciliations = sa.Table(
    "reconciliations",
    TABLES,
    sa.Column("reconciliation", _Number, primary_key=True),
    _text("station"),
    sa.Column("at", UtcTime, nullable=False),
    *(_text(name) for name in ("operator", "second_operator", "note")),
    sa.Column("odometer", _Number),
    sa.Column("printed", sa.Integer),
    sa.Column("jobs", sa.Integer, nullable=False),
    sa.Column("known", sa.Integer, nullable=False),
    _text("roll"),
    sa.Column("left", sa.Integer),
    sa.Column("used", sa.Integer),
    sa.Column("agrees", sa.Boolean, nullable=False),
    sa.Index("ix_reconciliations_station", "station", "reconciliation"),
)
"""What a person found when odometer, records and roll were laid side by side; counts since the one before.

`printed` is by the odometer, `known` what the records account for, `used` by the labels `left` on the roll.
"""
