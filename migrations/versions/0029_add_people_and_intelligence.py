"""Roles of people in cases, their vulnerability and wishes; graded intelligence, with whom it was shared."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# Table, and what is said to whoever tries to change or delete one of its rows.
_PERMANENT = (
    ("vulnerability_assessment", "an assessment stays as it was recorded"),
    ("person_wishes", "wishes stay as they were recorded"),
    ("intelligence_note", "a note of intelligence stays as it was written"),
    ("intelligence_about", "what a note is about stays as it was written"),
    ("intelligence_review", "a review stays as it was recorded"),
    ("intelligence_sharing", "with whom a note was shared stays as it was recorded"),
)
_ROLE = "a role in a case stays as it was recorded; it ends once"
_FIXED = "id, case_id, party_id, role, since, source, told_by, told_at"
_NEW = (
    "review_reminder", "intelligence_sharing", "intelligence_review", "intelligence_about", "intelligence_note",
    "person_wishes", "vulnerability_assessment", "case_party",
)  # fmt: skip
_CURRENT = sa.text("ended_at IS NULL")


def upgrade():
    _add_people()
    _add_intelligence()
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _link(table, column, target, *, null=False):
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}")
    return sa.Column(column, sa.Integer(), key, nullable=null)


def _text(*names, null=False):
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _dates(*names, null=False):
    return [sa.Column(name, sa.Date(), nullable=null) for name in names]


def _at(name, *, null=False):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _table(name, *parts):
    key = sa.PrimaryKeyConstraint("id", name=f"pk_{name}")
    op.create_table(name, sa.Column("id", sa.Integer(), nullable=False), *parts, key)


def _add_people():
    _table(
        "case_party", _link("case_party", "case_id", "case_file"), _link("case_party", "party_id", "party"),
        *_text("role"), *_dates("since"), *_text("source"), _link("case_party", "told_by", "officer", null=True),
        _at("told_at"), *_dates("ended_on", null=True), *_text("end_reason", null=True),
        _link("case_party", "ended_by", "officer", null=True), _at("ended_at", null=True),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ck_case_party_end_has_reason"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_on IS NULL)", name="ck_case_party_end_has_day"),
    )  # fmt: skip
    op.create_index("ix_case_party_case_id", "case_party", ["case_id"])
    op.create_index("ix_case_party_party_id", "case_party", ["party_id", "role"])
    op.create_index(
        "uq_case_party_current", "case_party", ["case_id", "party_id", "role"],
        unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT,
    )  # fmt: skip
    _table(
        "vulnerability_assessment", _link("vulnerability_assessment", "case_id", "case_file"),
        _link("vulnerability_assessment", "party_id", "party"), *_text("finding", "factors"),
        *_text("words", null=True),
        *_text("consent"), *_text("consent_reason", null=True), *_text("source"), _at("assessed_at"),
        _link("vulnerability_assessment", "recorded_by", "officer", null=True), _at("recorded_at"),
        sa.CheckConstraint(
            "(finding = 'vulnerable') = (factors <> '')", name="ck_vulnerability_assessment_factors_where_vulnerable"
        ),
        sa.CheckConstraint(
            "consent = 'given' OR consent_reason IS NOT NULL",
            name="ck_vulnerability_assessment_reason_without_consent",
        ),
    )  # fmt: skip
    _table(
        "person_wishes", _link("person_wishes", "case_id", "case_file"), _link("person_wishes", "party_id", "party"),
        *_text("contact", "contact_when", "through", null=True), sa.Column("not_at_home", sa.Boolean(), nullable=False),
        *_text("wants_prosecution", "may_be_named"), *_text("words", null=True), _at("told_at"),
        _link("person_wishes", "recorded_by", "officer", null=True), _at("recorded_at"),
    )  # fmt: skip
    for table in ("vulnerability_assessment", "person_wishes"):
        op.create_index(f"ix_{table}_case_id", table, ["case_id"])
        op.create_index(f"ix_{table}_party_id", table, ["party_id"])


def _add_intelligence():
    _table(
        "intelligence_note", *_text("source", "assessment", "handling"), *_text("conditions", null=True),
        *_text("text", "provenance"), *_dates("information_on", "review_on"), *_dates("expires_on", null=True),
        sa.Column("is_restricted", sa.Boolean(), nullable=False),
        _link("intelligence_note", "supersedes_id", "intelligence_note", null=True), *_text("reason", null=True),
        _link("intelligence_note", "written_by", "officer", null=True), _at("written_at"),
        sa.CheckConstraint("(handling = 'C') = (conditions IS NOT NULL)", name="ck_intelligence_note_conditions"),
        sa.CheckConstraint(
            "(supersedes_id IS NULL) = (reason IS NULL)", name="ck_intelligence_note_superseded_for_a_reason"
        ),
        sa.CheckConstraint("source IN ('1', '2', '3')", name="ck_intelligence_note_source_is_known"),
        sa.CheckConstraint(
            "assessment IN ('A', 'B', 'C', 'D', 'E')", name="ck_intelligence_note_assessment_is_known"
        ),
        sa.UniqueConstraint("supersedes_id", name="uq_intelligence_note_supersedes_id"),
    )  # fmt: skip
    _table(
        "intelligence_about", _link("intelligence_about", "note_id", "intelligence_note"), *_text("kind"),
        _link("intelligence_about", "party_id", "party", null=True), *_text("raw", "normal"),
        sa.CheckConstraint("(kind = 'party') = (party_id IS NOT NULL)", name="ck_intelligence_about_party_of_its_kind"),
    )  # fmt: skip
    op.create_index("ix_intelligence_about_note_id", "intelligence_about", ["note_id"])
    op.create_index("ix_intelligence_about_party_id", "intelligence_about", ["party_id"])
    op.create_index("ix_intelligence_about_normal", "intelligence_about", ["normal", "kind"])
    _table(
        "intelligence_review", _link("intelligence_review", "note_id", "intelligence_note"), *_dates("review_on"),
        *_text("words"), _link("intelligence_review", "reviewed_by", "officer", null=True), _at("reviewed_at"),
    )  # fmt: skip
    op.create_index("ix_intelligence_review_note_id", "intelligence_review", ["note_id"])
    _table(
        "intelligence_sharing", _link("intelligence_sharing", "note_id", "intelligence_note"),
        *_text("to_whom", "purpose"), *_dates("shared_on"),
        _link("intelligence_sharing", "recorded_by", "officer", null=True), _at("recorded_at"),
    )  # fmt: skip
    op.create_index("ix_intelligence_sharing_note_id", "intelligence_sharing", ["note_id"])
    op.create_table(
        "review_reminder", *_text("record"), sa.Column("record_id", sa.Integer(), nullable=False),
        *_dates("review_on"), _at("told_at"),
        sa.PrimaryKeyConstraint("record", "record_id", "review_on", name="pk_review_reminder"),
    )  # fmt: skip


def _keep_on_sqlite():
    for table, words in _PERMANENT:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
    # SQLite deletes what a REPLACE drives out without asking the triggers of a deletion.
    for table, words in (*_PERMANENT, ("case_party", _ROLE)):
        same = "id = NEW.id"
        if table == "intelligence_note":
            same += " OR supersedes_id = NEW.supersedes_id"
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
    for name, act in (
        ("no_delete", "DELETE ON case_party"),
        ("no_rewriting", f"UPDATE OF {_FIXED} ON case_party"),
        ("ends_once", "UPDATE ON case_party WHEN OLD.ended_at IS NOT NULL"),
    ):
        op.execute(f"CREATE TRIGGER case_party_{name} BEFORE {act} BEGIN SELECT RAISE(ABORT, '{_ROLE}'); END")


def _keep_on_postgresql():
    for table, words in (*_PERMANENT, ("case_party", _ROLE)):
        op.execute(
            f"CREATE FUNCTION refuse_change_to_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$"
        )
        acts = [("never_emptied", f"TRUNCATE ON {table} FOR EACH STATEMENT")]
        if table == "case_party":
            acts += [
                ("no_delete", "DELETE ON case_party FOR EACH ROW"),
                ("no_rewriting", f"UPDATE OF {_FIXED} ON case_party FOR EACH ROW"),
                ("ends_once", "UPDATE ON case_party FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL)"),
            ]
        else:
            acts.append(("permanent", f"UPDATE OR DELETE ON {table} FOR EACH ROW"))
        for name, act in acts:
            op.execute(f"CREATE TRIGGER {table}_{name} BEFORE {act} EXECUTE FUNCTION refuse_change_to_{table}()")


def downgrade():
    for table in _NEW:
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        for table in ("case_party", *(name for name, _ in _PERMANENT)):
            op.execute(f"DROP FUNCTION refuse_change_to_{table}() CASCADE")
