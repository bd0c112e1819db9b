"""Approved rates and signed runs that no statement puts another in the place of, or empties out at once."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_APPROVED = "an approved rate set is never changed; make a new one that supersedes it"
_SIGNED = "a calculation run is never changed; make a new one that supersedes it"
_EMPTIED = "approved rates and signed runs are never emptied out"
_QUESTION = ("profile", "basis", "recognition", "first_day", "last_day")
_PROTECTED = ("rate", "rate_set", "calculation_run")
# SQLite deletes what a REPLACE drives out without asking the triggers of a deletion.
_SAME_SET = "(id = NEW.id OR slug = NEW.slug) AND status <> 'draft'"
_SAME_RUN = (
    "state <> 'draft' AND (id = NEW.id OR (NEW.state = 'published' AND state = 'published' AND "
    + " AND ".join(f"{name} = NEW.{name}" for name in _QUESTION)
    + "))"
)
_CUT = (
    "OLD.status <> 'draft' AND NEW.superseded_at IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM rate_set WHERE supersedes_id = OLD.id AND effective_from = NEW.superseded_from)"
)
_OF_APPROVED = "rate_set_id IN (SELECT id FROM rate_set WHERE status <> 'draft')"
_GUARDS = {
    "rate_set_no_replace": ("INSERT ON rate_set", f"EXISTS (SELECT 1 FROM rate_set WHERE {_SAME_SET})", _APPROVED),
    "rate_set_no_ousting": (
        "UPDATE ON rate_set",
        f"EXISTS (SELECT 1 FROM rate_set WHERE id <> OLD.id AND {_SAME_SET})",
        _APPROVED,
    ),
    "rate_set_no_cut": ("UPDATE ON rate_set", _CUT, _APPROVED),
    "rate_no_replace": (
        "INSERT ON rate",
        f"EXISTS (SELECT 1 FROM rate WHERE id = NEW.id AND {_OF_APPROVED})",
        _APPROVED,
    ),
    "rate_no_ousting": (
        "UPDATE ON rate",
        f"NEW.{_OF_APPROVED} OR EXISTS (SELECT 1 FROM rate WHERE id = NEW.id AND id <> OLD.id AND {_OF_APPROVED})",
        _APPROVED,
    ),
    "calculation_run_no_replace": (
        "INSERT ON calculation_run",
        f"EXISTS (SELECT 1 FROM calculation_run WHERE {_SAME_RUN})",
        _SIGNED,
    ),
    "calculation_run_no_ousting": (
        "UPDATE ON calculation_run",
        f"NEW.id <> OLD.id OR EXISTS (SELECT 1 FROM calculation_run WHERE id <> OLD.id AND {_SAME_RUN})",
        _SIGNED,
    ),
}


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        for name, (act, when, why) in _GUARDS.items():
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} WHEN {when} BEGIN SELECT RAISE(ABORT, '{why}'); END")
        return
    op.execute(
        "CREATE FUNCTION refuse_emptying() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{_EMPTIED}'; END $$"
    )
    op.execute(
        "CREATE FUNCTION refuse_cut_of_approved_set() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {_CUT} THEN RAISE EXCEPTION '{_APPROVED}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER rate_set_no_cut BEFORE UPDATE ON rate_set "
        "FOR EACH ROW EXECUTE FUNCTION refuse_cut_of_approved_set()"
    )
    for table in _PROTECTED:
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_emptying()"
        )


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        for name in _GUARDS:
            op.execute(f"DROP TRIGGER {name}")
        return
    op.execute("DROP TRIGGER rate_set_no_cut ON rate_set")
    op.execute("DROP FUNCTION refuse_cut_of_approved_set()")
    for table in _PROTECTED:
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    op.execute("DROP FUNCTION refuse_emptying()")
