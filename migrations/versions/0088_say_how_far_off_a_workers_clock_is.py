"""A worker says how far the clock of its machine is from the database's, so that staff see one that went wrong.

Revision ID: 0088
Revises: 0084
"""

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade():
    ahead = sa.Column("clock_ahead_seconds", sa.Integer(), server_default="0", nullable=False)
    op.add_column("worker_seen", ahead)


def downgrade():
    op.drop_column("worker_seen", "clock_ahead_seconds")
