"""People and businesses across calls, what was decided of them, warnings, and the places that calls tell of."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_CURRENT = sa.text("undone_at IS NULL")


def upgrade():
    _add_parties()
    _add_links()
    _add_warnings()
    _add_parties_of_calls()


def _add_parties():
    op.create_table(
        "party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("identity_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["identity_id"], ["party.id"], name=op.f("fk_party_identity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
    )
    op.create_index(op.f("ix_party_identity_id"), "party", ["identity_id"], unique=False)
    op.create_table(
        "party_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_name_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_name")),
        sa.UniqueConstraint("party_id", "folded", name=op.f("uq_party_name_party_id_folded")),
    )
    op.create_index("ix_party_name_folded", "party_name", ["folded", "party_id"], unique=False)
    op.create_table(
        "party_name_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["name_id"], ["party_name.id"], name=op.f("fk_party_name_key_name_id")),
        sa.PrimaryKeyConstraint("key", "name_id", name=op.f("pk_party_name_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "party_identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("normal", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_identifier_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_identifier")),
        sa.UniqueConstraint("kind", "normal", "party_id", name=op.f("uq_party_identifier_kind_normal_party_id")),
    )
    op.create_index("ix_party_identifier_party_id", "party_identifier", ["party_id"], unique=False)


def _add_links():
    op.create_table(
        "party_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("low_id", sa.Integer(), nullable=False),
        sa.Column("high_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_party_link_two_parties_in_order")),
        sa.CheckConstraint("verdict IN ('same', 'different')", name=op.f("ck_party_link_verdict_is_known")),
        sa.ForeignKeyConstraint(["decided_by"], ["officer.id"], name=op.f("fk_party_link_decided_by")),
        sa.ForeignKeyConstraint(["high_id"], ["party.id"], name=op.f("fk_party_link_high_id")),
        sa.ForeignKeyConstraint(["low_id"], ["party.id"], name=op.f("fk_party_link_low_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["officer.id"], name=op.f("fk_party_link_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_link")),
    )
    op.create_index("ix_party_link_high_id", "party_link", ["high_id"], unique=False)
    op.create_index(
        "uq_party_link_current",
        "party_link",
        ["low_id", "high_id"],
        unique=True,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )


def _add_warnings():
    op.create_table(
        "party_warning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_party_warning_end_has_reason")),
        sa.ForeignKeyConstraint(["ended_by"], ["officer.id"], name=op.f("fk_party_warning_ended_by")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_warning_party_id")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["officer.id"], name=op.f("fk_party_warning_reviewed_by")),
        sa.ForeignKeyConstraint(["written_by"], ["officer.id"], name=op.f("fk_party_warning_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_warning")),
    )
    op.create_index(op.f("ix_party_warning_party_id"), "party_warning", ["party_id"], unique=False)
    op.create_table(
        "party_look_up",
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("form", name=op.f("pk_party_look_up")),
    )


def _add_parties_of_calls():
    op.create_table(
        "call_party",
        sa.Column("call_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_party_call_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_call_party_party_id")),
        sa.PrimaryKeyConstraint("call_id", "role", name=op.f("pk_call_party")),
    )
    op.create_index("ix_call_party_party_id", "call_party", ["party_id", "received_at"], unique=False)
    op.create_table(
        "call_place",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_place_call_id")),
        sa.PrimaryKeyConstraint("key", "call_id", name=op.f("pk_call_place")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_call_place_call_id"), "call_place", ["call_id"], unique=False)


def downgrade():
    op.drop_index(op.f("ix_call_place_call_id"), table_name="call_place")
    op.drop_table("call_place")
    op.drop_index("ix_call_party_party_id", table_name="call_party")
    op.drop_table("call_party")
    op.drop_table("party_look_up")
    op.drop_index(op.f("ix_party_warning_party_id"), table_name="party_warning")
    op.drop_table("party_warning")
    op.drop_index("uq_party_link_current", table_name="party_link")
    op.drop_index("ix_party_link_high_id", table_name="party_link")
    op.drop_table("party_link")
    op.drop_index("ix_party_identifier_party_id", table_name="party_identifier")
    op.drop_table("party_identifier")
    op.drop_table("party_name_key")
    op.drop_index("ix_party_name_folded", table_name="party_name")
    op.drop_table("party_name")
    op.drop_index(op.f("ix_party_identity_id"), table_name="party")
    op.drop_table("party")
