"""Writing to the managers that something is wrong, and handing the mail over without a worker."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from threading import Event, Lock

from flask import Flask, current_app
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE
from tsalert.db import db, transaction
from tsalert.delivery import recovery
from tsalert.delivery.claiming import Work
from tsalert.delivery.personal import Letter, page_one
from tsalert.delivery.ports import Gateway
from tsalert.delivery.rules import Channel, normalise_email
from tsalert.delivery.sending import Sender, Surroundings
from tsalert.installation import signs
from tsalert.rota.vocabulary import NEEDED, Duty
from tsalert.staff import queries as staff
from tsalert.watching import queries, wording
from tsalert.watching.rules import WRITTEN_EVERY


def write_to_managers(problems: Sequence[str], *, now: datetime) -> int | None:
    """Write to every manager what is wrong; returns to how many, and None where they were told within the hour.

    Told of what can wait, they are told of what presses all the same.
    """
    settings: Settings = current_app.extensions["tsalert_settings"]
    content = wording.watch_mail(problems, authority=settings.authority_name, link=f"{settings.public_url}/board")
    with transaction() as session:
        if not _is_time(session, now):
            return None
        people = staff.officers_who_may(session, NEEDED[Duty.MANAGER])
        for person in people:
            letter = Letter(Channel.EMAIL, normalise_email(person.email), content, now + WRITTEN_EVERY)
            page_one(session, letter, now=now)
        audit.record(session, SERVICE, "told of troubles", "service", None, now=now, managers=len(people))
        return len(people)


def _is_time(session: Session, now: datetime) -> bool:
    presses = bool(queries.pressing_problems(session, now=now))
    if presses and signs.claim(session, signs.PRESSING_MAIL, every=WRITTEN_EVERY, now=now):
        signs.note(session, signs.WATCH_MAIL, now=now)
        return True
    return signs.claim(session, signs.WATCH_MAIL, every=WRITTEN_EVERY, now=now)


def send_urgent_mail() -> None:
    """Hand over this mail, and whatever mail about pages waits for a worker, in this process.

    Two may do so at once, a worker too: each takes what the other has not.

    :raises Unavailable: the mail server cannot be spoken to; what waits goes on waiting.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the sender needs the app
    gateways: tuple[Gateway, ...] = app.extensions["tsalert_gateways"]
    lock: AbstractContextManager[object] = Lock() if db.engine.dialect.name == "sqlite" else nullcontext()
    around = Surroundings(app, recovery.journal_folder(), Event(), lock)
    for gateway in gateways:
        if gateway.channel is Channel.EMAIL:
            _send_all(Sender(gateway, around, Work.PAGES))


def _send_all(sender: Sender) -> None:
    try:
        while sender.turn():
            pass
    finally:
        sender.leave()
