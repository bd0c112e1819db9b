"""Subscribers, partners, topics, consent, and what was texted to us."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TOPICS = (
    ("all", "All alerts"),
    ("doorstep-crime", "Doorstep crime and rogue traders"),
    ("scams", "Scams by phone, post, text and online"),
    ("financial-abuse", "Financial abuse of older people"),
    ("product-safety", "Unsafe products and recalls"),
)


def upgrade():
    op.create_table(
        "inbound_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("taken_as", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_message")),
        sa.UniqueConstraint("provider_ref", name=op.f("uq_inbound_message_provider_ref")),
    )
    op.create_index(op.f("ix_inbound_message_taken_as"), "inbound_message", ["taken_as"], unique=False)
    op.create_table(
        "subscriber",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("ward", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("formats", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('resident', 'partner')", name=op.f("ck_subscriber_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
    )
    op.create_index(op.f("ix_subscriber_ward"), "subscriber", ["ward"], unique=False)
    op.create_table(
        "topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("slug", name=op.f("uq_topic_slug")),
    )
    op.create_table(
        "consent_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("endpoint_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoint.id"], name=op.f("fk_consent_event_endpoint_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name=op.f("fk_consent_event_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
    )
    op.create_index(op.f("ix_consent_event_subscriber_id"), "consent_event", ["subscriber_id"], unique=False)
    op.create_table(
        "partner",
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("declared_reach", sa.Integer(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.CheckConstraint("declared_reach >= 0", name=op.f("ck_partner_reach_not_negative")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name=op.f("fk_partner_subscriber_id")),
        sa.PrimaryKeyConstraint("subscriber_id", name=op.f("pk_partner")),
        sa.UniqueConstraint("code", name=op.f("uq_partner_code")),
    )
    op.create_table(
        "sign_up",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("endpoint_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("ward", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("network_digest", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoint.id"], name=op.f("fk_sign_up_endpoint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
    )
    op.create_index("ix_sign_up_endpoint", "sign_up", ["endpoint_id", "asked_at"], unique=False)
    op.create_index("ix_sign_up_network", "sign_up", ["network_digest", "asked_at"], unique=False)
    op.create_table(
        "subscriber_endpoint",
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("endpoint_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoint.id"], name=op.f("fk_subscriber_endpoint_endpoint_id")),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_subscriber_endpoint_subscriber_id")
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "endpoint_id", name=op.f("pk_subscriber_endpoint")),
    )
    op.create_index(op.f("ix_subscriber_endpoint_endpoint_id"), "subscriber_endpoint", ["endpoint_id"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("endpoint_id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "frequency IN ('immediate', 'daily', 'weekly')", name=op.f("ck_subscription_frequency_known")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_reason IS NULL)", name=op.f("ck_subscription_ended_with_reason")
        ),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoint.id"], name=op.f("fk_subscription_endpoint_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name=op.f("fk_subscription_subscriber_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_subscription_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    op.create_index(
        "ix_subscription_audience",
        "subscription",
        ["topic_id", "endpoint_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_subscription_endpoint_id"), "subscription", ["endpoint_id"], unique=False)
    op.create_index("ix_subscription_subscriber", "subscription", ["subscriber_id", "endpoint_id"], unique=False)
    op.create_index(
        "uq_subscription_open",
        "subscription",
        ["subscriber_id", "endpoint_id", "topic_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    _ship_topics()
    _forbid_changes_to_consent()


def _ship_topics():
    columns = [sa.column("slug", sa.Text()), sa.column("title", sa.Text()), sa.column("position", sa.Integer())]
    rows = [
        {"slug": slug, "title": title, "position": position} for position, (slug, title) in enumerate(_TOPICS, start=1)
    ]
    op.bulk_insert(sa.table("topic", *columns), rows)


def _forbid_changes_to_consent():
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER consent_event_no_{act.lower()} BEFORE {act} ON consent_event "
                "BEGIN SELECT RAISE(ABORT, 'consent events are append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change_to_consent_event() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'consent events are append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER consent_event_append_only BEFORE UPDATE OR DELETE ON consent_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_to_consent_event()"
    )


def downgrade():
    op.drop_index("uq_subscription_open", table_name="subscription")
    op.drop_index("ix_subscription_subscriber", table_name="subscription")
    op.drop_index(op.f("ix_subscription_endpoint_id"), table_name="subscription")
    op.drop_index("ix_subscription_audience", table_name="subscription")
    op.drop_table("subscription")
    op.drop_index(op.f("ix_subscriber_endpoint_endpoint_id"), table_name="subscriber_endpoint")
    op.drop_table("subscriber_endpoint")
    op.drop_index("ix_sign_up_network", table_name="sign_up")
    op.drop_index("ix_sign_up_endpoint", table_name="sign_up")
    op.drop_table("sign_up")
    op.drop_table("partner")
    op.drop_index(op.f("ix_consent_event_subscriber_id"), table_name="consent_event")
    op.drop_table("consent_event")
    op.drop_table("topic")
    op.drop_index(op.f("ix_subscriber_ward"), table_name="subscriber")
    op.drop_table("subscriber")
    op.drop_index(op.f("ix_inbound_message_taken_as"), table_name="inbound_message")
    op.drop_table("inbound_message")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change_to_consent_event()")
