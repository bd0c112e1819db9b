"""Let a delivery's mailing and address be sure by how it is made, not by a look at each for every row (ADR 46)."""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

_LINKS = ("mailing", "endpoint")
_WAITS = sa.text("status = 'pending'")


def upgrade():
    with op.batch_alter_table("delivery") as table:
        for name in _LINKS:
            table.drop_constraint(op.f(f"fk_delivery_{name}_id"), type_="foreignkey")
    _let_waiting_be_found_by("mailing_id", "channel", "due_at")


def downgrade():
    _let_waiting_be_found_by("mailing_id", "channel", "due_at", "id")
    with op.batch_alter_table("delivery") as table:
        for name in _LINKS:
            table.create_foreign_key(op.f(f"fk_delivery_{name}_id"), name, [f"{name}_id"], ["id"])


def _let_waiting_be_found_by(*columns):
    op.drop_index("ix_delivery_pending", table_name="delivery")
    op.create_index("ix_delivery_pending", "delivery", [*columns], sqlite_where=_WAITS, postgresql_where=_WAITS)
