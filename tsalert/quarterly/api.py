"""Operations on the board's reports: everything that their pages do."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.periods import Period
from tsalert.db import db
from tsalert.quarterly import editions, keeping, life, opening, queries, standing, withdrawing
from tsalert.quarterly.addresses import quarter_of_slug
from tsalert.quarterly.life import Details
from tsalert.quarterly.restating import Restated
from tsalert.quarterly.schemas import (
    BoardReportSchema,
    NewReportSchema,
    NewReportSignatureSchema,
    ReportComparisonQuery,
    ReportDetailsSchema,
    ReportEditionQuery,
    ReportReasonSchema,
    ReportRevisionSchema,
    ReportStandingSchema,
    ReportWithdrawalSchema,
    RestatedCellSchema,
)
from tsalert.quarterly.standing import Standing
from tsalert.quarterly.vocabulary import Edition
from tsalert.quarterly.writing.data import for_readers
from tsalert.reports.dashboard_views import kept_figures
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

reports = api_blueprint("board_reports", "board-reports", "The board's quarterly reports; a quarter is like 2022-23Q1.")
_EDITION = f"any({', '.join(Edition)})"


@reports.route("", methods=["GET"])
@requires(Permission.READ_FIGURES)
@reports.response(200, BoardReportSchema(many=True))
def list_reports() -> Any:
    """List the newest revision of each quarter's report, the latest quarter first."""
    return queries.newest_reports(db.session())


@reports.route("", methods=["POST"])
@requires(Permission.WRITE_REPORT)
@reports.arguments(NewReportSchema)
@reports.response(201, ReportStandingSchema)
def open_report(told: dict[str, Any]) -> Standing:
    """Open the report of a quarter; whoever opens it is its author until another is named."""
    opening.open_report(told["quarter"], meeting_on=told["meeting_on"], actor=current_actor(), now=utc_now())
    return _shown(told["quarter"])


@reports.route("/<quarter>", methods=["GET"])
@requires(Permission.READ_FIGURES)
@reports.response(200, ReportStandingSchema)
def get_report(quarter: str) -> Standing:
    """Give a quarter's newest revision, how far it is, and what is still to do."""
    return _shown(quarter_of_slug(quarter))


@reports.route("/<quarter>/revisions", methods=["GET"])
@requires(Permission.READ_FIGURES)
@reports.response(200, BoardReportSchema(many=True))
def list_revisions(quarter: str) -> Any:
    """List a quarter's revisions, the newest first."""
    period = quarter_of_slug(quarter)
    queries.get_report(db.session(), period)
    return queries.revisions_of(db.session(), period)


@reports.route("/<quarter>/details", methods=["PUT"])
@requires(Permission.WRITE_REPORT)
@reports.arguments(ReportDetailsSchema)
@reports.response(200, ReportStandingSchema)
def describe_report(details: Details, quarter: str) -> Standing:
    """Say for which board and meeting a report is, and who its author is."""
    period = quarter_of_slug(quarter)
    life.describe(period, details, actor=current_actor(), now=utc_now())
    return _shown(period)


@reports.route("/<quarter>/lock", methods=["POST"])
@requires(Permission.WRITE_REPORT)
@reports.response(200, ReportStandingSchema)
def lock_report(quarter: str) -> Standing:
    """Let the figures stand still as the records have them now; the quarter must be over."""
    period = quarter_of_slug(quarter)
    life.lock(period, actor=current_actor(), now=utc_now())
    return _shown(period)


@reports.route("/<quarter>/lock", methods=["DELETE"])
@requires(Permission.WRITE_REPORT)
@reports.arguments(ReportReasonSchema)
@reports.response(200, ReportStandingSchema)
def unlock_report(told: dict[str, Any], quarter: str) -> Standing:
    """Let the figures follow the records again; no signature holds any more."""
    period = quarter_of_slug(quarter)
    life.unlock(period, told["reason"], actor=current_actor(), now=utc_now())
    return _shown(period)


@reports.route("/<quarter>/signatures", methods=["POST"])
@requires(Permission.WRITE_REPORT)
@reports.arguments(NewReportSignatureSchema)
@reports.response(201, ReportStandingSchema)
def sign_report(told: dict[str, Any], quarter: str) -> Standing:
    """Put one's name to exactly what one read, which its digest names; another digest is refused with 409."""
    period, memory = quarter_of_slug(quarter), kept_figures()
    life.sign(period, told["role"], told["digest"], memory=memory, actor=current_actor(), now=utc_now())
    return _shown(period)


@reports.route("/<quarter>/publication", methods=["POST"])
@requires(Permission.SIGN_REPORT)
@reports.response(201, ReportStandingSchema)
def publish_report(quarter: str) -> Standing:
    """Publish what both signed; it never changes again."""
    period = quarter_of_slug(quarter)
    life.publish(period, memory=kept_figures(), actor=current_actor(), now=utc_now())
    return _shown(period)


@reports.route("/<quarter>/revisions", methods=["POST"])
@requires(Permission.WRITE_REPORT)
@reports.arguments(ReportRevisionSchema)
@reports.response(201, ReportStandingSchema)
def revise_report(told: dict[str, Any], quarter: str) -> Standing:
    """Open the next revision of a published report, with what has come in since."""
    period = quarter_of_slug(quarter)
    opening.revise(period, **told, actor=current_actor(), now=utc_now())
    return _shown(period)


@reports.route("/<quarter>/withdrawals", methods=["POST"])
@requires(Permission.SIGN_REPORT)
@reports.arguments(ReportWithdrawalSchema)
@reports.response(201, ReportStandingSchema)
def withdraw_report(told: dict[str, Any], quarter: str) -> Standing:
    """Take a published revision off the public pages for good; the board's editions stay."""
    period = quarter_of_slug(quarter)
    withdrawing.withdraw(period, **told, actor=current_actor(), now=utc_now())
    return _shown(period)


@reports.route(f"/<quarter>/editions/<{_EDITION}:edition>", methods=["GET"])
@requires(Permission.READ_FIGURES)
@reports.arguments(ReportEditionQuery, location="query", unknown=RAISE)
@reports.response(200)
def get_edition(asked: dict[str, Any], quarter: str, edition: str) -> Any:
    """Give one edition of a revision, by default the newest, as it stands: its head and its sections."""
    session = db.session()
    row = queries.get_report(session, quarter_of_slug(quarter), asked["revision"])
    report = editions.edition_of(session, row, Edition.of(edition), memory=kept_figures(), now=utc_now())
    return keeping.as_data(for_readers(report))


@reports.route("/<quarter>/difference", methods=["GET"])
@requires(Permission.READ_FIGURES)
@reports.arguments(ReportComparisonQuery, location="query", unknown=RAISE)
@reports.response(200, RestatedCellSchema(many=True))
def compare_revisions(asked: dict[str, Any], quarter: str) -> list[Restated]:
    """List the cells that two revisions show otherwise; without ``to``, those that the records have otherwise now."""
    period, memory = quarter_of_slug(quarter), kept_figures()
    return list(standing.differences(db.session(), period, **asked, memory=memory, now=utc_now()))


def _shown(period: Period) -> Standing:
    return standing.standing_of(db.session(), period, memory=kept_figures(), now=utc_now())
