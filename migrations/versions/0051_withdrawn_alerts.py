"""Why an alert was withdrawn, for everybody to read; and what daily and weekly mails told stays as it was told."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_KEPT = "what a daily or weekly mail told stays as it was told"
# Each table with what tells its rows apart.
_GUARDED = {
    "digest_run": ("id",),
    "digest_mailing": ("mailing_id",),
    "digest_item": ("mailing_id", "alert_id", "tells"),
}


def upgrade():
    op.add_column("alert", sa.Column("withdrawn_because", sa.Text()))
    if op.get_bind().dialect.name == "sqlite":
        _guard_on_sqlite()
    else:
        _guard_on_postgresql()


def _guard_on_sqlite():
    for table, key in _GUARDED.items():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
            )
        same = " AND ".join(f"{column} = NEW.{column}" for column in key)
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        )


def _guard_on_postgresql():
    op.execute(
        "CREATE FUNCTION refuse_changing_what_digests_told() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_KEPT}'; END $$"
    )
    for table in _GUARDED:
        for act, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} FOR EACH {each} "
                "EXECUTE FUNCTION refuse_changing_what_digests_told()"
            )


def downgrade():
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _GUARDED:
        for act in ("update", "delete", "replace" if on_sqlite else "truncate"):
            op.execute(f"DROP TRIGGER {table}_no_{act}" + ("" if on_sqlite else f" ON {table}"))
    if not on_sqlite:
        op.execute("DROP FUNCTION refuse_changing_what_digests_told()")
    op.drop_column("alert", "withdrawn_because")
