"""Mark files of evidence that may harm whoever opens them."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("evidence_file", sa.Column("cares", sa.Text()))
    unseen = sa.text("cares IS NULL")
    op.create_index("ix_evidence_file_unseen", "evidence_file", ["id"], sqlite_where=unseen, postgresql_where=unseen)


def downgrade():
    op.drop_index("ix_evidence_file_unseen", "evidence_file")
    # Building the table anew would drop the triggers that keep its rows as they are.
    op.drop_column("evidence_file", "cares")
