"""Why a report to the board is revised is told to the public in a sentence of its own.

What was published says its reason to everybody already. That of a revision which is still open is told to nobody yet.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

_TABLE, _COLUMN, _CHECK = "board_report", "public_reason", "ck_board_report_revised_with_public_reason"
_BOTH = "(reason IS NULL) = (public_reason IS NULL)"
_OPEN = "Records came in after the report was published"
_PUBLISHED = "a published report stays as it was published; another revision takes its place"
_SAME_REPORT = (
    "EXISTS (SELECT 1 FROM board_report WHERE id = NEW.id "
    "OR (first_day = NEW.first_day AND (revision = NEW.revision OR status <> 'published')))"
)
_GUARDS = (
    ("board_report_kept", "UPDATE ON board_report", "OLD.status = 'published'"),
    ("board_report_no_delete", "DELETE ON board_report", "1"),
    ("board_report_no_replace", "INSERT ON board_report", _SAME_REPORT),
)


def upgrade():
    op.add_column(_TABLE, sa.Column(_COLUMN, sa.Text()))
    _let_go()
    op.execute(
        f"UPDATE {_TABLE} SET {_COLUMN} = CASE status WHEN 'published' THEN reason ELSE '{_OPEN}' END "
        "WHERE reason IS NOT NULL"
    )
    with op.batch_alter_table(_TABLE) as table:
        table.create_check_constraint(op.f(_CHECK), _BOTH)
    _guard()


def downgrade():
    _let_go()
    with op.batch_alter_table(_TABLE) as table:
        table.drop_constraint(op.f(_CHECK), type_="check")
        table.drop_column(_COLUMN)
    _guard()


def _let_go():
    if _is_sqlite():
        op.execute("DROP TRIGGER board_report_kept")
    else:
        op.execute(f"ALTER TABLE {_TABLE} DISABLE TRIGGER board_report_kept")


def _guard():
    """Guard what is published again: a table that SQLite builds anew has lost every trigger."""
    if not _is_sqlite():
        op.execute(f"ALTER TABLE {_TABLE} ENABLE TRIGGER board_report_kept")
        return
    for name, act, rows in _GUARDS:
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute(f"CREATE TRIGGER {name} BEFORE {act} WHEN {rows} BEGIN SELECT RAISE(ABORT, '{_PUBLISHED}'); END")


def _is_sqlite():
    return op.get_bind().dialect.name == "sqlite"
