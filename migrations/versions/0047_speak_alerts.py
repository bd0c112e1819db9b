"""The words of an alert that are spoken in calls to landlines."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("alert", sa.Column("voice_text", sa.Text(), nullable=False, server_default=""))


def downgrade():
    op.drop_column("alert", "voice_text")
