"""The stamp of the live board."""

from secrets import token_urlsafe

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    stamp = op.create_table(
        "board_stamp",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_board_stamp_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_stamp")),
    )
    op.bulk_insert(stamp, [{"id": 1, "stamp": token_urlsafe(12)}])


def downgrade():
    op.drop_table("board_stamp")
