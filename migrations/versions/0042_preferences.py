"""What subscribers chose: visits, pauses, moves to another address, why they left, and who wrote consent down."""

import sqlalchemy as sa
from alembic import op

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REASONS = "'too_many', 'not_useful', 'moved_away', 'other_source', 'not_me', 'other'"

revision = "0042"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("subscriber", sa.Column("paused_until", sa.DateTime(timezone=True)))
    # In both databases' own words, so that the table is not built anew and keeps its guards.
    op.execute(
        "ALTER TABLE consent_event ADD COLUMN recorded_by INTEGER "
        "CONSTRAINT fk_consent_event_recorded_by REFERENCES officer (id)"
    )
    op.create_table(
        "preference_visit",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("endpoint_id", _BIG, nullable=False),
        sa.Column("subscriber_id", _BIG),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        _points("preference_visit", "endpoint_id", "endpoint"),
        _points("preference_visit", "subscriber_id", "subscriber"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference_visit")),
    )
    op.create_index("ix_preference_visit_asked_at", "preference_visit", ["asked_at"])
    op.create_index(op.f("ix_preference_visit_subscriber_id"), "preference_visit", ["subscriber_id"])
    op.create_table(
        "address_move",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("subscriber_id", _BIG, nullable=False),
        sa.Column("old_endpoint_id", _BIG),
        sa.Column("new_endpoint_id", _BIG, nullable=False),
        sa.Column("asked_by", sa.Integer()),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        _points("address_move", "subscriber_id", "subscriber"),
        _points("address_move", "old_endpoint_id", "endpoint"),
        _points("address_move", "new_endpoint_id", "endpoint"),
        _points("address_move", "asked_by", "officer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_move")),
    )
    op.create_index(op.f("ix_address_move_subscriber_id"), "address_move", ["subscriber_id"])
    op.create_table(
        "leaving_reason",
        sa.Column("endpoint_id", _BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"reason IN ({_REASONS})", name=op.f("ck_leaving_reason_reason_known")),
        _points("leaving_reason", "endpoint_id", "endpoint"),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_leaving_reason")),
    )


def downgrade():
    op.drop_table("leaving_reason")
    op.drop_table("address_move")
    op.drop_table("preference_visit")
    op.execute("ALTER TABLE consent_event DROP COLUMN recorded_by")
    op.drop_column("subscriber", "paused_until")


def _points(table, column, parent):
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=op.f(f"fk_{table}_{column}"))
