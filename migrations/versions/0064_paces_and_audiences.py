"""Providers have a pace."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "provider_pace",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("spent_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_provider_pace")),
    )


def downgrade():
    op.drop_table("provider_pace")
