"""Mail to those who manage the list, when something about it wants a person. It names nobody."""

from datetime import datetime

from flask import current_app
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE, Permission
from tsalert.delivery.rules import Content
from tsalert.hygiene.models import AddressReport
from tsalert.hygiene.rules import Effect
from tsalert.staff import queries as staff
from tsalert.staff.writing import write_to


def tell_of_held(session: Session, mailing_id: int, *, now: datetime) -> None:
    """Write once of each mailing that reports of it are held; a step, taken before the first is marked."""
    mine = (AddressReport.mailing_id == mailing_id, AddressReport.effect == Effect.HELD)
    if session.scalar(select(exists().where(*mine))):
        return
    text = (
        "So many messages of one mailing came back that tsalert takes no more addresses off the list for it. "
        "They stay on the list until somebody decides:\n\n"
        f"{_settings().public_url}/list-health\n\n"
        "Often a mail provider is refusing all our mail, and the readers have not gone.\n"
    )
    write(session, Content(subject="Many messages came back: decide what to believe", text=text), now=now)
    audit.record(session, SERVICE, "held reports", "mailing", mailing_id, now=now)


def tell_of_late_canary(session: Session, alert_id: int, reference: str, *, now: datetime) -> None:
    """Write that an alert has not reached our own addresses in time; a step."""
    text = (
        f"Alert {reference} has not reached our own test addresses within 15 minutes. Residents may be waiting for "
        "it too. See how far it has got:\n\n"
        f"{_settings().public_url}/alerts/{alert_id}\n\n"
        "Check whether the worker runs and whether the mail server and Twilio accept messages.\n"
    )
    write(session, Content(subject=f"Alert {reference} is late", text=text), now=now)
    audit.record(session, SERVICE, "canary late", "alert", alert_id, now=now)


def write(session: Session, content: Content, *, now: datetime) -> None:
    """Send a mail to everybody who may manage the list; a step."""
    write_to(session, staff.officers_who_may(session, {Permission.MANAGE_SUBSCRIBERS}), content, now=now)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings
