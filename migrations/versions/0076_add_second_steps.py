"""Add second steps of signing in, recovery codes, passkeys, and links with which officers set a password."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)


def upgrade():
    op.add_column("officer", sa.Column("second_step_since", _WHEN))
    op.create_table(
        "authenticator",
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=False),
        sa.Column("confirmed_at", _WHEN, nullable=False),
        sa.Column("last_count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_authenticator_officer_id_officer"),
        sa.PrimaryKeyConstraint("officer_id", name="pk_authenticator"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("code_digest", sa.Text(), nullable=False),
        sa.Column("used_at", _WHEN),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_recovery_code_officer_id_officer"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_officer_id", "recovery_code", ["officer_id"])
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("added_at", _WHEN, nullable=False),
        sa.Column("last_used_at", _WHEN),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_passkey_officer_id_officer"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential", name="uq_passkey_credential"),
    )
    op.create_index("ix_passkey_officer_id", "passkey", ["officer_id"])
    op.create_table(
        "password_link",
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("expires_at", _WHEN, nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_password_link_officer_id_officer"),
        sa.PrimaryKeyConstraint("officer_id", name="pk_password_link"),
        sa.UniqueConstraint("token_digest", name="uq_password_link_token_digest"),
    )


def downgrade():
    for table in ("password_link", "passkey", "recovery_code", "authenticator"):
        op.drop_table(table)
    op.drop_column("officer", "second_step_since")
