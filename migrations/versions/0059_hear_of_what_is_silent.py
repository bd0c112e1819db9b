"""Mobiles of officers to which texts were stopped, and when the worker was last heard of."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade():
    op.add_column("officer_mobile", sa.Column("silent_since", _TIME))
    op.create_table(
        "sign_of_life",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sign_of_life")),
    )


def downgrade():
    op.drop_table("sign_of_life")
    with op.batch_alter_table("officer_mobile") as table:
        table.drop_column("silent_since")
