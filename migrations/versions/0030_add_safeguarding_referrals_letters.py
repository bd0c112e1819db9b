"""Safeguarding concerns, referrals to other bodies, letters and their templates; what was sent stays as it was."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
# Table, and what is said to whoever tries to change or delete one of its rows.
_PERMANENT = (
    ("safeguarding_concern", "a concern stays as it was raised"),
    ("safeguarding_step", "a step of a concern stays as it was recorded"),
    ("letter_template", "a version of a template stays as it was written"),
    ("letter", "a letter stays as it was issued"),
    ("letter_sending", "that a letter was sent stays as it was recorded"),
)
_SENT = "what was sent to another body stays as it was sent"
_SENT_PARTS = ("case_id", "incident_id", "kind", "body", "with_victim", "lawful_reason", "message", "sent_at",
               "sent_by", "sent_to", "means", "digest")  # fmt: skip
_NEW = (
    "letter_sending", "letter", "letter_template", "referral", "partner_body", "safeguarding_reminder",
    "safeguarding_step", "safeguarding_concern",
)  # fmt: skip


def upgrade():
    _add_concerns()
    _add_referrals()
    _add_letters()
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _table(name, *parts):
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _text(name, *, null=True):
    return sa.Column(name, sa.Text(), nullable=null)


def _key(table, column, target, *, null=True):
    """Return a column that points to another table, with its constraint."""
    return sa.Column(
        column, sa.Integer(), sa.ForeignKey(f"{target}.id", name=op.f(f"fk_{table}_{column}")), nullable=null
    )


def _of_one_thing(table):
    return sa.CheckConstraint("(incident_id IS NULL) <> (case_id IS NULL)", name=op.f(f"ck_{table}_of_one_thing"))


def _index(table, *columns):
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _add_concerns():
    name = "safeguarding_concern"
    _table(
        name, _key(name, "case_id", "case_file"), _key(name, "incident_id", "incident"), _text("person", null=False),
        _text("needs", null=False), _text("needs_words"), _text("harm", null=False), _text("harm_words"),
        _text("unable", null=False), _text("unable_words"), _text("wishes"), _text("consent", null=False),
        _text("consent_words"), _key(name, "raised_by", "officer"), sa.Column("raised_at", _TIME, nullable=False),
        _of_one_thing(name),
    )  # fmt: skip
    _index(name, "case_id", "incident_id")
    name = "safeguarding_step"
    _table(
        name, _key(name, "concern_id", "safeguarding_concern", null=False), _text("act", null=False),
        sa.Column("occurred_at", _TIME, nullable=False), _text("words"), _text("override"), _text("who"),
        _text("means"), _text("their_reference"), _text("outcome"), _key(name, "recorded_by", "officer"),
        sa.Column("recorded_at", _TIME, nullable=False),
        sa.CheckConstraint(
            "act <> 'not_referred' OR words IS NOT NULL", name=op.f("ck_safeguarding_step_not_referred_for_a_reason")
        ),
        sa.CheckConstraint(
            "act <> 'sent' OR (who IS NOT NULL AND means IS NOT NULL)",
            name=op.f("ck_safeguarding_step_sent_to_somebody"),
        ),
    )  # fmt: skip
    _index(name, "concern_id")
    op.create_table(
        "safeguarding_reminder",
        _key("safeguarding_reminder", "concern_id", "safeguarding_concern", null=False),
        _text("late", null=False),
        sa.Column("told_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("concern_id", "late", name=op.f("pk_safeguarding_reminder")),
    )


def _add_referrals():
    name = "partner_body"
    _table(
        name, _text("kind", null=False), _text("name", null=False), _text("phone"), _text("email"), _text("note"),
        sa.Column("added_at", _TIME, nullable=False), sa.Column("verified_on", sa.Date()),
        _key(name, "verified_by", "officer"), _text("verified_name"), sa.Column("ended_at", _TIME),
        sa.UniqueConstraint("name", name=op.f("uq_partner_body_name")),
    )  # fmt: skip
    name = "referral"
    _table(
        name, _key(name, "case_id", "case_file"), _key(name, "incident_id", "incident"), _text("kind", null=False),
        _text("body", null=False), _key(name, "partner_id", "partner_body"), _text("state", null=False),
        sa.Column("shared", sa.JSON(), nullable=False), sa.Column("with_victim", sa.Boolean(), nullable=False),
        _text("lawful_reason"), _text("message", null=False), _key(name, "made_by", "officer"),
        sa.Column("made_at", _TIME, nullable=False), _text("means"), _text("sent_to"), sa.Column("sent_at", _TIME),
        _key(name, "sent_by", "officer"), sa.Column("pack", sa.JSON()), _text("digest"),
        sa.Column("acknowledged_at", _TIME), _text("acknowledged_by"), _text("their_reference"), _text("outcome"),
        sa.Column("outcome_at", _TIME), _text("reason"), _of_one_thing(name),
        sa.CheckConstraint("(sent_at IS NULL) = (digest IS NULL)", name=op.f("ck_referral_sent_with_pack")),
        sa.CheckConstraint(
            "state NOT IN ('sent', 'acknowledged', 'ended') OR sent_at IS NOT NULL",
            name=op.f("ck_referral_sent_with_time"),
        ),
        sa.CheckConstraint(
            "NOT with_victim OR lawful_reason IS NOT NULL", name=op.f("ck_referral_victim_for_a_reason")
        ),
    )  # fmt: skip
    _index(name, "case_id", "incident_id")


def _add_letters():
    name = "letter_template"
    _table(
        name, _text("kind", null=False), sa.Column("version", sa.Integer(), nullable=False), _text("title", null=False),
        _text("body", null=False), _text("reason", null=False), _key(name, "made_by", "officer"),
        sa.Column("made_at", _TIME, nullable=False),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_letter_template_kind_version")),
        sa.CheckConstraint("version > 0", name=op.f("ck_letter_template_version_counts_from_one")),
    )  # fmt: skip
    name = "letter"
    _table(
        name, _key(name, "case_id", "case_file", null=False), _text("kind", null=False),
        sa.Column("template_version", sa.Integer(), nullable=False), _text("title", null=False),
        _text("content", null=False), _text("digest", null=False), _key(name, "issued_by", "officer"),
        sa.Column("issued_at", _TIME, nullable=False),
    )  # fmt: skip
    _index(name, "case_id")
    name = "letter_sending"
    _table(
        name, _key(name, "letter_id", "letter", null=False), _text("means", null=False), _text("sent_to", null=False),
        sa.Column("sent_at", _TIME, nullable=False), _key(name, "recorded_by", "officer"),
        sa.Column("recorded_at", _TIME, nullable=False),
    )  # fmt: skip
    _index(name, "letter_id")


def _keep_on_sqlite():
    for table, words in _PERMANENT:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        # SQLite deletes what a REPLACE drives out without asking the triggers of a deletion.
        same = "id = NEW.id" + (" OR (kind = NEW.kind AND version = NEW.version)" if table == "letter_template" else "")
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
        )
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_SENT}'); END"
    changed = " OR ".join(f"NEW.{part} IS NOT OLD.{part}" for part in (*_SENT_PARTS, "id", "pack"))
    op.execute(
        "CREATE TRIGGER referral_no_update BEFORE UPDATE ON referral "
        f"WHEN OLD.digest IS NOT NULL AND ({changed}) {refuse}"
    )
    op.execute(f"CREATE TRIGGER referral_no_delete BEFORE DELETE ON referral {refuse}")
    op.execute(
        "CREATE TRIGGER referral_no_replace BEFORE INSERT ON referral "
        f"WHEN EXISTS (SELECT 1 FROM referral WHERE id = NEW.id) {refuse}"
    )


def _keep_on_postgresql():
    parts = [f"NEW.{part} IS DISTINCT FROM OLD.{part}" for part in (*_SENT_PARTS, "id")]
    changed = " OR ".join([*parts, "NEW.pack::text IS DISTINCT FROM OLD.pack::text"])
    op.execute(
        "CREATE FUNCTION refuse_change_to_referral() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' THEN IF OLD.digest IS NULL OR NOT ({changed}) THEN RETURN NEW; END IF; END IF; "
        f"RAISE EXCEPTION '{_SENT}'; END $$"
    )
    for table, words in _PERMANENT:
        op.execute(
            f"CREATE FUNCTION refuse_change_to_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{words}'; END $$"
        )
    for table in (*(name for name, _ in _PERMANENT), "referral"):
        for name, act, each in (("permanent", "UPDATE OR DELETE", "ROW"), ("never_emptied", "TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change_to_{table}()"
            )


def downgrade():
    for table in _NEW:
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        for table in (*(name for name, _ in _PERMANENT), "referral"):
            op.execute(f"DROP FUNCTION refuse_change_to_{table}()")
