"""A mail that came in is found by the message it speaks of: deleting old messages looks once for each.

Revision ID: 0089
Revises: 0088
"""

from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index(op.f("ix_inbound_mail_delivery_id"), "inbound_mail", ["delivery_id"])


def downgrade():
    op.drop_index(op.f("ix_inbound_mail_delivery_id"), "inbound_mail")
