"""Rules of keeping, holds, erasing runs; inside one, guards of history let persons go, and never facts."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# Guarded table, and the words in it that tell of persons. Every other column stays what it is, erasing or not.
_WORDS = {
    "case_note": ("text", "reason"),
    "money_line": ("note",),
    "case_offence": ("note",),
    "enforcement_action": ("what", "trader"),
    "contract_cancellation": ("what",),
    "prosecution": ("court_reference",),
    "defendant": ("party_id",),
    "hearing_result": ("note",),
    "court_decision": ("note",),
    "enforcement_taken_back": ("reason",),
    "custody_event": ("person", "place", "seal_number", "note"),
    "disclosure_decision": ("reason", "description"),
    "fact_change": ("was", "became", "reason"),
    "party_knowledge": ("raw", "normal", "source", "reason"),
    "telephone_event": ("number",),
    "legal_hold": ("reason", "lift_reason"),
    "access_grant": ("reason",),
    "restriction": ("reason", "lift_reason"),
    "opening": ("reason",),
    "case_merge": ("reason", "undo_reason"),
    "case_referral": ("body_name", "their_reference", "note", "take_back_reason"),
    "intelligence_note": ("conditions", "text", "provenance", "reason"),
    "intelligence_about": ("party_id", "raw", "normal"),
    "intelligence_review": ("words",),
    "intelligence_sharing": ("to_whom", "purpose"),
    "case_party": ("party_id", "source", "end_reason"),
    "vulnerability_assessment": ("words", "consent_reason", "party_id"),
    "person_wishes": ("contact_when", "through", "words", "party_id"),
    "safeguarding_concern": ("person", "needs_words", "harm_words", "unable_words", "wishes", "consent_words"),
    "safeguarding_step": ("words", "who", "their_reference"),
    "referral": ("message", "sent_to", "pack", "acknowledged_by", "their_reference", "outcome", "reason"),
    "letter": ("title", "content"),
    "letter_sending": ("sent_to",),
}
_ERASING = "EXISTS (SELECT 1 FROM erasure_under_way)"
_STAYS = "what retention recorded stays as it was recorded"
_FIXED = ("retention_approval", "erased_record", "evidence_removed", "audit_checkpoint")
_HELD_WITH = ("id", "subject", "subject_id", "reason", "placed_by", "placed_at", "review_on")
_APPROVED_WITH = ("kind", "version", "months", "effective_from", "reason", "written_by", "written_at")
# Kind, months: what the service keeps to from its first day, once the data protection officer has approved it.
_FIRST_RULES = (
    ("unreal_call", 3), ("advice_call", 24), ("incident", 72), ("case", 72), ("prosecution", 72), ("intelligence", 12),
    ("victim_list", 12), ("access_request", 36), ("trail", 84), ("traces", 12),
)  # fmt: skip
_INSTANT = sa.DateTime(timezone=True)


def upgrade():
    _add_rules()
    _add_holds()
    _add_runs()
    _add_what_is_gone()
    _add_requests()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    (_guard_on_sqlite if is_sqlite else _guard_on_postgresql)()
    (_open_on_sqlite if is_sqlite else _open_on_postgresql)()


def _officer(table, column):
    return sa.ForeignKeyConstraint([column], ["officer.id"], name=f"fk_{table}_{column}")


def _add_rules():
    rule = op.create_table(
        "retention_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("written_at", _INSTANT, nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", _INSTANT, nullable=True),
        sa.CheckConstraint("months > 0", name=op.f("ck_retention_rule_months_above_nought")),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_retention_rule_approved_with_time")
        ),
        sa.CheckConstraint("approved_by <> written_by", name=op.f("ck_retention_rule_approved_by_another")),
        _officer("retention_rule", "written_by"),
        _officer("retention_rule", "approved_by"),
        sa.PrimaryKeyConstraint("id", name="pk_retention_rule"),
        sa.UniqueConstraint("kind", "version", name="uq_retention_rule_kind_version"),
    )
    why = "As the service's retention schedule proposes; it holds once it is approved."
    for kind, months in _FIRST_RULES:
        op.execute(
            sa.insert(rule).values(
                kind=kind, version=1, months=months, effective_from=sa.text("'2000-01-01'"), reason=why,
                written_at=sa.func.current_timestamp(),
            )
        )  # fmt: skip


def _add_holds():
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Integer(), nullable=True),
        sa.Column("placed_at", _INSTANT, nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", _INSTANT, nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("subject IN ('call', 'incident', 'case', 'party')", name=op.f("ck_legal_hold_of_a_record")),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lift_reason IS NULL)", name=op.f("ck_legal_hold_lifted_with_reason")
        ),
        _officer("legal_hold", "placed_by"),
        _officer("legal_hold", "lifted_by"),
        sa.PrimaryKeyConstraint("id", name="pk_legal_hold"),
    )
    where = sa.text("lifted_at IS NULL")
    op.create_index(
        "uq_legal_hold_in_force", "legal_hold", ["subject", "subject_id"], unique=True, sqlite_where=where,
        postgresql_where=where,
    )  # fmt: skip


def _add_runs():
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("as_of", _INSTANT, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=True),
        sa.Column("started_at", _INSTANT, nullable=True),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("certificate", sa.JSON(), nullable=True),
        sa.Column("certificate_digest", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('listed', 'running', 'done', 'discarded')", name=op.f("ck_retention_run_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'done') = (certificate IS NOT NULL)", name=op.f("ck_retention_run_done_with_certificate")
        ),
        sa.CheckConstraint(
            "(certificate IS NULL) = (certificate_digest IS NULL)",
            name=op.f("ck_retention_run_certificate_with_digest"),
        ),
        _officer("retention_run", "made_by"),
        _officer("retention_run", "started_by"),
        sa.PrimaryKeyConstraint("id", name="pk_retention_run"),
    )
    op.create_table(
        "retention_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("settled_at", _INSTANT, nullable=True),
        sa.CheckConstraint("state IN ('due', 'held', 'erased', 'kept')", name=op.f("ck_retention_item_state_known")),
        sa.ForeignKeyConstraint(["run_id"], ["retention_run.id"], name="fk_retention_item_run_id"),
        sa.ForeignKeyConstraint(["hold_id"], ["legal_hold.id"], name="fk_retention_item_hold_id"),
        sa.PrimaryKeyConstraint("id", name="pk_retention_item"),
        sa.UniqueConstraint("run_id", "subject", "subject_id", name="uq_retention_item_run_id_subject_subject_id"),
    )
    where = sa.text("state = 'due'")
    op.create_index("ix_retention_item_to_do", "retention_item", ["run_id", "id"], sqlite_where=where,
                    postgresql_where=where)  # fmt: skip
    op.create_table(
        "retention_approval",
        sa.Column("run_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("officer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_protection_officer", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("approved_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["retention_run.id"], name="fk_retention_approval_run_id"),
        _officer("retention_approval", "officer_id"),
        sa.PrimaryKeyConstraint("run_id", "officer_id", name="pk_retention_approval"),
    )


def _add_what_is_gone():
    op.create_table(
        "erased_record",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("erased_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["retention_run.id"], name="fk_erased_record_run_id"),
        sa.PrimaryKeyConstraint("subject", "subject_id", "run_id", name="pk_erased_record"),
    )
    op.create_index("ix_erased_record_run_id", "erased_record", ["run_id"])
    op.create_table(
        "erasure_under_way",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("never", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_erasure_under_way_single_row")),
        sa.CheckConstraint("never = 2", name=op.f("ck_erasure_under_way_never_to_stay")),
        sa.ForeignKeyConstraint(
            ["never"], ["erasure_under_way.id"], name="fk_erasure_under_way_never", deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(["run_id"], ["retention_run.id"], name="fk_erasure_under_way_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_erasure_under_way"),
    )  # fmt: skip
    op.create_table(
        "evidence_removed",
        sa.Column("file_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["evidence_file.id"], name="fk_evidence_removed_file_id"),
        sa.PrimaryKeyConstraint("file_id", name="pk_evidence_removed"),
    )
    op.create_table(
        "audit_checkpoint",
        sa.Column("length", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("length", name="pk_audit_checkpoint"),
    )


def _add_requests():
    op.create_table(
        "access_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("subscriber_id", sa.BigInteger(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("identity_checked_on", sa.Date(), nullable=True),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("extension_reason", sa.Text(), nullable=True),
        sa.Column("reminded_at", _INSTANT, nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("release_digest", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.CheckConstraint("party_id IS NULL OR subscriber_id IS NULL", name=op.f("ck_access_request_of_one_person")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (decision IS NULL)", name=op.f("ck_access_request_answered_with_decision")
        ),
        sa.CheckConstraint(
            "(extended_on IS NULL) = (extension_reason IS NULL)", name=op.f("ck_access_request_extended_with_reason")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_access_request_party_id"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name="fk_access_request_subscriber_id"),
        _officer("access_request", "answered_by"),
        _officer("access_request", "recorded_by"),
        sa.PrimaryKeyConstraint("id", name="pk_access_request"),
        sa.UniqueConstraint("reference", name="uq_access_request_reference"),
    )
    op.create_index("ix_access_request_party_id", "access_request", ["party_id"])
    op.create_index("ix_access_request_subscriber_id", "access_request", ["subscriber_id"])
    op.create_table(
        "access_review",
        sa.Column("request_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("is_withheld", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", _INSTANT, nullable=False),
        sa.CheckConstraint("NOT is_withheld OR reason IS NOT NULL", name=op.f("ck_access_review_withheld_with_reason")),
        sa.ForeignKeyConstraint(["request_id"], ["access_request.id"], name="fk_access_review_request_id"),
        _officer("access_review", "reviewed_by"),
        sa.PrimaryKeyConstraint("request_id", "place", name="pk_access_review"),
    )


def _changed(columns, differs):
    return " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)


def _refusals(differs):
    """Return (table, act, condition): what nobody may do to what retention records."""
    for table in _FIXED:
        yield table, "UPDATE", "true"
        yield table, "DELETE", "true"
    yield "legal_hold", "DELETE", "true"
    yield "legal_hold", "UPDATE", f"OLD.lifted_at IS NOT NULL OR {_changed(_HELD_WITH, differs)}"
    yield "retention_rule", "DELETE", "OLD.approved_at IS NOT NULL"
    yield "retention_rule", "UPDATE", f"OLD.approved_at IS NOT NULL OR {_changed(_APPROVED_WITH, differs)}"
    yield "retention_run", "DELETE", "true"
    yield "retention_run", "UPDATE", "OLD.state IN ('done', 'discarded') OR OLD.digest <> NEW.digest"
    yield "retention_item", "DELETE", "true"
    yield "retention_item", "UPDATE", "OLD.state <> 'due' OR OLD.subject_id <> NEW.subject_id"
    yield (
        "erasure_under_way",
        "INSERT",
        ("NOT EXISTS (SELECT 1 FROM retention_run WHERE id = NEW.run_id AND state = 'running')"),
    )


def _guard_on_sqlite():
    for table, act, when in _refusals("IS NOT"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{_STAYS}'); END"
        )


def _guard_on_postgresql():
    for table, act, when in _refusals("IS DISTINCT FROM"):
        name = f"refuse_{act.lower()}_of_{table}"
        row = "OLD" if act == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {when} THEN RAISE EXCEPTION '{_STAYS}'; END IF; RETURN {row}; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )


def _only_words_change(table):
    """Return, for SQLite, the condition that an erasing update leaves every fact of a row as it is."""
    columns = [row[1] for row in op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})")]
    facts = [column for column in columns if column not in _WORDS[table]]
    return " AND ".join([_ERASING, *(f"NEW.{column} IS OLD.{column}" for column in facts)])


_OLD_LINK = f"{_ERASING} AND EXISTS (SELECT 1 FROM audit_checkpoint WHERE length >= OLD.id)"


def _open_on_sqlite():
    """Rewrite each guard so that it asks whether persons are being erased; its refusal is a SELECT at its end."""
    for table in _WORDS:
        _rewrite_on_sqlite(table, "UPDATE", _only_words_change(table))
    _rewrite_on_sqlite("audit_event", "DELETE", _OLD_LINK)


def _rewrite_on_sqlite(table, act, exception):
    for name, text in _guards_on_sqlite(table):
        if f"BEFORE {act} " in text:
            op.execute(f"DROP TRIGGER {name}")
            op.execute(text.removesuffix("; END") + f" WHERE NOT ({exception}); END")


def _guards_on_sqlite(table):
    query = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table ORDER BY name")
    return op.get_bind().execute(query, {"table": table}).all()


_BODY = sa.text(
    "SELECT DISTINCT p.proname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
    "WHERE t.tgrelid = CAST(:table AS regclass) AND NOT t.tgisinternal AND (t.tgtype & 1) = 1 AND (t.tgtype & :act) > 0"
)
_ACTS = {"DELETE": 8, "UPDATE": 16}


def _open_on_postgresql():
    """Let each guard's function first ask whether persons are being erased."""
    for table, words in _WORDS.items():
        without = f"- ARRAY[{', '.join(repr(word) for word in words)}]"
        same = f"to_jsonb(NEW) {without} = to_jsonb(OLD) {without}"
        _rewrite_on_postgresql(table, "UPDATE", f"{_ERASING} AND {same}", "NEW")
    _rewrite_on_postgresql("audit_event", "DELETE", _OLD_LINK, "OLD")


def _rewrite_on_postgresql(table, act, exception, row):
    for name, body in op.get_bind().execute(_BODY, {"table": table, "act": _ACTS[act]}).all():
        asking = f" IF TG_OP = '{act}' THEN IF {exception} THEN RETURN {row}; END IF; END IF; "
        _replace(name, body.replace("BEGIN", f"BEGIN{asking}", 1))


def _replace(name, body):
    op.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard${body}$guard$")


def downgrade():
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in (*_WORDS, "audit_event"):
        (_close_on_sqlite if is_sqlite else _close_on_postgresql)(table)
    for table in (
        "erasure_under_way", "erased_record", "retention_approval", "retention_item", "retention_run", "legal_hold",
        "retention_rule", "access_review", "access_request", "evidence_removed", "audit_checkpoint",
    ):  # fmt: skip
        op.drop_table(table)
    if not is_sqlite:
        for table, act, _ in _refusals("IS DISTINCT FROM"):
            op.execute(f"DROP FUNCTION refuse_{act.lower()}_of_{table}()")


def _close_on_sqlite(table):
    for name, text in _guards_on_sqlite(table):
        if _ERASING in text:
            op.execute(f"DROP TRIGGER {name}")
            op.execute(text.partition(f" WHERE NOT ({_ERASING}")[0] + "; END")


def _close_on_postgresql(table):
    for act, bit in _ACTS.items():
        for name, body in op.get_bind().execute(_BODY, {"table": table, "act": bit}).all():
            head, asked, rest = body.partition(f" IF TG_OP = '{act}' THEN IF {_ERASING}")
            if asked:
                _replace(name, head + rest.partition("END IF; END IF; ")[2])
