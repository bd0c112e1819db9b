"""An index in which one officer's visits are found, so that two at a time are noticed."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_attendance_officer_id", "attendance", ["officer_id", "cleared_at"])


def downgrade():
    op.drop_index("ix_attendance_officer_id", "attendance")
