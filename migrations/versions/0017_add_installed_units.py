"""Units fitted in homes, and the households that recording takes turns at."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "household",
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_household")),
    )
    _create_units()
    op.create_table(
        "usage_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("is_in_use", sa.Boolean(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["installed_unit.id"], name=op.f("fk_usage_check_unit_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["officer.id"], name=op.f("fk_usage_check_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_check")),
    )
    op.create_index(op.f("ix_usage_check_unit_id"), "usage_check", ["unit_id"], unique=False)


def _create_units():
    op.create_table(
        "installed_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("household_key", sa.Text(), nullable=True),
        sa.Column("installed_on", sa.Date(), nullable=False),
        sa.Column("intervention_reference", sa.Text(), nullable=False),
        sa.Column("term_ends_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ended_on >= installed_on", name=op.f("ck_installed_unit_ended_after_installed")),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (ended_how IS NULL) AND (ended_on IS NULL) = (ended_at IS NULL)",
            name=op.f("ck_installed_unit_ended_whole"),
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["officer.id"], name=op.f("fk_installed_unit_recorded_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["officer.id"], name=op.f("fk_installed_unit_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installed_unit")),
    )
    in_place = sa.text("ended_on IS NULL")
    op.create_index(
        "uq_installed_unit_serial", "installed_unit", ["kind", "serial"],
        unique=True, sqlite_where=in_place, postgresql_where=in_place,
    )  # fmt: skip
    op.create_index(
        "ix_installed_unit_first_day", "installed_unit", ["kind", "installed_on", "term_ends_on"], unique=False
    )
    for column in ("household_key", "intervention_reference", "ended_on"):
        op.create_index(op.f(f"ix_installed_unit_{column}"), "installed_unit", [column], unique=False)


def downgrade():
    op.drop_table("usage_check")
    op.drop_table("installed_unit")
    op.drop_table("household")
