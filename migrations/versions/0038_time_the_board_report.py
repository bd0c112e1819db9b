"""What the timetable of the board's report has done, and who does without the monthly summary."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_WORDS = "that the timetable told of something stays as it was told"


def upgrade():
    op.create_table(
        "board_reminder",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("about_on", sa.Date(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("sent_at", _TIME, nullable=False),
        sa.CheckConstraint("recipients >= 0", name=op.f("ck_board_reminder_recipients_counted")),
        sa.PrimaryKeyConstraint("kind", "first_day", "about_on", name=op.f("pk_board_reminder")),
    )
    op.create_table(
        "summary_leave",
        sa.Column("officer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("left_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_summary_leave_officer_id")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_summary_leave")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _keep_on_sqlite():
    key = " AND ".join(f"{name} = NEW.{name}" for name in ("kind", "first_day", "about_on"))
    for name, act, rows in (
        ("no_update", "UPDATE", "1"),
        ("no_delete", "DELETE", "1"),
        ("no_replace", "INSERT", f"EXISTS (SELECT 1 FROM board_reminder WHERE {key})"),
    ):
        op.execute(
            f"CREATE TRIGGER board_reminder_{name} BEFORE {act} ON board_reminder WHEN {rows} "
            f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END"
        )


def _keep_on_postgresql():
    op.execute(
        "CREATE FUNCTION refuse_change_to_board_reminder() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_WORDS}'; END $$"
    )
    for name, act, each in (("permanent", "UPDATE OR DELETE", "ROW"), ("never_emptied", "TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER board_reminder_{name} BEFORE {act} ON board_reminder "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_change_to_board_reminder()"
        )


def downgrade():
    op.drop_table("summary_leave")
    op.drop_table("board_reminder")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change_to_board_reminder()")
