"""Subscribers whom an officer found to be one person."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLE = "subscriber_merge"
_KEPT = "two subscribers who were made one are not parted"


def upgrade():
    op.create_table(
        _TABLE,
        sa.Column("merged_id", _ID, sa.ForeignKey("subscriber.id", name=op.f(f"fk_{_TABLE}_merged_id")),
                  nullable=False, autoincrement=False),
        sa.Column("into_id", _ID, sa.ForeignKey("subscriber.id", name=op.f(f"fk_{_TABLE}_into_id")), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("decided_by", sa.Integer(), sa.ForeignKey("officer.id", name=op.f(f"fk_{_TABLE}_decided_by"))),
        sa.CheckConstraint("into_id < merged_id", name=op.f(f"ck_{_TABLE}_earlier_stays")),
        sa.PrimaryKeyConstraint("merged_id", name=op.f(f"pk_{_TABLE}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{_TABLE}_into_id"), _TABLE, ["into_id"])
    if op.get_bind().dialect.name == "sqlite":
        _guard_on_sqlite()
    else:
        _guard_on_postgresql()


def _guard_on_sqlite():
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {_TABLE}_no_{act.lower()} BEFORE {act} ON {_TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        )
    op.execute(
        f"CREATE TRIGGER {_TABLE}_no_replace BEFORE INSERT ON {_TABLE} "
        f"WHEN EXISTS (SELECT 1 FROM {_TABLE} WHERE merged_id = NEW.merged_id) "
        f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
    )


def _guard_on_postgresql():
    op.execute(
        "CREATE FUNCTION refuse_parting_subscribers() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_KEPT}'; END $$"
    )
    for act, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {_TABLE}_no_{act.lower()} BEFORE {act} ON {_TABLE} FOR EACH {each} "
            "EXECUTE FUNCTION refuse_parting_subscribers()"
        )


def downgrade():
    op.drop_table(_TABLE)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_parting_subscribers()")
