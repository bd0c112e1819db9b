"""Postcodes through time, names of areas, borders, contacts of neighbours, and handovers with their packs."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_IN_USE = sa.text("until IS NULL AND ended_on IS NULL")
_STANDING = sa.text("ended_at IS NULL")
_LIVE = "state IN ('draft', 'offered')"
_OF_INCIDENT = sa.text(f"{_LIVE} AND incident_id IS NOT NULL")
_OF_CASE = sa.text(f"{_LIVE} AND case_id IS NOT NULL")
_OFFERED = sa.text("state = 'offered'")


def upgrade():
    op.create_table(
        "area",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_area")),
    )
    _add_postcodes()
    _add_borders()
    _add_handovers()


def _add_postcodes():
    op.create_table(
        "postcode_place",
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("authority_code", sa.Text(), nullable=True),
        sa.Column("ward_code", sa.Text(), nullable=True),
        sa.Column("lat", sa.Float(53), nullable=True),
        sa.Column("long", sa.Float(53), nullable=True),
        sa.Column("cell", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(lat IS NULL) = (cell IS NULL) AND (long IS NULL) = (cell IS NULL)",
            name=op.f("ck_postcode_place_place_is_whole"),
        ),
        sa.PrimaryKeyConstraint("postcode", "since", name=op.f("pk_postcode_place")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_postcode_place_cell", "postcode_place", ["cell"], sqlite_where=_IN_USE,
                    postgresql_where=_IN_USE)  # fmt: skip
    counts = [sa.Column(name, sa.Integer(), nullable=False) for name in ("added", "moved", "changed", "bad")]
    op.create_table(
        "place_import",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("bytes_done", sa.BigInteger(), nullable=False),
        sa.Column("lines_done", sa.Integer(), nullable=False),
        *counts,
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_place_import")),
    )


def _add_borders():
    op.create_table(
        "border_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("listed_by", sa.Integer(), nullable=True),
        sa.Column("listed_name", sa.Text(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["listed_by"], ["officer.id"], name=op.f("fk_border_exception_listed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_border_exception")),
    )
    op.create_index("uq_border_exception_standing", "border_exception", ["postcode"], unique=True,
                    sqlite_where=_STANDING, postgresql_where=_STANDING)  # fmt: skip
    op.create_table(
        "neighbour",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.Integer(), nullable=True),
        sa.Column("verified_name", sa.Text(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["verified_by"], ["officer.id"], name=op.f("fk_neighbour_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_neighbour")),
        sa.UniqueConstraint("authority_code", name=op.f("uq_neighbour_authority_code")),
    )


def _add_handovers():
    officers = [
        sa.ForeignKeyConstraint([name], ["officer.id"], name=op.f(f"fk_handover_{name}"))
        for name in ("made_by", "offered_by", "answered_by")
    ]
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=True),
        sa.Column("actions", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("with_victim", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_by", sa.Integer(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pack", sa.JSON(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("accepted_by", sa.Text(), nullable=True),
        sa.Column("their_reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(incident_id IS NULL) <> (case_id IS NULL)", name=op.f("ck_handover_of_one_thing")),
        sa.CheckConstraint(
            "(state = 'draft') = (offered_at IS NULL) OR state = 'withdrawn'",
            name=op.f("ck_handover_offered_with_time"),
        ),
        sa.CheckConstraint("(offered_at IS NULL) = (digest IS NULL)", name=op.f("ck_handover_offered_with_pack")),
        sa.CheckConstraint(
            "state <> 'accepted' OR accepted_by IS NOT NULL", name=op.f("ck_handover_accepted_by_somebody")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_handover_case_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_handover_incident_id")),
        *officers,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(op.f("ix_handover_incident_id"), "handover", ["incident_id"])
    op.create_index(op.f("ix_handover_case_id"), "handover", ["case_id"])
    for name, column, where in (("incident", "incident_id", _OF_INCIDENT), ("case", "case_id", _OF_CASE)):
        op.create_index(f"uq_handover_live_{name}", "handover", [column], unique=True, sqlite_where=where,
                        postgresql_where=where)  # fmt: skip
    op.create_index("ix_handover_offered", "handover", ["answer_by"], sqlite_where=_OFFERED,
                    postgresql_where=_OFFERED)  # fmt: skip


def downgrade():
    for table in ("handover", "neighbour", "border_exception", "place_import", "postcode_place", "area"):
        op.drop_table(table)
