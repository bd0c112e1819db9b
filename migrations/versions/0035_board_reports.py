"""The board's report of a quarter: its revisions, who signed them, and the text that is written for it."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_PUBLISHED = "a published report stays as it was published; another revision takes its place"
_SIGNED = "a signature stays as it was given"


def upgrade():
    _add_reports()
    _add_signatures()
    _add_texts()
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _add_reports():
    table = "board_report"
    op.create_table(
        table, sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False), sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False), sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text()), sa.Column("status", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False), sa.Column("meeting_on", sa.Date()),
        _officer(table, "author_id"), _officer(table, "opened_by"), sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("figures", sa.Text()), _officer(table, "locked_by"), sa.Column("locked_at", _TIME),
        sa.Column("frozen", sa.Text()), sa.Column("digest", sa.Text()),
        _officer(table, "published_by"), sa.Column("published_at", _TIME),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in _CHECKS),
        sa.UniqueConstraint("first_day", "revision", name=op.f(f"uq_{table}_first_day_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    open_ones = sa.text("status <> 'published'")
    op.create_index(
        "uq_board_report_open", table, ["first_day"], unique=True, sqlite_where=open_ones, postgresql_where=open_ones
    )


_CHECKS = (
    ("status_known", "status IN ('draft', 'locked', 'signed', 'published')"),
    ("revision_counted", "revision >= 1"),
    ("revised_with_reason", "(revision = 1) = (reason IS NULL)"),
    ("locked_with_figures", "(status = 'draft') = (figures IS NULL)"),
    ("locked_has_time", "(figures IS NULL) = (locked_at IS NULL)"),
    ("published_has_time", "(status = 'published') = (published_at IS NOT NULL)"),
    ("published_is_frozen", "(status = 'published') = (frozen IS NOT NULL AND digest IS NOT NULL)"),
)


def _add_signatures():
    table = "board_signature"
    op.create_table(
        table, sa.Column("id", sa.Integer(), nullable=False), sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False), sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Integer(), nullable=False), sa.Column("signed_at", _TIME, nullable=False),
        sa.CheckConstraint("role IN ('author', 'second')", name=op.f(f"ck_{table}_role_known")),
        sa.ForeignKeyConstraint(["report_id"], ["board_report.id"], name=op.f(f"fk_{table}_report_id")),
        sa.ForeignKeyConstraint(["signed_by"], ["officer.id"], name=op.f(f"fk_{table}_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{table}_report_id"), table, ["report_id"])


def _add_texts():
    table = "board_text"
    op.create_table(
        table, sa.Column("id", sa.Integer(), nullable=False), sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False), sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False), _officer(table, "saved_by"),
        sa.Column("saved_at", _TIME, nullable=False),
        sa.UniqueConstraint("first_day", "section", name=op.f(f"uq_{table}_first_day_section")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip


def _officer(table, column):
    return sa.Column(column, sa.Integer(), sa.ForeignKey("officer.id", name=f"fk_{table}_{column}"))


_SAME_REPORT = (
    "EXISTS (SELECT 1 FROM board_report WHERE id = NEW.id "
    "OR (first_day = NEW.first_day AND (revision = NEW.revision OR status <> 'published')))"
)


def _keep_on_sqlite():
    for name, act, rows, words in (
        ("board_report_kept", "UPDATE ON board_report", "OLD.status = 'published'", _PUBLISHED),
        ("board_report_no_delete", "DELETE ON board_report", "1", _PUBLISHED),
        ("board_report_no_replace", "INSERT ON board_report",
         _SAME_REPORT, _PUBLISHED),
        ("board_signature_no_update", "UPDATE ON board_signature", "1", _SIGNED),
        ("board_signature_no_delete", "DELETE ON board_signature", "1", _SIGNED),
        ("board_signature_no_replace", "INSERT ON board_signature",
         "EXISTS (SELECT 1 FROM board_signature WHERE id = NEW.id)", _SIGNED),
    ):  # fmt: skip
        op.execute(f"CREATE TRIGGER {name} BEFORE {act} WHEN {rows} BEGIN SELECT RAISE(ABORT, '{words}'); END")


def _keep_on_postgresql():
    for table, words in (("board_report", _PUBLISHED), ("board_signature", _SIGNED)):
        op.execute(
            f"CREATE FUNCTION refuse_change_to_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$"
        )
        refuse = f"EXECUTE FUNCTION refuse_change_to_{table}()"
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {refuse}")
        op.execute(f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
        rows = "WHEN (OLD.status = 'published') " if table == "board_report" else ""
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} FOR EACH ROW {rows}{refuse}")


def downgrade():
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("board_text", "board_signature", "board_report"):
        op.drop_table(table)
        if table != "board_text" and not is_sqlite:
            op.execute(f"DROP FUNCTION refuse_change_to_{table}()")
