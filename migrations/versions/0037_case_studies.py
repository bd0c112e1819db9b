"""Case studies of the board's report: every version of their words, answers to findings, and signatures."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_STANDS = sa.text("withdrawn_at IS NULL")
_KEPT = "what was written and signed of a case study stays as it was"
# Guarded table, and the words in it that tell of persons: they go, and nothing else, while persons are erased.
_WORDS = {
    "case_study_text": ("title", "body", "edition_reason"),
    "case_study_reason": ("found", "reason"),
    "case_study_signature": (),
}
_BEGUN_WITH = ("id", "case_id", "quarter", "first_day", "begun_by", "begun_at")
_WITHDRAWN_WITH = ("place", "withdrawn_by", "withdrawn_at")
_ERASING = "EXISTS (SELECT 1 FROM erasure_under_way)"


def upgrade():
    _add_studies()
    _add_texts()
    _add_reasons()
    _add_signatures()
    if op.get_bind().dialect.name == "sqlite":
        _guard_on_sqlite()
    else:
        _guard_on_postgresql()


def _add_studies():
    table = "case_study"
    op.create_table(
        table, sa.Column("id", sa.Integer(), nullable=False), _to(table, "case_id", "case_file", nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False), sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer()), _to(table, "begun_by", "officer"),
        sa.Column("begun_at", _TIME, nullable=False), _to(table, "withdrawn_by", "officer"),
        sa.Column("withdrawn_at", _TIME), sa.Column("withdraw_reason", sa.Text()),
        sa.CheckConstraint("place BETWEEN 1 AND 3", name=op.f(f"ck_{table}_three_at_most")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdraw_reason IS NULL)", name=op.f(f"ck_{table}_withdrawn_with_reason")
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR place IS NULL", name=op.f(f"ck_{table}_withdrawn_has_no_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{table}_case_id"), table, ["case_id"])
    op.create_index(
        "uq_case_study_place", table, ["first_day", "place"], unique=True, sqlite_where=_STANDS,
        postgresql_where=_STANDS,
    )  # fmt: skip


def _add_texts():
    table = "case_study_text"
    op.create_table(
        table, sa.Column("id", sa.Integer(), nullable=False), _to(table, "study_id", "case_study", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False), sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False), sa.Column("age_band", sa.Text(), nullable=False),
        sa.Column("is_board_only", sa.Boolean(), nullable=False), sa.Column("edition_reason", sa.Text()),
        sa.Column("money_lines", sa.Text(), nullable=False), sa.Column("digest", sa.Text(), nullable=False),
        _to(table, "saved_by", "officer"), sa.Column("saved_at", _TIME, nullable=False),
        sa.CheckConstraint("version > 0", name=op.f(f"ck_{table}_version_counts_from_one")),
        sa.UniqueConstraint("study_id", "version", name=op.f(f"uq_{table}_study_id_version")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip


def _add_reasons():
    table = "case_study_reason"
    op.create_table(
        table, sa.Column("id", sa.Integer(), nullable=False), _to(table, "study_id", "case_study", nullable=False),
        sa.Column("finding", sa.Text(), nullable=False), sa.Column("found", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False), _to(table, "said_by", "officer"),
        sa.Column("said_at", _TIME, nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{table}_study_id"), table, ["study_id"])


def _add_signatures():
    table = "case_study_signature"
    op.create_table(
        table, sa.Column("id", sa.Integer(), nullable=False), _to(table, "study_id", "case_study", nullable=False),
        sa.Column("role", sa.Text(), nullable=False), sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False), _to(table, "signed_by", "officer", nullable=False),
        sa.Column("signed_at", _TIME, nullable=False),
        sa.CheckConstraint("role IN ('author', 'second')", name=op.f(f"ck_{table}_role_known")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{table}_study_id"), table, ["study_id"])


def _to(table, column, other, *, nullable=True):
    return sa.Column(column, sa.Integer(), sa.ForeignKey(f"{other}.id", name=f"fk_{table}_{column}"), nullable=nullable)


def _columns(table):
    return [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]


def _refusals(same):
    """Return (table, act, condition): what nobody may do; ``same`` compares two values that may be none."""

    def changed(columns):
        return " OR ".join(f"NOT (NEW.{column} {same} OLD.{column})" for column in columns)

    for table, words in _WORDS.items():
        facts = [column for column in _columns(table) if column not in words]
        yield table, "UPDATE", f"NOT ({_ERASING}) OR {changed(facts)}" if words else "true"
        yield table, "DELETE", "true"
    yield "case_study", "DELETE", "true"
    withdrawn = f"OLD.withdrawn_at IS NOT NULL AND ({changed(_WITHDRAWN_WITH)})"
    reworded = f"OLD.withdraw_reason IS NOT NULL AND {changed(['withdraw_reason'])} AND NOT {_ERASING}"
    yield "case_study", "UPDATE", f"({changed(_BEGUN_WITH)}) OR ({withdrawn}) OR ({reworded})"


def _guard_on_sqlite():
    for table, act, when in _refusals("IS"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        )
    for table in ("case_study", *_WORDS):
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        )


def _guard_on_postgresql():
    for table, act, when in _refusals("IS NOT DISTINCT FROM"):
        name, row = f"refuse_{act.lower()}_of_{table}", "OLD" if act == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {when} THEN RAISE EXCEPTION '{_KEPT}'; END IF; RETURN {row}; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
    op.execute(
        "CREATE FUNCTION refuse_emptying_case_studies() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_KEPT}'; END $$"
    )
    for table in ("case_study", *_WORDS):
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_emptying_case_studies()"
        )


def downgrade():
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("case_study_signature", "case_study_reason", "case_study_text", "case_study"):
        op.drop_table(table)
        if not is_sqlite:
            for act in ("update", "delete"):
                op.execute(f"DROP FUNCTION refuse_{act}_of_{table}()")
    if not is_sqlite:
        op.execute("DROP FUNCTION refuse_emptying_case_studies()")
