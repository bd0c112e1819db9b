"""Keep each sign-in, how access changed and why, roles until a day, and whom single sign-on means by an officer."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade():
    op.add_column("officer_role", sa.Column("until", _TIME))
    op.add_column("officer", sa.Column("left_at", _TIME))
    _create_sign_in()
    _create_access_change()
    op.create_table(
        "officer_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("linked_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officer_identity_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_identity")),
        sa.UniqueConstraint("officer_id", name=op.f("uq_officer_identity_officer_id")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_officer_identity_issuer_subject")),
    )


def downgrade():
    op.drop_table("officer_identity")
    op.drop_table("access_change")
    op.drop_table("sign_in")
    op.drop_column("officer", "left_at")
    op.drop_column("officer_role", "until")


def _create_sign_in():
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("second_step", sa.Text()),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("provider_session", sa.Text()),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("last_seen_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("ended_by", sa.Integer()),
        sa.Column("ending", sa.Text()),
        sa.CheckConstraint("expires_at > started_at", name=op.f("ck_sign_in_expires_after_start")),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_sign_in_ended_for_a_reason")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_sign_in_officer_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["officer.id"], name=op.f("fk_sign_in_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sign_in_token_digest")),
    )
    op.create_index("ix_sign_in_officer", "sign_in", ["officer_id", "expires_at"])
    named = sa.text("provider_session IS NOT NULL")
    op.create_index(
        "ix_sign_in_provider_session", "sign_in", ["provider_session"], sqlite_where=named, postgresql_where=named
    )


def _create_access_change():
    op.create_table(
        "access_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("role", sa.Text()),
        sa.Column("until", _TIME),
        sa.Column("reason", sa.Text()),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by_officer_id", sa.Integer()),
        sa.Column("via", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_access_change_officer_id")),
        sa.ForeignKeyConstraint(["by_officer_id"], ["officer.id"], name=op.f("fk_access_change_by_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_change")),
    )
    op.create_index("ix_access_change_officer", "access_change", ["officer_id", "at"])
