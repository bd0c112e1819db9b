"""Cases and their money lines."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "case_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("waiting_for", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("impact", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("victim_name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("ward_code", sa.Text(), nullable=True),
        sa.Column("chosen_for_vulnerability", sa.Boolean(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_case_file_closed_with_time")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_case_file_officer_id")),
        sa.ForeignKeyConstraint(["ward_code"], ["ward.code"], name=op.f("fk_case_file_ward_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("reference", name=op.f("uq_case_file_reference")),
    )
    op.create_index("ix_case_file_category", "case_file", ["category", "opened_at"], unique=False)
    op.create_index(op.f("ix_case_file_opened_at"), "case_file", ["opened_at"], unique=False)
    op.create_table(
        "case_incident",
        sa.Column("incident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_incident_case_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_case_incident_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_case_incident")),
    )
    op.create_index(op.f("ix_case_incident_case_id"), "case_incident", ["case_id"], unique=False)
    op.create_table(
        "case_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_note_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["officer.id"], name=op.f("fk_case_note_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
    )
    op.create_index(op.f("ix_case_note_case_id"), "case_note", ["case_id"], unique=False)
    op.create_table(
        "helpline_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("scam_kind", sa.Text(), nullable=True),
        sa.Column("loss", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("loss >= 0", name=op.f("ck_helpline_contact_loss_not_negative")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_helpline_contact_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helpline_contact")),
        sa.UniqueConstraint("reference", name=op.f("uq_helpline_contact_reference")),
    )
    op.create_index(op.f("ix_helpline_contact_received_on"), "helpline_contact", ["received_on"], unique=False)
    op.create_table(
        "money_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_money_line_amount_not_negative")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_money_line_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["officer.id"], name=op.f("fk_money_line_recorded_by")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["money_line.id"], name=op.f("fk_money_line_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_line")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_money_line_supersedes_id")),
    )
    op.create_index(op.f("ix_money_line_case_id"), "money_line", ["case_id"], unique=False)


def downgrade():
    op.drop_index(op.f("ix_case_incident_case_id"), table_name="case_incident")
    op.drop_table("case_incident")
    op.drop_index(op.f("ix_money_line_case_id"), table_name="money_line")
    op.drop_table("money_line")
    op.drop_index(op.f("ix_helpline_contact_received_on"), table_name="helpline_contact")
    op.drop_table("helpline_contact")
    op.drop_index(op.f("ix_case_note_case_id"), table_name="case_note")
    op.drop_table("case_note")
    op.drop_index(op.f("ix_case_file_opened_at"), table_name="case_file")
    op.drop_index("ix_case_file_category", table_name="case_file")
    op.drop_table("case_file")
