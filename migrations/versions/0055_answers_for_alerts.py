"""Why what may point to a person stays in an alert."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "alert_answer",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("why IN ('public', 'nobody', 'needed')", name=op.f("ck_alert_answer_why_known")),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_answer_alert_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["officer.id"], name=op.f("fk_alert_answer_answered_by")),
        sa.PrimaryKeyConstraint("alert_id", "mark", name=op.f("pk_alert_answer")),
    )


def downgrade():
    op.drop_table("alert_answer")
