"""An index by which the newest words of each kind of record are found."""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_search_document_recent", "search_document", ["subject", "source", "id"])
    op.drop_index("ix_search_document_subject", "search_document")


def downgrade():
    op.create_index("ix_search_document_subject", "search_document", ["subject", "id"])
    op.drop_index("ix_search_document_recent", "search_document")
