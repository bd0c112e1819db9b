"""Let a delivery's mailing and address be sure by how it is made, not by a look at each for every row (ADR 44)."""

from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

_LINKS = ("mailing", "endpoint")


def upgrade():
    with op.batch_alter_table("delivery") as table:
        for name in _LINKS:
            table.drop_constraint(op.f(f"fk_delivery_{name}_id"), type_="foreignkey")


def downgrade():
    with op.batch_alter_table("delivery") as table:
        for name in _LINKS:
            table.create_foreign_key(op.f(f"fk_delivery_{name}_id"), name, [f"{name}_id"], ["id"])
