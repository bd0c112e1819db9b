"""Words that can be found, cases that continue in others, saved filters, and what partners referred to us."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# Which column of case_merge, case_filter and case_referral points where.
_OFFICERS = {"case_merge": ("merged_by", "undone_by"), "case_filter": ("officer_id",),
             "case_referral": ("recorded_by", "taken_back_by")}  # fmt: skip
_LISTED = ("opened_at", "id", "status", "category", "kind", "channel", "source", "waiting_for", "officer_id",
           "ward_code", "continued_in_id")  # fmt: skip
_CURRENT, _OPEN = sa.text("undone_at IS NULL"), sa.text("closed_at IS NULL")
_CONTINUED = sa.text("continued_in_id IS NOT NULL")
_KEPT_AS_IT_WAS = {
    "case_merge": (("earlier_id", "later_id", "reason", "merged_by", "merged_at"), "undone_at",
                   "a merge stays as it was decided; it can be undone once"),
    "case_referral": (("case_id", "body", "body_name", "their_reference", "received_on", "is_banking_protocol",
                       "note", "recorded_by", "recorded_at"), "taken_back_at",
                      "a referral stays as it was recorded; it can be taken back once"),
}  # fmt: skip


def upgrade():
    _add_words()
    _add_merges()
    _add_filters()
    _add_referrals()
    for table, rule in _KEPT_AS_IT_WAS.items():
        _guard(table, *rule)


def _add_words():
    op.create_table(
        "search_document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_search_document_source_source_id")),
    )
    op.create_index("ix_search_document_subject", "search_document", ["subject", "id"])
    op.create_table(
        "search_rebuild",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_search_rebuild")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE search_document ADD COLUMN fts_vector tsvector "
            "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED"
        )
        op.execute("CREATE INDEX fts_words ON search_document USING gin (fts_vector)")
        return
    # The words are folded before they come here: what is not ASCII is a letter, and only spaces part them.
    op.execute(
        "CREATE VIRTUAL TABLE fts_words USING fts5(subject, words, content='search_document', content_rowid='id', "
        "tokenize='ascii', detail='column')"
    )
    out = "INSERT INTO fts_words (fts_words, rowid, subject, words) VALUES ('delete', OLD.id, OLD.subject, OLD.words);"
    into = "INSERT INTO fts_words (rowid, subject, words) VALUES (NEW.id, NEW.subject, NEW.words);"
    for name, act, what in (("in", "INSERT", into), ("out", "DELETE", out), ("anew", "UPDATE", f"{out} {into}")):
        op.execute(f"CREATE TRIGGER search_document_words_{name} AFTER {act} ON search_document BEGIN {what} END")


def _add_merges():
    # A plain ADD COLUMN: rebuilding the table would drop the guards that other tables' rows rest on.
    op.execute(
        "ALTER TABLE case_file ADD COLUMN continued_in_id INTEGER "
        "CONSTRAINT fk_case_file_continued_in_id REFERENCES case_file (id)"
    )
    op.create_index(
        "ix_case_file_continued", "case_file", ["continued_in_id"], sqlite_where=_CONTINUED, postgresql_where=_CONTINUED
    )
    op.create_index("ix_case_file_listed", "case_file", list(_LISTED))
    op.create_index(
        "ix_case_file_unclosed", "case_file", ["status", "opened_at"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_table(
        "case_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("earlier_id", sa.Integer(), nullable=False),
        sa.Column("later_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_by", sa.Integer(), nullable=True),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("earlier_id <> later_id", name=op.f("ck_case_merge_two_cases")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undo_reason IS NULL)", name=op.f("ck_case_merge_undone_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["earlier_id"], ["case_file.id"], name=op.f("fk_case_merge_earlier_id")),
        sa.ForeignKeyConstraint(["later_id"], ["case_file.id"], name=op.f("fk_case_merge_later_id")),
        *_people("case_merge"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_merge")),
    )
    op.create_index(
        "uq_case_merge_current", "case_merge", ["earlier_id"], unique=True, sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )  # fmt: skip
    op.create_index("ix_case_merge_later_id", "case_merge", ["later_id"])
    op.create_table(
        "case_merge_repeat",
        sa.Column("line_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("merge_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["money_line.id"], name=op.f("fk_case_merge_repeat_line_id")),
        sa.ForeignKeyConstraint(["merge_id"], ["case_merge.id"], name=op.f("fk_case_merge_repeat_merge_id")),
        sa.PrimaryKeyConstraint("line_id", "merge_id", name=op.f("pk_case_merge_repeat")),
    )


def _add_filters():
    op.create_table(
        "case_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name IS NOT NULL OR NOT is_shared", name=op.f("ck_case_filter_shared_by_name")),
        *_people("case_filter"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_filter")),
        sa.UniqueConstraint("officer_id", "name", name=op.f("uq_case_filter_officer_id_name")),
    )


def _add_referrals():
    op.create_table(
        "case_referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_name", sa.Text(), nullable=True),
        sa.Column("their_reference", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("is_banking_protocol", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_by", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("take_back_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (take_back_reason IS NULL)",
            name=op.f("ck_case_referral_taken_back_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_referral_case_id")),
        *_people("case_referral"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_referral")),
    )
    op.create_index("ix_case_referral_case_id", "case_referral", ["case_id"])
    op.create_index("ix_case_referral_received", "case_referral", ["received_on", "id"])


def _people(table):
    return [sa.ForeignKeyConstraint([name], ["officer.id"], name=f"fk_{table}_{name}") for name in _OFFICERS[table]]


def _guard(table, fixed, end, why):
    """Keep what was decided as it was, and its end too once it has one; nothing is deleted."""
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in fixed)
    if op.get_bind().dialect.name == "sqlite":
        changed = changed.replace("IS DISTINCT FROM", "IS NOT")
        refuse = f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} WHEN OLD.{end} IS NOT NULL OR {changed} {refuse}"
        )
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {refuse}"
        )
        return
    op.execute(
        f"CREATE FUNCTION keep_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP <> 'UPDATE' THEN RAISE EXCEPTION '{why}'; END IF; "
        f"IF OLD.{end} IS NOT NULL OR {changed} THEN RAISE EXCEPTION '{why}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION keep_{table}()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION keep_{table}()"
    )


def downgrade():
    for table in ("case_referral", "case_filter", "case_merge_repeat", "case_merge"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in _KEPT_AS_IT_WAS:
            op.execute(f"DROP FUNCTION keep_{table}()")
    else:
        op.execute("DROP TABLE fts_words")
    op.drop_table("search_document")
    op.drop_table("search_rebuild")
    for name in ("ix_case_file_unclosed", "ix_case_file_listed", "ix_case_file_continued"):
        op.drop_index(name, table_name="case_file")
    with op.batch_alter_table("case_file") as batch:
        batch.drop_column("continued_in_id")
