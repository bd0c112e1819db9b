"""How often a call rang and nobody took it, apart from how often it was tried: an outage rings nobody.

Revision ID: 0092
Revises: 0091
"""

import sqlalchemy as sa
from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("delivery", sa.Column("rings", sa.Integer(), nullable=True))


def downgrade():
    op.drop_column("delivery", "rings")
