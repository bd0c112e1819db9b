"""A call that was linked to an alert by mistake is taken off it again, for good."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0070"
branch_labels = None
depends_on = None

_KEY = "fk_alert_call_unlinked_by"


def upgrade():
    with op.batch_alter_table("alert_call") as table:
        table.add_column(sa.Column("unlinked_by", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f(_KEY), "officer", ["unlinked_by"], ["id"])


def downgrade():
    op.execute("DELETE FROM alert_call WHERE unlinked_by IS NOT NULL")
    with op.batch_alter_table("alert_call") as table:
        table.drop_constraint(op.f(_KEY), type_="foreignkey")
        table.drop_column("unlinked_by")
