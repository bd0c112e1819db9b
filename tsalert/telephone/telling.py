"""Telling officers by text message of calls that need them; steps of other use cases."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.core.clock import as_utc
from tsalert.db import insert_ignoring_conflicts
from tsalert.delivery import service as delivery
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane
from tsalert.rota import queries as rota
from tsalert.rota import silence
from tsalert.rota.queries import OnDuty
from tsalert.telephone import wording
from tsalert.telephone.models import Notice
from tsalert.telephone.rules import MOST_NOTICES, SPENDING_SPAN, Reason

# A text that could not leave for so long would tell of a night that is over.
_USELESS_AFTER = timedelta(hours=1)
_log = logging.getLogger(__name__)


def tell_of_missed(session: Session, call_id: int, words: str, *, now: datetime) -> bool:
    """Text the first officer on duty whom texts reach of one call, once for good; False where that was done before.

    A flood of calls or texts must not become a flood to the officer: after so many in an hour each still counts as
    missed, and the pages say how many there are.
    """
    standing = _who_get_texts(session, rota.on_duty(session, at=now))
    people = standing[:1] or rota.reachable_managers(session)
    if _told_lately(session, now) >= MOST_NOTICES:
        people = []
    return _tell(session, f"missed:{call_id}", people, words, call_id=call_id, now=now)


def tell_of_gap(session: Session, *, now: datetime) -> bool:
    """Text the managers that a caller found nobody on duty, once an hour."""
    return _tell_managers(session, f"uncovered:{_hour(now)}", wording.uncovered_notice(now), now)


def tell_of_limit(session: Session, reason: Reason, prefix: str, *, now: datetime) -> bool:
    """Text the managers that calls go straight to voicemail, once an hour for each limit and block of numbers."""
    block = prefix if reason is Reason.TOO_MANY_FROM_THERE else "all"
    return _tell_managers(session, f"{reason}:{block}:{_hour(now)}", wording.limit_notice(reason.label, now), now)


def _told_lately(session: Session, now: datetime) -> int:
    lately = (Notice.call_id.is_not(None), Notice.told > 0, Notice.at > now - SPENDING_SPAN)
    return session.scalar(select(func.count()).select_from(Notice).where(*lately)) or 0


def _tell_managers(session: Session, key: str, words: str, now: datetime) -> bool:
    return _tell(session, key, rota.reachable_managers(session), words, now=now)


def _tell(
    session: Session, key: str, people: Iterable[OnDuty], words: str, *, now: datetime, call_id: int | None = None
) -> bool:
    """Keep the notice and send it; who was told before is told no second time."""
    mobiles = sorted({each.mobile for each in _who_get_texts(session, people) if each.mobile})
    values = {"key": key, "call_id": call_id, "told": len(mobiles), "at": now}
    added = session.scalar(insert_ignoring_conflicts(session, Notice).values(values).returning(Notice.key))
    if added is None:
        return False
    what = key.partition(":")[0]
    if mobiles:
        _text(session, mobiles, words, now)
    else:
        _log.error("no officer could be told: %s", what)
    audit.record(session, SERVICE, "told officers", "call", call_id, now=now, notice=what, told=len(mobiles))
    return True


def _who_get_texts(session: Session, people: Iterable[OnDuty]) -> list[OnDuty]:
    """Return those whom a text reaches: who has a mobile, and has not texted STOP from it."""
    silent = {each.officer_id for each in silence.silent_officers(session)}
    return [each for each in people if each.mobile and each.officer_id not in silent]


def _text(session: Session, mobiles: list[str], words: str, now: datetime) -> None:
    mailing_id = delivery.create_mailing(
        session, Content(sms=words), lane=Lane.TRANSACTIONAL, now=now, not_after=now + _USELESS_AFTER
    )
    for mobile in mobiles:
        status = EndpointStatus.ACTIVE
        end = delivery.find_or_add_endpoint(session, Channel.SMS, mobile, status=status, now=now)
        delivery.enqueue_one(session, mailing_id, end, now=now)


def _hour(now: datetime) -> str:
    return f"{as_utc(now):%Y-%m-%dT%H}"
