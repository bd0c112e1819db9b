"""The trail cannot be emptied or written over, and keeps where its head was published."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "audit_publication",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_publication")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event "
            "WHEN EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
        )
        return
    op.execute(
        "CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_to_audit_event()"
    )


def downgrade():
    where = "" if op.get_bind().dialect.name == "sqlite" else " ON audit_event"
    name = "audit_event_no_truncate" if where else "audit_event_no_replace"
    op.execute(f"DROP TRIGGER {name}{where}")
    op.drop_table("audit_publication")
