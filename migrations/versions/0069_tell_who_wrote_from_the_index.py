"""Let the index of the trail tell who wrote to a record, and when."""

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

_NAME, _TABLE, _RECORD = "ix_audit_event_subject", "audit_event", ["subject", "subject_id"]


def upgrade():
    op.drop_index(_NAME, _TABLE)
    op.create_index(_NAME, _TABLE, [*_RECORD, "action", "officer_id", "at"])


def downgrade():
    op.drop_index(_NAME, _TABLE)
    op.create_index(_NAME, _TABLE, _RECORD)
