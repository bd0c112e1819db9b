"""Partners: their kinds, contacts, declarations as they were made, reminders, and what they say they passed on."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEPT = "what a partner told us stays as it was told"
_GUARDED = ("partner_declaration", "forward_ack")
_KINDS = (
    "Neighbourhood Watch", "Library", "Parish or community newsletter", "Charity", "Housing provider", "GP surgery",
    "School", "Council team", "Other",
)  # fmt: skip


def upgrade():
    # The code that a sign-up came with is needed to count what partners bring.
    op.create_index(op.f("ix_sign_up_partner_code"), "sign_up", ["partner_code"])
    _add_profiles()
    _add_declarations()
    _add_acknowledgements()
    op.execute(
        "INSERT INTO partner_declaration (partner_id, reach, basis, declared_at, via, recorded_at) "
        "SELECT subscriber_id, declared_reach, basis, declared_at, 'import', declared_at FROM partner "
        "WHERE declared_reach IS NOT NULL AND declared_at IS NOT NULL"
    )
    if op.get_bind().dialect.name == "sqlite":
        _guard_on_sqlite()
    else:
        _guard_on_postgresql()


def _add_profiles():
    table = op.create_table(
        "partner_kind", sa.Column("id", sa.Integer(), nullable=False), sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ended_at", _TIME), sa.UniqueConstraint("name", name=op.f("uq_partner_kind_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_kind")),
    )  # fmt: skip
    op.bulk_insert(table, [{"name": name} for name in _KINDS])
    op.create_table(
        "partner_profile", _to("partner_profile", "partner_id", "subscriber", _ID, nullable=False),
        _to("partner_profile", "kind_id", "partner_kind", sa.Integer()), sa.Column("note", sa.Text()),
        sa.Column("ended_at", _TIME), sa.PrimaryKeyConstraint("partner_id", name=op.f("pk_partner_profile")),
    )  # fmt: skip
    table = "partner_contact"
    op.create_table(
        table, _to(table, "partner_id", "subscriber", _ID, nullable=False),
        _to(table, "endpoint_id", "endpoint", _ID, nullable=False), sa.Column("name", sa.Text()),
        sa.Column("role", sa.Text()), sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "endpoint_id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{table}_endpoint_id"), table, ["endpoint_id"])


def _add_declarations():
    table = "partner_declaration"
    op.create_table(
        table, sa.Column("id", _ID, nullable=False), _to(table, "partner_id", "subscriber", _ID, nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False), sa.Column("basis", sa.Text()),
        sa.Column("declared_at", _TIME, nullable=False), sa.Column("via", sa.Text(), nullable=False),
        _to(table, "officer_id", "officer", sa.Integer()), _to(table, "endpoint_id", "endpoint", _ID),
        sa.Column("recorded_at", _TIME, nullable=False),
        sa.CheckConstraint("reach >= 0", name=op.f(f"ck_{table}_reach_not_negative")),
        sa.CheckConstraint("via IN ('contact', 'officer', 'import')", name=op.f(f"ck_{table}_via_known")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    op.create_index(f"ix_{table}_partner_id", table, ["partner_id", "declared_at"])
    table = "partner_reminder"
    op.create_table(
        table, sa.Column("id", _ID, nullable=False), _to(table, "partner_id", "subscriber", _ID, nullable=False),
        _to(table, "endpoint_id", "endpoint", _ID, nullable=False), sa.Column("since", _TIME, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False), sa.Column("sent_at", _TIME, nullable=False),
        sa.UniqueConstraint(
            "partner_id", "since", "number", "endpoint_id", name=op.f(f"uq_{table}_partner_id_since_number_endpoint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip


def _add_acknowledgements():
    table = "forward_ack"
    op.create_table(
        table, sa.Column("id", _ID, nullable=False), _to(table, "alert_id", "alert", sa.Integer(), nullable=False),
        _to(table, "partner_id", "subscriber", _ID, nullable=False), sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False), sa.Column("via", sa.Text(), nullable=False),
        _to(table, "officer_id", "officer", sa.Integer()),
        sa.CheckConstraint("reach >= 0", name=op.f(f"ck_{table}_reach_not_negative")),
        sa.CheckConstraint("via IN ('link', 'officer')", name=op.f(f"ck_{table}_via_known")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    op.create_index(f"ix_{table}_alert_id", table, ["alert_id", "partner_id"])
    op.create_index(f"ix_{table}_partner_id", table, ["partner_id", "at"])


def _to(table, column, other, kind, *, nullable=True):
    return sa.Column(column, kind, sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{column}")),
                     nullable=nullable)  # fmt: skip


def _guard_on_sqlite():
    for table in _GUARDED:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
            )
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        )


def _guard_on_postgresql():
    op.execute(
        "CREATE FUNCTION refuse_changing_what_partners_told() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_KEPT}'; END $$"
    )
    for table in _GUARDED:
        for act, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} FOR EACH {each} "
                "EXECUTE FUNCTION refuse_changing_what_partners_told()"
            )


def downgrade():
    tables = ("forward_ack", "partner_reminder", "partner_declaration", "partner_contact", "partner_profile")
    for table in (*tables, "partner_kind"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_changing_what_partners_told()")
    op.drop_index(op.f("ix_sign_up_partner_code"), "sign_up")
