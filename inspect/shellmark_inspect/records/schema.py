"""The tables. Rows are appended; only a code's state and the outbox cursors are ever changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from shellmark_trace import LIVE

TABLES = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

APPEND_ONLY = (
    "triggers",
    "cases",
    "inspections",
    "reasons",
    "defects",
    "images",
    "code_events",
    "outbox",
    "log_leaves",
    "checks",
    "check_answers",
    "check_ends",
    "suspects",
    "suspect_ends",
    "works",
    "baselines",
    "orders",
    "odometers",
    "rolls",
    "reconciliations",
)
"""Tables in which the database itself refuses to change or delete a row."""


class UtcTime(sa.TypeDecorator[datetime]):
    """A moment with its time zone, kept as UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite has no time zones, so there the zone is left out."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER counts up by itself on SQLite
_Text = sa.Text


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, _Text, nullable=False, **options)


def _versions() -> list[sa.Column[str]]:
    return [_text(name) for name in ("program", "recipe", "recipe_digest", "model", "model_digest", "calibration")]


def _placed() -> list[sa.Column[Any]]:
    """Which place of which daily check a master is put for; NULL for production."""
    return [sa.Column("check", _Number), sa.Column("master", _Text), sa.Column("place", sa.Integer)]


def _ordered() -> list[sa.Column[Any]]:
    """The order and batch a case was made under; NULL where the station was told none."""
    return [sa.Column("order_no", _Text), sa.Column("batch", _Text)]


triggers = sa.Table(
    "triggers",
    TABLES,
    _text("station", primary_key=True),
    sa.Column("number", _Number, primary_key=True, autoincrement=False),
    _text("case_id"),
    _text("sku"),
    sa.Column("opened_ns", sa.BigInteger, nullable=False),
    sa.Column("opened_at", UtcTime, nullable=False),
    *_versions(),
    *_placed(),
)
"""Requests to inspect a case, committed before the cameras fire; one without an inspection is open."""

cases = sa.Table(
    "cases",
    TABLES,
    _text("case_id", primary_key=True),
    _text("sku"),
    _text("station"),
    sa.Column("first_at", UtcTime, nullable=False),
)
"""Physical shells, as first seen."""

inspections = sa.Table(
    "inspections",
    TABLES,
    sa.Column("row", _Number, primary_key=True),
    _text("station"),
    sa.Column("sequence", _Number, nullable=False),
    _text("kind"),
    sa.Column("trigger", _Number, nullable=False),
    _text("case_id"),
    _text("sku"),
    _text("verdict"),
    sa.Column("opened_ns", sa.BigInteger, nullable=False),
    sa.Column("recorded_ns", sa.BigInteger, nullable=False),
    sa.Column("recorded_at", UtcTime, nullable=False),
    sa.Column("origin", _Number),
    sa.Column("previous", _Number),
    sa.Column("disposition", _Text),
    _text("operator"),
    _text("reason_code"),
    _text("note"),
    sa.Column("serial", _Text),
    sa.Column("scores", sa.JSON, nullable=False),
    sa.Column("timings_ms", sa.JSON, nullable=False),
    sa.Column("notes", sa.JSON, nullable=False),
    *_versions(),
    *_placed(),
    *_ordered(),
    sa.CheckConstraint("kind IN ('inspection', 'overrule')", name="kind"),
    sa.CheckConstraint("verdict IN ('PASS', 'FAIL', 'REVIEW')", name="verdict"),
    sa.CheckConstraint("(kind = 'overrule') = (disposition IS NOT NULL)", name="disposition"),
    sa.CheckConstraint("(kind = 'overrule') = (origin IS NOT NULL)", name="origin"),
    sa.ForeignKeyConstraint(["station", "trigger"], ["triggers.station", "triggers.number"]),
    sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
    sa.ForeignKeyConstraint(["origin"], ["inspections.row"]),
    sa.ForeignKeyConstraint(["previous"], ["inspections.row"]),
    sa.Index("ux_inspections_sequence", "station", "sequence", unique=True),
    sa.Index(
        "ux_inspections_trigger",
        "station",
        "trigger",
        unique=True,
        sqlite_where=sa.text("kind = 'inspection'"),
        postgresql_where=sa.text("kind = 'inspection'"),
    ),
    sa.Index("ux_inspections_previous", "previous", unique=True),
    sa.Index("ix_inspections_case", "case_id", "row"),
    sa.Index("ix_inspections_sku", "station", "sku", "row"),
    sa.Index("ix_inspections_recorded", "recorded_at"),
    sa.Index("ix_inspections_serial", "serial"),
)
"""What the machine said ("inspection") and what a person decided about it ("overrule", `origin` its inspection).

`serial` is the code the case held after this row. A row follows at most one other, so that a case's rows are a chain.
"""

reasons = sa.Table(
    "reasons",
    TABLES,
    sa.Column("row", _Number, sa.ForeignKey("inspections.row"), primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    _text("code"),
    sa.Column("values", sa.JSON, nullable=False),
    sa.Column("defect", sa.Integer),
)

defects = sa.Table(
    "defects",
    TABLES,
    sa.Column("row", _Number, sa.ForeignKey("inspections.row"), primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    _text("view"),
    _text("zone"),
    _text("label"),
    *(
        sa.Column(name, sa.Double)
        for name in (
            "label_score",
            "score",
            "centre_x_mm",
            "centre_y_mm",
            "length_mm",
            "width_mm",
            "diameter_mm",
            "area_mm2",
            "uncertainty_mm",
        )
    ),
    _text("light"),
    sa.Column("contour_px", sa.LargeBinary, nullable=False),
    sa.Column("crop_px_per_mm", sa.Double),
)
"""Regions of an inspection; `contour_px` holds x, y as little-endian float32; NULL where a measure is not finite."""

images = sa.Table(
    "images",
    TABLES,
    sa.Column("row", _Number, sa.ForeignKey("inspections.row"), primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    _text("kind"),
    _text("view"),
    _text("light"),
    _text("path"),
    _text("digest"),
    sa.Column("defect", sa.Integer),
)
"""Pictures kept with an inspection; `path` is under the image folder with forward slashes."""

_LIVE = sa.text(f"state IN ({', '.join(repr(str(state)) for state in sorted(LIVE))})")
_WAITING = sa.text("state IN ('RESERVED', 'SENT')")

codes = sa.Table(
    "codes",
    TABLES,
    _text("serial", primary_key=True),
    _text("gtin"),
    _text("text"),
    *(_text(name) for name in ("case_id", "station")),
    sa.Column("row", _Number, sa.ForeignKey("inspections.row"), nullable=False),
    *(_text(name) for name in ("state", "suspicion")),
    sa.Column("drawn_at", UtcTime, nullable=False),
    *_ordered(),
    sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
    sa.CheckConstraint(
        "state IN ('RESERVED', 'SENT', 'ACTIVE', 'SHIPPED', 'CLAIMED', 'RETURNED', 'REWORKED', 'RETIRED', 'VOID')",
        name="state",
    ),
    sa.CheckConstraint("suspicion IN ('NONE', 'SUSPECT', 'CLEARED', 'COPIED')", name="suspicion"),
    sa.Index("ux_codes_live", "case_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    sa.Index("ix_codes_waiting", "station", sqlite_where=_WAITING, postgresql_where=_WAITING),
    sa.Index("ix_codes_order", "order_no"),
    sa.Index("ix_codes_row", "row"),
)
"""Every serial ever drawn, never deleted; a case has at most one live. One that replaces another has its `row`."""

code_events = sa.Table(
    "code_events",
    TABLES,
    sa.Column("event", _Number, primary_key=True),
    sa.Column("serial", _Text, sa.ForeignKey("codes.serial"), nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    _text("subject"),
    sa.Column("before", _Text),
    _text("after"),
    _text("station"),
    sa.Column("row", _Number, sa.ForeignKey("inspections.row")),
    sa.Column("at", UtcTime, nullable=False),
    _text("operator"),
    _text("second_operator"),
    _text("reason"),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.CheckConstraint("subject IN ('state', 'suspicion')", name="subject"),
    sa.Index("ux_code_events_step", "serial", "step", unique=True),
)
"""Every step of every code; `facts` holds what proves it (an odometer's value, a read-back's quality)."""

outbox = sa.Table(
    "outbox",
    TABLES,
    _text("station", primary_key=True),
    sa.Column("number", _Number, primary_key=True, autoincrement=False),
    _text("key"),
    _text("kind"),
    sa.Column("row", _Number, sa.ForeignKey("inspections.row")),
    sa.Column("serial", _Text, sa.ForeignKey("codes.serial")),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Index("ux_outbox_key", "key", unique=True),
)
"""Events for others, written with what they tell of; `key` lets a receiver know a repeat."""

outbox_cursors = sa.Table(
    "outbox_cursors",
    TABLES,
    _text("station", primary_key=True),
    _text("target", primary_key=True),
    sa.Column("number", _Number, nullable=False),
    sa.Column("moved_at", UtcTime, nullable=False),
)
"""How far each target has taken the outbox: the number of its last event."""

log_leaves = sa.Table(
    "log_leaves",
    TABLES,
    _text("station", primary_key=True),
    sa.Column("index", _Number, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
"""The station's transparency log, leaf by leaf from 0 without gaps."""

log_payloads = sa.Table(
    "log_payloads",
    TABLES,
    _text("station", primary_key=True),
    sa.Column("index", _Number, primary_key=True, autoincrement=False),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.ForeignKeyConstraint(["station", "index"], ["log_leaves.station", "log_leaves.index"]),
)
"""What a leaf's salted hash stands for; may be deleted where a person asks for it, never changed."""

checks = sa.Table(
    "checks",
    TABLES,
    sa.Column("check", _Number, primary_key=True),
    _text("station"),
    _text("sku"),
    _text("operator"),
    _text("why"),
    sa.Column("begun_at", UtcTime, nullable=False),
    sa.Column("row", _Number, nullable=False),
    sa.Column("masters", sa.JSON, nullable=False),
    *(_text(name) for name in ("model_digest", "recipe_digest", "calibration")),
    sa.Index("ix_checks_sku", "station", "sku", "check"),
)
"""Daily checks that were begun; `row` is the station's last record then, `masters` what was to be placed, in order."""

check_answers = sa.Table(
    "check_answers",
    TABLES,
    sa.Column("check", _Number, sa.ForeignKey("checks.check"), primary_key=True, autoincrement=False),
    sa.Column("row", _Number, sa.ForeignKey("inspections.row"), primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, nullable=False),
    _text("answer"),
    _text("why"),
    sa.CheckConstraint("answer IN ('right', 'wrong', 'void')", name="answer"),
)
"""What a master's record says of the station, written with the record."""

check_ends = sa.Table(
    "check_ends",
    TABLES,
    sa.Column("check", _Number, sa.ForeignKey("checks.check"), primary_key=True, autoincrement=False),
    _text("outcome"),
    sa.Column("ended_at", UtcTime, nullable=False),
    sa.Column("row", _Number, nullable=False),
    _text("operator"),
    _text("note"),
    sa.CheckConstraint("outcome IN ('passed', 'failed', 'broken_off')", name="outcome"),
)
"""How a check ended; `row` is the station's last record then. A check without one is open."""

suspects = sa.Table(
    "suspects",
    TABLES,
    sa.Column("row", _Number, sa.ForeignKey("inspections.row"), primary_key=True, autoincrement=False),
    sa.Column("check", _Number, sa.ForeignKey("checks.check"), primary_key=True, autoincrement=False),
)
"""Inspections a failed check puts in doubt."""

suspect_ends = sa.Table(
    "suspect_ends",
    TABLES,
    sa.Column("row", _Number, primary_key=True, autoincrement=False),
    sa.Column("check", _Number, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    *(_text(name) for name in ("disposition", "operator", "reason_code", "note")),
    sa.ForeignKeyConstraint(["row", "check"], ["suspects.row", "suspects.check"]),
)
"""What a person decided about a suspect; a mark without one stays."""

works = sa.Table(
    "works",
    TABLES,
    sa.Column("work", _Number, primary_key=True),
    *(_text(name) for name in ("station", "sku", "kind")),
    sa.Column("row", _Number, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    *(_text(name) for name in ("operator", "reason")),
)
"""Work on the station after which masters are due; `kind` "baseline" also begins the SKU's baselines anew.

`sku` is "" for every SKU, `row` the station's last record then.
"""

baselines = sa.Table(
    "baselines",
    TABLES,
    sa.Column("baseline", _Number, primary_key=True),
    *(_text(name) for name in ("station", "sku", "basis", "view", "name")),
    sa.Column("middle", sa.Double, nullable=False),
    sa.Column("spread", sa.Double, nullable=False),
    sa.Column("readings", sa.Integer, nullable=False),
    sa.Column("row", _Number, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index("ix_baselines_sku", "station", "sku", "row"),
)
"""What a quantity was while all was well; `row` is the last record that went in."""
