"""Offences, actions, courts; a case's log is superseded and never changed, its money lines may name a visit."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# Table, and what is said to whoever tries to change or delete one of its rows.
_PERMANENT = (
    ("case_note", "an entry of the log stays as it was written"),
    ("money_line", "a money line stays as it was written"),
    ("case_offence", "an offence stays as it was recorded"),
    ("enforcement_action", "an action stays as it was recorded"),
    ("contract_cancellation", "a cancellation stays as it was recorded"),
    ("prosecution", "a prosecution stays as it was recorded"),
    ("defendant", "a defendant stays as recorded"),
    ("charge", "a charge stays as it was recorded"),
    ("hearing", "a hearing stays as it was listed"),
    ("hearing_result", "the end of a hearing stays as it was recorded"),
    ("court_decision", "a decision of a court stays as it was recorded"),
    ("compensation_payment", "a payment stays as it was recorded"),
    ("enforcement_taken_back", "what was taken back stays taken back"),
)
# Where writing a row over another one would pass by the guards, since SQLite takes it for no deletion.
_KEYS = {
    "case_note": ("id", "supersedes_id"),
    "money_line": ("id", "supersedes_id"),
    "case_offence": ("id",),
    "enforcement_action": ("id",),
    "contract_cancellation": ("id",),
    "prosecution": ("id",),
    "defendant": ("id",),
    "charge": ("id",),
    "hearing": ("id",),
    "court_decision": ("id",),
    "compensation_payment": ("money_line_id",),
}
_GUARDED = ("case_note", "money_line")  # the tables that stood before
_NEW = (
    "deadline_reminder", "enforcement_taken_back", "compensation_payment", "court_decision", "hearing_result",
    "hearing", "charge", "defendant", "prosecution", "contract_cancellation", "enforcement_action", "case_offence",
)  # fmt: skip


def upgrade():
    # Written out, because SQLite adds no constraint to a table that stands, and copying it is slow.
    op.execute(
        "ALTER TABLE money_line ADD COLUMN visit INTEGER "
        "CONSTRAINT ck_money_line_visit_counts_from_one CHECK (visit > 0)"
    )
    op.execute(
        "ALTER TABLE case_note ADD COLUMN supersedes_id INTEGER "
        "CONSTRAINT fk_case_note_supersedes_id REFERENCES case_note (id)"
    )
    op.execute(
        "ALTER TABLE case_note ADD COLUMN reason TEXT CONSTRAINT ck_case_note_superseded_for_a_reason "
        "CHECK ((supersedes_id IS NULL) = (reason IS NULL))"
    )
    op.create_index("uq_case_note_supersedes_id", "case_note", ["supersedes_id"], unique=True)
    _add_records()
    _add_courts()
    _add_money_and_reminders()
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _table(name, *parts, recorded=True):
    who = (
        sa.Column("recorded_by", sa.Integer(), sa.ForeignKey("officer.id", name=f"fk_{name}_recorded_by")),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(name, *parts, *(who if recorded else ()))


def _link(table, column, target, *, null=False):
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}")
    return sa.Column(column, sa.Integer(), key, nullable=null)


def _text(*names, null=False):
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _dates(*names, null=False):
    return [sa.Column(name, sa.Date(), nullable=null) for name in names]


def _add_records():
    _table(
        "case_offence", sa.Column("id", sa.Integer(), nullable=False),
        _link("case_offence", "case_id", "case_file"), *_text("offence"), *_dates("conduct_from", "conduct_to"),
        *_dates("discovered_on", "expires_on", null=True), *_text("note", null=True),
        sa.CheckConstraint("conduct_to >= conduct_from", name="ck_case_offence_conduct_in_order"),
        sa.PrimaryKeyConstraint("id", name="pk_case_offence"),
    )  # fmt: skip
    op.create_index("ix_case_offence_expires_on", "case_offence", ["expires_on"])
    _table(
        "enforcement_action", sa.Column("id", sa.Integer(), nullable=False),
        _link("enforcement_action", "case_id", "case_file"), *_text("kind"), *_dates("on_date"), *_text("what"),
        *_text("trader", null=True), *_dates("binds_until", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_enforcement_action"),
    )  # fmt: skip
    _table(
        "contract_cancellation", sa.Column("id", sa.Integer(), nullable=False),
        _link("contract_cancellation", "case_id", "case_file"), *_text("what", "kind", "place"), *_dates("made_on"),
        *_dates("delivered_on", "notice_on", null=True), *_text("exclusion", null=True),
        *_dates("cancelled_on", null=True), sa.PrimaryKeyConstraint("id", name="pk_contract_cancellation"),
    )  # fmt: skip
    for table in ("case_offence", "enforcement_action", "contract_cancellation"):
        op.create_index(f"ix_{table}_case_id", table, ["case_id"])


def _add_courts():
    _table(
        "prosecution", sa.Column("id", sa.Integer(), nullable=False), _link("prosecution", "case_id", "case_file"),
        *_text("court", "court_name"), *_dates("begun_on"), *_text("court_reference", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_prosecution"),
    )  # fmt: skip
    op.create_index("ix_prosecution_case_id", "prosecution", ["case_id"])
    _table(
        "defendant", sa.Column("id", sa.Integer(), nullable=False),
        _link("defendant", "prosecution_id", "prosecution"), _link("defendant", "party_id", "party"),
        sa.UniqueConstraint("prosecution_id", "party_id", name="uq_defendant_prosecution_id_party_id"),
        sa.PrimaryKeyConstraint("id", name="pk_defendant"),
    )  # fmt: skip
    op.create_index("ix_defendant_party_id", "defendant", ["party_id"])
    _table(
        "charge", sa.Column("id", sa.Integer(), nullable=False), _link("charge", "defendant_id", "defendant"),
        _link("charge", "offence_id", "case_offence"),
        sa.UniqueConstraint("defendant_id", "offence_id", name="uq_charge_defendant_id_offence_id"),
        sa.PrimaryKeyConstraint("id", name="pk_charge"), recorded=False,
    )  # fmt: skip
    op.create_index("ix_charge_offence_id", "charge", ["offence_id"])
    _table(
        "hearing", sa.Column("id", sa.Integer(), nullable=False), _link("hearing", "prosecution_id", "prosecution"),
        *_text("kind"), sa.Column("at", sa.DateTime(timezone=True), nullable=False), *_text("court", "court_name"),
        sa.PrimaryKeyConstraint("id", name="pk_hearing"),
    )  # fmt: skip
    op.create_index("ix_hearing_prosecution_id", "hearing", ["prosecution_id"])
    op.create_index("ix_hearing_at", "hearing", ["at"])
    _table(
        "hearing_result", _link("hearing_result", "hearing_id", "hearing"), *_text("result"),
        *_text("note", null=True), sa.PrimaryKeyConstraint("hearing_id", name="pk_hearing_result"),
    )  # fmt: skip


def _add_money_and_reminders():
    _table(
        "court_decision", sa.Column("id", sa.Integer(), nullable=False),
        _link("court_decision", "defendant_id", "defendant"), _link("court_decision", "charge_id", "charge", null=True),
        *_text("kind"), *_text("result", null=True), sa.Column("months", sa.Integer()),
        sa.Column("amount", sa.BigInteger()), *_dates("on_date"), *_text("note", null=True),
        _link("court_decision", "money_line_id", "money_line", null=True),
        sa.CheckConstraint("amount > 0", name="ck_court_decision_amount_above_nought"),
        sa.PrimaryKeyConstraint("id", name="pk_court_decision"),
    )  # fmt: skip
    op.create_index("ix_court_decision_defendant_id", "court_decision", ["defendant_id"])
    _table(
        "compensation_payment", _link("compensation_payment", "money_line_id", "money_line"),
        _link("compensation_payment", "order_id", "court_decision"),
        sa.PrimaryKeyConstraint("money_line_id", name="pk_compensation_payment"), recorded=False,
    )  # fmt: skip
    op.create_index("ix_compensation_payment_order_id", "compensation_payment", ["order_id"])
    _table(
        "enforcement_taken_back", *_text("record"), sa.Column("record_id", sa.Integer(), nullable=False),
        _link("enforcement_taken_back", "case_id", "case_file"), *_text("reason"),
        sa.PrimaryKeyConstraint("record", "record_id", name="pk_enforcement_taken_back"),
    )  # fmt: skip
    op.create_index("ix_enforcement_taken_back_case_id", "enforcement_taken_back", ["case_id"])
    _table(
        "deadline_reminder", _link("deadline_reminder", "offence_id", "case_offence"),
        sa.Column("days_ahead", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("offence_id", "days_ahead", name="pk_deadline_reminder"), recorded=False,
    )  # fmt: skip


def _keep_on_sqlite():
    for table, words in _PERMANENT:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
    said = dict(_PERMANENT)
    for table, keys in _KEYS.items():
        same = " OR ".join(f"{key} = NEW.{key}" for key in keys)
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN SELECT RAISE(ABORT, '{said[table]}'); END"
        )


def _keep_on_postgresql():
    for table, words in _PERMANENT:
        op.execute(
            f"CREATE FUNCTION refuse_change_to_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$"
        )
        for name, act, each in (("permanent", "UPDATE OR DELETE", "ROW"), ("never_emptied", "TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change_to_{table}()"
            )


def downgrade():
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _NEW:
        op.drop_table(table)
    if is_sqlite:
        for name in (f"{table}_no_{act}" for table in _GUARDED for act in ("update", "delete", "replace")):
            op.execute(f"DROP TRIGGER {name}")
    else:
        for table, _ in _PERMANENT:
            op.execute(f"DROP FUNCTION refuse_change_to_{table}() CASCADE")
    op.drop_index("uq_case_note_supersedes_id", "case_note")
    op.drop_column("case_note", "reason")
    op.drop_column("case_note", "supersedes_id")
    op.drop_column("money_line", "visit")
