"""Alerts, who wrote them, and reviews of those sent alone."""

import sqlalchemy as sa
from alembic import op

from migrations.types import big_id

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SENT_ALONE = sa.text("override_reason IS NOT NULL")


def upgrade():
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("in_reply_to", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("wards", sa.JSON(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("body_markdown", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("sms_text", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_digest", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("mailing_id", big_id(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('draft', 'pending_approval', 'returned', 'rejected', 'approved')",
            name=op.f("ck_alert_status_known"),
        ),
        sa.CheckConstraint("(kind = 'alert') = (in_reply_to IS NULL)", name=op.f("ck_alert_reply_with_original")),
        sa.CheckConstraint(
            "(status = 'approved') = (approved_by IS NOT NULL)", name=op.f("ck_alert_approved_by_somebody")
        ),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_digest IS NULL)", name=op.f("ck_alert_approved_with_digest")
        ),
        sa.CheckConstraint(
            "(mailing_id IS NULL) = (published_at IS NULL)", name=op.f("ck_alert_published_with_mailing")
        ),
        sa.CheckConstraint(
            "override_reason IS NULL OR approved_by IS NOT NULL", name=op.f("ck_alert_override_when_approved")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["officer.id"], name=op.f("fk_alert_approved_by")),
        sa.ForeignKeyConstraint(["author_id"], ["officer.id"], name=op.f("fk_alert_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_alert_case_id")),
        sa.ForeignKeyConstraint(["in_reply_to"], ["alert.id"], name=op.f("fk_alert_in_reply_to")),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_alert_mailing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("mailing_id", name=op.f("uq_alert_mailing_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_alert_reference")),
    )
    op.create_index(op.f("ix_alert_case_id"), "alert", ["case_id"])
    op.create_index("ix_alert_published_at", "alert", ["published_at"])
    op.create_index(
        "ix_alert_sent_alone", "alert", ["approved_at"], postgresql_where=_SENT_ALONE, sqlite_where=_SENT_ALONE
    )
    op.create_index("ix_alert_status", "alert", ["status"])
    op.create_table(
        "alert_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("reviewed_by", sa.Integer(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_review_alert_id")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["officer.id"], name=op.f("fk_alert_review_reviewed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_review")),
        sa.UniqueConstraint("alert_id", name=op.f("uq_alert_review_alert_id")),
    )
    op.create_table(
        "alert_writer",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_writer_alert_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_alert_writer_officer_id")),
        sa.PrimaryKeyConstraint("alert_id", "officer_id", name=op.f("pk_alert_writer")),
    )


def downgrade():
    op.drop_table("alert_writer")
    op.drop_table("alert_review")
    op.drop_index("ix_alert_status", table_name="alert")
    op.drop_index("ix_alert_sent_alone", table_name="alert")
    op.drop_index("ix_alert_published_at", table_name="alert")
    op.drop_index(op.f("ix_alert_case_id"), table_name="alert")
    op.drop_table("alert")
