"""Indexes from which audiences are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_PAUSED = sa.text("paused_until IS NOT NULL")


def upgrade():
    op.drop_index("ix_subscriber_ward", "subscriber")
    op.create_index("ix_subscriber_ward", "subscriber", ["ward", "paused_until", "id"])
    op.create_index("ix_subscriber_paused", "subscriber", ["id"], sqlite_where=_PAUSED, postgresql_where=_PAUSED)


def downgrade():
    op.drop_index("ix_subscriber_paused", "subscriber")
    op.drop_index("ix_subscriber_ward", "subscriber")
    op.create_index("ix_subscriber_ward", "subscriber", ["ward"])
