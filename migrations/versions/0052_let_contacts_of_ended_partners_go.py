"""Contacts of partners that have ended are let go."""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_ENDED = "SELECT partner_id FROM partner_profile WHERE ended_at IS NOT NULL"


def upgrade():
    op.execute(f"DELETE FROM partner_contact WHERE partner_id IN ({_ENDED})")
    op.execute(f"DELETE FROM subscriber_endpoint WHERE subscriber_id IN ({_ENDED})")


def downgrade():
    """Leave them as they are: whose they were is not known any more."""
