"""Corrections of facts, times and what parties are known by, kept for good; grades say whether they page."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_SET_WITH = ("incident_id", "number", "grade_id", "basis", "target_seconds")
_BEGUN_WITH = ("started_at", "due_at")
_CLOCK_STAYS = "what a clock was set going with stays as it was"
_CLOCK_MOVES = "a clock start stays unless it moves by a correction that is kept"
# Table, what is said to whoever tries to change or delete one of its rows, and the columns that may be emptied, since
# what tells of a person goes when its time of keeping is over; that, by whom and when something was corrected stays.
_PERMANENT = (
    ("fact_change", "a correction stays as it was told", {"was": "IS NULL", "became": "IS NULL", "reason": "= ''"}),
    ("clock_move", "a correction stays as it was told", {}),
    ("party_knowledge", "what an officer added or took back stays as it was told",
     {"raw": "= ''", "normal": "= ''", "source": "= ''", "reason": "= ''"}),
)  # fmt: skip
_COLUMNS = {
    "fact_change": ("id", "incident_id", "call_id", "fact", "recorded_at", "recorded_by", "source", "version"),
    "clock_move": (),
    "party_knowledge": ("id", "party_id", "kind", "is_taken_back", "told_by", "told_at"),
}
_CHAIN = '["manager", "backup", "manager"]'


def upgrade():
    _add_changes()
    _add_moves()
    _add_knowledge()
    # Written out, because SQLite adds no constraint to a table that stands, and copying it would lose its triggers.
    op.execute(
        "ALTER TABLE milestone ADD COLUMN corrects_id INTEGER "
        "CONSTRAINT fk_milestone_corrects_id REFERENCES milestone (id)"
    )
    op.execute(
        "ALTER TABLE milestone ADD COLUMN stopped_clock_id INTEGER "
        "CONSTRAINT fk_milestone_stopped_clock_id REFERENCES incident_clock (id)"
    )
    op.create_index("uq_milestone_corrects_id", "milestone", ["corrects_id"], unique=True)
    _name_the_clocks_that_resolutions_stopped()
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()
    _say_which_grades_page()
    op.add_column("paging_policy", sa.Column("welfare_chain", sa.JSON(), nullable=False, server_default=_CHAIN))
    op.add_column("welfare_watch", sa.Column("unanswered_at", sa.DateTime(timezone=True), nullable=True))


def _add_changes():
    op.create_table(
        "fact_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("became", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.CheckConstraint("incident_id IS NOT NULL OR call_id IS NOT NULL", name=op.f("ck_fact_change_of_something")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_fact_change_incident_id")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_fact_change_call_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["officer.id"], name=op.f("fk_fact_change_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_change")),
    )
    op.create_index("ix_fact_change_incident_id", "fact_change", ["incident_id"])
    op.create_index("ix_fact_change_call_id", "fact_change", ["call_id"])


def _add_moves():
    times = ("was_started_at", "was_due_at", "started_at", "due_at")
    op.create_table(
        "clock_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in times),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["incident_clock.id"], name=op.f("fk_clock_move_clock_id")),
        sa.ForeignKeyConstraint(["change_id"], ["fact_change.id"], name=op.f("fk_clock_move_change_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_move")),
    )
    op.create_index("ix_clock_move_clock_id", "clock_move", ["clock_id"])


def _add_knowledge():
    op.create_table(
        "party_knowledge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("normal", sa.Text(), nullable=False),
        sa.Column("is_taken_back", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("told_by", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("is_taken_back OR source IS NOT NULL", name=op.f("ck_party_knowledge_added_from_somewhere")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_knowledge_party_id")),
        sa.ForeignKeyConstraint(["told_by"], ["officer.id"], name=op.f("fk_party_knowledge_told_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_knowledge")),
    )
    op.create_index("ix_party_knowledge_party_id", "party_knowledge", ["party_id"])


def _name_the_clocks_that_resolutions_stopped():
    """Until now only the times told it: a resolution stopped the clock that stopped in its second."""
    connection = op.get_bind()
    instant = sa.DateTime(timezone=True)
    told = sa.table("milestone", *(sa.column(name) for name in ("id", "incident_id", "step", "stopped_clock_id")),
                    sa.column("occurred_at", instant))  # fmt: skip
    clock = sa.table("incident_clock", sa.column("id"), sa.column("incident_id"), sa.column("stopped_at", instant))
    joined = told.join(clock, clock.c.incident_id == told.c.incident_id)
    found = sa.select(told.c.id, told.c.occurred_at, clock.c.id, clock.c.stopped_at).select_from(joined)
    of_step = (told.c.step == "resolved_remotely", clock.c.stopped_at.is_not(None))
    for milestone_id, occurred_at, clock_id, stopped_at in connection.execute(found.where(*of_step)).all():
        if _second(occurred_at) == _second(stopped_at):
            named = sa.update(told).where(told.c.id == milestone_id).values(stopped_clock_id=clock_id)
            connection.execute(named)


def _second(moment):
    zoned = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return datetime.replace(zoned, microsecond=0)


_MOVED = (
    "SELECT 1 FROM clock_move WHERE clock_id = OLD.id AND was_started_at = OLD.started_at "
    "AND was_due_at = OLD.due_at AND started_at = NEW.started_at AND due_at = NEW.due_at"
)


def _keep_on_sqlite():
    op.execute("DROP TRIGGER incident_clock_no_update")
    _refuse_on_sqlite("incident_clock_no_update", f"UPDATE OF {', '.join(_SET_WITH)}", "incident_clock", _CLOCK_STAYS)
    op.execute(
        f"CREATE TRIGGER incident_clock_moves_as_kept BEFORE UPDATE OF {', '.join(_BEGUN_WITH)} ON incident_clock "
        f"WHEN NOT EXISTS ({_MOVED}) BEGIN SELECT RAISE(ABORT, '{_CLOCK_MOVES}'); END"
    )
    for table, words, emptied in _PERMANENT:
        _refuse_on_sqlite(f"{table}_no_delete", "DELETE", table, words)
        _refuse_on_sqlite(f"{table}_no_update", "UPDATE", table, words, unless=_is_emptied(table, emptied, "IS"))


def _refuse_on_sqlite(name, act, table, words, unless="false"):
    when = f"WHEN NOT ({unless})"
    op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{words}'); END")


def _is_emptied(table, emptied, same):
    """Return the condition that a change empties what tells of a person, and changes nothing else."""
    if not emptied:
        return "false"
    stays = [f"NEW.{column} {same} OLD.{column}" for column in _COLUMNS[table]]
    return " AND ".join([*stays, *(f"NEW.{column} {empty}" for column, empty in emptied.items())])


def _keep_on_postgresql():
    op.execute("DROP TRIGGER incident_clock_permanent ON incident_clock")
    _permanent_clock(_SET_WITH)
    op.execute(
        "CREATE FUNCTION refuse_unkept_move_of_clock() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT EXISTS ({_MOVED}) THEN RAISE EXCEPTION '{_CLOCK_MOVES}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER incident_clock_moves_as_kept BEFORE UPDATE OF {', '.join(_BEGUN_WITH)} ON incident_clock "
        "FOR EACH ROW EXECUTE FUNCTION refuse_unkept_move_of_clock()"
    )
    for table, words, emptied in _PERMANENT:
        is_emptied = _is_emptied(table, emptied, "IS NOT DISTINCT FROM")
        op.execute(
            f"CREATE FUNCTION refuse_change_to_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'UPDATE' THEN IF {is_emptied} THEN RETURN NEW; END IF; END IF; "
            f"RAISE EXCEPTION '{words}'; END $$"
        )
        for name, act, each in (
            ("permanent", "UPDATE OR DELETE", "ROW"),
            ("never_emptied", "TRUNCATE", "STATEMENT"),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change_to_{table}()"
            )


def _permanent_clock(columns):
    op.execute(
        f"CREATE TRIGGER incident_clock_permanent BEFORE UPDATE OF {', '.join(columns)} OR DELETE ON incident_clock "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_to_incident_clock()"
    )


def _say_which_grades_page():
    """Versions that stand page as they did: the immediate ones do, the others do not."""
    op.add_column("grade", sa.Column("pages", sa.Boolean(), nullable=False, server_default=sa.false()))
    grade = sa.table("grade", sa.column("name"), sa.column("pages", sa.Boolean()))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER grade_no_update" if is_sqlite else "DROP TRIGGER grade_permanent ON grade")
    op.execute(sa.update(grade).where(grade.c.name == "immediate").values(pages=True))
    words = "a version of a grade stays as it was made"
    if is_sqlite:
        _refuse_on_sqlite("grade_no_update", "UPDATE", "grade", words)
    else:
        op.execute(
            "CREATE TRIGGER grade_permanent BEFORE UPDATE OR DELETE ON grade "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_to_grade()"
        )


def downgrade():
    op.drop_column("welfare_watch", "unanswered_at")
    op.drop_column("paging_policy", "welfare_chain")
    op.drop_column("grade", "pages")
    every = (*_SET_WITH, *_BEGUN_WITH)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER incident_clock_moves_as_kept")
        op.execute("DROP TRIGGER incident_clock_no_update")
        _refuse_on_sqlite("incident_clock_no_update", f"UPDATE OF {', '.join(every)}", "incident_clock", _CLOCK_STAYS)
    else:
        op.execute("DROP FUNCTION refuse_unkept_move_of_clock() CASCADE")
        op.execute("DROP TRIGGER incident_clock_permanent ON incident_clock")
        _permanent_clock(every)
    op.drop_index("uq_milestone_corrects_id", table_name="milestone")
    op.drop_column("milestone", "stopped_clock_id")
    op.drop_column("milestone", "corrects_id")
    op.drop_table("party_knowledge")
    op.drop_table("clock_move")
    op.drop_table("fact_change")
    if op.get_bind().dialect.name != "sqlite":
        for table, *_ in _PERMANENT:
            op.execute(f"DROP FUNCTION refuse_change_to_{table}()")
