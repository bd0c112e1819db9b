"""On SQLite the index of page attempts that wait is written as it is asked for, else nothing finds them by it.

Revision ID: 0094
Revises: 0093
"""

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None


def upgrade():
    _make_again("is_settled = 0")


def downgrade():
    _make_again("NOT is_settled")


def _make_again(waits):
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_page_attempt_unsettled", "page_attempt")
        op.create_index("ix_page_attempt_unsettled", "page_attempt", ["id"], sqlite_where=sa.text(waits))
