"""Pages of the board's reports: their list, and the workbench of one quarter with every step of its life."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.audit.models import AuditEvent
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import Period, quarter_of, recent_periods
from tsalert.db import db
from tsalert.quarterly import life, opening, queries, standing, withdrawing
from tsalert.quarterly.addresses import quarter_of_slug, slug_of
from tsalert.quarterly.schemas import (
    NewReportSchema,
    NewReportSignatureSchema,
    ReportComparisonQuery,
    ReportDetailsSchema,
    ReportReasonSchema,
    ReportRevisionSchema,
    ReportWithdrawalSchema,
)
from tsalert.quarterly.texts import PLACES
from tsalert.quarterly.vocabulary import Edition, Ground, SignatureRole, Status
from tsalert.reports.dashboard_views import kept_figures
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays
from tsalert.web.refusing import refuses_on

bp = Blueprint("board_reports", __name__, url_prefix="/board-reports")
_COLOURS = {Status.DRAFT: "grey", Status.LOCKED: "blue", Status.SIGNED: "purple", Status.PUBLISHED: "green"}
_ACTS = {
    "described": "Head changed", "locked": "Figures locked", "unlocked": "Figures unlocked", "wrote": "Text saved",
    "withdrawn": "Taken off the public pages",
}  # fmt: skip
bp.context_processor(
    lambda: {
        "colours": _COLOURS,
        "slug_of": lambda row: slug_of(quarter_of(row.first_day)),
        "Status": Status,
        "Role": SignatureRole,
        "Edition": Edition,
        "Ground": Ground,
        "acts": _ACTS,
        "titles": {place.name: place.title for place in PLACES},
    }
)


@bp.get("")
@requires(Permission.READ_FIGURES)
def list_reports() -> ResponseReturnValue:
    """Show the newest revision of each quarter's report, and which quarters have none."""
    session, now = db.session(), utc_now()
    rows = queries.newest_reports(session)
    return render_template(
        "quarterly/list.html",
        rows=[(row, standing.status_of(session, row, memory=kept_figures(), now=now)) for row in rows],
        quarters=_without_report(rows),
        officers=officer_names(session),
    )


@bp.post("")
@requires(Permission.WRITE_REPORT)
@redisplays(list_reports)
@refuses_on(list_reports)
def open_report() -> ResponseReturnValue:
    """Open the report of a quarter."""
    told = load_form(NewReportSchema())
    opening.open_report(told["quarter"], meeting_on=told["meeting_on"], actor=current_actor(), now=utc_now())
    return _shown(told["quarter"])


@bp.get("/<quarter>")
@requires(Permission.READ_FIGURES)
def show_report(quarter: str) -> ResponseReturnValue:
    """Show how far a quarter's report is, what is still to do, and its trail."""
    session = db.session()
    found = standing.standing_of(session, quarter_of_slug(quarter), memory=kept_figures(), now=utc_now())
    return render_template(
        "quarterly/workbench.html",
        found=found,
        row=found.row,
        slug=quarter,
        period=quarter_of(found.row.first_day),
        is_over=found.row.last_day < london_date(utc_now()),
        officers=officer_names(session),
        writers=[(person.id, person.name) for person in life.writers_of(session)],
        unlockings=queries.unlockings_of(session, found.row),
        trail=[(row.revision, *found) for row in found.revisions for found in _trail_of(row.id)],
    )


@bp.post("/<quarter>/details")
@requires(Permission.WRITE_REPORT)
@redisplays(show_report)
@refuses_on(show_report)
def describe_report(quarter: str) -> ResponseReturnValue:
    """Say for which board and meeting a report is, and who writes it."""
    period = quarter_of_slug(quarter)
    life.describe(period, load_form(ReportDetailsSchema()), actor=current_actor(), now=utc_now())
    flash("The head of the report is saved.", "success")
    return _shown(period)


@bp.post("/<quarter>/lock")
@requires(Permission.WRITE_REPORT)
@refuses_on(show_report)
def lock_report(quarter: str) -> ResponseReturnValue:
    """Let the figures stand still."""
    period = quarter_of_slug(quarter)
    life.lock(period, actor=current_actor(), now=utc_now())
    flash("The figures are locked: they stay as the records have them now.", "success")
    return _shown(period)


@bp.post("/<quarter>/unlock")
@requires(Permission.WRITE_REPORT)
@redisplays(show_report)
@refuses_on(show_report)
def unlock_report(quarter: str) -> ResponseReturnValue:
    """Let the figures follow the records again."""
    period = quarter_of_slug(quarter)
    reason = load_form(ReportReasonSchema())["reason"]
    life.unlock(period, reason, actor=current_actor(), now=utc_now())
    flash("The figures are unlocked. Signatures no longer hold.", "success")
    return _shown(period)


@bp.post("/<quarter>/sign")
@requires(Permission.WRITE_REPORT)
@redisplays(show_report)
@refuses_on(show_report)
def sign_report(quarter: str) -> ResponseReturnValue:
    """Sign what was read, in one capacity."""
    period = quarter_of_slug(quarter)
    told = load_form(NewReportSignatureSchema())
    life.sign(period, told["role"], told["digest"], memory=kept_figures(), actor=current_actor(), now=utc_now())
    flash(f"Signed: {told['role'].label.lower()}.", "success")
    return _shown(period)


@bp.post("/<quarter>/publish")
@requires(Permission.SIGN_REPORT)
@refuses_on(show_report)
def publish_report(quarter: str) -> ResponseReturnValue:
    """Publish what both signed."""
    period = quarter_of_slug(quarter)
    life.publish(period, memory=kept_figures(), actor=current_actor(), now=utc_now())
    flash("The report is published. It stays as it is; later records go into its next revision.", "success")
    return _shown(period)


@bp.post("/<quarter>/revise")
@requires(Permission.WRITE_REPORT)
@redisplays(show_report)
@refuses_on(show_report)
def revise_report(quarter: str) -> ResponseReturnValue:
    """Open the next revision."""
    period = quarter_of_slug(quarter)
    opening.revise(period, **load_form(ReportRevisionSchema()), actor=current_actor(), now=utc_now())
    flash("The next revision is open, with what has come in since.", "success")
    return _shown(period)


@bp.post("/<quarter>/withdraw")
@requires(Permission.SIGN_REPORT)
@redisplays(show_report)
@refuses_on(show_report)
def withdraw_report(quarter: str) -> ResponseReturnValue:
    """Take a published revision off the public pages."""
    period = quarter_of_slug(quarter)
    told = load_form(ReportWithdrawalSchema())
    withdrawing.withdraw(period, **told, actor=current_actor(), now=utc_now())
    flash(f"Revision {told['revision']} is no longer on the public pages.", "success")
    return _shown(period)


@bp.get("/<quarter>/compare")
@requires(Permission.READ_FIGURES)
def compare_revisions(quarter: str) -> ResponseReturnValue:
    """Show which cells two revisions show otherwise, or which the records have otherwise now."""
    session, period = db.session(), quarter_of_slug(quarter)
    asked: dict[str, Any] = ReportComparisonQuery().load(request.args)
    return render_template(
        "quarterly/compare.html",
        cells=standing.differences(session, period, **asked, memory=kept_figures(), now=utc_now()),
        row=queries.get_report(session, period, asked["first"]),
        slug=quarter,
        asked=asked,
        numbers=sorted(row.revision for row in queries.revisions_of(session, period)),
        editions=Edition.options(),
    )


def _trail_of(report_id: int) -> Iterator[tuple[AuditEvent, int]]:
    """Give what was done, the latest first; of one text saved again and again the last time, and how often."""
    entries = reversed(entries_about(db.session(), "board report", report_id))
    for _, alike in groupby(entries, key=lambda each: (each.officer_id, each.action, each.detail.get("section"))):
        acts = list(alike)
        yield acts[0], len(acts)


def _without_report(rows: Any) -> list[tuple[str, str]]:
    known = {row.quarter for row in rows}
    quarters = [each for each in recent_periods(london_date(utc_now())) if each == quarter_of(each.first_day)]
    return [(each.label, f"{each.label}, {each.prose}") for each in quarters if each.label not in known]


def _shown(period: Period) -> ResponseReturnValue:
    return redirect(url_for(".show_report", quarter=slug_of(period)), 303)
