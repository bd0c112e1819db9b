"""The page of mail that people wrote to the address of the alerts."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.inbound.mail import queries
from tsalert.inbound.mail.rules import Sort
from tsalert.inbound.schemas import PageQuery
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.forms import read_form

bp = Blueprint("mail", __name__)


@bp.get("/mail")
@requires(Permission.READ_CALL)
@reads("mail")
def list_mail() -> ResponseReturnValue:
    """Show what people wrote, and what could not be read."""
    before = read_form(PageQuery(unknown=EXCLUDE), request.args)["before"]
    found = queries.mails(db.session(), before=before)
    mails = queries.seen_by(db.session(), current_actor(), found, now=utc_now())
    name_read(mail.id for mail in mails)
    older = found[-1].id if len(found) == queries.PAGE else None
    return render_template("inbound/mail.html", mails=mails, before=before, older=older, sorts=Sort)
