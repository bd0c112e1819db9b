"""Room in PostgreSQL's indexes of messages: each message is written anew when it is claimed and when it was sent.

Every time all indexes of the table get another entry beside the one before, whose page is full otherwise and has to be
searched for dead entries and split. Pages that are there stay as they are, so nothing is locked for long.

Revision ID: 0090
Revises: 0089
"""

from alembic import op

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None

_INDEXES = ("pk_delivery", "uq_delivery_recipient", "ix_delivery_endpoint_id")


def upgrade():
    _alter("SET (fillfactor = 45)")


def downgrade():
    _alter("RESET (fillfactor)")


def _alter(change):
    if op.get_bind().dialect.name == "postgresql":
        for index in _INDEXES:
            op.execute(f"ALTER INDEX {index} {change}")
