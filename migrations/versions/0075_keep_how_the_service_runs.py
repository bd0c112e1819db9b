"""Workers, the runs of the timetable's jobs and what providers answer are kept, for whoever looks after the service."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0073"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "worker_seen",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("is_leading", sa.Boolean(), nullable=False),
        sa.Column("started_at", _AT, nullable=False),
        sa.Column("seen_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_worker_seen"),
    )
    op.create_table(
        "job_run",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("every_seconds", sa.Integer(), nullable=False),
        sa.Column("started_at", _AT),
        sa.Column("seconds", sa.Float()),
        sa.Column("fault", sa.Text()),
        sa.Column("failed_since", _AT),
        sa.Column("running_since", _AT),
        sa.Column("runs", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_job_run"),
    )
    op.create_table(
        "provider_answers",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("last_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "answer", name="pk_provider_answers"),
    )


def downgrade():
    for table in ("provider_answers", "job_run", "worker_seen"):
        op.drop_table(table)
