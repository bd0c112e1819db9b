"""A call that was linked to an alert by mistake is taken off it again, for good.

An officer may have an alert rung through to themselves as a test; its call is known again when it is answered. Beside
each pace it is kept what left in the last minute, so that what a restart missed is caught up within it.
"""

import sqlalchemy as sa
from alembic import op

from migrations.types import big_id

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

_UNLINKED, _CALL, _KNOWN = "fk_alert_call_unlinked_by", "fk_alert_trial_delivery_id", "ck_alert_trial_channel_known"
_KEPT = "BEGIN SELECT RAISE(ABORT, 'that a test was sent stays as it was recorded'); END"
_SAME = "SELECT 1 FROM alert_trial WHERE id = NEW.id OR (id = NEW.id)"
_GUARDS = (
    ("alert_trial_no_update", "BEFORE UPDATE ON alert_trial"),
    ("alert_trial_no_delete", "BEFORE DELETE ON alert_trial"),
    ("alert_trial_no_replace", f"BEFORE INSERT ON alert_trial WHEN EXISTS ({_SAME})"),
)


def upgrade():
    with op.batch_alter_table("alert_call") as table:
        table.add_column(sa.Column("unlinked_by", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f(_UNLINKED), "officer", ["unlinked_by"], ["id"])
    with op.batch_alter_table("alert_trial") as table:
        table.add_column(sa.Column("delivery_id", big_id(), nullable=True))
        table.create_foreign_key(op.f(_CALL), "delivery", ["delivery_id"], ["id"])
        table.drop_constraint(op.f(_KNOWN), type_="check")
        table.create_check_constraint(op.f(_KNOWN), "channel IN ('email', 'sms', 'voice')")
    op.create_index("ix_alert_trial_delivery_id", "alert_trial", ["delivery_id"])
    _guard()
    op.add_column("provider_pace", sa.Column("recent", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("provider_pace", sa.Column("more_waited", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    op.execute("DELETE FROM alert_call WHERE unlinked_by IS NOT NULL")
    with op.batch_alter_table("alert_call") as table:
        table.drop_constraint(op.f(_UNLINKED), type_="foreignkey")
        table.drop_column("unlinked_by")
    _let_go()
    op.execute("DELETE FROM alert_trial WHERE channel = 'voice'")
    op.drop_index("ix_alert_trial_delivery_id", table_name="alert_trial")
    with op.batch_alter_table("alert_trial") as table:
        table.drop_constraint(op.f(_CALL), type_="foreignkey")
        table.drop_column("delivery_id")
        table.drop_constraint(op.f(_KNOWN), type_="check")
        table.create_check_constraint(op.f(_KNOWN), "channel IN ('email', 'sms')")
    _guard()
    with op.batch_alter_table("provider_pace") as table:
        table.drop_column("recent")
        table.drop_column("more_waited")


def _let_go():
    if _is_sqlite():
        op.execute("DROP TRIGGER alert_trial_no_delete")
    else:
        op.execute("ALTER TABLE alert_trial DISABLE TRIGGER alert_trial_permanent")


def _guard():
    """Guard what was recorded again: a table that SQLite builds anew has lost every trigger."""
    if not _is_sqlite():
        op.execute("ALTER TABLE alert_trial ENABLE TRIGGER alert_trial_permanent")
        return
    for name, act in _GUARDS:
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute(f"CREATE TRIGGER {name} {act} {_KEPT}")


def _is_sqlite():
    return op.get_bind().dialect.name == "sqlite"
