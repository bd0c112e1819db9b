"""What somebody asks for when they join, and which partner sent them."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("subscriber", sa.Column("partner_code", sa.Text()))
    op.add_column("sign_up", sa.Column("frequency", sa.Text()))
    op.add_column("sign_up", sa.Column("formats", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("sign_up", sa.Column("partner_code", sa.Text()))


def downgrade():
    op.drop_column("sign_up", "partner_code")
    op.drop_column("sign_up", "formats")
    op.drop_column("sign_up", "frequency")
    op.drop_column("subscriber", "partner_code")
