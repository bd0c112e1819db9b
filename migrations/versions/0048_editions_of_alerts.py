"""An alert goes out in editions, each a mailing of its own; what was sent before went out in the ordinary one."""

import sqlalchemy as sa
from alembic import op

from migrations.types import big_id

revision = "0048"
down_revision = "0049"
branch_labels = None
depends_on = None

_WITH_MAILING = "(mailing_id IS NULL) = (published_at IS NULL)"
_WHEN_APPROVED = "published_at IS NULL OR status = 'approved'"


def upgrade():
    op.create_table(
        "alert_edition",
        sa.Column("mailing_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "edition IN ('partner', 'large_print', 'ordinary')", name=op.f("ck_alert_edition_edition_known")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_edition_alert_id")),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_alert_edition_mailing_id")),
        sa.PrimaryKeyConstraint("mailing_id", name=op.f("pk_alert_edition")),
        sa.UniqueConstraint("alert_id", "edition", name=op.f("uq_alert_edition_alert_id_edition")),
    )
    op.execute(
        "INSERT INTO alert_edition (mailing_id, alert_id, edition) "
        "SELECT mailing_id, id, 'ordinary' FROM alert WHERE mailing_id IS NOT NULL"
    )
    with op.batch_alter_table("alert") as table:
        table.drop_constraint(op.f("ck_alert_published_with_mailing"), type_="check")
        table.drop_constraint(op.f("fk_alert_mailing_id"), type_="foreignkey")
        table.drop_constraint(op.f("uq_alert_mailing_id"), type_="unique")
        table.drop_column("mailing_id")
        table.create_check_constraint(op.f("ck_alert_published_when_approved"), _WHEN_APPROVED)


def downgrade():
    with op.batch_alter_table("alert") as table:
        table.drop_constraint(op.f("ck_alert_published_when_approved"), type_="check")
        table.add_column(sa.Column("mailing_id", big_id(), nullable=True))
    op.execute("UPDATE alert SET mailing_id = (SELECT max(mailing_id) FROM alert_edition WHERE alert_id = alert.id)")
    with op.batch_alter_table("alert") as table:
        table.create_foreign_key(op.f("fk_alert_mailing_id"), "mailing", ["mailing_id"], ["id"])
        table.create_unique_constraint(op.f("uq_alert_mailing_id"), ["mailing_id"])
        table.create_check_constraint(op.f("ck_alert_published_with_mailing"), _WITH_MAILING)
    op.drop_table("alert_edition")
