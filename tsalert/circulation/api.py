"""Operations on partners and on the ledger of circulation."""

from typing import Any

from flask import Response
from marshmallow import RAISE

from tsalert.circulation import ledger, queries, service, telling
from tsalert.circulation.queries import PartnerLine, PartnerPage
from tsalert.circulation.rules import NewContact, NewPartner
from tsalert.circulation.schemas import (
    CirculationLedgerQuerySchema,
    CirculationLedgerSchema,
    CirculationPartnerListSchema,
    CirculationPartnerPageSchema,
    NewDeclarationSchema,
    NewForwardingSchema,
    NewPartnerContactSchema,
    NewPartnerKindSchema,
    NewPartnerSchema,
    PartnerContactKeySchema,
    PartnerKindSchema,
    PartnersSoughtSchema,
    WantedPartnersSchema,
    told_of,
)
from tsalert.circulation.views import code_answer
from tsalert.core.actors import Permission
from tsalert.core.clock import london_midnight, utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint

partners = api_blueprint("circulation_partners", "partners", "Organisations that pass alerts on to their readers.")
circulation = api_blueprint("circulation", "circulation", "What was declared, acknowledged and observed; never one.")
blueprints = (partners, circulation)


@partners.route("")
@requires(Permission.READ_SUBSCRIBERS)
@partners.arguments(WantedPartnersSchema, location="query", unknown=RAISE)
@partners.response(200, CirculationPartnerListSchema)
def list_partners(asked: dict[str, Any]) -> Page[PartnerLine]:
    """List partners by name."""
    return queries.page_of_partners(db.session(), **asked, now=utc_now())


@partners.route("/found", methods=["POST"])
@requires(Permission.READ_SUBSCRIBERS)
@partners.arguments(PartnersSoughtSchema)
@partners.response(200, CirculationPartnerListSchema)
def find_partners(asked: dict[str, Any]) -> Page[PartnerLine]:
    """List partners by part of a name, or by kind; neither may be in an address."""
    return queries.page_of_partners(db.session(), **asked, now=utc_now())


@partners.route("", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@reads("subscriber")
@partners.arguments(NewPartnerSchema)
@partners.response(201, CirculationPartnerPageSchema)
def add_partner(new: NewPartner) -> PartnerPage:
    """Add an organisation."""
    return _get(service.add_partner(new, actor=current_actor(), now=utc_now()))


@partners.route("/<int:partner_id>")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber")
@partners.response(200, CirculationPartnerPageSchema)
def get_partner(partner_id: int) -> PartnerPage:
    """Return one partner with all that it told us."""
    return _get(partner_id)


@partners.route("/<int:partner_id>/code.<any(png, svg, pdf):ending>")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber")
@partners.response(200, content_type="application/octet-stream")
def get_code(partner_id: int, ending: str) -> Response:
    """Return a partner's code to scan as a picture, or the poster that carries it as PDF."""
    return code_answer(partner_id, ending)


@partners.route("/<int:partner_id>", methods=["PUT"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@reads("subscriber")
@partners.arguments(NewPartnerSchema)
@partners.response(200, CirculationPartnerPageSchema)
def change_partner(new: NewPartner, partner_id: int) -> PartnerPage:
    """Change a partner."""
    service.change_partner(partner_id, new, actor=current_actor(), now=utc_now())
    return _get(partner_id)


@partners.route("/<int:partner_id>", methods=["DELETE"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@partners.response(204)
def end_partner(partner_id: int) -> None:
    """End a partnership; what it told us stays."""
    service.end_partner(partner_id, actor=current_actor(), now=utc_now())


@partners.route("/<int:partner_id>/contacts", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@reads("subscriber")
@partners.arguments(NewPartnerContactSchema)
@partners.response(200, CirculationPartnerPageSchema)
def save_contact(new: NewContact, partner_id: int) -> PartnerPage:
    """Add a contact of a partner, or change who reads an address."""
    service.save_contact(partner_id, new, actor=current_actor(), now=utc_now())
    return _get(partner_id)


@partners.route("/<int:partner_id>/contacts/end", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@reads("subscriber")
@partners.arguments(PartnerContactKeySchema)
@partners.response(200, CirculationPartnerPageSchema)
def end_contact(key: dict[str, int], partner_id: int) -> PartnerPage:
    """End a contact."""
    service.end_contact(partner_id, key["endpoint_id"], actor=current_actor(), now=utc_now())
    return _get(partner_id)


@partners.route("/<int:partner_id>/declarations", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@reads("subscriber")
@partners.arguments(NewDeclarationSchema)
@partners.response(201, CirculationPartnerPageSchema)
def declare(typed: dict[str, Any], partner_id: int) -> PartnerPage:
    """Enter how many readers a partner told us of."""
    on = london_midnight(typed["declared_on"]) if typed["declared_on"] else None
    telling.declare_for(partner_id, told_of(typed), on=on, actor=current_actor(), now=utc_now())
    return _get(partner_id)


@partners.route("/<int:partner_id>/passed-on", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@partners.arguments(NewForwardingSchema)
@partners.response(204)
def acknowledge(typed: dict[str, Any], partner_id: int) -> None:
    """Record that a partner told us that it passed an alert on."""
    telling.acknowledge_for(typed["alert_id"], partner_id, told_of(typed), actor=current_actor(), now=utc_now())


@partners.route("/kinds")
@requires(Permission.READ_SUBSCRIBERS)
@partners.response(200, PartnerKindSchema(many=True))
def list_kinds() -> list[dict[str, Any]]:
    """List the kinds of partners."""
    return [{"id": number, "name": name} for number, name in queries.kinds(db.session())]


@partners.route("/kinds", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@partners.arguments(NewPartnerKindSchema)
@partners.response(201, PartnerKindSchema)
def add_kind(new: dict[str, str]) -> dict[str, Any]:
    """Add a kind of partner."""
    return {"id": service.add_kind(new["name"], actor=current_actor(), now=utc_now()), "name": new["name"]}


@partners.route("/kinds/<int:kind_id>", methods=["DELETE"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@partners.response(204)
def end_kind(kind_id: int) -> None:
    """Take a kind off the list; partners that are of it stay so."""
    service.end_kind(kind_id, actor=current_actor(), now=utc_now())


@circulation.route("")
@requires(Permission.READ_FIGURES)
@circulation.arguments(CirculationLedgerQuerySchema, location="query", unknown=RAISE)
@circulation.response(200, CirculationLedgerSchema)
def show_ledger(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the ledger and, with a period, its figures, each kind separately."""
    session, now = db.session(), utc_now()
    figures = ledger.figures(session, asked["period"], now=now) if asked["period"] else None
    page = ledger.page_of(session, **asked)
    return {"items": page.items, "next": page.next, "figures": figures, "counted_at": now}


def _get(partner_id: int) -> PartnerPage:
    name_read([partner_id])
    return queries.get_partner(db.session(), partner_id, now=utc_now())
