"""Wall displays, and the stamp of the live board."""

from secrets import token_urlsafe

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "wall_display",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_wall_display_expires_after_made")),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_wall_display_made_by")),
        sa.ForeignKeyConstraint(["revoked_by"], ["officer.id"], name=op.f("fk_wall_display_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall_display")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_wall_display_token_digest")),
    )
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
    op.drop_table("wall_display")
