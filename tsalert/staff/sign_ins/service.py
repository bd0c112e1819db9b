"""Beginning, noting and ending sign-ins; what is ended is signed out at its next request."""

from datetime import datetime
from secrets import token_urlsafe

from msgspec import Struct
from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import NotAllowed, NotFound
from tsalert.db import not_wait_for_disk, transaction
from tsalert.staff import queries
from tsalert.staff.models import Officer, SignIn
from tsalert.staff.sign_ins import rules
from tsalert.staff.sign_ins.rules import Ending, Entry


class Origin(Struct, frozen=True):
    """How and from where somebody signs in, as their browser tells it; ``second_step`` is None where they took none."""

    entry: Entry
    second_step: str | None
    address: str
    user_agent: str


def begin(officer: Officer, origin: Origin, *, instead_of: int | None, now: datetime) -> str:
    """Keep that an officer signed in; returns the token for their browser, which nobody can be told again.

    :param instead_of: the sign-in of that browser before, which is good for nothing from now on.
    """
    token, officer_id, mark = token_urlsafe(32), officer.id, officer.fs_uniquifier
    with transaction() as session:
        if instead_of:
            _end(session, Ending.SIGNED_IN_ANEW, SignIn.id == instead_of, now=now)
        session.add(
            SignIn(
                officer_id=officer_id,
                token_digest=queries.token_digest(token),
                mark=mark,
                way=origin.entry.way,
                second_step=origin.second_step,
                network=rules.shorten_network(origin.address),
                browser=rules.describe_browser(origin.user_agent),
                provider_session=origin.entry.provider_session,
                started_at=now,
                expires_at=now + rules.LONGEST,
                last_seen_at=now,
            )
        )
    return token


def go_on(sign_in_id: int, mark: str, second_step: str | None) -> None:
    """Keep one sign-in good when all others of its officer end.

    :param mark: what the officer's sign-ins are known by from now on.
    :param second_step: what has just been shown to work; None where it is the one taken before.
    """
    changed = {"mark": mark} | ({"second_step": second_step} if second_step else {})
    with transaction() as session:
        session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(changed))


def note_seen(sign_in_id: int, *, now: datetime) -> None:
    """Keep when a browser was last seen; no act of anybody's, so the trail does not hold it."""
    with transaction() as session:
        not_wait_for_disk(session)
        session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now))


def sign_out(sign_in_id: int, *, now: datetime) -> None:
    """End a sign-in, as its officer asked; one that is over already stays as it was."""
    with transaction() as session:
        _end(session, Ending.SIGNED_OUT, SignIn.id == sign_in_id, now=now)


def sign_out_from_provider(provider_session: str, *, now: datetime) -> int:
    """End what was signed in by a session of the provider's that is over; returns how many those were."""
    with transaction() as session:
        return _end(session, Ending.SIGNED_OUT_ELSEWHERE, SignIn.provider_session == provider_session, now=now)


def end_own(sign_in_id: int, *, actor: Actor, now: datetime) -> None:
    """End one of an officer's own sign-ins.

    :raises NotFound: it is none of theirs that is still good.
    """
    _end_one(_own_id(actor), sign_in_id, Ending.ENDED_BY_OFFICER, actor, now)


def end_others(*, but: int | None, actor: Actor, now: datetime) -> int:
    """End an officer's own sign-ins but the one they sit at; returns how many those were."""
    own = SignIn.officer_id == _own_id(actor)
    which = own if but is None else own & (SignIn.id != but)
    return _end_some(which, Ending.ENDED_BY_OFFICER, _own_id(actor), actor, now)


def end_of(officer_id: int, sign_in_id: int, *, actor: Actor, now: datetime) -> None:
    """End one sign-in of anybody's.

    :raises NotFound: it is none of theirs that is still good.
    """
    actor.require(Permission.MANAGE_STAFF)
    _end_one(officer_id, sign_in_id, Ending.ENDED_BY_ADMINISTRATOR, actor, now)


def end_all_of(officer_id: int, *, actor: Actor, now: datetime) -> int:
    """End every sign-in of an officer; returns how many those were.

    :raises NotFound: there is no such officer.
    """
    actor.require(Permission.MANAGE_STAFF)
    return _end_some(SignIn.officer_id == officer_id, Ending.ENDED_BY_ADMINISTRATOR, officer_id, actor, now)


def _end_one(officer_id: int, sign_in_id: int, ending: Ending, actor: Actor, now: datetime) -> None:
    which = (SignIn.officer_id == officer_id) & (SignIn.id == sign_in_id)
    with transaction() as session:
        if not _end(session, ending, which, now=now, by=actor.officer_id):
            raise NotFound("That is no sign-in that is still open.")
        audit.record(session, actor, "sign-in ended", "officer", officer_id, now=now, sign_in=sign_in_id)


def _end_some(which: ColumnElement[bool], ending: Ending, officer_id: int, actor: Actor, now: datetime) -> int:
    with transaction() as session:
        queries.get_officer_by_id(session, officer_id)
        ended = _end(session, ending, which, now=now, by=actor.officer_id)
        audit.record(session, actor, "sign-ins ended", "officer", officer_id, now=now, sign_ins=ended)
    return ended


def _end(session: Session, ending: Ending, which: ColumnElement[bool], *, now: datetime, by: int | None = None) -> int:
    still_good = (SignIn.ended_at.is_(None), SignIn.expires_at > now)
    ended = {"ended_at": now, "ended_by": by, "ending": ending}
    return len(session.scalars(update(SignIn).where(which, *still_good).values(ended).returning(SignIn.id)).all())


def _own_id(actor: Actor) -> int:
    if actor.officer_id is None:
        raise NotAllowed("Only an officer signs in.")
    return actor.officer_id
