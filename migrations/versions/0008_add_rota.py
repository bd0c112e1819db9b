"""Patterns, shifts, swaps, leave, gaps, verified mobiles and calendars of the rota."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_HELD, _OPEN, _NOT_REVOKED = (sa.text(f"{name} IS NULL") for name in ("removed_at", "closed_at", "revoked_at"))


def upgrade():
    op.create_table(
        "rota_gap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("duty IN ('primary', 'backup', 'manager')", name=op.f("ck_rota_gap_duty_known")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_rota_gap_end_after_start")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_gap")),
    )
    op.create_index("ix_rota_gap_open", "rota_gap", ["starts_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "mobile_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("e164", sa.Text(), nullable=False),
        sa.Column("block", sa.Text(), nullable=False),
        sa.Column("code_digest", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_mobile_code_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mobile_code")),
    )
    op.create_index("ix_mobile_code_block", "mobile_code", ["block", "sent_at"])
    op.create_index("ix_mobile_code_officer", "mobile_code", ["officer_id", "sent_at"])
    op.create_table(
        "officer_mobile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("e164", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("removed_at >= verified_at", name=op.f("ck_officer_mobile_removed_after_verified")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officer_mobile_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_mobile")),
    )
    op.create_index("ix_officer_mobile_officer", "officer_mobile", ["officer_id", "verified_at"])
    op.create_index(
        "uq_officer_mobile_number", "officer_mobile", ["e164"], unique=True, sqlite_where=_HELD, postgresql_where=_HELD
    )
    op.create_index(
        "uq_officer_mobile_officer",
        "officer_mobile",
        ["officer_id"],
        unique=True,
        sqlite_where=_HELD,
        postgresql_where=_HELD,
    )
    op.create_table(
        "rota_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_rota_calendar_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_calendar")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_rota_calendar_token_digest")),
    )
    op.create_index(
        "uq_rota_calendar_officer",
        "rota_calendar",
        ["officer_id"],
        unique=True,
        sqlite_where=_NOT_REVOKED,
        postgresql_where=_NOT_REVOKED,
    )
    op.create_table(
        "rota_leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_rota_leave_end_after_start")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_rota_leave_last_after_first")),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_rota_leave_made_by")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_rota_leave_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_leave")),
    )
    op.create_index("ix_rota_leave_officer", "rota_leave", ["officer_id", "ends_at"])
    op.create_table(
        "rota_pattern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("duty IN ('primary', 'backup', 'manager')", name=op.f("ck_rota_pattern_duty_known")),
        sa.CheckConstraint("every_weeks >= 1", name=op.f("ck_rota_pattern_every_weeks_positive")),
        sa.ForeignKeyConstraint(["created_by"], ["officer.id"], name=op.f("fk_rota_pattern_created_by")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_rota_pattern_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_pattern")),
    )
    op.create_index(op.f("ix_rota_pattern_officer_id"), "rota_pattern", ["officer_id"])
    op.create_table(
        "rota_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("pattern_id", sa.Integer(), nullable=True),
        sa.Column("pattern_day", sa.Date(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("swapped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("duty IN ('primary', 'backup', 'manager')", name=op.f("ck_rota_shift_duty_known")),
        sa.CheckConstraint("(pattern_id IS NULL) = (pattern_day IS NULL)", name=op.f("ck_rota_shift_pattern_with_day")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_rota_shift_end_after_start")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_rota_shift_officer_id")),
        sa.ForeignKeyConstraint(["pattern_id"], ["rota_pattern.id"], name=op.f("fk_rota_shift_pattern_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_shift")),
    )
    op.create_index("ix_rota_shift_officer", "rota_shift", ["officer_id", "starts_at"])
    op.create_index("ix_rota_shift_pattern", "rota_shift", ["pattern_id", "pattern_day"])
    op.create_index(op.f("ix_rota_shift_starts_at"), "rota_shift", ["starts_at"])
    op.create_table(
        "rota_swap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("from_officer_id", sa.Integer(), nullable=False),
        sa.Column("to_officer_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_rota_swap_end_after_start")),
        sa.CheckConstraint("from_officer_id <> to_officer_id", name=op.f("ck_rota_swap_two_officers")),
        sa.ForeignKeyConstraint(["from_officer_id"], ["officer.id"], name=op.f("fk_rota_swap_from_officer_id")),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_rota_swap_made_by")),
        sa.ForeignKeyConstraint(["shift_id"], ["rota_shift.id"], name=op.f("fk_rota_swap_shift_id")),
        sa.ForeignKeyConstraint(["to_officer_id"], ["officer.id"], name=op.f("fk_rota_swap_to_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_swap")),
    )
    op.create_index(op.f("ix_rota_swap_shift_id"), "rota_swap", ["shift_id"])


def downgrade():
    op.drop_table("rota_swap")
    op.drop_table("rota_shift")
    op.drop_table("rota_pattern")
    op.drop_table("rota_leave")
    op.drop_table("rota_calendar")
    op.drop_table("officer_mobile")
    op.drop_table("mobile_code")
    op.drop_table("rota_gap")
