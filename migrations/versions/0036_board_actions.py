"""The board's priority actions, its words for how far each stands, and what is told each quarter: nothing changes."""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_BEGINNING, _SHIPPED_AT = date(1900, 4, 1), datetime(2022, 4, 1, tzinfo=UTC)
_WHY = "Came with the service; the board sets its own."
_PERMANENT = (
    ("board_action", "an action of the board stays; a later version retires it"),
    ("board_action_version", "a version of an action stays as it was set"),
    ("board_action_status", "a word for how far an action stands stays as it was set"),
    ("board_action_update", "an update stays as it was written; a later one takes its place"),
)
_STATUSES = (
    ("not_started", "Not started"),
    ("in_progress", "In progress"),
    ("achieved", "Achieved"),
    ("achieved_and_continues", "Achieved and continues"),
    ("achieved_and_ongoing", "Achieved and ongoing"),
)
# Title, who leads, what is meant by it, and whether its update is proposed from the service's records.
_ACTIONS = (
    ("Improve partnership and stakeholder engagement and collaboration", "Community safety team",
     "Partners share what they know, plan together and tell each other what came of it.", False),
    ("Use an intelligence led approach", "Community safety team and police",
     "What is known of places, people and methods decides where effort goes.", False),
    ("Make use of legislation", "Community safety team",
     "The powers that the law gives are used where they protect residents, and their effect is looked at.", False),
    ("Reduce violence", "Police",
     "Violence is prevented, and those who suffer it or are drawn into it are helped.", False),
    ("CCTV", "Council CCTV team",
     "Cameras are where they are needed, work, and help to prevent and to prove offences.", False),
    (("Reduce risk of financial abuse of the elderly or vulnerable through targeted communications campaigns and "
      "enforcement"), "Trading Standards",
     ("Older and vulnerable residents are warned of scams and doorstep crime, helped at once when it happens, and "
      "those who exploit them are brought to account."), True),
)  # fmt: skip


def upgrade():
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    actions, versions, statuses = _add_actions(), _add_versions(), _add_statuses()
    _add_updates()
    set_by = {"set_by": None, "set_at": _SHIPPED_AT, "first_day": _BEGINNING, "reason": _WHY, "is_retired": False}
    op.bulk_insert(actions, [{"id": number, "added_at": _SHIPPED_AT} for number, _ in enumerate(_ACTIONS, 1)])
    op.bulk_insert(versions, [
        {"id": number, "action_id": number, "number": number, "title": title, "lead": lead, "text": text,
         "is_from_records": is_filled} | set_by
        for number, (title, lead, text, is_filled) in enumerate(_ACTIONS, 1)
    ])  # fmt: skip
    op.bulk_insert(statuses, [
        {"id": place, "name": name, "word": word, "place": place} | set_by
        for place, (name, word) in enumerate(_STATUSES, 1)
    ])  # fmt: skip
    if is_sqlite:
        _keep_on_sqlite()
        return
    for table, rows in (
        ("board_action", _ACTIONS),
        ("board_action_version", _ACTIONS),
        ("board_action_status", _STATUSES),
    ):
        op.execute(f"SELECT setval('{table}_id_seq', {len(rows)})")
    _keep_on_postgresql()


def _add_actions():
    table = "board_action"
    return op.create_table(
        table, sa.Column("id", sa.Integer(), nullable=False), _officer(table, "added_by"),
        sa.Column("added_at", _TIME, nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip


def _add_versions():
    table = "board_action_version"
    made = op.create_table(
        table, sa.Column("id", sa.Integer(), nullable=False), _action(table),
        sa.Column("number", sa.Integer(), nullable=False), sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False), sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("is_from_records", sa.Boolean(), nullable=False), *_holding(table),
        sa.CheckConstraint("number >= 1", name=op.f(f"ck_{table}_number_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{table}_action_id"), table, ["action_id"])
    return made


def _add_statuses():
    table = "board_action_status"
    made = op.create_table(
        table, sa.Column("id", sa.Integer(), nullable=False), sa.Column("name", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False), sa.Column("place", sa.Integer(), nullable=False),
        *_holding(table), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{table}_name"), table, ["name"])
    return made


def _add_updates():
    table = "board_action_update"
    op.create_table(
        table, sa.Column("id", sa.Integer(), nullable=False), _action(table),
        sa.Column("first_day", sa.Date(), nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False), sa.Column("text", sa.Text(), nullable=False),
        _officer(table, "written_by"), sa.Column("written_at", _TIME, nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f(f"ck_{table}_version_counted")),
        sa.UniqueConstraint(
            "action_id", "first_day", "version", name=op.f(f"uq_{table}_action_id_first_day_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip


def _holding(table):
    return (
        sa.Column("is_retired", sa.Boolean(), nullable=False), sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False), _officer(table, "set_by"),
        sa.Column("set_at", _TIME, nullable=False),
    )  # fmt: skip


def _action(table):
    key = sa.ForeignKey("board_action.id", name=f"fk_{table}_action_id")
    return sa.Column("action_id", sa.Integer(), key, nullable=False)


def _officer(table, column):
    return sa.Column(column, sa.Integer(), sa.ForeignKey("officer.id", name=f"fk_{table}_{column}"))


_SAME = {
    "board_action_update": " OR (action_id = NEW.action_id AND first_day = NEW.first_day AND version = NEW.version)",
}


def _keep_on_sqlite():
    for table, words in _PERMANENT:
        # A REPLACE deletes what it drives out without asking the trigger of a deletion.
        same = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id{_SAME.get(table, '')})"
        for name, act, rows in (("update", "UPDATE", "1"), ("delete", "DELETE", "1"), ("replace", "INSERT", same)):
            op.execute(
                f"CREATE TRIGGER {table}_no_{name} BEFORE {act} ON {table} WHEN {rows} "
                f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )


def _keep_on_postgresql():
    for table, words in _PERMANENT:
        op.execute(
            f"CREATE FUNCTION refuse_change_to_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$"
        )
        refuse = f"EXECUTE FUNCTION refuse_change_to_{table}()"
        op.execute(f"CREATE TRIGGER {table}_permanent BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}")
        op.execute(f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")


def downgrade():
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, _ in reversed(_PERMANENT):
        op.drop_table(table)
        if not is_sqlite:
            op.execute(f"DROP FUNCTION refuse_change_to_{table}()")
