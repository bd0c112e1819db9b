"""Counts of the whole list that take long are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "kept_count",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.CheckConstraint("what IN ('list', 'states', 'audiences')", name=op.f("ck_kept_count_what_known")),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_kept_count")),
    )


def downgrade():
    op.drop_table("kept_count")
