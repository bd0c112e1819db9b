"""After a death: finding what senders left behind, and deciding it without sending anything twice or never."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import literal_column, or_, select
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.db import transaction
from tsalert.delivery import claiming, journal
from tsalert.delivery.counting import complete_if_done
from tsalert.delivery.ending import end_pending
from tsalert.delivery.journal import Orphan, Replayed
from tsalert.delivery.models import Delivery, Mailing
from tsalert.delivery.outcomes import record_outcomes
from tsalert.delivery.ports import InDoubt
from tsalert.delivery.retries import Outcome, Standing, outcome
from tsalert.delivery.rules import Channel, Lane, MailingState, Status

# How long after its lease the claim of a machine that says nothing is given up.
_GRACE = timedelta(minutes=10)
_AT_ONCE = 1000
_log = logging.getLogger(__name__)
_NOTHING = Replayed({}, frozenset(), is_whole=False)


def replay_journals(folder: Path, *, now: datetime) -> int:
    """Settle the claims of this machine's dead senders by their journals; return how many senders there were.

    What was begun and not answered is in doubt; what was never begun goes back into the queue.
    """
    return _replay(journal.orphans(folder), now)


def journal_folder() -> Path:
    """Return where this machine's senders keep their journals."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings.files / "journals"


def repair(now: datetime) -> None:
    """Give up the claims of lost machines, and end what is cancelled, expired or done.

    A claim whose journal is gone may have been sent to the last one, so all of it is in doubt. So is all of which a
    journal says nothing that lay here when the machine went down: the last lines may never have reached the disk.
    """
    folder = journal_folder()
    _replay(journal.left_behind(folder, now - claiming.LEASE - _GRACE), now)
    for owner in _lost_owners(folder, now):
        _settle_claims_of(owner, _NOTHING, now=now)
    with transaction() as session:
        _end_over(session, now)


def _replay(dead: Iterable[Orphan], now: datetime) -> int:
    count = 0
    for orphan in dead:
        try:
            _settle_claims_of(orphan.owner, orphan.read(), now=now)
        except OSError:
            # What it tells must not be guessed, and those of others can still be read.
            _log.exception("the journal %s cannot be read", orphan.path)
            orphan.release()
            continue
        except BaseException:
            orphan.release()
            raise
        orphan.remove()
        count += 1
    return count


def _settle_claims_of(owner: str, replayed: Replayed, *, now: datetime) -> None:
    with transaction() as session:
        for channel in Channel:
            outcomes = {
                number: result
                for number, standing in _claims_of(session, owner, channel)
                if (result := _outcome_of(number, standing, replayed, now)) is not None
            }
            if outcomes:
                record_outcomes(session, channel, owner, outcomes, now=now)
        claiming.release(session, owner)


def _claims_of(session: Session, owner: str, channel: Channel) -> list[tuple[int, Standing]]:
    rows = session.execute(
        select(Delivery.id, Delivery.attempts, Delivery.doubts, Mailing.not_after, Mailing.lane)
        .join(Mailing, Mailing.id == Delivery.mailing_id)
        .where(
            Delivery.claimed_by == owner, Delivery.status == literal_column("'claimed'"), Delivery.channel == channel
        )
    )
    return [
        (number, Standing(channel, attempts, doubts, until, Lane(lane)))
        for number, attempts, doubts, until, lane in rows
    ]


def _outcome_of(number: int, standing: Standing, replayed: Replayed, now: datetime) -> Outcome | None:
    answer = replayed.answers.get(number)
    if answer is not None:
        return outcome(answer, standing, now=now, draw=0.5)
    if number in replayed.in_doubt:
        return outcome(InDoubt("the sender died while sending it"), standing, now=now, draw=0)
    if not replayed.is_whole:
        return outcome(InDoubt("the machine that sent it was lost"), standing, now=now, draw=0)
    return None


def _lost_owners(folder: Path, now: datetime) -> Sequence[str]:
    """Find whose leases ran out long ago, apart from senders whose journal is here and speaks for them."""
    with transaction() as session:
        owners = session.scalars(
            select(Delivery.claimed_by)
            .where(Delivery.status == literal_column("'claimed'"), Delivery.lease_until < now - _GRACE)
            .distinct()
            .limit(_AT_ONCE)
        ).all()
    return [owner for owner in owners if owner is not None and not journal.is_here(folder, owner)]


def _end_over(session: Session, now: datetime) -> None:
    is_open = Mailing.state.in_((MailingState.SENDING, MailingState.PAUSED))
    is_over = or_(Mailing.state == MailingState.CANCELLED, Mailing.not_after <= now)
    has_waiting = (
        select(Delivery.id)
        .where(Delivery.mailing_id == Mailing.id, Delivery.status == literal_column("'pending'"))
        .exists()
    )
    over = select(Mailing).where(is_over, has_waiting).order_by(Mailing.id).limit(_AT_ONCE)
    held = session.scalars(over.with_for_update(key_share=True)).all()
    cancelled = {each.id for each in held if each.state == MailingState.CANCELLED}
    end_pending(session, {each.id for each in held} - cancelled, Status.EXPIRED, now=now)
    end_pending(session, cancelled, Status.CANCELLED, now=now)
    for mailing_id in session.scalars(select(Mailing.id).where(is_open, ~has_waiting).limit(_AT_ONCE)).all():
        complete_if_done(session, mailing_id, now)
