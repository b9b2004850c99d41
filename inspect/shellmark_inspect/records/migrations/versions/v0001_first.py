"""The first schema: triggers, records, codes, outbox, log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_APPEND_ONLY = (
    "triggers",
    "cases",
    "inspections",
    "reasons",
    "defects",
    "images",
    "code_events",
    "outbox",
    "log_leaves",
)

_STEPS = {
    "RESERVED": ("SENT", "VOID"),
    "SENT": ("ACTIVE", "VOID"),
    "ACTIVE": ("SHIPPED", "RETIRED", "VOID"),
    "SHIPPED": ("CLAIMED", "RETURNED", "RETIRED", "VOID"),
    "CLAIMED": ("RETURNED", "RETIRED", "VOID"),
    "RETURNED": ("REWORKED", "SHIPPED", "RETIRED", "VOID"),
    "REWORKED": ("SHIPPED", "RETIRED", "VOID"),
}

_FOR_EVER = ("serial", "gtin", "text", "case_id", "station", "row", "drawn_at")


def upgrade() -> None:
    """Make the tables and what guards them."""
    _make_triggers_and_cases()
    _make_inspections()
    _make_parts()
    _make_codes()
    _make_outbox()
    _make_log()
    guard = _guard_on_sqlite if op.get_context().dialect.name == "sqlite" else _guard_on_postgresql
    for table in _APPEND_ONLY:
        guard(table, "UPDATE", "", f"{table} is append-only")
        guard(table, "DELETE", "", f"{table} is append-only")
    guard("log_payloads", "UPDATE", "", "log_payloads may be deleted, not changed")
    guard("codes", "DELETE", "", "a serial is never forgotten")
    steps = " OR ".join(
        f"(OLD.state = '{before}' AND NEW.state IN ({', '.join(repr(after) for after in afters)}))"
        for before, afters in _STEPS.items()
    )
    same = " AND ".join(f'NEW."{name}" = OLD."{name}"' for name in _FOR_EVER)
    guard("codes", "UPDATE", f"NOT ({same} AND (NEW.state = OLD.state OR {steps}))", "the code cannot take this step")


def _guard_on_sqlite(table: str, verb: str, when: str, why: str) -> None:
    clause = f"WHEN {when} " if when else ""
    name = f"guard_{table}_{verb.lower()}"
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {clause}BEGIN SELECT RAISE(ABORT, '{why}'); END")


def _guard_on_postgresql(table: str, verb: str, when: str, why: str) -> None:
    clause = f"WHEN ({when}) " if when else ""
    name = f"guard_{table}_{verb.lower()}"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{why}'; END $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {clause}EXECUTE FUNCTION {name}()")


def _make_triggers_and_cases() -> None:
    op.create_table(
        "triggers",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("number", _Number, autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("opened_ns", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("program", sa.Text(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("recipe_digest", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("model_digest", sa.Text(), nullable=False),
        sa.Column("calibration", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("station", "number", name="pk_triggers"),
    )
    op.create_table(
        "cases",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_cases"),
    )


def _make_inspections() -> None:
    op.create_table(
        "inspections",
        sa.Column("row", _Number, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("sequence", _Number, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("trigger", _Number, nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("opened_ns", sa.BigInteger(), nullable=False),
        sa.Column("recorded_ns", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", _Number, nullable=True),
        sa.Column("previous", _Number, nullable=True),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("timings_ms", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("program", sa.Text(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("recipe_digest", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("model_digest", sa.Text(), nullable=False),
        sa.Column("calibration", sa.Text(), nullable=False),
        sa.CheckConstraint("(kind = 'overrule') = (disposition IS NOT NULL)", name="ck_inspections_disposition"),
        sa.CheckConstraint("(kind = 'overrule') = (origin IS NOT NULL)", name="ck_inspections_origin"),
        sa.CheckConstraint("kind IN ('inspection', 'overrule')", name="ck_inspections_kind"),
        sa.CheckConstraint("verdict IN ('PASS', 'FAIL', 'REVIEW')", name="ck_inspections_verdict"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_inspections_case_id"),
        sa.ForeignKeyConstraint(["origin"], ["inspections.row"], name="fk_inspections_origin"),
        sa.ForeignKeyConstraint(["previous"], ["inspections.row"], name="fk_inspections_previous"),
        sa.ForeignKeyConstraint(
            ["station", "trigger"], ["triggers.station", "triggers.number"], name="fk_inspections_station_trigger"
        ),
        sa.PrimaryKeyConstraint("row", name="pk_inspections"),
    )
    op.create_index("ix_inspections_case", "inspections", ["case_id", "row"], unique=False)
    op.create_index("ix_inspections_recorded", "inspections", ["recorded_at"], unique=False)
    op.create_index("ix_inspections_serial", "inspections", ["serial"], unique=False)
    op.create_index("ux_inspections_previous", "inspections", ["previous"], unique=True)
    op.create_index("ux_inspections_sequence", "inspections", ["station", "sequence"], unique=True)
    op.create_index(
        "ux_inspections_trigger",
        "inspections",
        ["station", "trigger"],
        unique=True,
        sqlite_where=sa.text("kind = 'inspection'"),
        postgresql_where=sa.text("kind = 'inspection'"),
    )


def _make_parts() -> None:
    op.create_table(
        "reasons",
        sa.Column("row", _Number, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("defect", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["row"], ["inspections.row"], name="fk_reasons_row"),
        sa.PrimaryKeyConstraint("row", "place", name="pk_reasons"),
    )
    op.create_table(
        "defects",
        sa.Column("row", _Number, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("label_score", sa.Double(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("centre_x_mm", sa.Double(), nullable=True),
        sa.Column("centre_y_mm", sa.Double(), nullable=True),
        sa.Column("length_mm", sa.Double(), nullable=True),
        sa.Column("width_mm", sa.Double(), nullable=True),
        sa.Column("diameter_mm", sa.Double(), nullable=True),
        sa.Column("area_mm2", sa.Double(), nullable=True),
        sa.Column("uncertainty_mm", sa.Double(), nullable=True),
        sa.Column("light", sa.Text(), nullable=False),
        sa.Column("contour_px", sa.LargeBinary(), nullable=False),
        sa.Column("crop_px_per_mm", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["row"], ["inspections.row"], name="fk_defects_row"),
        sa.PrimaryKeyConstraint("row", "place", name="pk_defects"),
    )
    op.create_table(
        "images",
        sa.Column("row", _Number, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("light", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("defect", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["row"], ["inspections.row"], name="fk_images_row"),
        sa.PrimaryKeyConstraint("row", "place", name="pk_images"),
    )


def _make_codes() -> None:
    op.create_table(
        "codes",
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("gtin", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("row", _Number, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("suspicion", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('RESERVED', 'SENT', 'ACTIVE', 'SHIPPED', 'CLAIMED', 'RETURNED', 'REWORKED', 'RETIRED', 'VOID')",
            name="ck_codes_state",
        ),
        sa.CheckConstraint("suspicion IN ('NONE', 'SUSPECT', 'CLEARED', 'COPIED')", name="ck_codes_suspicion"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_codes_case_id"),
        sa.ForeignKeyConstraint(["row"], ["inspections.row"], name="fk_codes_row"),
        sa.PrimaryKeyConstraint("serial", name="pk_codes"),
    )
    op.create_index(
        "ux_codes_live",
        "codes",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('ACTIVE', 'CLAIMED', 'RESERVED', 'RETURNED', 'REWORKED', 'SENT', 'SHIPPED')"),
        postgresql_where=sa.text(
            "state IN ('ACTIVE', 'CLAIMED', 'RESERVED', 'RETURNED', 'REWORKED', 'SENT', 'SHIPPED')"
        ),
    )
    op.create_table(
        "code_events",
        sa.Column("event", _Number, nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("row", _Number, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("second_operator", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint("subject IN ('state', 'suspicion')", name="ck_code_events_subject"),
        sa.ForeignKeyConstraint(["row"], ["inspections.row"], name="fk_code_events_row"),
        sa.ForeignKeyConstraint(["serial"], ["codes.serial"], name="fk_code_events_serial"),
        sa.PrimaryKeyConstraint("event", name="pk_code_events"),
    )
    op.create_index("ux_code_events_step", "code_events", ["serial", "step"], unique=True)


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("number", _Number, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row", _Number, nullable=True),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["row"], ["inspections.row"], name="fk_outbox_row"),
        sa.ForeignKeyConstraint(["serial"], ["codes.serial"], name="fk_outbox_serial"),
        sa.PrimaryKeyConstraint("station", "number", name="pk_outbox"),
    )
    op.create_index("ux_outbox_key", "outbox", ["key"], unique=True)
    op.create_table(
        "outbox_cursors",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("number", _Number, nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("station", "target", name="pk_outbox_cursors"),
    )


def _make_log() -> None:
    op.create_table(
        "log_leaves",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("index", _Number, autoincrement=False, nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("station", "index", name="pk_log_leaves"),
    )
    op.create_table(
        "log_payloads",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("index", _Number, autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station", "index"], ["log_leaves.station", "log_leaves.index"], name="fk_log_payloads_station_index"
        ),
        sa.PrimaryKeyConstraint("station", "index", name="pk_log_payloads"),
    )
