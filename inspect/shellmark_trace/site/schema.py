"""The site's own tables: what stations uploaded, and what was asked. Moments are Unix seconds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

VERSION = 1
"""The schema this program writes, kept in `about`."""

TABLES = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER counts up by itself on SQLite


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, **options)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=nullable)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, _Number, nullable=False, default=0, server_default="0")


def _place() -> list[sa.Column[Any]]:
    """A coarse place; all three are NULL where none is known."""
    return [sa.Column("city", sa.Text), sa.Column("latitude", sa.Double), sa.Column("longitude", sa.Double)]


about = sa.Table("about", TABLES, _text("name", primary_key=True), _text("value"))

events = sa.Table(
    "events",
    TABLES,
    _text("station", primary_key=True),
    _text("key", primary_key=True),
    sa.Column("number", _Number, nullable=False),
    _text("kind"),
    _moment("at_s"),
    _moment("taken_s"),
)
"""Uploads by their idempotency key: one that is here was taken for good."""

codes = sa.Table(
    "codes",
    TABLES,
    _text("serial", primary_key=True),
    _text("gtin"),
    _text("text"),
    _text("station"),
    _text("case_id"),
    _text("state"),
    sa.Column("state_step", sa.Integer, nullable=False),
    _text("suspicion"),
    sa.Column("suspicion_step", sa.Integer, nullable=False),
    _text("suspicion_reason"),
    _text("alarm"),
    sa.Column("score", sa.Double, nullable=False, default=0.0, server_default="0"),
    _count("queries"),
    _count("devices"),
    _moment("first_s", nullable=True),
    _moment("last_s", nullable=True),
    _moment("previous_s", nullable=True),
    sa.Column("pin_hash", sa.LargeBinary),
    sa.Column("pin_tries", sa.Integer, nullable=False, default=0, server_default="0"),
    _text("sku"),
    _text("batch"),
    _moment("passed_s", nullable=True),
    _moment("uploaded_s"),
    sa.CheckConstraint("suspicion IN ('NONE', 'SUSPECT', 'CLEARED', 'COPIED')", name="suspicion"),
    sa.CheckConstraint("alarm IN ('NONE', 'SUSPECT', 'CLEARED', 'COPIED')", name="alarm"),
    sa.Index("ix_codes_batch", "gtin", "batch"),
)
"""Codes: `state` and `suspicion` are the station's with the step they came by, `alarm` and `score` the site's own."""

steps = sa.Table(
    "steps",
    TABLES,
    sa.Column("serial", sa.Text, sa.ForeignKey("codes.serial"), primary_key=True),
    sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
    _text("station"),
    _text("subject"),
    _text("after"),
    _moment("at_s"),
    sa.Column("payload", sa.JSON, nullable=False),
)
"""Every step of a code's life as uploaded."""

inspections = sa.Table(
    "inspections",
    TABLES,
    _text("station", primary_key=True),
    sa.Column("row", _Number, primary_key=True, autoincrement=False),
    _text("kind"),
    _text("case_id"),
    sa.Column("serial", sa.Text),
    _text("verdict"),
    _moment("at_s"),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Index("ix_inspections_serial", "serial"),
    sa.Index("ix_inspections_case", "case_id"),
)
"""Inspections and decisions as uploaded."""

photos = sa.Table(
    "photos",
    TABLES,
    _text("digest", primary_key=True),
    _text("media"),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    _moment("taken_s"),
)
"""Pictures that are in the picture folder, by the hex SHA-256 of the file."""

code_photos = sa.Table(
    "code_photos",
    TABLES,
    sa.Column("serial", sa.Text, sa.ForeignKey("codes.serial"), primary_key=True),
    _text("digest", primary_key=True),
    _text("kind"),
    _text("view"),
    _text("light"),
    sa.Column("public", sa.Boolean, nullable=False),
    sa.Column("corners", sa.JSON),
    sa.Index("ix_code_photos_digest", "digest"),
)
"""Which pictures belong to a code, there or still awaited; `corners` the label's four corners in pixels."""

proofs = sa.Table(
    "proofs",
    TABLES,
    sa.Column("serial", sa.Text, sa.ForeignKey("codes.serial"), primary_key=True),
    sa.Column("index", _Number, primary_key=True, autoincrement=False),
    _text("text"),
    _moment("taken_s"),
)
"""Proof files of the station's transparency log, by the leaf they prove."""

salts = sa.Table(
    "salts",
    TABLES,
    sa.Column("salt", _Number, primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    _moment("begun_s"),
)
"""What device tokens are hashed with; one that is deleted makes its devices strangers for ever."""

devices = sa.Table(
    "devices",
    TABLES,
    sa.Column("serial", sa.Text, sa.ForeignKey("codes.serial"), primary_key=True),
    _text("device", primary_key=True),
    _moment("first_s"),
    _moment("last_s"),
    *_place(),
    _count("queries"),
)
"""Devices that asked for a code; `device` is a hash that differs from code to code."""

scans = sa.Table(
    "scans",
    TABLES,
    sa.Column("scan", _Number, primary_key=True),
    sa.Column("serial", sa.Text, sa.ForeignKey("codes.serial"), nullable=False),
    _text("device"),
    _moment("at_s"),
    _text("finding"),
    sa.Column("city", sa.Text),
    sa.Index("ix_scans_serial", "serial"),
    sa.Index("ix_scans_at", "at_s"),
)
"""Queries, for inspectors; deleted when they are too old."""

claims = sa.Table(
    "claims",
    TABLES,
    sa.Column("serial", sa.Text, sa.ForeignKey("codes.serial"), primary_key=True),
    sa.Column("owner", sa.LargeBinary, nullable=False),
    _text("device"),
    _moment("at_s"),
    sa.Column("transfer_hash", sa.LargeBinary),
    _moment("transfer_until_s", nullable=True),
)
"""Who gave a code's PIN first: a keyed hash of the device's token; the owner may hand it on by a transfer code."""

alerts = sa.Table(
    "alerts",
    TABLES,
    sa.Column("alert", _Number, primary_key=True),
    _text("kind"),
    _text("serial"),
    _text("batch"),
    _moment("at_s"),
    _count("times"),
    sa.Column("facts", sa.JSON, nullable=False),
    _moment("closed_s", nullable=True),
    _text("closed_by"),
    _text("outcome"),
    _text("note"),
    sa.Index(
        "ux_alerts_open",
        "kind",
        "serial",
        "batch",
        unique=True,
        sqlite_where=sa.text("closed_s IS NULL"),
        postgresql_where=sa.text("closed_s IS NULL"),
    ),
)
"""What an inspector should look at; one is open at a time per kind and code or batch, `times` counts its repeats."""

accesses = sa.Table(
    "accesses",
    TABLES,
    sa.Column("access", _Number, primary_key=True),
    _text("inspector"),
    _moment("at_s"),
    _text("what"),
    _text("subject"),
)
"""Everything inspectors looked at, written before it is shown."""

months = sa.Table(
    "months",
    TABLES,
    _text("month", primary_key=True),
    _count("scans"),
    _count("other"),
    _count("warned"),
)
"""Counts of queries a month, of those told of other devices, and of those warned of a copy; they stay for ever."""
