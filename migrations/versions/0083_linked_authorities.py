"""Other authorities are linked: each is known by keys that somebody compared, and we sign with keys of our own.

Revision ID: 0083
Revises: 0082
"""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_STANDS = sa.text("ended_at IS NULL")
_BOTH = "(revoked_at IS NULL) = (reason IS NULL)"


def upgrade():
    op.create_table(
        "signing_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("revoked_at", _TIME, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("revoked_at IS NULL OR ended_at IS NOT NULL", name=op.f("ck_signing_key_revoked_has_ended")),
        sa.CheckConstraint(_BOTH, name=op.f("ck_signing_key_revoked_with_reason")),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_signing_key_made_by")),
        sa.ForeignKeyConstraint(["revoked_by"], ["officer.id"], name=op.f("fk_signing_key_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("name", name=op.f("uq_signing_key_name")),
    )
    op.create_table(
        "linked_authority",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("looked_at", _TIME, nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_linked_authority_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linked_authority")),
    )
    where = {"sqlite_where": _STANDS, "postgresql_where": _STANDS}
    op.create_index("uq_linked_authority_url", "linked_authority", ["url"], unique=True, **where)
    op.create_table(
        "linked_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("trusted_at", _TIME, nullable=False),
        sa.Column("trusted_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", _TIME, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(_BOTH, name=op.f("ck_linked_key_revoked_with_reason")),
        sa.ForeignKeyConstraint(["authority_id"], ["linked_authority.id"], name=op.f("fk_linked_key_authority_id")),
        sa.ForeignKeyConstraint(["trusted_by"], ["officer.id"], name=op.f("fk_linked_key_trusted_by")),
        sa.ForeignKeyConstraint(["revoked_by"], ["officer.id"], name=op.f("fk_linked_key_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linked_key")),
        sa.UniqueConstraint("authority_id", "name", name=op.f("uq_linked_key_authority_id_name")),
    )
    op.create_index(op.f("ix_linked_key_name"), "linked_key", ["name"])


def downgrade():
    op.drop_table("linked_key")
    op.drop_table("linked_authority")
    op.drop_table("signing_key")
