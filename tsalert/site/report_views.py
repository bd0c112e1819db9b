"""Reporting a scam or doorstep crime: whom to ring first, the form, and what happens next."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.site import queries, rules, service
from tsalert.site.schemas import ReceiptSchema, ReportSchema
from tsalert.visitors.schemas import is_machine
from tsalert.visitors.tokens import stamp
from tsalert.web.access import public
from tsalert.web.filters import telephone
from tsalert.web.forms import load_form, read_form, redisplays
from tsalert.web.unproven import refuse_other_sites

bp = Blueprint("reporting", __name__, url_prefix="/report")
bp.before_request(refuse_other_sites)


@bp.get("")
@public
def show_form() -> ResponseReturnValue:
    """Show whom to ring first, then the form; it needs no database, so that it comes back when that is gone."""
    return render_template("site/report.html", stamp=stamp(utc_now()), money=list(rules.MONEY_WORDS.items()))


@bp.post("")
@public
@redisplays(show_form)
def send_report() -> ResponseReturnValue:
    """Put a report among the calls that wait for an officer."""
    typed, now = load_form(ReportSchema()), utc_now()
    settings: Settings = current_app.extensions["tsalert_settings"]
    number = telephone(settings.rapid_response_number)
    if is_machine(typed, now=now):
        raise rules.refuse_machine(number)
    report, network = typed["report"], request.remote_addr or ""
    is_demo = current_app.config["TSALERT_DEMO"]
    token = service.take_report(report, network=network, number=number, now=now, is_demo=is_demo)
    return redirect(url_for(".show_receipt", token=token, now="yes" if report.is_now else None), 303)


@bp.get("/received/<token>")
@public
def show_receipt(token: str) -> ResponseReturnValue:
    """Tell the number of a report, and what happens next."""
    is_now = read_form(ReceiptSchema(), request.args)["now"] == "yes"
    reference = queries.reported(db.session(), service.read_receipt(token), now=utc_now())
    return render_template("site/received.html", reference=reference, is_now=is_now)
