"""Operations on the health of the list."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.hygiene import canaries, doubles, queries, service
from tsalert.hygiene.doubles import Double
from tsalert.hygiene.queries import Health, ReportView, Shared
from tsalert.hygiene.rules import Kind, Verdict
from tsalert.hygiene.schemas import (
    AddressReportSchema,
    CanariesSchema,
    CanarySchema,
    HeldDecisionSchema,
    LikelyDoubleSchema,
    ListHealthSchema,
    ReportsAsked,
    SharedAddressSchema,
    VerdictSchema,
)
from tsalert.keysets import Page
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import PageAsked

health = api_blueprint("list_health", "list-health", "What came back, who to ring, who shares an address or is double.")
blueprints = (health,)


@health.route("")
@requires(Permission.READ_SUBSCRIBERS)
@health.response(200, ListHealthSchema)
def show_health() -> Health:
    """Return the state of the list."""
    return queries.health(db.session(), now=utc_now())


@health.route("/held/<int:mailing_id>", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@health.arguments(HeldDecisionSchema)
@health.response(204)
def decide_held(decided: dict[str, str], mailing_id: int) -> None:
    """Carry out or dismiss the reports of a mailing that were held."""
    believe = decided["decision"] == "believe"
    service.decide_held(mailing_id, believe=believe, actor=current_actor(), now=utc_now())


@health.route("/reports")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber")
@health.arguments(ReportsAsked, location="query", unknown=RAISE)
@health.response(200, page_of(AddressReportSchema))
def list_reports(asked: dict[str, Any]) -> Page[ReportView]:
    """List what came back and what was called spam, newest first; go on with ``after``."""
    kind = Kind.of(asked["kind"]) if asked["kind"] else None
    found = queries.reports(db.session(), kind=kind, after=asked["after"])
    name_read(person for each in found.items for person, _ in each.readers)
    return found


@health.route("/reports/<int:report_id>/restored", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@health.response(204)
def restore(report_id: int) -> None:
    """Write again to an address that was wrongly held to be dead."""
    service.restore(report_id, actor=current_actor(), now=utc_now())


@health.route("/reports/<int:report_id>/seen", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@health.response(204)
def note_seen(report_id: int) -> None:
    """Note that somebody has dealt with a report."""
    service.note_seen(report_id, actor=current_actor(), now=utc_now())


@health.route("/phones")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber")
@health.arguments(PageAsked, location="query", unknown=RAISE)
@health.response(200, page_of(AddressReportSchema))
def list_to_phone(asked: dict[str, Any]) -> Page[ReportView]:
    """List people whose email is dead but whose phone works; go on with ``after``."""
    found = queries.to_phone(db.session(), **asked)
    name_read(person for each in found.items for person, _ in each.readers)
    return found


@health.route("/shared")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber")
@health.arguments(PageAsked, location="query", unknown=RAISE)
@health.response(200, page_of(SharedAddressSchema))
def list_shared(asked: dict[str, Any]) -> Page[Shared]:
    """List the addresses that several people read; go on with ``after``."""
    found = queries.shared(db.session(), **asked)
    name_read(person for each in found.items for person, _ in each.readers)
    return found


@health.route("/duplicates")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber")
@health.arguments(PageAsked, location="query", unknown=RAISE)
@health.response(200, page_of(LikelyDoubleSchema))
def list_doubles(asked: dict[str, Any]) -> Page[Double]:
    """List the subscribers who may be the same; go on with ``after``."""
    found = doubles.open_doubles(db.session(), **asked)
    name_read(person for each in found.items for person in (each.low_id, each.high_id))
    return found


@health.route("/duplicates/<int:pair_id>", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@health.arguments(VerdictSchema)
@health.response(204)
def decide_double(decided: dict[str, str], pair_id: int) -> None:
    """Record whether two subscribers are the same."""
    doubles.decide(pair_id, Verdict.of(decided["verdict"]), actor=current_actor(), now=utc_now())


@health.route("/canaries")
@requires(Permission.READ_SUBSCRIBERS)
@health.response(200, CanariesSchema)
def list_canaries() -> dict[str, Any]:
    """List our own test addresses, masked."""
    return {"items": canaries.canaries(db.session())}


@health.route("/canaries", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@health.arguments(CanarySchema)
@health.response(204)
def add_canary(new: dict[str, str]) -> None:
    """Add one of our own addresses as a test address, which gets every alert."""
    canaries.add_canary(new["contact"], actor=current_actor(), now=utc_now())


@health.route("/canaries/<int:endpoint_id>/removed", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@health.response(204)
def remove_canary(endpoint_id: int) -> None:
    """Let a test address get no more alerts."""
    canaries.remove_canary(endpoint_id, actor=current_actor(), now=utc_now())


@health.route("/canaries/late/<int:alert_id>", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@health.response(204)
def note_late_seen(alert_id: int) -> None:
    """Note that somebody deals with an alert that is late."""
    canaries.note_seen(alert_id, actor=current_actor(), now=utc_now())
