"""An alert may be sent again to those whom it did not reach; who they are is found at once.

What it cost is kept as it was, whom it reached is counted by ward, and calls that quote it stand by it.
"""

import sqlalchemy as sa
from alembic import op

from migrations.types import exact_decimal

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

_MISSING = sa.text(
    "status IN ('hard_bounced', 'soft_bounced', 'undelivered', 'failed', 'suppressed', 'expired', 'unknown')"
)
_FIRST = sa.text("round = 0")
_UNIQUE = "uq_alert_edition_alert_id_edition"


def upgrade():
    with op.batch_alter_table("alert_edition") as table:
        table.add_column(sa.Column("round", sa.Integer(), server_default="0", nullable=False))
        table.drop_constraint(op.f(_UNIQUE), type_="unique")
    columns = ["alert_id", "edition"]
    op.create_index("uq_alert_edition_first", "alert_edition", columns, unique=True, **_where(_FIRST))
    op.create_index("ix_alert_edition_alert_id", "alert_edition", ["alert_id"])
    op.create_table(
        "alert_resend",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("way IN ('same', 'other')", name=op.f("ck_alert_resend_way_known")),
        sa.CheckConstraint("round > 0", name=op.f("ck_alert_resend_after_the_first")),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_resend_alert_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["officer.id"], name=op.f("fk_alert_resend_asked_by")),
        sa.PrimaryKeyConstraint("alert_id", "round", name=op.f("pk_alert_resend")),
    )
    op.create_index("ix_delivery_missing", "delivery", ["mailing_id", "id"], **_where(_MISSING))
    op.create_table(
        "alert_price",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("pence_each", exact_decimal(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_price_alert_id")),
        sa.PrimaryKeyConstraint("alert_id", "round", "channel", name=op.f("pk_alert_price")),
    )
    op.create_table(
        "alert_ward_count",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("ward", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_ward_count_alert_id")),
        sa.PrimaryKeyConstraint("alert_id", "ward", "channel", "status", name=op.f("pk_alert_ward_count")),
    )
    op.create_table(
        "alert_call",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("linked_by", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_call_alert_id")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_alert_call_call_id")),
        sa.ForeignKeyConstraint(["linked_by"], ["officer.id"], name=op.f("fk_alert_call_linked_by")),
        sa.PrimaryKeyConstraint("alert_id", "call_id", name=op.f("pk_alert_call")),
    )
    op.create_index("ix_alert_call_call_id", "alert_call", ["call_id"])


def downgrade():
    for name in ("alert_call", "alert_ward_count", "alert_price"):
        op.drop_table(name)
    op.drop_index("ix_delivery_missing", table_name="delivery")
    op.drop_table("alert_resend")
    op.execute("DELETE FROM alert_edition WHERE round > 0")
    op.drop_index("ix_alert_edition_alert_id", table_name="alert_edition")
    op.drop_index("uq_alert_edition_first", table_name="alert_edition")
    with op.batch_alter_table("alert_edition") as table:
        table.drop_column("round")
        table.create_unique_constraint(op.f(_UNIQUE), ["alert_id", "edition"])


def _where(condition):
    return {"sqlite_where": condition, "postgresql_where": condition}
