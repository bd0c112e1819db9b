"""What ended lately is found from an index: who waited for a daily or weekly mail before they changed something."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0070"
branch_labels = None
depends_on = None

_INDEX, _TABLE = "ix_subscription_ended", "subscription"


def upgrade():
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index(_INDEX, _TABLE, ["ended_at"], sqlite_where=ended, postgresql_where=ended)


def downgrade():
    op.drop_index(_INDEX, table_name=_TABLE)
