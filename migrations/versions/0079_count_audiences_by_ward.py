"""Have the audiences of a long list counted anew, by ward.

Revision ID: 0079
Revises: 0078
"""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forget what was kept in the shape of before; the timetable counts it again within a minute."""
    _forget()


def downgrade() -> None:
    """Forget what is kept by ward, which the version before could not read."""
    _forget()


def _forget() -> None:
    kept = sa.table("kept_count", sa.column("what", sa.Text()))
    op.execute(kept.delete().where(kept.c.what == "audiences"))
