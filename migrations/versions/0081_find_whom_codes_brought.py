"""Find those who joined with the code of a partner without a look at everybody.

Revision ID: 0081
Revises: 0079
"""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0079"
branch_labels = None
depends_on = None

_BY_CODE = sa.text("partner_code IS NOT NULL")


def upgrade():
    op.create_index(
        "ix_subscriber_partner_code", "subscriber", ["partner_code"], sqlite_where=_BY_CODE, postgresql_where=_BY_CODE
    )


def downgrade():
    op.drop_index("ix_subscriber_partner_code", "subscriber")
