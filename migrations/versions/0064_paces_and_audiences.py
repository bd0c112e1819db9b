"""Alerts are for kinds of partners, without some wards, and for people by name; and providers have a pace."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

_LISTS = ("partner_kinds", "but_wards", "named", "left_out")


def upgrade():
    for name in _LISTS:
        op.add_column("alert", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "provider_pace",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("spent_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_provider_pace")),
    )


def downgrade():
    op.drop_table("provider_pace")
    with op.batch_alter_table("alert") as table:
        for name in _LISTS:
            table.drop_column(name)
