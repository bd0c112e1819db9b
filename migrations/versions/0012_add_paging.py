"""Paging: its policy, runs, attempts, codes, welfare watches; a lane of its own; and what comes with the service."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from migrations.types import big_id

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OPEN, _IN_USE, _UNSETTLED = sa.text("ended_at IS NULL"), sa.text("retired_at IS NULL"), sa.text("NOT is_settled")
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_STEPS = [
    {"after": 0, "duty": "primary", "channel": "sms"},
    {"after": 60, "duty": "primary", "channel": "voice"},
    {"after": 300, "duty": "backup", "channel": "sms"},
    {"after": 300, "duty": "backup", "channel": "voice"},
    {"after": 600, "duty": "manager", "channel": "sms"},
    {"after": 600, "duty": "manager", "channel": "voice"},
]


def upgrade():
    _let_lanes_be("'paging', 'urgent', 'transactional', 'bulk'")
    policy = _create_policy()
    _create_runs()
    _create_welfare()
    _create_attempts()
    _create_codes()
    values = {"effective_from": _FIRST_DAY, "made_at": _FIRST_DAY, "steps": _STEPS, "welfare_misses": 2}
    values |= {"repeat_after_seconds": 300, "repage_after_seconds": 900, "welfare_after_seconds": 1800}
    op.bulk_insert(policy, [values | {"welfare_answer_seconds": 300, "down_after_seconds": 30}])


def _create_policy():
    table = op.create_table(
        "paging_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("repeat_after_seconds", sa.Integer(), nullable=False),
        sa.Column("repage_after_seconds", sa.Integer(), nullable=False),
        sa.Column("welfare_after_seconds", sa.Integer(), nullable=False),
        sa.Column("welfare_answer_seconds", sa.Integer(), nullable=False),
        sa.Column("welfare_misses", sa.Integer(), nullable=False),
        sa.Column("down_after_seconds", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_paging_policy_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paging_policy")),
    )
    op.create_index(op.f("ix_paging_policy_effective_from"), "paging_policy", ["effective_from"])
    return table


def _create_runs():
    op.create_table(
        "page_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("anchor_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ahead_seconds", sa.Float(), nullable=False),
        sa.Column("next_step", sa.Integer(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_by", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unreachable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unanswered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name=op.f("ck_page_run_acknowledged_by_somebody")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_page_run_end_has_reason")),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["officer.id"], name=op.f("fk_page_run_acknowledged_by")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_page_run_incident_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["paging_policy.id"], name=op.f("fk_page_run_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_run")),
    )
    op.create_index(op.f("ix_page_run_incident_id"), "page_run", ["incident_id"])
    op.create_index("ix_page_run_due", "page_run", ["next_due_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index(
        "uq_page_run_open", "page_run", ["incident_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )


def _create_welfare():
    op.create_table(
        "welfare_watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sign_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("alarm_taken_by", sa.Integer(), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["alarm_taken_by"], ["officer.id"], name=op.f("fk_welfare_watch_alarm_taken_by")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_welfare_watch_incident_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_welfare_watch_officer_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["paging_policy.id"], name=op.f("fk_welfare_watch_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welfare_watch")),
    )
    op.create_index(
        "ix_welfare_watch_due", "welfare_watch", ["next_due_at"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index(
        "uq_welfare_watch_open",
        "welfare_watch",
        ["incident_id", "officer_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _create_attempts():
    op.create_table(
        "page_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("watch_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery_id", big_id(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pressed", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column("trouble_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_page_attempt_delivery_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_page_attempt_incident_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_page_attempt_officer_id")),
        sa.ForeignKeyConstraint(["run_id"], ["page_run.id"], name=op.f("fk_page_attempt_run_id")),
        sa.ForeignKeyConstraint(["watch_id"], ["welfare_watch.id"], name=op.f("fk_page_attempt_watch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_attempt")),
        sa.UniqueConstraint("delivery_id", name="uq_page_attempt_delivery_id"),
        sa.UniqueConstraint("slot", "officer_id", "channel", name="uq_page_attempt_slot"),
    )
    op.create_index("ix_page_attempt_incident_id", "page_attempt", ["incident_id", "made_at"])
    op.create_index(
        "ix_page_attempt_unsettled", "page_attempt", ["id"], sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED
    )
    op.create_table(
        "page_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("duty", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_page_event_incident_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_page_event_officer_id")),
        sa.ForeignKeyConstraint(["run_id"], ["page_run.id"], name=op.f("fk_page_event_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_event")),
    )
    op.create_index("ix_page_event_incident_id", "page_event", ["incident_id", "at"])


def _create_codes():
    op.create_table(
        "page_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_page_code_incident_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_page_code_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_code")),
    )
    for name, columns in (
        ("uq_page_code_in_use", ["officer_id", "code"]),
        ("uq_page_code_incident", ["incident_id", "officer_id"]),
    ):
        op.create_index(name, "page_code", columns, unique=True, sqlite_where=_IN_USE, postgresql_where=_IN_USE)
    op.create_table(
        "wrong_page_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_wrong_page_code_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_page_code")),
    )
    op.create_index("ix_wrong_page_code_officer", "wrong_page_code", ["officer_id", "at"])
    op.create_table(
        "provider_outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_outage")),
    )
    op.create_index(
        "uq_provider_outage_open",
        "provider_outage",
        ["channel"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade():
    for name in ("provider_outage", "wrong_page_code", "page_code", "page_event", "page_attempt"):
        op.drop_table(name)
    for name in ("welfare_watch", "page_run", "paging_policy"):
        op.drop_table(name)
    op.execute("UPDATE mailing SET lane = 'transactional' WHERE lane = 'paging'")
    _let_lanes_be("'urgent', 'transactional', 'bulk'")


def _let_lanes_be(names):
    """Change the constraint of the lane."""
    with op.batch_alter_table("mailing") as table:
        table.drop_constraint(op.f("ck_mailing_lane"), type_="check")
        table.create_check_constraint(op.f("ck_mailing_lane"), f"lane IN ({names})")
