"""What is wrong with the service as a whole, in words; an empty list where nothing is."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.clock import as_utc
from tsalert.delivery import lateness
from tsalert.delivery.rules import Channel
from tsalert.installation import signs
from tsalert.paging import queries as paging
from tsalert.paging import troubles
from tsalert.watching.rules import MAIL_WAITS_AT_MOST
from tsalert.watching.status.queries import Status, read_status
from tsalert.watching.status.wording import alarms
from tsalert.watching.wording import CHANNELS
from tsalert.web.filters import moment, span

NO_DATABASE = "The database does not answer."
_NEVER = "No worker has been heard of yet: nobody is paged and nothing is sent."


def reaches_database(session: Session) -> bool:
    """Tell whether the database answers at all."""
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        session.rollback()
        return False
    return True


def public_problems(session: Session, *, now: datetime) -> list[str]:
    """Return what anybody may read of what is wrong: no record, nobody's name, and not what a provider said."""
    try:
        since = signs.silent_since(session, now=now)
        gone = [paging.worker_words(since)] if since else []
        down = [
            f"{CHANNELS[Channel(each.channel)]} to officers do not go out." for each in troubles.open_outages(session)
        ]
        return [*_of_first_worker(session), *gone, *down, *_of_mail(session, now)]
    except SQLAlchemyError:
        session.rollback()
        return [NO_DATABASE]


def all_problems(session: Session, settings: Settings, *, now: datetime) -> list[str]:
    """Return everything that is wrong, also that the database is gone."""
    try:
        return problems_of(session, read_status(session, settings, now=now))
    except SQLAlchemyError:
        session.rollback()
        return [NO_DATABASE]


def problems_of(session: Session, status: Status) -> list[str]:
    """Return what is wrong where the service stands so, with what providers said and the incidents that wait for it."""
    return [*pressing_problems(session, now=status.at), *alarms(status)]


def pressing_problems(session: Session, *, now: datetime) -> list[str]:
    """Return what keeps somebody from being paged or written to now; what else is wrong can wait for the morning."""
    told = [f"{each.text} {each.reference or ''}".strip() for each in paging.troubles(session, now=now)]
    return [*_of_first_worker(session), *told, *_of_mail(session, now)]


def _of_first_worker(session: Session) -> list[str]:
    return [_NEVER] if signs.last_sign(session) is None else []


def _of_mail(session: Session, now: datetime) -> list[str]:
    """Say that mail to single people does not leave, as where the mail server is gone and the worker is not."""
    since = lateness.mail_due_since(session, now=now)
    if since is None or as_utc(now) - since < MAIL_WAITS_AT_MOST:
        return []
    return [f"Mail to single people has waited to be sent since {moment(since)}, for {span(as_utc(now) - since)}."]
