"""Pages about subscribers: the list that officers keep."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.places import queries as places
from tsalert.staff.queries import officer_names
from tsalert.subscribers import directory, kept_counts, queries, service, wording
from tsalert.subscribers.rules import OFFERED, PHONE_SCRIPT
from tsalert.subscribers.schemas import PhonedSchema, SoughtSchema
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.forms import load_form, load_page, redisplays

bp = Blueprint("subscribers", __name__)


def _draw_list(search: str = "", after: int | None = None) -> ResponseReturnValue:
    """Draw the list, narrowed to a search, from the newest or from one subscriber on."""
    session, now = db.session(), utc_now()
    return render_template(
        "subscribers/list.html",
        page=directory.entries(session, search=search, after=after),
        counts=kept_counts.count(session, now=now),
        circulation=kept_counts.circulation(session, now=now),
        ward_names=places.ward_names(session),
        words=wording,
        search=search,
        is_first=after is None,
    )


@bp.get("/subscribers")
@requires(Permission.READ_SUBSCRIBERS)
def list_subscribers() -> ResponseReturnValue:
    """Show the list, how long it is and how far it carries."""
    return _draw_list(**load_page())


@bp.post("/subscribers")
@requires(Permission.READ_SUBSCRIBERS)
@redisplays(_draw_list)
def find_subscribers() -> ResponseReturnValue:
    """Show whom an address or a part of a name finds; neither may stand in an address of ours."""
    return _draw_list(**load_form(SoughtSchema()))


@bp.get("/subscribers/new")
@requires(Permission.MANAGE_SUBSCRIBERS)
def show_form() -> ResponseReturnValue:
    """Show the form for somebody who rings to join."""
    session = db.session()
    return render_template(
        "subscribers/new.html",
        topics=queries.topics(session),
        wards=places.ward_options(session),
        script=PHONE_SCRIPT,
        frequencies=[(each.value, wording.FREQUENCIES[each]) for each in OFFERED],
    )


@bp.post("/subscribers/new")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(show_form)
def add_by_phone() -> ResponseReturnValue:
    """Put somebody on the list who agreed on the telephone."""
    contact, wish, has_agreed = load_form(PhonedSchema())
    if not has_agreed:
        service.ask_by_message(contact, wish, actor=current_actor(), now=utc_now())
        flash("They are asked by a message. They are on the list once they confirm it.", "success")
        return redirect(url_for(".list_subscribers"), 303)
    subscriber_id = service.add_by_phone(contact, wish, actor=current_actor(), now=utc_now())
    flash("They are on the list.", "success")
    return redirect(url_for(".show_subscriber", subscriber_id=subscriber_id), 303)


@bp.get("/subscribers/<int:subscriber_id>")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber", "subscriber_id")
def show_subscriber(subscriber_id: int) -> ResponseReturnValue:
    """Show one subscriber with their subscriptions and the history of their consent."""
    session = db.session()
    view = directory.get_subscriber(session, subscriber_id)
    return render_template(
        "subscribers/subscriber.html",
        view=view,
        ward_names=places.ward_names(session),
        officers=officer_names(session),
        words=wording,
    )


@bp.post("/subscribers/subscriptions/<int:subscription_id>/end")
@requires(Permission.MANAGE_SUBSCRIBERS)
def end_subscription(subscription_id: int) -> ResponseReturnValue:
    """End one subscription at its owner's wish."""
    subscriber_id = service.end_subscription(subscription_id, actor=current_actor(), now=utc_now())
    flash("The subscription has ended.", "success")
    return redirect(url_for(".show_subscriber", subscriber_id=subscriber_id), 303)
