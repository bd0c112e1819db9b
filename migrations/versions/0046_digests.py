"""The daily and weekly mails that went out, and what was in them."""

import sqlalchemy as sa
from alembic import op

from migrations.types import big_id

revision = "0046"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "digest_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("frequency IN ('daily', 'weekly')", name=op.f("ck_digest_run_frequency_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_run")),
        sa.UniqueConstraint("frequency", "day", name=op.f("uq_digest_run_frequency_day")),
    )
    op.create_table(
        "digest_mailing",
        sa.Column("mailing_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_digest_mailing_mailing_id")),
        sa.ForeignKeyConstraint(["run_id"], ["digest_run.id"], name=op.f("fk_digest_mailing_run_id")),
        sa.PrimaryKeyConstraint("mailing_id", name=op.f("pk_digest_mailing")),
    )
    op.create_index(op.f("ix_digest_mailing_run_id"), "digest_mailing", ["run_id"])
    op.create_table(
        "digest_item",
        sa.Column("mailing_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("alert_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tells", sa.Text(), nullable=False),
        sa.CheckConstraint("tells IN ('new', 'withdrawn')", name=op.f("ck_digest_item_tells_known")),
        sa.ForeignKeyConstraint(["mailing_id"], ["digest_mailing.mailing_id"], name=op.f("fk_digest_item_mailing_id")),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_digest_item_alert_id")),
        sa.PrimaryKeyConstraint("mailing_id", "alert_id", "tells", name=op.f("pk_digest_item")),
    )
    op.create_index(op.f("ix_digest_item_alert_id"), "digest_item", ["alert_id"])


def downgrade():
    op.drop_table("digest_item")
    op.drop_table("digest_mailing")
    op.drop_table("digest_run")
