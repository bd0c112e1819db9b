"""Officers' pages of partners: the list, one partner, what it tells us by telephone, its code and poster."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE

from tsalert.alerts import proof
from tsalert.alerts import queries as alerts
from tsalert.circulation import ledger, poster, queries, service, telling, wording
from tsalert.circulation.poster import Invitation
from tsalert.circulation.queries import Wanted
from tsalert.circulation.schemas import (
    NewDeclarationSchema,
    NewForwardingSchema,
    NewPartnerContactSchema,
    NewPartnerKindSchema,
    NewPartnerSchema,
    PartnerContactKeySchema,
    PartnersSoughtSchema,
    WantedPartnersSchema,
    told_of,
)
from tsalert.config import Settings
from tsalert.core.actors import Permission
from tsalert.core.clock import london_midnight, utc_now
from tsalert.db import db
from tsalert.documents.answers import pdf_response
from tsalert.documents.codes import draw_code
from tsalert.keysets import PAGE
from tsalert.places import queries as places
from tsalert.subscribers import partnering
from tsalert.subscribers.texting import number_to_text
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.forms import load_change, load_form, read_form, redisplays

bp = Blueprint("circulation", __name__)
_EVERYBODY = Wanted()
_TYPES = {"png": "image/png", "svg": "image/svg+xml"}


@bp.get("/partners")
@requires(Permission.READ_SUBSCRIBERS)
def list_partners() -> ResponseReturnValue:
    """Show the partners, who is overdue, and what each last told us."""
    return _draw_list(**read_form(WantedPartnersSchema(unknown=EXCLUDE), request.args))


def _draw_list(wanted: Wanted = _EVERYBODY, after: str | None = None, limit: int = PAGE) -> ResponseReturnValue:
    page = queries.page_of_partners(db.session(), wanted, after=after, limit=limit, now=utc_now())
    return render_template("circulation/list.html", page=page, wanted=wanted, is_first=after is None)


@bp.post("/partners/found")
@requires(Permission.READ_SUBSCRIBERS)
@redisplays(_draw_list)
def find_partners() -> ResponseReturnValue:
    """Show whom a part of a name or a kind finds; neither may stand in an address of ours."""
    return _draw_list(**load_form(PartnersSoughtSchema()))


@bp.get("/partners/found")
@requires(Permission.READ_SUBSCRIBERS)
def lead_to_list() -> ResponseReturnValue:
    """Lead whoever comes back to the address of a search to the list, since what was looked for is nowhere kept."""
    return redirect(url_for(".list_partners"), 303)


@bp.get("/partners/new")
@requires(Permission.MANAGE_SUBSCRIBERS)
def new_partner() -> ResponseReturnValue:
    """Show the form for an organisation."""
    return _form(None)


@bp.post("/partners")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(new_partner)
def add_partner() -> ResponseReturnValue:
    """Add an organisation."""
    return _to(service.add_partner(load_form(NewPartnerSchema()), actor=current_actor(), now=utc_now()))


@bp.get("/partners/<int:partner_id>")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber", "partner_id")
def show_partner(partner_id: int) -> ResponseReturnValue:
    """Show one partner with its contacts and all that it told us."""
    session = db.session()
    page = queries.get_partner(session, partner_id, now=utc_now())
    return render_template(
        "circulation/show.html",
        page=page,
        partner=page.line.partner,
        wards=places.ward_names(session),
        passed=ledger.page_of(session, partner_id=partner_id),
        recent=_recent_alerts(),
        join=_join_url(page.line.partner.code),
    )


@bp.get("/partners/<int:partner_id>/edit")
@requires(Permission.MANAGE_SUBSCRIBERS)
@reads("subscriber", "partner_id")
def edit_partner(partner_id: int) -> ResponseReturnValue:
    """Show a partner to be changed."""
    return _form(queries.get_partner(db.session(), partner_id, now=utc_now()))


@bp.post("/partners/<int:partner_id>/edit")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(edit_partner)
def change_partner(partner_id: int) -> ResponseReturnValue:
    """Change a partner."""
    new, seen = load_change(NewPartnerSchema())
    service.change_partner(partner_id, new, seen=seen, actor=current_actor(), now=utc_now())
    return _to(partner_id)


@bp.post("/partners/<int:partner_id>/end")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(show_partner)
def end_partner(partner_id: int) -> ResponseReturnValue:
    """End a partnership."""
    service.end_partner(partner_id, actor=current_actor(), now=utc_now())
    return _to(partner_id, "The partnership has ended.")


@bp.get("/partners/<int:partner_id>/contacts/new")
@requires(Permission.MANAGE_SUBSCRIBERS)
@reads("subscriber", "partner_id")
def new_contact(partner_id: int) -> ResponseReturnValue:
    """Show the form for somebody of a partner's."""
    partner = partnering.get_partner(db.session(), partner_id)
    return render_template("circulation/contact.html", partner=partner)


@bp.post("/partners/<int:partner_id>/contacts/new")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(new_contact)
def save_contact(partner_id: int) -> ResponseReturnValue:
    """Add somebody of a partner's, or change who reads an address."""
    service.save_contact(partner_id, load_form(NewPartnerContactSchema()), actor=current_actor(), now=utc_now())
    return _to(partner_id, "Saved.")


@bp.post("/partners/<int:partner_id>/contacts/end")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(show_partner)
def end_contact(partner_id: int) -> ResponseReturnValue:
    """Let a contact go."""
    endpoint_id = load_form(PartnerContactKeySchema())["endpoint_id"]
    service.end_contact(partner_id, endpoint_id, actor=current_actor(), now=utc_now())
    return _to(partner_id, "This contact gets nothing more through this partner.")


@bp.post("/partners/<int:partner_id>/declarations")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(show_partner)
def declare(partner_id: int) -> ResponseReturnValue:
    """Enter how many readers a partner told us of."""
    typed = load_form(NewDeclarationSchema())
    on = london_midnight(typed["declared_on"]) if typed["declared_on"] else None
    telling.declare_for(partner_id, told_of(typed), on=on, actor=current_actor(), now=utc_now())
    return _to(partner_id, "Written down.")


@bp.post("/partners/<int:partner_id>/passed-on")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(show_partner)
def acknowledge(partner_id: int) -> ResponseReturnValue:
    """Record that a partner told us that it passed an alert on."""
    typed = load_form(NewForwardingSchema())
    telling.acknowledge_for(typed["alert_id"], partner_id, told_of(typed), actor=current_actor(), now=utc_now())
    return _to(partner_id, "Written down.")


@bp.get("/partners/<int:partner_id>/code.<ending>")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber")
def give_code(partner_id: int, ending: str) -> ResponseReturnValue:
    """Give a partner's code to scan as a picture, or the poster that carries it as PDF."""
    return code_answer(partner_id, ending)


def code_answer(partner_id: int, ending: str) -> Response:
    """Answer with a partner's code as ``png`` or ``svg``, or with the poster that carries it as ``pdf``."""
    name_read([partner_id])
    partner = partnering.get_partner(db.session(), partner_id)
    address = _join_url(partner.code)
    if ending == "pdf":
        return pdf_response(f"poster-{partner.code}", poster.poster(_invitation(partner, address), now=utc_now()))
    if ending not in _TYPES:
        abort(404)
    answer = Response(draw_code(address, ending), content_type=_TYPES[ending])
    answer.headers["Content-Disposition"] = f'attachment; filename="code-{partner.code}.{ending}"'
    return answer


@bp.get("/partners/kinds")
@requires(Permission.MANAGE_SUBSCRIBERS)
def list_kinds() -> ResponseReturnValue:
    """Show the kinds of partners, to be added to and taken from."""
    return render_template("circulation/kinds.html", kinds=queries.kinds(db.session()))


@bp.post("/partners/kinds")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(list_kinds)
def add_kind() -> ResponseReturnValue:
    """Add a kind of partner."""
    service.add_kind(load_form(NewPartnerKindSchema())["name"], actor=current_actor(), now=utc_now())
    return redirect(url_for(".list_kinds"), 303)


@bp.post("/partners/kinds/<int:kind_id>/end")
@requires(Permission.MANAGE_SUBSCRIBERS)
def end_kind(kind_id: int) -> ResponseReturnValue:
    """Take a kind off the list."""
    service.end_kind(kind_id, actor=current_actor(), now=utc_now())
    return redirect(url_for(".list_kinds"), 303)


def _form(page: queries.PartnerPage | None) -> str:
    session = db.session()
    kinds = queries.kinds(session)
    if page and page.kind_id and page.kind_id not in dict(kinds):
        kinds.append((page.kind_id, page.line.kind))
    return render_template(
        "circulation/edit.html",
        page=page,
        kinds=kinds,
        wards=places.ward_options(session),
        seen=service.mark_of_partner(page.description) if page else None,
    )


def _recent_alerts() -> list[tuple[int, str]]:
    """Return the alerts that a partner may tell us of: those that apply, and the latest that do not any more."""
    session, now = db.session(), utc_now()
    found: list[Any] = [*alerts.current(session, now=now), *alerts.past(session, now=now).items]
    return [(alert.id, f"{alert.reference}: {alert.headline}") for alert in found]


def _invitation(partner: partnering.Standing, address: str) -> Invitation:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return Invitation(
        address=address,
        code=partner.code,
        partner=partner.name,
        authority=settings.authority_name,
        ring=settings.rapid_response_number,
        texted=number_to_text(settings),
    )


def _join_url(code: str) -> str:
    return wording.join_url(proof.letterhead().public_url, code)


def _to(partner_id: int, message: str | None = None) -> ResponseReturnValue:
    if message:
        flash(message, "success")
    return redirect(url_for(".show_partner", partner_id=partner_id), 303)
