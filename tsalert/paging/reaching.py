"""Reaching one officer one way: the message, its delivery, and the attempt that stands on the timeline. Steps."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from flask import current_app
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE
from tsalert.delivery import personal
from tsalert.delivery.personal import Letter
from tsalert.delivery.rules import Channel, Content, normalise_email
from tsalert.paging.models import PageAttempt, PageEvent, PageRun, WelfareWatch
from tsalert.paging.vocabulary import Happening, Purpose
from tsalert.rota import queries as rota
from tsalert.rota import silence
from tsalert.rota.queries import OnDuty
from tsalert.rota.vocabulary import NEEDED, Duty
from tsalert.staff import queries as staff

# A call that comes long after its time only confuses, since the next one has been made; a text still informs.
_GOOD_FOR = {
    Channel.SMS: timedelta(minutes=15),
    Channel.VOICE: timedelta(minutes=5),
    Channel.EMAIL: timedelta(hours=4),
}
# Nobody is reached twice the same way within so short a time, whatever the policy or the clock says.
_AGAIN_AFTER = timedelta(seconds=30)


class Errand(Struct, frozen=True):
    """What somebody is reached for.

    :param slot: its place in the course of things; the same officer is reached once in it on each channel.
    """

    purpose: Purpose
    incident_id: int
    slot: str
    run_id: int | None = None
    round: int | None = None
    watch_id: int | None = None


class Addressee(Struct, frozen=True):
    """Who is reached, and where."""

    officer_id: int
    duty: Duty | None
    channel: Channel
    address: str


Words = Callable[[Addressee], Content]


def reach(session: Session, errand: Errand, to: Addressee, words: Words, *, now: datetime) -> bool:
    """Send one message and note the attempt; False where it was made already, or a moment ago."""
    if _was_made(session, errand, to, now):
        return False
    letter = Letter(to.channel, to.address, words(to), now + _GOOD_FOR[to.channel])
    delivery_id = personal.page_one(session, letter, now=now)
    session.add(
        PageAttempt(
            incident_id=errand.incident_id,
            run_id=errand.run_id,
            watch_id=errand.watch_id,
            purpose=errand.purpose,
            slot=errand.slot,
            round=errand.round,
            officer_id=to.officer_id,
            duty=to.duty,
            channel=to.channel,
            made_at=now,
            delivery_id=delivery_id,
            is_settled=False,
        )
    )
    session.flush()
    told = {"officer": to.officer_id, "channel": to.channel.value, "purpose": errand.purpose.value}
    audit.record(session, SERVICE, "paged", "incident", errand.incident_id, now=now, **told)
    return True


def addressee(session: Session, person: OnDuty, channel: Channel) -> Addressee | None:
    """Return where somebody can be reached; None where they have no verified mobile."""
    address = email_of(session, person.officer_id) if channel is Channel.EMAIL else person.mobile
    return Addressee(person.officer_id, person.duty, channel, address) if address else None


def email_of(session: Session, officer_id: int) -> str:
    """Return an officer's own email address."""
    return normalise_email(staff.get_officer_by_id(session, officer_id).email)


def people_for(session: Session, duty: Duty, *, at: datetime) -> list[OnDuty]:
    """Return who stands a duty; where no manager who can be reached does, every manager who can."""
    return people_among(session, rota.on_duty(session, at=at), duty)


def people_among(session: Session, standing: Sequence[OnDuty], duty: Duty) -> list[OnDuty]:
    """Return what ``people_for`` does, where it is known already who stands at the time."""
    found = [each for each in standing if each.duty is duty]
    if duty is Duty.MANAGER and not any(each.mobile for each in found):
        return rota.reachable_managers(session) or found
    return found


def managers_by_email(session: Session) -> list[Addressee]:
    """Return every active manager at their email address, the last resort."""
    people = staff.officers_who_may(session, NEEDED[Duty.MANAGER])
    return [Addressee(each.id, Duty.MANAGER, Channel.EMAIL, normalise_email(each.email)) for each in people]


def note(
    session: Session,
    of: PageRun | WelfareWatch,
    what: Happening,
    *,
    now: datetime,
    officer_id: int | None = None,
    gap: tuple[Duty, str] | None = None,
) -> None:
    """Keep something that happened and was no attempt.

    :param gap: the duty that nobody could be paged for, and why.
    """
    duty, text = gap or (None, None)
    is_run = isinstance(of, PageRun)
    session.add(
        PageEvent(
            incident_id=of.incident_id,
            run_id=of.id if is_run else None,
            round=of.round if isinstance(of, PageRun) else None,
            what=what,
            at=now,
            officer_id=officer_id,
            duty=duty,
            note=text,
        )
    )


def link_to(incident_id: int) -> str:
    """Return the address of an incident's page, for mail."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return f"{settings.public_url}/incidents/{incident_id}"


def rung_not_texted(session: Session) -> frozenset[int]:
    """Return the officers who are rung since no text reaches them; nobody where no call is made."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    officers = silence.silent_officers(session) if settings.makes_calls else []
    return frozenset(each.officer_id for each in officers)


def can_reply() -> bool:
    """Tell whether our texts come from a number, so that they can be answered."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings.takes_texts


def _was_made(session: Session, errand: Errand, to: Addressee, now: datetime) -> bool:
    mine = (
        PageAttempt.incident_id == errand.incident_id,
        PageAttempt.officer_id == to.officer_id,
        PageAttempt.channel == to.channel,
        PageAttempt.purpose == errand.purpose,
    )
    made = session.execute(select(PageAttempt.slot, PageAttempt.made_at).where(*mine)).all()
    return any(slot == errand.slot or now - _AGAIN_AFTER < made_at <= now for slot, made_at in made)
