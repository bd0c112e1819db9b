"""Exhibits, files, the chain of who held them, and schedules of disclosure."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# Retention may take persons out of the words of these tables, never what happened, when, or what a file holds.
_PERMANENT = {
    "evidence_file": ("case_id", "kind", "size", "sha256", "storage_key", "uploaded_at"),
    "custody_event": (
        "exhibit_id",
        "kind",
        "occurred_at",
        "seal_number",
        "supersedes_id",
        "recorded_by",
        "recorded_at",
    ),
    "disclosure_item": ("case_id", "number", "exhibit_id", "note_id"),
    "disclosure_decision": ("item_id", "is_sensitive", "is_disclosed", "decided_by", "decided_at"),
}
_NEVER_DELETED = ("custody_event", "disclosure_item", "disclosure_decision")


def upgrade():
    _create("exhibit",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_where", sa.Text(), nullable=True),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("original_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("original_id <> id", name=op.f("ck_exhibit_not_its_own_original")),
        sa.UniqueConstraint("case_id", "initials", "number", name=op.f("uq_exhibit_case_id_initials_number")),
        case_id="case_file", original_id="exhibit", recorded_by="officer",
    )  # fmt: skip
    _create("evidence_file",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_file_not_empty")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_evidence_file_storage_key")),
        case_id="case_file", exhibit_id="exhibit", uploaded_by="officer",
    )  # fmt: skip
    for column in ("case_id", "exhibit_id"):
        op.create_index(op.f(f"ix_evidence_file_{column}"), "evidence_file", [column])
    _create("custody_event",
        sa.Column("exhibit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("seal_number", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind <> 'sealed' OR seal_number IS NOT NULL", name=op.f("ck_custody_event_sealed_with_number")
        ),
        sa.CheckConstraint("supersedes_id <> id", name=op.f("ck_custody_event_not_its_own_correction")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_custody_event_supersedes_id")),
        exhibit_id="exhibit", supersedes_id="custody_event", recorded_by="officer",
    )  # fmt: skip
    op.create_index(op.f("ix_custody_event_exhibit_id"), "custody_event", ["exhibit_id"])
    _add_disclosure()
    for table, columns in _PERMANENT.items():
        _forbid_changes(table, columns)


def _add_disclosure():
    _create("disclosure_item",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=True),
        sa.Column("note_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(exhibit_id IS NULL) <> (note_id IS NULL)", name=op.f("ck_disclosure_item_exhibit_or_note")
        ),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_disclosure_item_case_id_number")),
        sa.UniqueConstraint("exhibit_id", name=op.f("uq_disclosure_item_exhibit_id")),
        sa.UniqueConstraint("note_id", name=op.f("uq_disclosure_item_note_id")),
        case_id="case_file", exhibit_id="exhibit", note_id="case_note",
    )  # fmt: skip
    _create("disclosure_decision",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("is_sensitive", sa.Boolean(), nullable=False),
        sa.Column("is_disclosed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "NOT is_sensitive OR reason IS NOT NULL", name=op.f("ck_disclosure_decision_sensitive_with_reason")
        ),
        item_id="disclosure_item", decided_by="officer",
    )  # fmt: skip
    op.create_index(op.f("ix_disclosure_decision_item_id"), "disclosure_decision", ["item_id"])


def _create(table, *parts, **links):
    keys = [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, other in links.items()
    ]
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))
    op.create_table(table, sa.Column("id", sa.Integer(), nullable=False), *parts, *keys, key)


def _forbid_changes(table, columns):
    said = "evidence is never rewritten"
    if op.get_bind().dialect.name == "sqlite":
        body = f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
        op.execute(f"CREATE TRIGGER {table}_permanent BEFORE UPDATE OF {', '.join(columns)} ON {table} {body}")
        if table in _NEVER_DELETED:
            op.execute(f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} {body}")
        return
    function = f"refuse_change_to_{table}"
    op.execute(
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{said}'; END $$"
    )
    acts = f"UPDATE OF {', '.join(columns)}" + (" OR DELETE" if table in _NEVER_DELETED else "")
    op.execute(f"CREATE TRIGGER {table}_permanent BEFORE {acts} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")


def downgrade():
    for table in ("disclosure_decision", "disclosure_item", "custody_event", "evidence_file", "exhibit"):
        op.drop_table(table)
        if table in _PERMANENT and op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION refuse_change_to_{table}()")
