"""Handovers go to linked authorities and come from them, signed; their alerts are read from their feeds.

Revision ID: 0084
Revises: 0083
"""

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_OFFERED, _WAITS = sa.text("state = 'offered'"), sa.text("state = 'waiting'")


def upgrade():
    op.create_table(
        "offered_pack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("pack", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("signed", sa.Text(), nullable=True),
        sa.Column("offered_at", _TIME, nullable=False),
        sa.Column("answer_by", _TIME, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("brought_by", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered_at", _TIME, nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("too_late", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'accepted') = (case_id IS NOT NULL)", name=op.f("ck_offered_pack_accepted_with_case")
        ),
        sa.ForeignKeyConstraint(["authority_id"], ["linked_authority.id"], name=op.f("fk_offered_pack_authority_id")),
        sa.ForeignKeyConstraint(["key_id"], ["linked_key.id"], name=op.f("fk_offered_pack_key_id")),
        sa.ForeignKeyConstraint(["brought_by"], ["officer.id"], name=op.f("fk_offered_pack_brought_by")),
        sa.ForeignKeyConstraint(["answered_by"], ["officer.id"], name=op.f("fk_offered_pack_answered_by")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_offered_pack_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offered_pack")),
        sa.UniqueConstraint("authority_id", "key", name=op.f("uq_offered_pack_authority_id_key")),
    )
    op.create_index(op.f("ix_offered_pack_case_id"), "offered_pack", ["case_id"])
    where = {"sqlite_where": _OFFERED, "postgresql_where": _OFFERED}
    op.create_index("ix_offered_pack_open", "offered_pack", ["answer_by"], **where)
    op.create_table(
        "exchange_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("handover_id", sa.Integer(), nullable=True),
        sa.Column("pack_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("settled_at", _TIME, nullable=True),
        sa.Column("answer_key", sa.Text(), nullable=True),
        sa.CheckConstraint("(handover_id IS NULL) <> (pack_id IS NULL)", name=op.f("ck_exchange_message_of_one_thing")),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'given_up')", name=op.f("ck_exchange_message_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["linked_authority.id"], name=op.f("fk_exchange_message_authority_id")
        ),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_exchange_message_handover_id")),
        sa.ForeignKeyConstraint(["pack_id"], ["offered_pack.id"], name=op.f("fk_exchange_message_pack_id")),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_exchange_message_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_message")),
        sa.UniqueConstraint("key", name=op.f("uq_exchange_message_key")),
        sa.UniqueConstraint("handover_id", "kind", name=op.f("uq_exchange_message_handover_id_kind")),
        sa.UniqueConstraint("pack_id", "kind", name=op.f("uq_exchange_message_pack_id_kind")),
    )
    where = {"sqlite_where": _WAITS, "postgresql_where": _WAITS}
    op.create_index("ix_exchange_message_due", "exchange_message", ["due_at"], **where)
    op.create_table(
        "nearby_feed",
        sa.Column("authority_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.Column("read_at", _TIME, nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["authority_id"], ["linked_authority.id"], name=op.f("fk_nearby_feed_authority_id")),
        sa.PrimaryKeyConstraint("authority_id", name=op.f("pk_nearby_feed")),
    )
    op.create_table(
        "nearby_alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("wards", sa.JSON(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.Column("published_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("read_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME, nullable=True),
        sa.Column("used_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["authority_id"], ["linked_authority.id"], name=op.f("fk_nearby_alert_authority_id")),
        sa.ForeignKeyConstraint(["used_by"], ["officer.id"], name=op.f("fk_nearby_alert_used_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nearby_alert")),
        sa.UniqueConstraint("authority_id", "key", name=op.f("uq_nearby_alert_authority_id_key")),
    )
    op.create_index(op.f("ix_nearby_alert_published_at"), "nearby_alert", ["published_at"])


def downgrade():
    op.drop_table("nearby_alert")
    op.drop_table("nearby_feed")
    op.drop_table("exchange_message")
    op.drop_table("offered_pack")
