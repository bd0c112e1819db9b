"""Stops of all sending, scheduled alerts, what texts and calls may cost, and why people are woken."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_IS_OPEN = sa.text("is_open")
_WAITS = sa.text("state = 'waiting'")
_STANDS = sa.text("state IN ('waiting', 'held')")
# Table, what is said to whoever tries to change its rows, which rows may still change, and the columns that stay.
_KEPT = (
    ("sending_stop", "a stop stays as it was made, and ends once", "OLD.is_open",
     ("id", "stopped_at", "stopped_by", "stop_reason")),
    ("alert_schedule", "a schedule stays as it was made, and ends once", "OLD.state IN ('waiting', 'held')",
     ("id", "alert_id", "starts_at", "digest", "scheduled_by", "scheduled_at")),
    ("alert_spending", "what was spent stays as it was counted", "FALSE", ("id",)),
    ("night_reason", "why people are woken stays as it was said", "FALSE", ("alert_id",)),
    ("spending_leave", "leave to spend more stays as it was given", "FALSE", ("alert_id",)),
)  # fmt: skip


def upgrade():
    _add_stops()
    _add_schedules()
    _add_spending()
    _add_reasons()
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _add_stops():
    op.create_table(
        "sending_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("stopped_at", _TIME, nullable=False),
        sa.Column("stopped_by", sa.Text(), nullable=False),
        sa.Column("stop_reason", sa.Text(), nullable=False),
        sa.Column("started_at", _TIME),
        sa.Column("started_by", sa.Text()),
        sa.Column("start_reason", sa.Text()),
        sa.CheckConstraint("is_open = (started_at IS NULL)", name=op.f("ck_sending_stop_open_until_started")),
        sa.CheckConstraint(
            "(started_at IS NULL) = (started_by IS NULL) AND (started_at IS NULL) = (start_reason IS NULL)",
            name=op.f("ck_sending_stop_started_by_somebody"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_stop")),
    )
    where = {"sqlite_where": _IS_OPEN, "postgresql_where": _IS_OPEN}
    op.create_index("uq_sending_stop_open", "sending_stop", ["is_open"], unique=True, **where)


def _add_schedules():
    op.create_table(
        "alert_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", _TIME, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("readers", sa.Integer()),
        sa.Column("scheduled_by", sa.Integer(), nullable=False),
        sa.Column("scheduled_at", _TIME, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("held_at", _TIME),
        sa.Column("held_because", sa.Text()),
        sa.Column("ended_at", _TIME),
        sa.Column("ended_by", sa.Integer()),
        sa.Column("call_off_reason", sa.Text()),
        sa.CheckConstraint(
            "state IN ('waiting', 'held', 'started', 'called_off')", name=op.f("ck_alert_schedule_state_known")
        ),
        sa.CheckConstraint(
            "(held_at IS NULL) = (held_because IS NULL)", name=op.f("ck_alert_schedule_held_for_a_reason")
        ),
        sa.CheckConstraint(
            "(state IN ('started', 'called_off')) = (ended_at IS NOT NULL)",
            name=op.f("ck_alert_schedule_ended_with_time"),
        ),
        sa.CheckConstraint(
            "(state = 'called_off') = (call_off_reason IS NOT NULL)",
            name=op.f("ck_alert_schedule_called_off_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_schedule_alert_id")),
        sa.ForeignKeyConstraint(["scheduled_by"], ["officer.id"], name=op.f("fk_alert_schedule_scheduled_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["officer.id"], name=op.f("fk_alert_schedule_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_schedule")),
    )
    stands = {"sqlite_where": _STANDS, "postgresql_where": _STANDS}
    op.create_index("uq_alert_schedule_standing", "alert_schedule", ["alert_id"], unique=True, **stands)
    waits = {"sqlite_where": _WAITS, "postgresql_where": _WAITS}
    op.create_index("ix_alert_schedule_waiting", "alert_schedule", ["starts_at"], **waits)
    op.create_index("ix_alert_schedule_alert_id", "alert_schedule", ["alert_id"])


def _add_spending():
    op.create_table(
        "spending_total",
        sa.Column("span", sa.Text(), nullable=False),
        sa.Column("starts_at", _TIME, nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("span IN ('hour', 'month')", name=op.f("ck_spending_total_span_known")),
        sa.PrimaryKeyConstraint("span", "starts_at", name=op.f("pk_spending_total")),
    )
    op.create_table(
        "alert_spending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_spending_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_spending")),
    )
    op.create_index("ix_alert_spending_alert_id", "alert_spending", ["alert_id"])
    op.create_table(
        "spending_leave",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", _TIME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_spending_leave_alert_id")),
        sa.ForeignKeyConstraint(["given_by"], ["officer.id"], name=op.f("fk_spending_leave_given_by")),
        sa.PrimaryKeyConstraint("alert_id", "digest", name=op.f("pk_spending_leave")),
    )


def _add_reasons():
    op.create_table(
        "night_reason",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", _TIME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_night_reason_alert_id")),
        sa.ForeignKeyConstraint(["given_by"], ["officer.id"], name=op.f("fk_night_reason_given_by")),
        sa.PrimaryKeyConstraint("alert_id", "digest", name=op.f("pk_night_reason")),
    )


def _same(columns, operator):
    return " AND ".join(f"OLD.{column} {operator} NEW.{column}" for column in columns)


def _keep_on_sqlite():
    for table, words, may_change, stay in _KEPT:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        unless = f"{may_change} AND {_same(stay, 'IS')}"
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({unless}) {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        key = "id = NEW.id" if stay[0] == "id" else "alert_id = NEW.alert_id AND digest = NEW.digest"
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key}) {refuse}"
        )


def _keep_on_postgresql():
    for table, words, may_change, stay in _KEPT:
        unless = f"{may_change} AND {_same(stay, 'IS NOT DISTINCT FROM')}"
        op.execute(
            f"CREATE FUNCTION refuse_change_to_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'UPDATE' THEN IF {unless} THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION '{words}'; END $$"
        )
        for name, act, each in (("permanent", "UPDATE OR DELETE", "ROW"), ("never_emptied", "TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change_to_{table}()"
            )


def downgrade():
    for table, *_ in reversed(_KEPT):
        op.drop_table(table)
        if op.get_bind().dialect.name != "sqlite":
            op.execute(f"DROP FUNCTION refuse_change_to_{table}()")
    op.drop_table("spending_total")
