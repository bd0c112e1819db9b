"""Calls to the service's number, what happened in each, messages left, and who was told; texts become calls."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_WAITING = sa.text("disposition = 'waiting'")
_DUE = sa.text("due_at IS NOT NULL")
_KEPT = sa.text("storage_key IS NOT NULL AND deleted_at IS NULL")


def upgrade():
    op.create_index("ix_call_waiting", "call", ["received_at"], sqlite_where=_WAITING, postgresql_where=_WAITING)
    op.create_table(
        "telephone_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("rang_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_telephone_call_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telephone_call")),
        sa.UniqueConstraint("call_id", name=op.f("uq_telephone_call_call_id")),
        sa.UniqueConstraint("provider_ref", name=op.f("uq_telephone_call_provider_ref")),
    )
    op.create_table(
        "telephone_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("telephone_call_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("word", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_telephone_event_officer_id")),
        sa.ForeignKeyConstraint(
            ["telephone_call_id"], ["telephone_call.id"], name=op.f("fk_telephone_event_telephone_call_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telephone_event")),
        sa.UniqueConstraint(
            "telephone_call_id", "kind", "place", name=op.f("uq_telephone_event_telephone_call_id_kind_place")
        ),
    )
    op.create_index("ix_telephone_event_kind_at", "telephone_event", ["kind", "at"])
    _add_recordings()
    op.create_table(
        "telephone_notice",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_telephone_notice_call_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_telephone_notice")),
    )
    op.create_index(op.f("ix_telephone_notice_call_id"), "telephone_notice", ["call_id"])
    with op.batch_alter_table("inbound_message") as table:
        table.add_column(sa.Column("call_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_inbound_message_call_id"), "call", ["call_id"], ["id"])
        table.create_index(op.f("ix_inbound_message_sender"), ["sender", "received_at"])
    _forbid_changes_to_events()


def _add_recordings():
    op.create_table(
        "telephone_recording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("telephone_call_id", sa.Integer(), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("storage_key", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at_provider", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("held_by", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(storage_key IS NULL) = (sha256 IS NULL) AND (storage_key IS NULL) = (fetched_at IS NULL)",
            name=op.f("ck_telephone_recording_kept_with_hash"),
        ),
        sa.CheckConstraint(
            "(held_at IS NULL) = (held_reason IS NULL)", name=op.f("ck_telephone_recording_held_with_reason")
        ),
        sa.CheckConstraint("deleted_at IS NULL OR held_at IS NULL", name=op.f("ck_telephone_recording_held_is_kept")),
        sa.ForeignKeyConstraint(["held_by"], ["officer.id"], name=op.f("fk_telephone_recording_held_by")),
        sa.ForeignKeyConstraint(
            ["telephone_call_id"], ["telephone_call.id"], name=op.f("fk_telephone_recording_telephone_call_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telephone_recording")),
        sa.UniqueConstraint("provider_ref", name=op.f("uq_telephone_recording_provider_ref")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_telephone_recording_storage_key")),
    )
    op.create_index("ix_telephone_recording_due", "telephone_recording", ["due_at"], sqlite_where=_DUE,
                    postgresql_where=_DUE)  # fmt: skip
    op.create_index("ix_telephone_recording_keep_until", "telephone_recording", ["keep_until"], sqlite_where=_KEPT,
                    postgresql_where=_KEPT)  # fmt: skip
    op.create_index(op.f("ix_telephone_recording_telephone_call_id"), "telephone_recording", ["telephone_call_id"])


def _forbid_changes_to_events():
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER telephone_event_no_{act.lower()} BEFORE {act} ON telephone_event "
                "BEGIN SELECT RAISE(ABORT, 'what happened in a call is never rewritten'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change_to_telephone_event() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'what happened in a call is never rewritten'; END $$"
    )
    op.execute(
        "CREATE TRIGGER telephone_event_permanent BEFORE UPDATE OR DELETE ON telephone_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_to_telephone_event()"
    )


def downgrade():
    with op.batch_alter_table("inbound_message") as table:
        table.drop_index(op.f("ix_inbound_message_sender"))
        table.drop_constraint(op.f("fk_inbound_message_call_id"), type_="foreignkey")
        table.drop_column("call_id")
    op.drop_table("telephone_notice")
    op.drop_table("telephone_recording")
    op.drop_table("telephone_event")
    op.drop_table("telephone_call")
    op.drop_index("ix_call_waiting", table_name="call")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change_to_telephone_event()")
