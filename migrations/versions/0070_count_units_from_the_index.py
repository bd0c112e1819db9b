"""Units are counted for a period from one index alone."""

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

_INDEX, _TABLE = "ix_installed_unit_counted", "installed_unit"


def upgrade():
    op.create_index(_INDEX, _TABLE, ["kind", "ended_on", "ended_how", "installed_on"])


def downgrade():
    op.drop_index(_INDEX, table_name=_TABLE)
