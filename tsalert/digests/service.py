"""Making the daily and weekly mails: each morning's once, all of it in one transaction, whatever crashes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tsalert.alerts import proof
from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.db import db, insert_ignoring_conflicts, transaction
from tsalert.delivery import service as delivery
from tsalert.delivery.counting import rows_changed
from tsalert.delivery.rules import Lane
from tsalert.digests import queries, readers
from tsalert.digests.models import DigestItem, DigestMailing, DigestRun
from tsalert.digests.rules import DIGESTS, Period, due_period
from tsalert.digests.wording import Line, word


def send_due(now: datetime) -> int:
    """Queue the digests whose morning has come and that were not made yet; return how many messages there are.

    What waits of one that was made, and tells of an alert that was held or withdrawn since or is over, is made anew
    without that.
    """
    session = db.session()
    due = [period for period in (due_period(often, now) for often in DIGESTS) if period is not None]
    waiting = [period for period in due if not queries.was_made(session, period)]
    wrong = [period for period in due if period not in waiting and queries.told_wrongly(session, period)]
    session.rollback()
    return sum(_make(period, now) for period in waiting) + sum(_make_anew(period, now) for period in wrong)


def _make(period: Period, now: datetime) -> int:
    """Make one digest, unless another worker did so meanwhile."""
    with transaction() as session:
        run = _claim(session, period, now)
        if run is None:
            return 0
        size = _queue_all(session, run, period, now)
        audit.record(session, SERVICE, "sent", "digest_run", run.id, now=now, frequency=run.frequency, messages=size)
        return size


def _make_anew(period: Period, now: datetime) -> int:
    """Call off what tells wrongly of an alert, and queue the rest of it for the same readers."""
    with transaction() as session:
        # Whoever comes second finds nothing wrong any more.
        run = session.scalars(_run_of(period).with_for_update()).one()
        wrong = queries.told_wrongly(session, period)
        if not wrong:
            return 0
        delivery.call_off(session, wrong, now=now)
        size = _queue_all(session, run, period, now)
        audit.record(session, SERVICE, "made anew", "digest_run", run.id, now=now, called_off=len(wrong), messages=size)
        return size


def _run_of(period: Period) -> Select[DigestRun]:
    return select(DigestRun).filter_by(frequency=period.frequency, day=period.day)


def _claim(session: Session, period: Period, now: datetime) -> DigestRun | None:
    """Take a morning's digest; a worker that comes second waits for the first and gets None."""
    row = {"frequency": period.frequency, "day": period.day, "ends_at": period.ends_at, "made_at": now}
    if not rows_changed(session, insert_ignoring_conflicts(session, DigestRun).values(row)):
        return None
    return session.scalars(_run_of(period)).one()


def _queue_all(session: Session, run: DigestRun, period: Period, now: datetime) -> int:
    items = queries.lines(session, period, now=now)
    if not items:
        return 0
    size = 0
    with readers.gathered(session, items, period.frequency, now=now) as shares:
        for share in shares:
            told = share.items_of(items)
            content = word(told, proof.letterhead(), period.frequency, share.edition)
            mailing_id = delivery.create_mailing(session, content, lane=Lane.BULK, now=now, not_after=period.next_at)
            _note(session, run, mailing_id, told)
            size += delivery.enqueue(session, mailing_id, readers.people_of(share), now=now)
    return size


def _note(session: Session, run: DigestRun, mailing_id: int, items: Sequence[Line]) -> None:
    """Record what a mailing of a digest tells."""
    session.add(DigestMailing(mailing_id=mailing_id, run_id=run.id))
    session.flush()
    session.add_all(DigestItem(mailing_id=mailing_id, alert_id=one.alert.id, tells=one.tells) for one in items)
    session.flush()
