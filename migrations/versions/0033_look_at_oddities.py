"""What is odd in the trail: an index by time, who looked at what, the mail of Monday, officers' own postcodes."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_PERMANENT = {
    "oddity_review": "what was said of an oddity stays as it was said",
    "oddity_mail": "that a week was told of stays as it was told",
}


def upgrade():
    op.create_index("ix_audit_event_at", "audit_event", ["at"])
    op.create_table(
        "oddity_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("last_entry", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("looked_at_by", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["looked_at_by"], ["officer.id"], name=op.f("fk_oddity_review_looked_at_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oddity_review")),
    )
    op.create_index("ix_oddity_review_week", "oddity_review", ["week", "line"])
    op.create_table(
        "oddity_mail",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_oddity_mail")),
    )
    op.create_table(
        "officer_home",
        sa.Column("officer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("postcode_key", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officer_home_officer_id")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_officer_home")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _keep_on_sqlite():
    for table, words in _PERMANENT.items():
        for name, act in (("no_update", "UPDATE"), ("no_delete", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
        key = "id" if table == "oddity_review" else "week"
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )


def _keep_on_postgresql():
    for table, words in _PERMANENT.items():
        op.execute(
            f"CREATE FUNCTION refuse_change_to_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{words}'; END $$"
        )
        for name, act, each in (("permanent", "UPDATE OR DELETE", "ROW"), ("never_emptied", "TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change_to_{table}()"
            )


def downgrade():
    op.drop_table("officer_home")
    op.drop_table("oddity_mail")
    op.drop_table("oddity_review")
    op.drop_index("ix_audit_event_at", "audit_event")
    if op.get_bind().dialect.name != "sqlite":
        for table in _PERMANENT:
            op.execute(f"DROP FUNCTION refuse_change_to_{table}()")
