"""Partners' public pages: an alert to pass on, that it was passed on, and how many they reach.

Opening one changes nothing, whoever opens it; only its button does.
"""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tsalert.alerts import presenting, proof
from tsalert.alerts import queries as alerts
from tsalert.alerts.models import Alert
from tsalert.alerts.printed import copies as printed
from tsalert.alerts.rules import Kind, read_reference
from tsalert.alerts.wording import check_url
from tsalert.circulation import telling, wording
from tsalert.circulation.reminding import PURPOSE
from tsalert.circulation.schemas import ToldByLinkSchema, told_of
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.subscribers.joining import find_partner
from tsalert.visitors.schemas import is_machine
from tsalert.visitors.tokens import signer, stamp
from tsalert.web.access import public
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("passing_on", __name__)
ACKNOWLEDGE = "acknowledge"


@bp.get("/pass-on/<reference>")
@public
def show_alert(reference: str) -> ResponseReturnValue:
    """Show an alert in every form in which it may be passed on, without anybody's own links."""
    wanted = read_reference(reference)
    alert = alerts.find_published(db.session(), wanted) if wanted else None
    if alert is None:
        raise NotFound("We have sent no alert with this reference.")
    known = find_partner(db.session(), request.args.get("partner"))
    head = proof.letterhead()
    forms = wording.pass_on(_words_of(alert), head, code=known)
    join = wording.join_url(head.public_url, known)
    checked = presenting.checked_page(alert, utc_now())
    return render_template(
        "circulation/pass_on.html", forms=forms, newsletter=printed.newsletter_of(alert, join=join),
        check=check_url(alert.reference, head), join=join, **checked,
    )  # fmt: skip


@bp.get("/passed-on/<token>")
@bp.get("/passed-on/<token>/<reference>")
@public
def ask_passed_on(token: str, reference: str | None = None) -> ResponseReturnValue:
    """Ask a partner whether it passed an alert on, and to how many; a mail that told of several names it."""
    session = db.session()
    sent = telling.find_sent(session, _number(ACKNOWLEDGE, token), _named(reference))
    alert = alerts.get_alert(session, sent.alert_id)
    earlier = {each.id: telling.last_reach(session, sent.alert_id, each.id) for each in sent.partners}
    return render_template(
        "circulation/passed_on.html", sent=sent, alert=alert, earlier=earlier, token=token, reference=reference,
        stamp=stamp(utc_now()),
    )  # fmt: skip


@bp.post("/passed-on/<token>")
@bp.post("/passed-on/<token>/<reference>")
@public
@redisplays(ask_passed_on)
def acknowledge(token: str, reference: str | None = None) -> ResponseReturnValue:
    """Write down that a partner passed an alert on."""
    typed = load_form(ToldByLinkSchema())
    if not is_machine(typed, now=utc_now()):
        number = _number(ACKNOWLEDGE, token)
        told, named = told_of(typed), _named(reference)
        telling.acknowledge_by_link(number, typed["partner_id"], told, reference=named, now=utc_now())
    return render_template("circulation/thanked.html", token=token, reference=reference)


@bp.get("/declare/<token>")
@public
def ask_reach(token: str) -> ResponseReturnValue:
    """Ask a partner how many people it passes our alerts on to."""
    _, partner = telling.find_asked(db.session(), _number(PURPOSE, token), now=utc_now())
    return render_template("circulation/declare.html", partner=partner, token=token, stamp=stamp(utc_now()))


@bp.post("/declare/<token>")
@public
@redisplays(ask_reach)
def declare(token: str) -> ResponseReturnValue:
    """Write down how many people a partner passes our alerts on to."""
    typed = load_form(ToldByLinkSchema())
    if not is_machine(typed, now=utc_now()):
        telling.declare_by_link(_number(PURPOSE, token), told_of(typed), now=utc_now())
    return render_template("circulation/thanked.html", token=None)


def _number(purpose: str, token: str) -> int:
    number = signer(purpose).read(token)
    if number is None:
        raise NotFound("This link does not work. It may have been cut short: copy the whole of it, or ring us.")
    return number


def _named(reference: str | None) -> str | None:
    """Return an alert's reference as it is stored; what cannot be one is empty, which is found nowhere."""
    return None if reference is None else read_reference(reference) or ""


def _words_of(alert: Alert) -> Any:
    until = None if Kind(alert.kind).ends_another else alert.expires_at
    return wording.Told(alert.reference, alert.headline, alert.body_markdown, alert.advice, until)
