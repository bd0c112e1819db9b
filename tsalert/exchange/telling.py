"""Mails about what other authorities offer, which name references and nobody; steps of other use cases."""

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.actors import Permission
from tsalert.delivery.rules import Content
from tsalert.exchange.models import OfferedPack
from tsalert.staff import queries as staff
from tsalert.staff.writing import write_to
from tsalert.web.filters import moment


def tell_of_offer(session: Session, row: OfferedPack, authority: str, *, now: datetime) -> None:
    """Tell the managers that something is offered to us."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    page = f"{settings.public_url}/offered-packs/{row.id}"
    text = (
        f"{authority} offers us {row.reference}. It is theirs until we say yes. The offer lapses "
        f"{moment(row.answer_by)}.\n\nRead the pack, and accept or refuse it: {page}\n"
    )
    people = staff.officers_who_may(session, {Permission.MANAGE_RESPONSE, Permission.WORK_CASE})
    write_to(session, people, Content(subject=f"{authority} offers us a case", text=text), now=now)
