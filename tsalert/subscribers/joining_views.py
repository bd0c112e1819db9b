"""Pages on which residents join."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery.rules import Channel
from tsalert.subscribers import partnering, queries, service, wording
from tsalert.subscribers.contacts import read_contact
from tsalert.subscribers.preferences import service as preferences
from tsalert.subscribers.schemas import JoinCodeSchema, JoinSchema
from tsalert.subscribers.texting import held_back_until_start, number_to_text
from tsalert.visitors.schemas import is_machine
from tsalert.visitors.tokens import stamp
from tsalert.web.access import public
from tsalert.web.forms import load_form, redisplays
from tsalert.web.unproven import refuse_other_sites

bp = Blueprint("joining", __name__)
bp.before_request(refuse_other_sites)


@bp.get("/join")
@public
def show_form() -> ResponseReturnValue:
    """Show the form to join, and who sent the reader here; a code that nobody has changes nothing."""
    partner, session = request.values.get("partner", ""), db.session()
    settings: Settings = current_app.extensions["tsalert_settings"]
    sent_by = partnering.name_by_code(session, partner)
    return render_template(
        "public/join.html",
        topics=queries.topics(session),
        manners=wording.manners(),
        partner=partner,
        sent_by=sent_by,
        texted_number=number_to_text(settings),
        stamp=stamp(utc_now()),
    )


@bp.post("/join")
@public
@redisplays(show_form)
def join() -> ResponseReturnValue:
    """Take a sign-up; the answer is the same for everybody who joins in one way, and machines are thanked too."""
    typed, now = load_form(JoinSchema()), utc_now()
    if is_machine(typed, now=now):
        return redirect(url_for(".show_code", token=service.sign_up_in_vain(now=now)), 303)
    token = service.sign_up(typed["contact"], typed["wish"], network=request.remote_addr or "", now=now)
    by, _ = read_contact(typed["contact"])
    return redirect(url_for(".show_code", token=token, by=by), 303)


@bp.get("/join/code/<token>")
@public
def show_code(token: str) -> ResponseReturnValue:
    """Say what happens next, in words for the way in which they join, and ask for the code from the message."""
    by, settings = request.args.get("by", ""), current_app.extensions["tsalert_settings"]
    return render_template(
        "public/next_step.html",
        token=token,
        by=by if by in set(Channel) else "",
        lets_in_by_start=held_back_until_start(settings),
        texted_number=number_to_text(settings),
    )


@bp.post("/join/code/<token>")
@public
@redisplays(show_code)
def enter_code(token: str) -> ResponseReturnValue:
    """Put the address on the list by its code."""
    endpoint_id = service.confirm_by_code(token, load_form(JoinCodeSchema())["code"], now=utc_now())
    return draw_joined(endpoint_id)


def draw_joined(endpoint_id: int | None) -> ResponseReturnValue:
    """Draw the page for somebody who has joined; who has just proved that an address is theirs may choose at once."""
    opened = None if endpoint_id is None else preferences.open_for_joiner(endpoint_id, now=utc_now())
    return render_template("public/joined.html", opened=opened)
