"""Feeds, one alert for programs, the page to embed, and the page that says how. All the same for everybody."""

from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE

from tsalert.alerts.rules import read_reference
from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.feeds import queries
from tsalert.feeds.atom import CAP_TYPE, write_atom
from tsalert.feeds.cap import write_cap
from tsalert.feeds.json_feed import make_json_feed
from tsalert.feeds.rules import LONGEST_EMBED, MOST, SECONDS, Item, Narrowing, Publisher
from tsalert.feeds.schemas import EmbedSchema, NarrowingSchema
from tsalert.installation.service import is_demo
from tsalert.places import queries as places
from tsalert.subscribers import queries as subscribers
from tsalert.web.access import public
from tsalert.web.caching import for_everybody, look
from tsalert.web.forms import read_form

bp = Blueprint("feeds", __name__)
# The one page that other sites may frame; it runs nothing, sends nothing and knows nobody.
_FRAMED_POLICY = "default-src 'none'; style-src 'self'; frame-ancestors *; base-uri 'none'; form-action 'none'"


@bp.get("/alerts.atom")
@public
def show_atom() -> ResponseReturnValue:
    """Give the newest alerts as Atom."""
    wanted, items, now = _asked()

    def draw() -> Response:
        content = write_atom(items, _publisher(), address=_address("alerts.atom", wanted), now=now)
        return Response(content, content_type="application/atom+xml; charset=utf-8")

    return _given(draw, items, wanted, "atom")


@bp.get("/alerts.json")
@public
def show_json() -> ResponseReturnValue:
    """Give the newest alerts as a JSON Feed."""
    wanted, items, _ = _asked()

    def draw() -> Response:
        answer = jsonify(make_json_feed(items, _publisher(), address=_address("alerts.json", wanted)))
        answer.content_type = "application/feed+json; charset=utf-8"
        return answer

    return _given(draw, items, wanted, "json")


@bp.get("/check/<reference>/cap.xml")
@public
def show_cap(reference: str) -> ResponseReturnValue:
    """Give one alert as CAP."""
    known = read_reference(reference)
    if known is None:
        raise NotFound("We have sent no alert with this number.")
    item = queries.get_item(db.session(), known, now=utc_now())

    def draw() -> Response:
        return Response(write_cap(item, _publisher()), content_type=f"{CAP_TYPE}; charset=utf-8")

    return _given(draw, [item], Narrowing(), "cap")


@bp.get("/alerts/embed")
@public
def show_embedded() -> ResponseReturnValue:
    """Show the newest alerts within another site's page."""
    asked, now = read_form(EmbedSchema(unknown=EXCLUDE), request.args), utc_now()
    wanted: Narrowing = asked["wanted"]
    items = queries.newest(db.session(), wanted, most=asked["limit"], now=now)

    def draw() -> Response:
        answer = make_response(render_template("feeds/embedded.html", items=items, publisher=_publisher()))
        answer.headers["Content-Security-Policy"] = _FRAMED_POLICY
        return answer

    return _given(draw, items, wanted, f"embed {asked['limit']}")


@bp.get("/alerts/share")
@public
def show_sharing() -> ResponseReturnValue:
    """Say how other sites and programs can carry the alerts."""
    asked = read_form(NarrowingSchema(unknown=EXCLUDE), request.args)
    session, wanted = db.session(), asked["wanted"]
    queries.newest(session, wanted, most=1, now=utc_now())
    names = ("alerts.atom", "alerts.json", "alerts/embed")
    return render_template(
        "feeds/share.html",
        topics=subscribers.topics(session),
        wards=places.ward_options(session),
        wanted=wanted,
        addresses={name: _address(name, wanted) for name in names},
        most=MOST,
        longest=LONGEST_EMBED,
    )


def _asked() -> tuple[Narrowing, list[Item], datetime]:
    now = utc_now()
    wanted: Narrowing = read_form(NarrowingSchema(unknown=EXCLUDE), request.args)["wanted"]
    return wanted, queries.newest(db.session(), wanted, most=MOST, now=now), now


def _given(draw: Callable[[], Response], items: Sequence[Item], wanted: Narrowing, kind: str) -> Response:
    mark = queries.mark_of(items, wanted, kind, _publisher(), look())
    answer = for_everybody(mark, draw, seconds=SECONDS)
    if items:
        answer.last_modified = max(one.changed_at for one in items)
    answer.make_conditional(request)
    return answer


def _address(name: str, wanted: Narrowing) -> str:
    told = {key: value for key, value in (("topic", wanted.topic), ("ward", wanted.ward)) if value}
    query = f"?{urlencode(told)}" if told else ""
    return f"{_publisher().public_url}/{name}{query}"


def _publisher() -> Publisher:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return Publisher(
        authority=settings.authority_name,
        public_url=settings.public_url,
        sender=settings.email_address,
        telephone=settings.rapid_response_number,
        area_code=settings.authority_code,
        is_demo=is_demo(),
    )
