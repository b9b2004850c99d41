"""Labels: orders and batches, one print command a serial, odometer readings, rolls, reconciliations."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_APPEND_ONLY = ("orders", "odometers", "rolls", "reconciliations")

_STEPS = {
    "RESERVED": ("SENT", "VOID"),
    "SENT": ("ACTIVE", "VOID"),
    "ACTIVE": ("SHIPPED", "RETIRED", "VOID"),
    "SHIPPED": ("CLAIMED", "RETURNED", "RETIRED", "VOID"),
    "CLAIMED": ("RETURNED", "RETIRED", "VOID"),
    "RETURNED": ("REWORKED", "SHIPPED", "RETIRED", "VOID"),
    "REWORKED": ("SHIPPED", "RETIRED", "VOID"),
}

_FOR_EVER = ("serial", "gtin", "text", "case_id", "station", "row", "drawn_at", "order_no", "batch")


def upgrade() -> None:
    """Make the tables and what guards them; codes that are there belong to no order."""
    on_sqlite = op.get_context().dialect.name == "sqlite"
    for table in ("inspections", "codes"):
        op.add_column(table, sa.Column("order_no", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("batch", sa.Text(), nullable=True))
    op.create_index("ix_codes_order", "codes", ["order_no"], unique=False)
    op.create_index("ix_codes_row", "codes", ["row"], unique=False)
    waiting = sa.text("state IN ('RESERVED', 'SENT')")
    op.create_index("ix_codes_waiting", "codes", ["station"], sqlite_where=waiting, postgresql_where=waiting)
    _make_orders()
    _make_odometers()
    _make_stock()
    _guard_codes(on_sqlite)
    guard = _guard_on_sqlite if on_sqlite else _guard_on_postgresql
    for table in _APPEND_ONLY:
        guard(table, "UPDATE", "", f"{table} is append-only")
        guard(table, "DELETE", "", f"{table} is append-only")


def _guard_codes(on_sqlite: bool) -> None:
    """The guard of codes anew, with what a code is of its order; NULL is the same as NULL."""
    steps = " OR ".join(
        f"(OLD.state = '{before}' AND NEW.state IN ({', '.join(repr(after) for after in afters)}))"
        for before, afters in _STEPS.items()
    )
    same_as = "IS" if on_sqlite else "IS NOT DISTINCT FROM"
    same = " AND ".join(f'NEW."{name}" {same_as} OLD."{name}"' for name in _FOR_EVER)
    when = f"NOT ({same} AND (NEW.state = OLD.state OR {steps}))"
    why = "the code cannot take this step"
    if on_sqlite:
        op.execute("DROP TRIGGER guard_codes_update")
        _guard_on_sqlite("codes", "UPDATE", when, why)
    else:
        op.execute("DROP TRIGGER guard_codes_update ON codes")
        op.execute("DROP FUNCTION guard_codes_update()")
        _guard_on_postgresql("codes", "UPDATE", when, why)


def _guard_on_sqlite(table: str, verb: str, when: str, why: str) -> None:
    clause = f"WHEN {when} " if when else ""
    name = f"guard_{table}_{verb.lower()}"
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {clause}BEGIN SELECT RAISE(ABORT, '{why}'); END")


def _guard_on_postgresql(table: str, verb: str, when: str, why: str) -> None:
    clause = f"WHEN ({when}) " if when else ""
    name = f"guard_{table}_{verb.lower()}"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{why}'; END $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {clause}EXECUTE FUNCTION {name}()")


def _make_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("entry", _Number, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("second_operator", sa.Text(), nullable=False),
        sa.CheckConstraint("quantity > 0", name="ck_orders_quantity"),
        sa.PrimaryKeyConstraint("entry", name="pk_orders"),
    )
    op.create_index("ix_orders_number", "orders", ["number", "entry"], unique=False)
    op.create_index("ix_orders_station", "orders", ["station", "entry"], unique=False)


def _make_odometers() -> None:
    op.create_table(
        "odometers",
        sa.Column("reading", _Number, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("value", _Number, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(cause = 'reconciled') = (serial IS NULL)", name="ck_odometers_serial"),
        sa.CheckConstraint("cause IN ('before', 'after', 'reconciled')", name="ck_odometers_cause"),
        sa.ForeignKeyConstraint(["serial"], ["codes.serial"], name="fk_odometers_serial"),
        sa.PrimaryKeyConstraint("reading", name="pk_odometers"),
    )
    before = sa.text("cause = 'before'")
    op.create_index(
        "ux_odometers_before", "odometers", ["serial"], unique=True, sqlite_where=before, postgresql_where=before
    )
    op.create_index("ix_odometers_station", "odometers", ["station", "reading"], unique=False)


def _make_stock() -> None:
    op.create_table(
        "rolls",
        sa.Column("roll", _Number, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("last", sa.Text(), nullable=False),
        sa.Column("odometer", _Number, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.CheckConstraint("labels > 0", name="ck_rolls_labels"),
        sa.PrimaryKeyConstraint("roll", name="pk_rolls"),
    )
    op.create_index("ux_rolls_name", "rolls", ["name"], unique=True)
    op.create_table(
        "reconciliations",
        sa.Column("reconciliation", _Number, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("second_operator", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("odometer", _Number, nullable=True),
        sa.Column("printed", sa.Integer(), nullable=True),
        sa.Column("jobs", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("roll", sa.Text(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("reconciliation", name="pk_reconciliations"),
    )
    op.create_index("ix_reconciliations_station", "reconciliations", ["station", "reconciliation"], unique=False)
