"""A published report can be taken off the public pages; it stays as it was kept.

Revision ID: 0091
Revises: 0090
"""

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None

_TABLE = "board_withdrawal"
_KEPT = "why a report was taken off the public pages stays as it was told"


def upgrade():
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["board_report.id"], name=op.f(f"fk_{_TABLE}_report_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["officer.id"], name=op.f(f"fk_{_TABLE}_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
        sa.UniqueConstraint("report_id", name=op.f(f"uq_{_TABLE}_report_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _keep_on_sqlite():
    known = f"EXISTS (SELECT 1 FROM {_TABLE} WHERE id = NEW.id OR report_id = NEW.report_id)"
    acts = (("no_update", "UPDATE", "1"), ("no_delete", "DELETE", "1"), ("no_replace", "INSERT", known))
    for name, act, rows in acts:
        op.execute(
            f"CREATE TRIGGER {_TABLE}_{name} BEFORE {act} ON {_TABLE} WHEN {rows} "
            f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        )


def _keep_on_postgresql():
    op.execute(
        f"CREATE FUNCTION refuse_change_to_{_TABLE}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_KEPT}'; END $$"
    )
    refuse = f"EXECUTE FUNCTION refuse_change_to_{_TABLE}()"
    op.execute(f"CREATE TRIGGER {_TABLE}_kept BEFORE UPDATE OR DELETE ON {_TABLE} FOR EACH ROW {refuse}")
    op.execute(f"CREATE TRIGGER {_TABLE}_never_emptied BEFORE TRUNCATE ON {_TABLE} FOR EACH STATEMENT {refuse}")


def downgrade():
    op.drop_table(_TABLE)
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION refuse_change_to_{_TABLE}()")
