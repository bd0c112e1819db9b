"""Indicators become data with versions, and partners enter figures of their own; neither is ever changed."""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_BEGINNING, _SHIPPED_AT = date(1900, 4, 1), datetime(2022, 4, 1, tzinfo=UTC)
_PERMANENT = (
    ("indicator_version", "a version of an indicator stays as it was set"),
    ("partner_figure", "a partner's figure stays as it was entered; a later one takes its place"),
)
_WHY = "Came with the service; the board sets its own."
# Name, label, definition, polarity, rule, target and audience.
_SHIPPED = (
    ("enquiries", "Enquiries",
     ("Cases opened for investigation, of whatever category. A case counts in the quarter in which it "
     "was opened."),
     "neither", "none", None, "public"),
    ("scam_doorstep_abuse_cases", "Scam, doorstep crime and financial abuse cases",
     "Of the enquiries, those of these three categories.",
     "neither", "none", None, "public"),
    ("detriment", "Consumer detriment",
     ("Gross: the money that left the victims of those cases, in the quarter in which the case was "
     "opened."),
     "neither", "none", None, "public"),
    ("net_detriment", "Net detriment",
     "The same less what banks refunded, what was recovered and the compensation that was paid.",
     "neither", "none", None, "service"),
    ("chosen_for_vulnerability", "Victims chosen for age or vulnerability",
     "Of those cases, the ones in which an officer found that the victim was chosen for this.",
     "neither", "none", None, "service"),
    ("able_to_stay_at_home", "Victims able to stay at home",
     "Of those cases, the ones whose impact is that the victim could stay at home.",
     "higher", "none", None, "service"),
    ("calls", "Calls to the rapid-response number",
     "Calls, voicemails and texts that came on the rapid-response number, whatever became of them.",
     "neither", "none", None, "public"),
    ("reports", "Rapid-response reports",
     ("Incidents of these three categories whose first real call came on the rapid-response number, in "
     "the quarter of that call."),
     "neither", "none", None, "public"),
    ("immediate", "Immediate responses",
     "Reports that were ever graded immediate, the grade whose target is two hours.",
     "neither", "none", None, "public"),
    ("share_met", "Immediate responses met within two hours",
     ("Of the clocks that came out, the percentage that was stopped within two hours. Clocks that run, "
     "and those that ended in time without a visit, count as neither."),
     "higher", "target", "90", "public"),
    ("met", "Met within two hours",
     "Their clocks that an officer on scene, or a payment stopped from afar, stopped within two hours.",
     "higher", "none", None, "service"),
    ("late", "Late",
     "Their clocks that were stopped after the two hours.",
     "lower", "none", None, "service"),
    ("breached_then_ended", "Breached, then ended",
     "Their clocks that ended after the two hours with nobody there: stood down or handed over.",
     "lower", "none", None, "service"),
    ("overdue", "Overdue",
     "Their clocks that run past the two hours still, with nobody there yet.",
     "lower", "none", None, "service"),
    ("not_applicable", "Not applicable",
     ("Their clocks that ended within the two hours without a visit. They count neither as met nor as "
     "missed."),
     "neither", "none", None, "service"),
    ("running", "Still running",
     "Their clocks that run within the two hours. They count neither as met nor as missed.",
     "neither", "none", None, "service"),
    ("rapid_response_interventions", "Rapid-response interventions",
     "Reports graded immediate, with an officer on scene and an intervention recorded.",
     "neither", "none", None, "public"),
    ("interventions", "Interventions",
     "Interventions recorded with a day in the period, corrected ones once, withdrawn ones not at all.",
     "neither", "none", None, "public"),
    ("single_savings", "Single savings of £10,000 or more",
     "Interventions of which the evidenced amount alone is £10,000 or more.",
     "neither", "none", None, "board"),
    ("blockers_installed", "Call blockers installed",
     "Call blockers fitted in the period, mistakes left out.",
     "higher", "none", None, "public"),
    ("blockers_active", "Call blockers in place",
     "Call blockers that were in a home at the end of the period, or are now.",
     "higher", "none", None, "public"),
    ("blockers_ended", "Call blockers returned or given up",
     "Call blockers whose time ended in the period: returned, faulty or unplugged.",
     "neither", "none", None, "public"),
    ("friends_trained", "Friends Against Scams trained",
     "People trained in the period.",
     "higher", "none", None, "public"),
    ("alerts_sent", "Alerts sent",
     "Alerts to residents and partners that were approved and sent in the period.",
     "neither", "none", None, "public"),
    ("subscribers", "Alert circulation",
     ("Residents and partners on the alert list at the end of the period, or now. Readers that partners "
     "declare are never added to it."),
     "higher", "last_year", None, "public"),
    ("financial_savings", "Future financial savings",
     ("Of scams, doorstep crime and call blockers; the board's series leaves Friends Against Scams out "
     "here."),
     "higher", "none", None, "service"),
    ("health_savings", "Health and quality of life savings",
     "Of the same work: a share of its financial savings.",
     "higher", "none", None, "service"),
    ("friends_savings", "Friends Against Scams",
     "Financial and other savings of the people who were trained.",
     "higher", "none", None, "service"),
    ("total_savings", "Savings in total",
     "Everything in the savings table, rounded once from its exact sum.",
     "higher", "none", None, "public"),
)  # fmt: skip


def upgrade():
    exact = sa.Text() if op.get_bind().dialect.name == "sqlite" else sa.Numeric()
    indicators = _add_indicators(exact)
    _add_partner_figures()
    op.bulk_insert(indicators, [_shipped(place, *each) for place, each in enumerate(_SHIPPED, 1)])
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        op.execute(f"SELECT setval('indicator_version_id_seq', {len(_SHIPPED)})")
        _keep_on_postgresql()


def _add_indicators(exact):
    return op.create_table(
        "indicator_version", sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False), sa.Column("label", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False), sa.Column("polarity", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False), sa.Column("target", exact),
        sa.Column("tolerance", exact, nullable=False), sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False), sa.Column("reason", sa.Text(), nullable=False),
        _officer("indicator_version", "set_by"), sa.Column("set_at", _TIME, nullable=False),
        sa.CheckConstraint("rule <> 'target' OR target IS NOT NULL", name=op.f("ck_indicator_version_target_told")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_version")),
    )  # fmt: skip


def _add_partner_figures():
    op.create_table(
        "partner_figure", sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False), sa.Column("category", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False), sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False), sa.Column("printed_percent", sa.Integer()),
        sa.Column("source", sa.Text()), sa.Column("supersedes_id", sa.Integer()), sa.Column("reason", sa.Text()),
        _officer("partner_figure", "entered_by"), sa.Column("entered_at", _TIME, nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_partner_figure_number_not_negative")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_partner_figure_days_in_order")),
        sa.CheckConstraint(
            "(supersedes_id IS NULL) = (reason IS NULL)", name=op.f("ck_partner_figure_corrected_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["partner_figure.id"], name=op.f("fk_partner_figure_supersedes_id")
        ),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_partner_figure_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_figure")),
    )  # fmt: skip
    first = sa.text("supersedes_id IS NULL")
    op.create_index(
        "uq_partner_figure_first", "partner_figure", ["partner", "category", "first_day", "last_day"], unique=True,
        sqlite_where=first, postgresql_where=first,
    )  # fmt: skip


def _officer(table, column):
    return sa.Column(column, sa.Integer(), sa.ForeignKey("officer.id", name=f"fk_{table}_{column}"))


def _shipped(place, name, label, definition, polarity, rule, target, audience):  # noqa: PLR0913, PLR0917 - a row
    return {
        "id": place, "name": name, "label": label, "definition": definition, "polarity": polarity, "rule": rule,
        "target": target, "tolerance": "10", "audience": audience, "holds_from": _BEGINNING, "reason": _WHY,
        "set_by": None, "set_at": _SHIPPED_AT,
    }  # fmt: skip


def _quoted(words):
    return words.replace("'", "''")


def _keep_on_sqlite():
    for table, words in _PERMANENT:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_quoted(words)}'); END"
            )
        # A REPLACE deletes what it drives out without asking the trigger of a deletion.
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id{_SAME[table]}) "
            f"BEGIN SELECT RAISE(ABORT, '{_quoted(words)}'); END"
        )


_SAME = {
    "indicator_version": "",
    "partner_figure": " OR supersedes_id = NEW.supersedes_id OR (NEW.supersedes_id IS NULL AND supersedes_id IS NULL "
    "AND partner = NEW.partner AND category = NEW.category AND first_day = NEW.first_day "
    "AND last_day = NEW.last_day)",
}


def _keep_on_postgresql():
    for table, words in _PERMANENT:
        op.execute(
            f"CREATE FUNCTION refuse_change_to_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_quoted(words)}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_permanent BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_change_to_{table}()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_to_{table}()"
        )


def downgrade():
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, _ in _PERMANENT:
        op.drop_table(table)
        if not is_sqlite:
            op.execute(f"DROP FUNCTION refuse_change_to_{table}()")
