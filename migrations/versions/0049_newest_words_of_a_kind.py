"""The newest words of each kind of record, and on PostgreSQL what they lead to, found by an index."""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_WORDS = "string_to_array(words, ' ')"
_SUBJECT = "ARRAY['=' || subject]"


def upgrade():
    op.create_index("ix_search_document_recent", "search_document", ["subject", "source", "id"])
    op.drop_index("ix_search_document_subject", "search_document")
    _hold(f"{_WORDS} || {_SUBJECT}")


def downgrade():
    _hold(_WORDS)
    op.create_index("ix_search_document_subject", "search_document", ["subject", "id"])
    op.drop_index("ix_search_document_recent", "search_document")


def _hold(words):
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP INDEX fts_words")
    op.execute("ALTER TABLE search_document DROP COLUMN fts_vector")
    made = f"GENERATED ALWAYS AS (array_to_tsvector({words})) STORED"
    op.execute(f"ALTER TABLE search_document ADD COLUMN fts_vector tsvector {made}")
    op.execute("CREATE INDEX fts_words ON search_document USING gin (fts_vector)")
