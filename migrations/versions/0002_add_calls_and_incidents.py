"""Places, calls, incidents, clocks, attendances."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FIRST_GRADES = (("immediate", 2 * 60 * 60), ("prompt", None), ("appointment", None), ("none", None))


def upgrade():
    op.create_table(
        "grade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("target_seconds", sa.Integer(), nullable=True),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("target_seconds > 0", name=op.f("ck_grade_target_is_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade")),
        sa.UniqueConstraint("name", "effective_from", name=op.f("uq_grade_name_effective_from")),
    )
    op.create_table(
        "ward",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ward")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("ward_code", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("grade_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_note", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_incident_closed_has_time")),
        sa.CheckConstraint(
            "closed_at IS NULL OR outcome IS NOT NULL", name=op.f("ck_incident_no_close_without_outcome")
        ),
        sa.ForeignKeyConstraint(["grade_id"], ["grade.id"], name=op.f("fk_incident_grade_id")),
        sa.ForeignKeyConstraint(["ward_code"], ["ward.code"], name=op.f("fk_incident_ward_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("reference", name=op.f("uq_incident_reference")),
    )
    op.create_index(
        "ix_incident_open",
        "incident",
        ["id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("en_route_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("on_scene_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cleared_at >= on_scene_at", name=op.f("ck_attendance_cleared_after_scene")),
        sa.CheckConstraint("on_scene_at >= en_route_at", name=op.f("ck_attendance_scene_after_route")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_attendance_incident_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_attendance_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    op.create_index("ix_attendance_incident_id", "attendance", ["incident_id", "on_scene_at"], unique=False)
    op.create_index(
        "uq_attendance_present",
        "attendance",
        ["incident_id", "officer_id"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("caller_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_e164", sa.Text(), nullable=True),
        sa.Column("is_safe_to_call_back", sa.Boolean(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("ward_code", sa.Text(), nullable=True),
        sa.Column("happening", sa.Text(), nullable=True),
        sa.Column("is_trader_on_site", sa.Boolean(), nullable=False),
        sa.Column("trader", sa.Text(), nullable=True),
        sa.Column("money_state", sa.Text(), nullable=False),
        sa.Column("money_amount", sa.BigInteger(), nullable=True),
        sa.Column("is_vulnerable", sa.Boolean(), nullable=False),
        sa.Column("has_threat", sa.Boolean(), nullable=False),
        sa.Column("is_work_in_progress", sa.Boolean(), nullable=False),
        sa.Column("told_999_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("logged_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_call_incident_id")),
        sa.ForeignKeyConstraint(["logged_by"], ["officer.id"], name=op.f("fk_call_logged_by")),
        sa.ForeignKeyConstraint(["ward_code"], ["ward.code"], name=op.f("fk_call_ward_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("reference", name=op.f("uq_call_reference")),
    )
    op.create_index("ix_call_incident", "call", ["incident_id", "received_at"], unique=False)
    op.create_index(op.f("ix_call_phone_e164"), "call", ["phone_e164"], unique=False)
    op.create_index(op.f("ix_call_received_at"), "call", ["received_at"], unique=False)
    op.create_table(
        "grading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("grade_id", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("facts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("graded_by", sa.Integer(), nullable=True),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["grade_id"], ["grade.id"], name=op.f("fk_grading_grade_id")),
        sa.ForeignKeyConstraint(["graded_by"], ["officer.id"], name=op.f("fk_grading_graded_by")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_grading_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading")),
    )
    op.create_index("ix_grading_incident_id", "grading", ["incident_id", "grade_id"], unique=False)
    op.create_table(
        "incident_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("grade_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("target_seconds", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_incident_clock_end_has_reason")),
        sa.CheckConstraint("due_at > started_at", name=op.f("ck_incident_clock_due_after_start")),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_incident_clock_end_after_start")),
        sa.CheckConstraint("stopped_at >= started_at", name=op.f("ck_incident_clock_stop_after_start")),
        sa.ForeignKeyConstraint(["grade_id"], ["grade.id"], name=op.f("fk_incident_clock_grade_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_clock_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_clock")),
        sa.UniqueConstraint("incident_id", "number", name=op.f("uq_incident_clock_incident_id_number")),
    )
    op.create_index(
        "ix_incident_clock_running",
        "incident_clock",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("stopped_at IS NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "breach",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["incident_clock.id"], name=op.f("fk_breach_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach")),
        sa.UniqueConstraint("clock_id", name=op.f("uq_breach_clock_id")),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["attendance_id"], ["attendance.id"], name=op.f("fk_milestone_attendance_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_milestone_incident_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["officer.id"], name=op.f("fk_milestone_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    op.create_index(op.f("ix_milestone_incident_id"), "milestone", ["incident_id"], unique=False)
    _add_first_grades()
    _forbid_changes_to_breaches()


def _add_first_grades():
    grade = sa.table(
        "grade",
        sa.column("name", sa.Text()),
        sa.column("target_seconds", sa.Integer()),
        sa.column("effective_from", sa.DateTime(timezone=True)),
    )
    since = datetime(2000, 1, 1, tzinfo=UTC)
    rows = [{"name": name, "target_seconds": target, "effective_from": since} for name, target in _FIRST_GRADES]
    op.bulk_insert(grade, rows)


def _forbid_changes_to_breaches():
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER breach_no_{act.lower()} BEFORE {act} ON breach "
                "BEGIN SELECT RAISE(ABORT, 'a breach is a permanent fact'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change_to_breach() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a breach is a permanent fact'; END $$"
    )
    op.execute(
        "CREATE TRIGGER breach_permanent BEFORE UPDATE OR DELETE ON breach "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_to_breach()"
    )


def downgrade():
    op.drop_index(op.f("ix_milestone_incident_id"), table_name="milestone")
    op.drop_table("milestone")
    op.drop_table("breach")
    op.drop_index("ix_incident_clock_running", table_name="incident_clock")
    op.drop_table("incident_clock")
    op.drop_index("ix_grading_incident_id", table_name="grading")
    op.drop_table("grading")
    op.drop_index(op.f("ix_call_received_at"), table_name="call")
    op.drop_index(op.f("ix_call_phone_e164"), table_name="call")
    op.drop_index("ix_call_incident", table_name="call")
    op.drop_table("call")
    op.drop_index("uq_attendance_present", table_name="attendance")
    op.drop_index("ix_attendance_incident_id", table_name="attendance")
    op.drop_table("attendance")
    op.drop_index("ix_incident_open", table_name="incident")
    op.drop_table("incident")
    op.drop_table("ward")
    op.drop_table("grade")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change_to_breach()")
