"""An index in which the calls that wait are looked up, by every page that counts them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_WAITING = sa.text("disposition = 'waiting'")


def upgrade():
    _index("disposition", "received_at")


def downgrade():
    _index("received_at")


def _index(*columns):
    op.drop_index("ix_call_waiting", "call")
    op.create_index("ix_call_waiting", "call", columns, sqlite_where=_WAITING, postgresql_where=_WAITING)
