"""Operations on access: restrict, lift, give, end, open, break the glass, and who is on a case."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.restricting import queries, service
from tsalert.restricting.schemas import (
    AccessReasonSchema,
    CaseOfficerSchema,
    CaseOfficersSchema,
    GivingSchema,
    GrantedSchema,
    OpenedSchema,
    OpeningRequestSchema,
    RestrictedSchema,
    RestrictingSchema,
)
from tsalert.tiers import granting, listing
from tsalert.tiers import queries as tiers
from tsalert.tiers.granting import NewGrant
from tsalert.tiers.listing import GrantRecord, OpeningRecord, RestrictionRecord
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import PageAsked

access = api_blueprint("access", "access", "Restricted records, and who may open them.")
case_officers = api_blueprint("case_officers", "cases/<int:case_id>/officers", "Who is on a case.")
blueprints = (access, case_officers)


@access.route("/restrictions")
@requires(Permission.GRANT_ACCESS)
@access.arguments(PageAsked, location="query", unknown=RAISE)
@access.response(200, page_of(RestrictedSchema))
def list_restrictions(asked: dict[str, Any]) -> Page[RestrictionRecord]:
    """List the records that were restricted in their own right, latest first."""
    return listing.standing_roots(db.session(), **asked)


@access.route("/restrictions", methods=["POST"])
@requires(Permission.GRANT_ACCESS)
@access.arguments(RestrictingSchema)
@access.response(204)
def restrict(told: dict[str, Any]) -> None:
    """Restrict a record with everything linked to it: calls, their incident, its case."""
    service.restrict(told["record"], told["reason"], actor=current_actor(), now=utc_now())


@access.route("/restrictions/<subject>/<int:number>/lift", methods=["POST"])
@requires(Permission.GRANT_ACCESS)
@access.arguments(AccessReasonSchema)
@access.response(204)
def lift(told: dict[str, Any], subject: str, number: int) -> None:
    """Lift the restriction of a record, and of everything restricted because of it."""
    found = queries.naming_of(db.session(), subject, number)
    service.lift((found.subject, found.id), told["reason"], actor=current_actor(), now=utc_now())


@access.route("/grants")
@requires(Permission.GRANT_ACCESS)
@access.arguments(PageAsked, location="query", unknown=RAISE)
@access.response(200, page_of(GrantedSchema))
def list_grants(asked: dict[str, Any]) -> Page[GrantRecord]:
    """List the grants in force, except those of being on a case, latest first."""
    return listing.live_grants(db.session(), now=utc_now(), **asked)


@access.route("/grants", methods=["POST"])
@requires(Permission.GRANT_ACCESS)
@access.arguments(GivingSchema)
@access.response(201, GrantedSchema)
def give(new: NewGrant) -> GrantRecord:
    """Give an officer access to a record, for at most 90 days; nobody gives it to themselves."""
    grant_id = granting.give(new, actor=current_actor(), now=utc_now())
    return listing.get_grant(db.session(), grant_id)


@access.route("/grants/<int:grant_id>/end", methods=["POST"])
@requires(Permission.GRANT_ACCESS)
@access.response(200, GrantedSchema)
def end(grant_id: int) -> GrantRecord:
    """End a grant early; it no longer counts at that officer's next request."""
    granting.end(grant_id, actor=current_actor(), now=utc_now())
    return listing.get_grant(db.session(), grant_id)


@access.route("/openings")
@requires(Permission.GRANT_ACCESS)
@access.arguments(PageAsked, location="query", unknown=RAISE)
@access.response(200, page_of(OpenedSchema))
def list_openings(asked: dict[str, Any]) -> Page[OpeningRecord]:
    """List what was opened in the last 30 days, latest first."""
    return listing.openings(db.session(), since=utc_now() - queries.LOOKED_BACK, **asked)


@access.route("/openings", methods=["POST"])
@requires(Permission.OPEN_RESTRICTED)
@access.arguments(OpeningRequestSchema)
@access.response(204)
def open_record(told: dict[str, Any]) -> None:
    """Open a restricted record to which you have access, for 60 minutes, with a reason."""
    service.open_record((told["subject"], told["id"]), told["reason"], actor=current_actor(), now=utc_now())


@access.route("/break-glass", methods=["POST"])
@requires(Permission.OPEN_RESTRICTED)
@access.arguments(OpeningRequestSchema)
@access.response(204)
def break_glass(told: dict[str, Any]) -> None:
    """Give yourself access for 4 hours because nobody can be asked in time; every manager gets an email."""
    service.break_glass((told["subject"], told["id"]), told["reason"], actor=current_actor(), now=utc_now())


@case_officers.route("")
@requires(Permission.READ_CASE)
@case_officers.response(200, CaseOfficersSchema)
def list_officers(case_id: int) -> dict[str, Any]:
    """List the officers on a case, who see what is sensitive in it."""
    return {"items": tiers.officers_on(db.session(), case_id)}


@case_officers.route("", methods=["POST"])
@requires(Permission.WORK_CASE)
@case_officers.arguments(CaseOfficerSchema)
@case_officers.response(200, CaseOfficersSchema)
def put_on(told: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Put an officer on a case; those on it may, and managers; nobody puts themselves on it."""
    service.put_on(case_id, told["officer_id"], actor=current_actor(), now=utc_now())
    return {"items": tiers.officers_on(db.session(), case_id)}


@case_officers.route("/<int:officer_id>/off", methods=["POST"])
@requires(Permission.WORK_CASE)
@case_officers.response(200, CaseOfficersSchema)
def take_off(case_id: int, officer_id: int) -> dict[str, Any]:
    """Take an officer off a case; the one who runs it stays on it."""
    service.take_off(case_id, officer_id, actor=current_actor(), now=utc_now())
    return {"items": tiers.officers_on(db.session(), case_id)}
