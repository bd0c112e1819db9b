"""Grants, restrictions and openings, guarded; whoever runs a case is on it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_STANDS = sa.text("lifted_at IS NULL")
_ON_THE_CASE = sa.text("origin = 'on the case' AND ended_at IS NULL")
# Table, what is said to whoever tries to change its rows, the columns that stay, and those that are set once, together.
_FACTS = (
    ("access_grant", "a grant stays as it was given, and ends once",
     ("id", "officer_id", "subject", "subject_id", "tier", "origin", "reason", "granted_by", "granted_at",
      "expires_at"), ("ended_at", "ended_by")),
    ("restriction", "a restriction stays as it was made, and is lifted once",
     ("id", "subject", "subject_id", "root_subject", "root_id", "reason", "restricted_by", "restricted_at"),
     ("lifted_at", "lifted_by", "lift_reason")),
    ("opening", "an opening stays as it was made, and closes once",
     ("id", "officer_id", "root_subject", "root_id", "reason", "at", "until"), ("closed_at",)),
)  # fmt: skip
# Where a row is written over another, which SQLite takes for no deletion.
_SAME = {
    "access_grant": "id = NEW.id OR (NEW.origin = 'on the case' AND NEW.ended_at IS NULL AND origin = NEW.origin AND "
    "ended_at IS NULL AND subject = NEW.subject AND subject_id = NEW.subject_id AND officer_id = NEW.officer_id)",
    "restriction": "id = NEW.id OR (NEW.lifted_at IS NULL AND lifted_at IS NULL AND subject = NEW.subject AND "
    "subject_id = NEW.subject_id AND root_subject = NEW.root_subject AND root_id = NEW.root_id)",
    "opening": "id = NEW.id",
}


def upgrade():
    _add_grants()
    _add_restrictions()
    _add_openings()
    # Since when they run it is told nowhere but in the trail; they have seen all of it so far.
    op.execute(
        "INSERT INTO access_grant (officer_id, subject, subject_id, tier, origin, granted_at) "
        "SELECT officer_id, 'case', id, 3, 'on the case', opened_at FROM case_file WHERE officer_id IS NOT NULL "
        "ORDER BY id"
    )
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _officer(table, column, *, null=True):
    return sa.Column(column, sa.Integer(), sa.ForeignKey("officer.id", name=f"fk_{table}_{column}"), nullable=null)


def _add_grants():
    op.create_table(
        "access_grant", sa.Column("id", sa.Integer(), nullable=False),
        _officer("access_grant", "officer_id", null=False),
        sa.Column("subject", sa.Text(), nullable=False), sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False), sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()), _officer("access_grant", "granted_by"),
        sa.Column("granted_at", _TIME, nullable=False), sa.Column("expires_at", _TIME), sa.Column("ended_at", _TIME),
        _officer("access_grant", "ended_by"),
        sa.CheckConstraint("tier IN (3, 4)", name=op.f("ck_access_grant_tier_needs_a_grant")),
        sa.CheckConstraint(
            "(origin = 'on the case') = (expires_at IS NULL)", name=op.f("ck_access_grant_expires_unless_on_the_case")
        ),
        sa.CheckConstraint(
            "origin <> 'on the case' OR tier = 3", name=op.f("ck_access_grant_on_the_case_opens_nothing_restricted")
        ),
        sa.CheckConstraint("expires_at > granted_at", name=op.f("ck_access_grant_expires_after_given")),
        sa.CheckConstraint("ended_at >= granted_at", name=op.f("ck_access_grant_ended_after_given")),
        sa.CheckConstraint("ended_by IS NULL OR ended_at IS NOT NULL", name=op.f("ck_access_grant_ended_with_time")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grant")),
    )  # fmt: skip
    op.create_index("ix_access_grant_record", "access_grant", ["subject", "subject_id", "officer_id"])
    op.create_index("ix_access_grant_officer_id", "access_grant", ["officer_id", "expires_at"])
    op.create_index(
        "uq_access_grant_on_the_case", "access_grant", ["subject", "subject_id", "officer_id"], unique=True,
        sqlite_where=_ON_THE_CASE, postgresql_where=_ON_THE_CASE,
    )  # fmt: skip


def _add_restrictions():
    op.create_table(
        "restriction", sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False), sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("root_subject", sa.Text(), nullable=False), sa.Column("root_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False), _officer("restriction", "restricted_by"),
        sa.Column("restricted_at", _TIME, nullable=False), _officer("restriction", "lifted_by"),
        sa.Column("lifted_at", _TIME), sa.Column("lift_reason", sa.Text()),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lift_reason IS NULL)", name=op.f("ck_restriction_lifted_for_a_reason")
        ),
        sa.CheckConstraint("lifted_by IS NULL OR lifted_at IS NOT NULL", name=op.f("ck_restriction_lifted_with_time")),
        sa.CheckConstraint("lifted_at >= restricted_at", name=op.f("ck_restriction_lifted_after_restricted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction")),
    )  # fmt: skip
    op.create_index(
        "uq_restriction_standing", "restriction", ["subject", "subject_id", "root_subject", "root_id"], unique=True,
        sqlite_where=_STANDS, postgresql_where=_STANDS,
    )  # fmt: skip
    op.create_index("ix_restriction_root", "restriction", ["root_subject", "root_id"])


def _add_openings():
    op.create_table(
        "opening", sa.Column("id", sa.Integer(), nullable=False), _officer("opening", "officer_id", null=False),
        sa.Column("root_subject", sa.Text(), nullable=False), sa.Column("root_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False), sa.Column("at", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=False), sa.Column("closed_at", _TIME),
        sa.CheckConstraint("until > at", name=op.f("ck_opening_until_after_opened")),
        sa.CheckConstraint("closed_at >= at", name=op.f("ck_opening_closed_after_opened")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
    )  # fmt: skip
    op.create_index("ix_opening_officer_id", "opening", ["officer_id", "root_subject", "root_id", "until"])


def _ends_once(stay, once, same):
    """Return the condition that a change ends what had no end, and changes nothing else."""
    kept = [f"NEW.{column} {same} OLD.{column}" for column in stay]
    return " AND ".join([*kept, *(f"OLD.{column} IS NULL" for column in once)])


def _keep_on_sqlite():
    for table, words, stay, once in _FACTS:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        unless = _ends_once(stay, once, "IS")
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({unless}) {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {_SAME[table]}) {refuse}"
        )


def _keep_on_postgresql():
    for table, words, stay, once in _FACTS:
        op.execute(
            f"CREATE FUNCTION refuse_change_to_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'UPDATE' THEN IF {_ends_once(stay, once, 'IS NOT DISTINCT FROM')} THEN RETURN NEW; END IF; "
            f"END IF; RAISE EXCEPTION '{words}'; END $$"
        )
        for name, act, each in (("permanent", "UPDATE OR DELETE", "ROW"), ("never_emptied", "TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change_to_{table}()"
            )


def downgrade():
    for table, *_ in reversed(_FACTS):
        op.drop_table(table)
        if op.get_bind().dialect.name != "sqlite":
            op.execute(f"DROP FUNCTION refuse_change_to_{table}()")
