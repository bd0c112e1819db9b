"""Tell a copy of a form from the same form with other words in it."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("submission", sa.Column("digest", sa.Text()))


def downgrade():
    with op.batch_alter_table("submission") as table:
        table.drop_column("digest")
