"""What starts and stops a clock joins the grade that sets it going; the facts of a clock become unchangeable."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_EVERY_RESOLUTION = '["bank_stopped_payment", "caller_stopped_payment", "trader_left", "police_went"]'
_OF_INCIDENT = sa.text("incident_id IS NOT NULL")
_CLOCK_FACTS = ("incident_id", "number", "grade_id", "basis", "target_seconds", "started_at", "due_at")
_MILESTONE_FACTS = ("incident_id", "step", "occurred_at", "recorded_at", "recorded_by", "source")
# Table, the columns that never change (every one where none is named), and what is said to whoever tries.
_PERMANENT = (
    ("grade", (), "a version of a grade stays as it was made"),
    ("incident_clock", _CLOCK_FACTS, "what a clock was set going with stays as it was"),
    ("milestone", _MILESTONE_FACTS, "a milestone stays as it was told"),
)


def upgrade():
    _let_figures_read_indexes_alone()
    op.add_column("grade", sa.Column("start_rule", sa.Text(), nullable=False, server_default="first_call"))
    op.add_column("grade", sa.Column("stopped_by", sa.JSON(), nullable=False, server_default=_EVERY_RESOLUTION))
    op.add_column("grade", sa.Column("reason", sa.Text(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        _keep_facts_on_sqlite()
    else:
        _keep_facts_on_postgresql()


def _let_figures_read_indexes_alone():
    """Ten years of calls are counted by what their indexes hold, without a look at each call."""
    op.drop_index("ix_call_incident", table_name="call")
    op.drop_index("ix_call_received_at", table_name="call")
    op.create_index("ix_call_incident", "call", ["incident_id", "received_at", "disposition"])
    op.create_index("ix_call_counted", "call", ["received_at", "line", "disposition"])
    op.create_index(
        "ix_call_of_incident",
        "call",
        ["received_at", "incident_id", "disposition", "line", "source"],
        sqlite_where=_OF_INCIDENT,
        postgresql_where=_OF_INCIDENT,
    )


def _keep_facts_on_sqlite():
    for table, columns, words in _PERMANENT:
        of = f" OF {', '.join(columns)}" if columns else ""
        for act in (f"UPDATE{of}", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.split()[0].lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
    # INSERT OR REPLACE would delete the breach that is there without asking the trigger that forbids it.
    op.execute(
        "CREATE TRIGGER breach_no_replacement BEFORE INSERT ON breach "
        "WHEN EXISTS (SELECT 1 FROM breach WHERE clock_id = NEW.clock_id OR id = NEW.id) "
        "BEGIN SELECT RAISE(IGNORE); END"
    )


def _keep_facts_on_postgresql():
    for table, columns, words in _PERMANENT:
        of = f" OF {', '.join(columns)}" if columns else ""
        op.execute(
            f"CREATE FUNCTION refuse_change_to_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_permanent BEFORE UPDATE{of} OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_change_to_{table}()"
        )
    # Emptying a table asks no trigger of its rows.
    for table in ("breach", *(table for table, _, _ in _PERMANENT)):
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_to_{table}()"
        )


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER breach_no_replacement")
        for table, _, _ in _PERMANENT:
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(f"DROP TRIGGER {table}_no_delete")
    else:
        op.execute("DROP TRIGGER breach_never_emptied ON breach")
        for table, _, _ in _PERMANENT:
            op.execute(f"DROP FUNCTION refuse_change_to_{table}() CASCADE")
    for column in ("reason", "stopped_by", "start_rule"):
        op.drop_column("grade", column)
    for index in ("ix_call_of_incident", "ix_call_counted", "ix_call_incident"):
        op.drop_index(index, table_name="call")
    op.create_index("ix_call_received_at", "call", ["received_at"])
    op.create_index("ix_call_incident", "call", ["incident_id", "received_at"])
