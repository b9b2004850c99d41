"""Daily checks, suspects, work on the station, baselines of drift; records of masters."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_APPEND_ONLY = ("checks", "check_answers", "check_ends", "suspects", "suspect_ends", "works", "baselines")


def upgrade() -> None:
    """Make the tables and what guards them; the rows that are there are production."""
    for table in ("triggers", "inspections"):
        op.add_column(table, sa.Column("check", _Number, nullable=True))
        op.add_column(table, sa.Column("master", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("place", sa.Integer(), nullable=True))
    op.create_index("ix_inspections_sku", "inspections", ["station", "sku", "row"], unique=False)
    _make_checks()
    _make_suspects()
    _make_works_and_baselines()
    guard = _guard_on_sqlite if op.get_context().dialect.name == "sqlite" else _guard_on_postgresql
    for table in _APPEND_ONLY:
        guard(table, "UPDATE", f"{table} is append-only")
        guard(table, "DELETE", f"{table} is append-only")


def _guard_on_sqlite(table: str, verb: str, why: str) -> None:
    name = f"guard_{table}_{verb.lower()}"
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END")


def _guard_on_postgresql(table: str, verb: str, why: str) -> None:
    name = f"guard_{table}_{verb.lower()}"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{why}'; END $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _make_checks() -> None:
    op.create_table(
        "checks",
        sa.Column("check", _Number, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row", _Number, nullable=False),
        sa.Column("masters", sa.JSON(), nullable=False),
        sa.Column("model_digest", sa.Text(), nullable=False),
        sa.Column("recipe_digest", sa.Text(), nullable=False),
        sa.Column("calibration", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("check", name="pk_checks"),
    )
    op.create_index("ix_checks_sku", "checks", ["station", "sku", "check"], unique=False)
    op.create_table(
        "check_answers",
        sa.Column("check", _Number, autoincrement=False, nullable=False),
        sa.Column("row", _Number, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("answer IN ('right', 'wrong', 'void')", name="ck_check_answers_answer"),
        sa.ForeignKeyConstraint(["check"], ["checks.check"], name="fk_check_answers_check"),
        sa.ForeignKeyConstraint(["row"], ["inspections.row"], name="fk_check_answers_row"),
        sa.PrimaryKeyConstraint("check", "row", name="pk_check_answers"),
    )
    op.create_table(
        "check_ends",
        sa.Column("check", _Number, autoincrement=False, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row", _Number, nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("outcome IN ('passed', 'failed', 'broken_off')", name="ck_check_ends_outcome"),
        sa.ForeignKeyConstraint(["check"], ["checks.check"], name="fk_check_ends_check"),
        sa.PrimaryKeyConstraint("check", name="pk_check_ends"),
    )


def _make_suspects() -> None:
    op.create_table(
        "suspects",
        sa.Column("row", _Number, autoincrement=False, nullable=False),
        sa.Column("check", _Number, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["check"], ["checks.check"], name="fk_suspects_check"),
        sa.ForeignKeyConstraint(["row"], ["inspections.row"], name="fk_suspects_row"),
        sa.PrimaryKeyConstraint("row", "check", name="pk_suspects"),
    )
    op.create_table(
        "suspect_ends",
        sa.Column("row", _Number, autoincrement=False, nullable=False),
        sa.Column("check", _Number, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["row", "check"], ["suspects.row", "suspects.check"], name="fk_suspect_ends_row_check"),
        sa.PrimaryKeyConstraint("row", "check", name="pk_suspect_ends"),
    )


def _make_works_and_baselines() -> None:
    op.create_table(
        "works",
        sa.Column("work", _Number, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row", _Number, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("work", name="pk_works"),
    )
    op.create_table(
        "baselines",
        sa.Column("baseline", _Number, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("middle", sa.Double(), nullable=False),
        sa.Column("spread", sa.Double(), nullable=False),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.Column("row", _Number, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("baseline", name="pk_baselines"),
    )
    op.create_index("ix_baselines_sku", "baselines", ["station", "sku", "row"], unique=False)
