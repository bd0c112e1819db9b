"""The page of mail that people wrote to the address of the alerts."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.inbound.mail import queries
from tsalert.inbound.mail.rules import Sort
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.forms import load_page

bp = Blueprint("mail", __name__)


@bp.get("/mail")
@requires(Permission.READ_CALL)
@reads("mail")
def list_mail() -> ResponseReturnValue:
    """Show what people wrote, and what could not be read."""
    after = load_page()["after"]
    found = queries.mails(db.session(), after=after)
    mails = queries.seen_by(db.session(), current_actor(), found.items, now=utc_now())
    name_read(mail.id for mail in mails)
    return render_template("inbound/mail.html", mails=mails, is_first=after is None, older=found.next, sorts=Sort)
