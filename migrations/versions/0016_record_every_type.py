"""What every type of intervention holds: memo money, our share, the case's money line, and how much of it counts."""

import re

import sqlalchemy as sa
from alembic import op

from migrations.types import big_id, exact_decimal

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_CURRENT = {"sqlite_where": sa.text("is_current = 1"), "postgresql_where": sa.text("is_current")}
_COUNTED = {
    "sqlite_where": sa.text("is_current = 1 AND is_withdrawn = 0"),
    "postgresql_where": sa.text("is_current AND NOT is_withdrawn"),
}
_OF_A_LINE = {
    "sqlite_where": sa.text("is_current = 1 AND is_withdrawn = 0 AND money_line_id IS NOT NULL"),
    "postgresql_where": sa.text("is_current AND NOT is_withdrawn AND money_line_id IS NOT NULL"),
}
_TO_VERIFY = {
    "sqlite_where": sa.text("is_current = 1 AND is_withdrawn = 0 AND needs_verifying = 1 AND verified_at IS NULL"),
    "postgresql_where": sa.text("is_current AND NOT is_withdrawn AND needs_verifying AND verified_at IS NULL"),
}
_INDEXED = (
    "on_date", "type", "beneficiary", "share", "counted_units", "overlaps_id", "units", "prevented", "recovered",
    "future", "memo", "ward_code", "id",
)  # fmt: skip
_INDEXED_BEFORE = ("on_date", "type", "beneficiary", "units", "prevented", "recovered", "future", "id")
_CLASSES_BEFORE = (
    "(prevented = 0 AND recovered = 0) OR (prevented = 0 AND future = 0) OR (recovered = 0 AND future = 0)"
)
_CLASSES = " + ".join(
    f"CASE WHEN {name} = 0 THEN 0 ELSE 1 END" for name in ("prevented", "recovered", "future", "memo")
)
_SHARE = "CAST(share AS NUMERIC) > 0 AND CAST(share AS NUMERIC) <= 1"
_CHECKS = {
    "units_positive": "units >= 0 AND refreshers >= 0 AND units + refreshers > 0",
    "money_not_negative": "prevented >= 0 AND recovered >= 0 AND future >= 0 AND memo >= 0",
    "money_in_one_class": f"{_CLASSES} <= 1",
    "share_is_a_part": _SHARE,
    "counted_units_of_units": "counted_units >= 0 AND counted_units <= units",
    "overlaps_another": "overlaps_id <> id",
}
_CHECKS_BEFORE = {
    "units_positive": "units > 0",
    "money_not_negative": "prevented >= 0 AND recovered >= 0 AND future >= 0",
    "money_in_one_class": _CLASSES_BEFORE,
}
_NEW = (
    "memo", "outcome", "share", "refreshers", "money_line_id", "other_money", "needs_verifying", "counted_units",
    "not_counted_reason", "overlaps_id",
)  # fmt: skip
_HOUSEHOLD = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b(.*)", re.ASCII)
# The limit that stood when the records before this change were made, in pence.
_VERIFIED_ABOVE = 500_000


def upgrade():
    op.drop_index("ix_intervention_counted", "intervention")
    _add_columns()
    op.execute(
        "UPDATE intervention SET counted_units = units, "
        f"needs_verifying = (prevented + recovered + future > {_VERIFIED_ABOVE})"
    )
    _write_households_one_way()
    _tighten()
    op.create_index("ix_intervention_counted", "intervention", _INDEXED, unique=False, **_COUNTED)
    op.create_index(
        "uq_intervention_money_line", "intervention", ["money_line_id"],
        unique=True, **_OF_A_LINE,
    )  # fmt: skip
    op.create_index(
        "ix_intervention_to_verify", "intervention", ["on_date", "id"],
        unique=False, **_TO_VERIFY,
    )  # fmt: skip
    op.create_index(op.f("ix_intervention_household_key"), "intervention", ["household_key"], unique=False)
    op.create_index(op.f("ix_intervention_overlaps_id"), "intervention", ["overlaps_id"], unique=False)
    _create_shares()
    _create_limits()


def _add_columns():
    with op.batch_alter_table("intervention") as table:
        table.add_column(sa.Column("memo", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("outcome", sa.Text(), nullable=True))
        table.add_column(sa.Column("share", exact_decimal(), nullable=False, server_default="1"))
        table.add_column(sa.Column("refreshers", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("money_line_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("other_money", sa.Text(), nullable=True))
        table.add_column(sa.Column("needs_verifying", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("counted_units", sa.Integer(), nullable=True))
        table.add_column(sa.Column("not_counted_reason", sa.Text(), nullable=True))
        table.add_column(sa.Column("overlaps_id", big_id(), nullable=True))
        table.create_foreign_key(op.f("fk_intervention_money_line_id"), "money_line", ["money_line_id"], ["id"])
        table.create_foreign_key(op.f("fk_intervention_overlaps_id"), "intervention", ["overlaps_id"], ["id"])


def _tighten():
    with op.batch_alter_table("intervention") as table:
        table.alter_column("needs_verifying", existing_type=sa.Boolean(), nullable=False)
        table.alter_column("counted_units", existing_type=sa.Integer(), nullable=False)
        _exchange_checks(table, _CHECKS_BEFORE, _CHECKS)


def _write_households_one_way():
    """Write every postcode and house number that was typed before as they are written from now on: ``BR1 3UH 12``."""
    table = sa.table("intervention", sa.column("household_key", sa.Text()))
    bind = op.get_bind()
    for typed in bind.execute(sa.select(table.c.household_key).distinct()).scalars().all():
        found = _HOUSEHOLD.fullmatch((typed or "").strip().upper())
        numbers = sorted(re.findall(r"\b\d+[A-Z]?\b", found[3])) if found else []
        if numbers:
            key = f"{found[1]} {found[2]} {'+'.join(numbers)}"
            bind.execute(table.update().where(table.c.household_key == typed).values(household_key=key))


def _exchange_checks(table, old, new):
    for name in old:
        table.drop_constraint(op.f(f"ck_intervention_{name}"), type_="check")
    for name, condition in new.items():
        table.create_check_constraint(op.f(f"ck_intervention_{name}"), condition)


def _create_shares():
    op.create_table(
        "intervention_share",
        sa.Column("intervention_id", big_id(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("share", exact_decimal(), nullable=False),
        sa.CheckConstraint(_SHARE, name=op.f("ck_intervention_share_share_is_a_part")),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_intervention_share_intervention_id")
        ),
        sa.PrimaryKeyConstraint("intervention_id", "partner", name=op.f("pk_intervention_share")),
    )


def _create_limits():
    op.create_table(
        "verification_limit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("above", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("above >= 0", name=op.f("ck_verification_limit_above_not_negative")),
        sa.ForeignKeyConstraint(["set_by"], ["officer.id"], name=op.f("fk_verification_limit_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_limit")),
    )


def downgrade():
    op.drop_table("verification_limit")
    op.drop_table("intervention_share")
    for name in (
        "ix_intervention_overlaps_id", "ix_intervention_household_key", "ix_intervention_to_verify",
        "uq_intervention_money_line", "ix_intervention_counted",
    ):  # fmt: skip
        op.drop_index(name, "intervention")
    with op.batch_alter_table("intervention") as table:
        _exchange_checks(table, _CHECKS, _CHECKS_BEFORE)
        for name in ("overlaps_id", "money_line_id"):
            table.drop_constraint(op.f(f"fk_intervention_{name}"), type_="foreignkey")
        for name in _NEW:
            table.drop_column(name)
    op.create_index("ix_intervention_counted", "intervention", _INDEXED_BEFORE, unique=False, **_COUNTED)
