"""Rates of the prudent basis and for reference, and rate sets that nobody can change once they are approved."""

from datetime import date

import sqlalchemy as sa
from alembic import op

from migrations.types import exact_decimal

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NEW_OF_RATE = ("term_low", "term_high", "discount_rate", "deadweight", "repeat_risk", "evidence_note")
_NEW_OF_SET = ("written_by", "written_at", "superseded_from", "superseded_at")


def upgrade():
    with op.batch_alter_table("rate") as rate:
        for name in ("term_low", "term_high"):
            rate.add_column(sa.Column(name, sa.Integer(), nullable=True))
        for name in ("discount_rate", "deadweight", "repeat_risk"):
            rate.add_column(sa.Column(name, exact_decimal(), nullable=True))
        rate.add_column(sa.Column("evidence_note", sa.Text(), nullable=True))
    with op.batch_alter_table("rate_set") as rate_set:
        rate_set.add_column(sa.Column("written_by", sa.Integer(), nullable=True))
        rate_set.add_column(sa.Column("written_at", sa.DateTime(timezone=True), nullable=True))
        rate_set.add_column(sa.Column("superseded_from", sa.Date(), nullable=True))
        rate_set.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
        rate_set.create_foreign_key(op.f("fk_rate_set_written_by"), "officer", ["written_by"], ["id"])
        rate_set.create_check_constraint(
            op.f("ck_rate_set_superseded_has_time"), "(superseded_from IS NULL) = (superseded_at IS NULL)"
        )
        rate_set.create_check_constraint(op.f("ck_rate_set_approved_by_another"), "approved_by <> written_by")
    _ship(_PRUDENT, _PRUDENT_RATES)
    _ship(_REFERENCE, _REFERENCE_RATES)
    _protect_approved()


_SPAN = {"effective_from": date(2021, 4, 1), "effective_to": None}
_PRUDENT = _SPAN | {
    "slug": "prudent-2026",
    "title": "Prudent basis, 2026",
    "basis": "prudent",
    "status": "draft",
    "source": (
        "A call blocker: low, central and high of published values for a year's use. Shares and factors: placeholders "
        "to be replaced by local evidence"
    ),
    "evidence_note": (
        "Deadweight of 0.25 and repeat risk of 0.5 are placeholders and marked as such. The terms of a call blocker "
        "end early because landlines leave the old telephone network on 31 January 2027. Discounted at 3.5% a year."
    ),
}
_REFERENCE = _SPAN | {
    "slug": "hmt-2026",
    "title": "Values of the Treasury's guidance, for reference",
    "basis": "reference",
    "status": "draft",
    "source": "HM Treasury, The Green Book and its supplementary guidance",
    "evidence_note": "Reference values only: no formula uses them.",
}
_RATE = (
    "intervention_type", "component", "kind", "value", "low", "high", "unit", "term_years", "term_low", "term_high",
    "discount_rate", "deadweight", "repeat_risk", "evidence_grade", "evidence_note",
)  # fmt: skip
_SHARE = "of the estimated future loss avoided"
_LOSS = "of the evidenced future loss"
_PLACEHOLDER = "Deadweight and repeat risk are placeholders."


def _loss(kind):
    return (
        kind, "future_financial", "per_amount", "1", None, None, _LOSS, None, None, None,
        None, "0.25", "0.5", "E", _PLACEHOLDER,
    )  # fmt: skip


def _share(kind):
    return (
        kind, "health_qol", "share_of", "0.54", "0", "0.91", _SHARE, None, None, None,
        None, None, None, "E", "The central share is that of the published series.",
    )  # fmt: skip


_BLOCKER = (
    "call_blocker", "future_financial", "annual_stream", "2417.52", "313", "3308.10", "a call blocker a year", 3, 2, 5,
    "0.035", "0.25", None, "D", "Deadweight is a placeholder.",
)  # fmt: skip
_PRUDENT_RATES = (
    _loss("scam_victim"),
    _share("scam_victim"),
    _loss("doorstep_crime"),
    _share("doorstep_crime"),
    _BLOCKER,
    _share("call_blocker"),
)


def _reference(name, value, low, high, unit, note):
    return (
        name, "memo", "reference", value, low, high, unit, None, None, None, None, None, None, "B", note,
    )  # fmt: skip


_REFERENCE_RATES = (
    _reference("discount_rate", "0.035", None, None, "a year", None),
    _reference("health_discount_rate", "0.015", None, None, "a year", None),
    _reference("wellby", "13000", "10000", "16000", "a point of life satisfaction for a year", "Prices of 2019"),
    _reference("qaly", "70000", None, None, "a year in full health", "Prices of 2020-21"),
)


def _ship(rate_set, rates):
    table = sa.table(
        "rate_set", sa.column("id"), sa.column("effective_from", sa.Date()), sa.column("effective_to", sa.Date()),
        *(sa.column(name) for name in ("slug", "title", "basis", "status", "source", "evidence_note")),
    )  # fmt: skip
    rate_set_id = op.get_bind().execute(table.insert().values(rate_set).returning(table.c.id)).scalar_one()
    exact = dict.fromkeys(("value", "low", "high", "discount_rate", "deadweight", "repeat_risk"), exact_decimal())
    whole = dict.fromkeys(("rate_set_id", "term_years", "term_low", "term_high"), sa.Integer())
    names = ("rate_set_id", *_RATE)
    rate = sa.table("rate", *(sa.column(name, (exact | whole).get(name, sa.Text())) for name in names))
    op.bulk_insert(rate, [dict(zip(names, (rate_set_id, *values), strict=True)) for values in rates])


_FIXED = (
    "slug", "title", "basis", "effective_from", "effective_to", "price_year", "source", "evidence_note",
    "written_by", "written_at", "approved_by", "approved_at", "supersedes_id",
)  # fmt: skip
_WHY = "an approved rate set is never changed; make a new one that supersedes it"
_SUPERSEDED_ONCE = "OLD.superseded_at IS NOT NULL"


def _protect_approved():
    """Let the database itself refuse a change of approved rates, whoever asks for it."""
    if op.get_bind().dialect.name == "sqlite":
        _protect_on_sqlite()
    else:
        _protect_on_postgresql()


def _protect_on_sqlite():
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_WHY}'); END"
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _FIXED)
    op.execute(
        "CREATE TRIGGER rate_set_no_update BEFORE UPDATE ON rate_set WHEN OLD.status <> 'draft' "
        f"AND (NEW.status = 'draft' OR {_SUPERSEDED_ONCE} OR {changed}) {refuse}"
    )
    op.execute(f"CREATE TRIGGER rate_set_no_delete BEFORE DELETE ON rate_set WHEN OLD.status <> 'draft' {refuse}")
    for act, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        approved = f"(SELECT status FROM rate_set WHERE id = {row}.rate_set_id) <> 'draft'"
        op.execute(f"CREATE TRIGGER rate_no_{act.lower()} BEFORE {act} ON rate WHEN {approved} {refuse}")


def _protect_on_postgresql():
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _FIXED)
    op.execute(
        "CREATE FUNCTION refuse_change_to_approved_set() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF OLD.status = 'draft' THEN RETURN COALESCE(NEW, OLD); END IF; "
        f"IF TG_OP = 'DELETE' THEN RAISE EXCEPTION '{_WHY}'; END IF; "
        f"IF NEW.status = 'draft' OR {_SUPERSEDED_ONCE} OR {changed} THEN RAISE EXCEPTION '{_WHY}'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE FUNCTION refuse_change_to_approved_rate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM rate_set WHERE status <> 'draft' AND id IN "
        "(CASE WHEN TG_OP <> 'INSERT' THEN OLD.rate_set_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.rate_set_id END)) "
        f"THEN RAISE EXCEPTION '{_WHY}'; END IF; RETURN COALESCE(NEW, OLD); END $$"
    )
    op.execute(
        "CREATE TRIGGER rate_set_approved_is_final BEFORE UPDATE OR DELETE ON rate_set "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_to_approved_set()"
    )
    op.execute(
        "CREATE TRIGGER rate_approved_is_final BEFORE INSERT OR UPDATE OR DELETE ON rate "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_to_approved_rate()"
    )


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        for name in ("rate_set_no_update", "rate_set_no_delete", "rate_no_insert", "rate_no_update", "rate_no_delete"):
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("DROP TRIGGER rate_approved_is_final ON rate")
        op.execute("DROP TRIGGER rate_set_approved_is_final ON rate_set")
        op.execute("DROP FUNCTION refuse_change_to_approved_rate()")
        op.execute("DROP FUNCTION refuse_change_to_approved_set()")
    shipped = "(SELECT id FROM rate_set WHERE slug IN ('prudent-2026', 'hmt-2026'))"
    op.execute(f"DELETE FROM rate WHERE rate_set_id IN {shipped}")
    op.execute("DELETE FROM rate_set WHERE slug IN ('prudent-2026', 'hmt-2026')")
    with op.batch_alter_table("rate_set") as rate_set:
        rate_set.drop_constraint(op.f("ck_rate_set_approved_by_another"), type_="check")
        rate_set.drop_constraint(op.f("ck_rate_set_superseded_has_time"), type_="check")
        rate_set.drop_constraint(op.f("fk_rate_set_written_by"), type_="foreignkey")
        for name in _NEW_OF_SET:
            rate_set.drop_column(name)
    with op.batch_alter_table("rate") as rate:
        for name in _NEW_OF_RATE:
            rate.drop_column(name)
