"""Contacts of organisations pause for themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

_INDEX, _SET = "ix_subscriber_endpoint_paused", sa.text("paused_until IS NOT NULL")
_PAUSED = "SELECT id FROM subscriber WHERE kind = 'partner' AND paused_until IS NOT NULL"


def upgrade():
    op.add_column("subscriber_endpoint", sa.Column("paused_until", sa.DateTime(timezone=True)))
    op.create_index(_INDEX, "subscriber_endpoint", ["paused_until"], sqlite_where=_SET, postgresql_where=_SET)
    op.execute(
        "UPDATE subscriber_endpoint SET paused_until = (SELECT paused_until FROM subscriber "
        f"WHERE subscriber.id = subscriber_endpoint.subscriber_id) WHERE subscriber_id IN ({_PAUSED})"
    )


def downgrade():
    op.drop_index(_INDEX, "subscriber_endpoint")
    with op.batch_alter_table("subscriber_endpoint") as table:
        table.drop_column("paused_until")
