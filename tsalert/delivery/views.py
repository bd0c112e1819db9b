"""The outbox of a demonstration: what would have been sent, and to whom."""

from email import message_from_string
from email.policy import default

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from tsalert.core.actors import Permission
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.delivery import queries
from tsalert.delivery.queries import SentView
from tsalert.delivery.rules import Channel
from tsalert.delivery.schemas import OutboxSchema
from tsalert.web.access import requires

bp = Blueprint("delivery", __name__, url_prefix="/dev/outbox")
# A mail is shown as a stranger's page: no scripts, no forms, nothing loaded, and no cookie of ours in reach.
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"


class Letter(Struct, frozen=True):
    """A recorded message taken apart for reading."""

    headers: list[tuple[str, str]]
    text: str
    html: str | None


@bp.before_request
def close_outside_demonstrations() -> None:
    """Keep the outbox out of every real installation.

    :raises NotFound: this is not a demonstration.
    """
    if not current_app.config["TSALERT_DEMO"]:
        raise NotFound("There is no such page.")


@bp.get("")
@requires(Permission.READ_SUBSCRIBERS)
def outbox() -> ResponseReturnValue:
    """List what would have been sent, newest first."""
    chosen = OutboxSchema().load(request.args.to_dict())
    page = queries.sent_messages(db.session(), **chosen)
    return render_template(
        "delivery/outbox.html",
        messages=page.items,
        newer=_address(None) if chosen["after"] else None,
        older=_address(page.next) if page.next else None,
        chosen=request.args,
        channels=list(Channel),
    )


@bp.get("/<int:message_id>")
@requires(Permission.READ_SUBSCRIBERS)
def show_message(message_id: int) -> ResponseReturnValue:
    """Show one message as its reader would get it."""
    message = queries.get_sent_message(db.session(), message_id)
    return render_template("delivery/message.html", message=message, letter=_open(message))


@bp.get("/<int:message_id>/html")
@requires(Permission.READ_SUBSCRIBERS)
def show_html(message_id: int) -> ResponseReturnValue:
    """Show the HTML part of a mail, shut off from the service."""
    letter = _open(queries.get_sent_message(db.session(), message_id))
    if letter.html is None:
        raise NotFound("This message has no HTML part.")
    return Response(letter.html, mimetype="text/html", headers={"Content-Security-Policy": _SANDBOX})


def _address(after: int | None) -> str:
    mailing, channel = request.args.get("mailing") or None, request.args.get("channel") or None
    return url_for(".outbox", after=after, mailing=mailing, channel=channel)


def _open(message: SentView) -> Letter:
    if message.channel != Channel.EMAIL:
        return Letter([("To", message.address)], message.content, None)
    mail = message_from_string(message.content, policy=default)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return Letter(
        [(name, str(value)) for name, value in mail.items()],
        plain.get_content() if plain is not None else "",
        html.get_content() if html is not None else None,
    )
