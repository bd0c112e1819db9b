"""How much visitors asked for, and the codes that were sent to them."""

import sqlalchemy as sa
from alembic import op

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "visitor_allowance",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "whose", name=op.f("pk_visitor_allowance")),
    )
    op.create_index("ix_visitor_allowance_started_at", "visitor_allowance", ["started_at"])
    op.create_table(
        "visitor_code",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("record_id", _BIG),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitor_code")),
    )
    op.create_index("ix_visitor_code_made_at", "visitor_code", ["made_at"])


def downgrade():
    op.drop_table("visitor_code")
    op.drop_table("visitor_allowance")
