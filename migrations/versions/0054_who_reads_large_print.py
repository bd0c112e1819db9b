"""An index of those who read large print, who were looked for among everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_LARGE_PRINT = sa.text("""CAST(formats AS TEXT) LIKE '%"large_print"%'""")


def upgrade():
    op.create_index(
        "ix_subscriber_large_print", "subscriber", ["id"], sqlite_where=_LARGE_PRINT, postgresql_where=_LARGE_PRINT
    )


def downgrade():
    op.drop_index("ix_subscriber_large_print", "subscriber")
