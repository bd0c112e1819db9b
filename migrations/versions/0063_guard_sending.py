"""Stops of all sending."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0057"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_IS_OPEN = sa.text("is_open")
# Table, what is said to whoever tries to change its rows, which rows may still change, and the columns that stay.
_KEPT = (
    ("sending_stop", "a stop stays as it was made, and ends once", "OLD.is_open",
     ("id", "stopped_at", "stopped_by", "stop_reason")),
)  # fmt: skip


def upgrade():
    _add_stops()
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
