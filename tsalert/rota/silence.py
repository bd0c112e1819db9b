"""Mobiles of officers that take no more texts, since STOP came from them: noted, told to managers, mended by START.

Steps of whoever hears of it. No STOP holds a page back here; it is the network that hands over no text any more.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import current_app
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE, Permission
from tsalert.delivery import personal
from tsalert.delivery.personal import Letter
from tsalert.delivery.queries import find_endpoint
from tsalert.delivery.rules import Channel, Content, EndpointStatus, normalise_email
from tsalert.rota import queries, wording
from tsalert.rota.models import OfficerMobile
from tsalert.rota.vocabulary import Duty
from tsalert.staff import queries as staff

# Whoever stands by tomorrow can still be told tomorrow; a text that comes later tells of what has changed since.
_GOOD_FOR = timedelta(hours=12)


class Silent(Struct, frozen=True):
    """An officer whose mobile takes no texts."""

    officer_id: int
    name: str
    since: datetime


def silent_officers(session: Session) -> list[Silent]:
    """Return the active officers whose mobile takes no texts, by name."""
    people = staff.officers().subquery()
    query = (
        select(OfficerMobile.officer_id, people.c.name, OfficerMobile.silent_since)
        .join(people, people.c.id == OfficerMobile.officer_id)
        .where(OfficerMobile.removed_at.is_(None), OfficerMobile.silent_since.is_not(None), people.c.active)
        .order_by(people.c.name, OfficerMobile.officer_id)
    )
    return [Silent(*row) for row in session.execute(query)]


def silent_since(session: Session, officer_id: int) -> datetime | None:
    """Return since when an officer's mobile takes no texts; None where it takes them, or they have none."""
    held = queries.held_mobile(session, officer_id)
    return held.silent_since if held else None


def note_stop(session: Session, e164: str, *, now: datetime) -> bool:
    """Note that STOP came from a number, and tell the managers and its owner at once; False where it is no news.

    It is news once, of a mobile that an officer holds.
    """
    officer_id = queries.find_by_mobile(session, e164)
    held = queries.held_mobile(session, officer_id) if officer_id is not None else None
    if held is None or held.silent_since is not None:
        return False
    held.silent_since = now
    session.flush()
    audit.record(session, SERVICE, "texts stopped", "officer", held.officer_id, now=now)
    name = staff.get_officer_by_id(session, held.officer_id).name
    _text_managers(session, wording.silent_text(name, authority=_settings().authority_name), now=now)
    _write(session, _managers(session, held.officer_id), wording.silent_mail(name, now, link=_link()), now=now)
    own = wording.silent_mail_to_owner(now, authority=_settings().authority_name, link=_link("/account/duty"))
    _write(session, [held.officer_id], own, now=now)
    return True


def learn_of_refusal(session: Session, officer_id: int, *, now: datetime) -> None:
    """Note that a text to an officer was refused because of a STOP that we never heard of."""
    mobile = queries.mobile_of(session, officer_id)
    end = find_endpoint(session, Channel.SMS, mobile) if mobile else None
    if mobile and end and end.status is EndpointStatus.OPTED_OUT:
        note_stop(session, mobile, now=now)


def note_start(session: Session, e164: str, *, now: datetime) -> bool:
    """Note that START came from a number whose texts were stopped, and tell the managers; False where they were not."""
    officer_id = queries.find_by_mobile(session, e164)
    held = queries.held_mobile(session, officer_id) if officer_id is not None else None
    if held is None or held.silent_since is None:
        return False
    held.silent_since = None
    session.flush()
    audit.record(session, SERVICE, "texts started", "officer", held.officer_id, now=now)
    name = staff.get_officer_by_id(session, held.officer_id).name
    _write(session, _managers(session, held.officer_id), wording.heard_again_mail(name, now), now=now)
    return True


def _managers(session: Session, besides: int) -> list[int]:
    """Return everybody else who may change the rota."""
    return [each.id for each in staff.officers_who_may(session, {Permission.MANAGE_ROTA}) if each.id != besides]


def _text_managers(session: Session, content: Content, *, now: datetime) -> None:
    """Text the manager on duty, or where none can be reached so every manager; nobody whose own texts are stopped."""
    deaf = {each.officer_id for each in silent_officers(session)}
    standing = [each for each in queries.on_duty(session, at=now) if each.duty is Duty.MANAGER]
    groups = (standing, queries.reachable_managers(session))
    heard = ([each.mobile for each in people if each.mobile and each.officer_id not in deaf] for people in groups)
    for mobile in next(filter(None, heard), []):
        personal.page_one(session, Letter(Channel.SMS, mobile, content, now + _GOOD_FOR), now=now)


def _write(session: Session, officer_ids: Iterable[int], content: Content, *, now: datetime) -> None:
    for officer_id in officer_ids:
        address = normalise_email(staff.get_officer_by_id(session, officer_id).email)
        personal.page_one(session, Letter(Channel.EMAIL, address, content, now + _GOOD_FOR), now=now)


def _link(path: str = "/rota") -> str:
    return f"{_settings().public_url}{path}"


def _settings() -> Settings:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings
