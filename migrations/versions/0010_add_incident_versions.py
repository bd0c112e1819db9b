"""Versions of incidents, the body that one is offered to, and the key of an officer's shortcut."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("incident", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("incident", sa.Column("offered_to", sa.Text(), nullable=True))
    op.add_column("milestone", sa.Column("version", sa.Integer(), nullable=True))
    op.add_column("grading", sa.Column("version", sa.Integer(), nullable=True))
    op.add_column("call", sa.Column("incident_version", sa.Integer(), nullable=True))
    op.add_column("officer", sa.Column("shortcut", sa.Text(), nullable=False, server_default="n"))


def downgrade():
    op.drop_column("officer", "shortcut")
    op.drop_column("call", "incident_version")
    op.drop_column("grading", "version")
    op.drop_column("milestone", "version")
    op.drop_column("incident", "offered_to")
    op.drop_column("incident", "version")
