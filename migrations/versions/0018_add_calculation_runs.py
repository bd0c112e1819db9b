"""Calculation runs, which nobody can change, and an index for what stood at an instant."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "calculation_run",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("profile", "basis", "recognition")),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("rate_sets", sa.Text(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("digest_of_inputs", sa.Text(), nullable=False),
        sa.Column("digest_of_results", sa.Text(), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        *_step("made", nullable=False),
        *_step("signed"),
        *_step("published"),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        *_checks(),
        *(
            sa.ForeignKeyConstraint([f"{act}_by"], ["officer.id"], name=op.f(f"fk_calculation_run_{act}_by"))
            for act in ("made", "signed", "published")
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by_id"], ["calculation_run.id"], name=op.f("fk_calculation_run_superseded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calculation_run")),
    )
    where = sa.text("state = 'published'")
    op.create_index(
        "uq_calculation_run_published",
        "calculation_run",
        ["profile", "basis", "recognition", "first_day", "last_day"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
    if op.get_bind().dialect.name == "sqlite":
        _protect_on_sqlite()
    else:
        _protect_on_postgresql()


def _step(act, *, nullable=True):
    return (
        sa.Column(f"{act}_by", sa.Integer(), nullable=True),
        sa.Column(f"{act}_at", sa.DateTime(timezone=True), nullable=nullable),
    )


def _checks():
    checks = {
        "state_known": "state IN ('draft', 'signed', 'published', 'superseded')",
        "as_of_not_later": "as_of <= made_at",
        "signed_by_another": "signed_by <> made_by",
        "signed_has_time": "(state = 'draft') = (signed_at IS NULL)",
        "published_has_time": "(state IN ('draft', 'signed')) = (published_at IS NULL)",
        "superseded_has_reason": (
            "(state = 'superseded') = "
            "(superseded_at IS NOT NULL AND superseded_by_id IS NOT NULL AND reason IS NOT NULL)"
        ),
        "superseded_by_newer": "superseded_by_id > id",
    }
    return [sa.CheckConstraint(text, name=op.f(f"ck_calculation_run_{name}")) for name, text in checks.items()]


_SAID = (
    "profile", "basis", "recognition", "period", "first_day", "last_day", "as_of", "form", "rate_sets",
    "records", "lines", "digest_of_inputs", "digest_of_results", "totals", "note", "made_by", "made_at",
)  # fmt: skip
_SIGNED = ("signed_by", "signed_at")
_PUBLISHED = ("published_by", "published_at")
_WHY = "a calculation run is never changed; make a new one that supersedes it"
_KEPT = "a signed calculation run is never deleted"
_FORWARD = (
    "(OLD.state = 'draft' AND NEW.state = 'signed') OR (OLD.state = 'signed' AND NEW.state = 'published') "
    "OR (OLD.state = 'published' AND NEW.state = 'superseded')"
)


def _changed(differs):
    """Return when an update says something else, or takes back who signed or published."""
    said = " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in _SAID)
    signed = " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in _SIGNED)
    published = " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in _PUBLISHED)
    return (
        f"{said} OR (OLD.state <> 'draft' AND ({signed})) OR (OLD.state <> 'signed' AND ({published})) "
        f"OR NOT ({_FORWARD})"
    )


def _protect_on_sqlite():
    op.execute(
        "CREATE TRIGGER calculation_run_no_update BEFORE UPDATE ON calculation_run "
        f"WHEN {_changed('IS NOT')} BEGIN SELECT RAISE(ABORT, '{_WHY}'); END"
    )
    op.execute(
        "CREATE TRIGGER calculation_run_no_delete BEFORE DELETE ON calculation_run "
        f"WHEN OLD.state <> 'draft' BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
    )


def _protect_on_postgresql():
    op.execute(
        "CREATE FUNCTION refuse_change_to_run() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' THEN "
        f"IF OLD.state <> 'draft' THEN RAISE EXCEPTION '{_KEPT}'; END IF; RETURN OLD; END IF; "
        f"IF {_changed('IS DISTINCT FROM')} THEN RAISE EXCEPTION '{_WHY}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER calculation_run_is_final BEFORE UPDATE OR DELETE ON calculation_run "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_to_run()"
    )


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER calculation_run_no_update")
        op.execute("DROP TRIGGER calculation_run_no_delete")
    else:
        op.execute("DROP TRIGGER calculation_run_is_final ON calculation_run")
        op.execute("DROP FUNCTION refuse_change_to_run()")
    op.drop_table("calculation_run")
