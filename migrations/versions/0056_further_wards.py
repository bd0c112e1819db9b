"""Wards about which somebody hears besides their own."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

_TABLE = "subscriber_ward"
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        _TABLE,
        sa.Column("subscriber_id", _ID, sa.ForeignKey("subscriber.id", name=op.f(f"fk_{_TABLE}_subscriber_id")),
                  nullable=False),
        sa.Column("ward", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subscriber_id", "ward", name=op.f(f"pk_{_TABLE}")),
    )  # fmt: skip
    op.create_index(f"ix_{_TABLE}_ward", _TABLE, ["ward", "subscriber_id"])


def downgrade():
    op.drop_table(_TABLE)
