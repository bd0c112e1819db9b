"""When a provider was last asked what became of a text or call, and an index of those of which nobody has told.

Revision ID: 0093
Revises: 0092
"""

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None

_UNTOLD = sa.text("status = 'accepted' AND channel <> 'email'")


def upgrade():
    op.add_column("delivery", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_delivery_untold", "delivery", ["channel", "sent_at"], postgresql_where=_UNTOLD, sqlite_where=_UNTOLD
    )


def downgrade():
    op.drop_index("ix_delivery_untold", "delivery")
    op.drop_column("delivery", "asked_at")
