"""Pages on which administrators register programs that are told, and see what became of telling them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff.presence import asks_presence
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, load_page, redisplays
from tsalert.web.refusing import refuses_on
from tsalert.webhooks import queries, service
from tsalert.webhooks.rules import OFFERED
from tsalert.webhooks.schemas import NewWebhookSchema

bp = Blueprint("webhooks", __name__, url_prefix="/outgoing-webhooks")


@bp.get("")
@requires(Permission.CONNECT_PROGRAMS)
def list_webhooks() -> ResponseReturnValue:
    """Show the programs that are told, and the form for another."""
    offered = [(kind.value, kind.label) for kind in OFFERED]
    return render_template("webhooks/list.html", webhooks=queries.list_webhooks(db.session()), offered=offered)


@bp.post("")
@requires(Permission.CONNECT_PROGRAMS)
@redisplays(list_webhooks)
@asks_presence
def register_webhook() -> ResponseReturnValue:
    """Register a program and show its secret, this once."""
    new = load_form(NewWebhookSchema())
    webhook_id, secret = service.register(new, actor=current_actor(), now=utc_now())
    return _secret(webhook_id, secret)


@bp.get("/<int:webhook_id>")
@requires(Permission.CONNECT_PROGRAMS)
def show_webhook(webhook_id: int) -> ResponseReturnValue:
    """Show one program and what it was told."""
    hook = queries.get_webhook(db.session(), webhook_id)
    asked = load_page()
    told = queries.list_deliveries(db.session(), webhook_id, **asked)
    shown = {"told": told.items, "older": told.next, "is_first": asked["after"] is None}
    return render_template("webhooks/webhook.html", hook=hook, **shown)


@bp.post("/<int:webhook_id>/test")
@requires(Permission.CONNECT_PROGRAMS)
@refuses_on(show_webhook)
def test_webhook(webhook_id: int) -> ResponseReturnValue:
    """Have a test sent."""
    service.send_test(webhook_id, actor=current_actor(), now=utc_now())
    return _back(webhook_id, "A test is on its way. Load this page again to see what came of it.")


@bp.post("/<int:webhook_id>/deliveries/<int:delivery_id>/again")
@requires(Permission.CONNECT_PROGRAMS)
@refuses_on(lambda webhook_id, **_: show_webhook(webhook_id))
def send_again(webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    """Try once more to tell the program of something."""
    is_sent = service.send_again(webhook_id, delivery_id, actor=current_actor(), now=utc_now())
    return _back(webhook_id, "It is on its way again." if is_sent else "It waits until a test is accepted.")


@bp.post("/<int:webhook_id>/secret")
@requires(Permission.CONNECT_PROGRAMS)
@refuses_on(show_webhook)
@redisplays(show_webhook)
@asks_presence
def renew_secret(webhook_id: int) -> ResponseReturnValue:
    """Give the program another secret and show it, this once."""
    return _secret(webhook_id, service.renew_secret(webhook_id, actor=current_actor(), now=utc_now()))


@bp.post("/<int:webhook_id>/end")
@requires(Permission.CONNECT_PROGRAMS)
@refuses_on(show_webhook)
def end_webhook(webhook_id: int) -> ResponseReturnValue:
    """Tell the program nothing more."""
    service.end(webhook_id, actor=current_actor(), now=utc_now())
    return _back(webhook_id, "It is told nothing more.")


def _secret(webhook_id: int, secret: str) -> ResponseReturnValue:
    hook = queries.get_webhook(db.session(), webhook_id)
    return render_template("webhooks/secret.html", hook=hook, secret=secret)


def _back(webhook_id: int, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".show_webhook", webhook_id=webhook_id), 303)
