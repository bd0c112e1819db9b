"""Programs have accounts and tokens of their own, and are told of incidents, missed targets and alerts."""

import sqlalchemy as sa
from alembic import op

from migrations.types import big_id

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_WAITS = sa.text("state = 'waiting'")


def upgrade():
    with op.batch_alter_table("api_token") as table:
        table.add_column(sa.Column("name", sa.Text(), server_default="Made by command", nullable=False))
        table.add_column(sa.Column("scopes", sa.JSON(none_as_null=True), nullable=True))
        table.add_column(sa.Column("last_used_on", sa.Date(), nullable=True))
    op.create_table(
        "service_account",
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_service_account_officer_id")),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_service_account_made_by")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_service_account")),
    )
    op.create_table(
        "api_allowance",
        sa.Column("token_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("span", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name=op.f("fk_api_allowance_token_id")),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_api_allowance")),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("failing_since", _TIME, nullable=True),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_webhook_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_event",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("happened_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_event")),
        sa.UniqueConstraint("key", name=op.f("uq_webhook_event_key")),
    )
    op.create_index("ix_webhook_event_happened_at", "webhook_event", ["happened_at"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("settled_at", _TIME, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'given_up')", name=op.f("ck_webhook_delivery_state_known")
        ),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id")),
        sa.ForeignKeyConstraint(["event_id"], ["webhook_event.id"], name=op.f("fk_webhook_delivery_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("webhook_id", "event_id", name=op.f("uq_webhook_delivery_webhook_id_event_id")),
    )
    where = {"sqlite_where": _WAITS, "postgresql_where": _WAITS}
    op.create_index("ix_webhook_delivery_due", "webhook_delivery", ["due_at"], **where)
    op.create_index("ix_webhook_delivery_event_id", "webhook_delivery", ["event_id"])


def downgrade():
    op.drop_table("webhook_delivery")
    op.drop_table("webhook_event")
    op.drop_table("webhook")
    op.drop_table("api_allowance")
    op.drop_table("service_account")
    with op.batch_alter_table("api_token") as table:
        table.drop_column("last_used_on")
        table.drop_column("scopes")
        table.drop_column("name")
