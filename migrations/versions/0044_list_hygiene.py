"""Mail that came back or was answered, the health of the list, canaries, and the list's months."""

import sqlalchemy as sa
from alembic import op

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0044"
down_revision = "0042"
branch_labels = None
depends_on = None

_HELD = sa.text("effect = 'held'")


def _moment(name, *, null=False):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _link(table, column, target, *, null=False):
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}_{target}")
    whole = sa.Integer() if target in {"officer", "alert", "call"} else _BIG
    return sa.Column(column, whole, key, nullable=null)


def _words(name, *, null=False):
    return sa.Column(name, sa.Text(), nullable=null)


def upgrade():
    _add_mail()
    _add_reports()
    _add_canaries()
    _add_likely_duplicates()
    _add_months()


def _add_mail():
    op.create_table(
        "inbound_mail",
        sa.Column("id", _BIG, nullable=False),
        _words("digest"),
        _words("taken_as"),
        _words("code"),
        _link("inbound_mail", "delivery_id", "delivery", null=True),
        _words("sender"),
        _words("subject"),
        _words("body"),
        sa.Column("size", sa.Integer(), nullable=False),
        _moment("received_at"),
        _link("inbound_mail", "call_id", "call", null=True),
        sa.CheckConstraint("size >= 0", name=op.f("ck_inbound_mail_size_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("digest", name=op.f("uq_inbound_mail_digest")),
    )
    op.create_index("ix_inbound_mail_taken_as", "inbound_mail", ["taken_as"])


def _add_reports():
    op.create_table(
        "address_report",
        sa.Column("id", _BIG, nullable=False),
        _link("address_report", "delivery_id", "delivery"),
        _link("address_report", "mailing_id", "mailing"),
        _link("address_report", "endpoint_id", "endpoint"),
        _words("kind"),
        _words("code"),
        _words("effect"),
        _moment("at"),
        _moment("seen_at", null=True),
        _link("address_report", "seen_by", "officer", null=True),
        sa.CheckConstraint("kind IN ('hard', 'soft', 'complaint')", name=op.f("ck_address_report_kind_known")),
        sa.CheckConstraint("(seen_at IS NULL) = (seen_by IS NULL)", name=op.f("ck_address_report_seen_by_somebody")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_report")),
        sa.UniqueConstraint("delivery_id", "kind", name="uq_address_report_once"),
    )
    op.create_index("ix_address_report_endpoint_id", "address_report", ["endpoint_id"])
    op.create_index("ix_address_report_mailing", "address_report", ["mailing_id", "effect"])
    op.create_index(
        "ix_address_report_held", "address_report", ["mailing_id"], sqlite_where=_HELD, postgresql_where=_HELD
    )


def _add_canaries():
    op.create_table(
        "canary",
        _link("canary", "endpoint_id", "endpoint"),
        _moment("added_at"),
        _link("canary", "added_by", "officer"),
        _moment("removed_at", null=True),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_canary")),
    )
    op.create_table(
        "canary_check",
        _link("canary_check", "alert_id", "alert"),
        _link("canary_check", "mailing_id", "mailing"),
        _moment("began_at"),
        _moment("arrived_at", null=True),
        _moment("late_at", null=True),
        _moment("seen_at", null=True),
        _link("canary_check", "seen_by", "officer", null=True),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_canary_check")),
    )


def _add_likely_duplicates():
    op.create_table(
        "likely_duplicate",
        sa.Column("id", _BIG, nullable=False),
        _link("likely_duplicate", "low_id", "subscriber"),
        _link("likely_duplicate", "high_id", "subscriber"),
        _words("because"),
        _moment("found_at"),
        _words("verdict", null=True),
        _moment("decided_at", null=True),
        _link("likely_duplicate", "decided_by", "officer", null=True),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_likely_duplicate_low_first")),
        sa.CheckConstraint("(verdict IS NULL) = (decided_at IS NULL)", name=op.f("ck_likely_duplicate_decided_when")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likely_duplicate")),
        sa.UniqueConstraint("low_id", "high_id", name="uq_likely_duplicate_pair"),
    )


def _add_months():
    op.create_table(
        "list_month",
        sa.Column("month", sa.Date(), nullable=False),
        _words("part"),
        _words("key"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("joined", "left", "listed")),
        _moment("counted_at"),
        sa.PrimaryKeyConstraint("month", "part", "key", name=op.f("pk_list_month")),
    )
    # The list of who never confirmed is read from its oldest.
    op.create_index("ix_sign_up_unconfirmed", "sign_up", ["asked_at"], **_where("confirmed_at IS NULL"))


def _where(condition):
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def downgrade():
    op.drop_index("ix_sign_up_unconfirmed", "sign_up")
    for table in ("list_month", "likely_duplicate", "canary_check", "canary", "address_report", "inbound_mail"):
        op.drop_table(table)
