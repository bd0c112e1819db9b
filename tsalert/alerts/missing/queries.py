"""Whom an alert did not reach, and why: found by person, so that whoever got it at another address is none of them."""

from collections import Counter
from collections.abc import Collection, Sequence

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tsalert.alerts import editions
from tsalert.alerts.audience.choosing import choice_of
from tsalert.alerts.models import Alert, AlertEdition, AlertResend
from tsalert.alerts.rules import Channel
from tsalert.core.words import Word
from tsalert.delivery import queries as delivery
from tsalert.delivery.missing import missing_of
from tsalert.delivery.recipients import was_sent
from tsalert.delivery.rules import Status, mask_address
from tsalert.keysets import Order, Page, read_rows
from tsalert.subscribers import queries as subscribers
from tsalert.subscribers.choice import Choice
from tsalert.subscribers.other_addresses import others_of, somebody_lacks_it


class Reason(Word):
    """Why a message did not come."""

    BOUNCED = "bounced", "Came back: there is no such address"
    BOUNCED_FOR_NOW = "bounced_for_now", "Came back for now, such as from a full mailbox"
    UNDELIVERED = "undelivered", "Sent, but not delivered"
    REFUSED = "refused", "Refused by the provider"
    SUPPRESSED = "suppressed", "Left out: they asked us to stop, or the address is dead"
    EXPIRED = "expired", "Not sent before the alert ended or its all-clear went out"
    IN_DOUBT = "in_doubt", "In doubt: nobody knows whether it was sent"


class Way(Word):
    """How an alert is sent again to those whom it did not reach."""

    SAME = "same", "To the same address"
    OTHER = "other", "To another address of theirs"


STATUSES = {
    Reason.BOUNCED: Status.HARD_BOUNCED,
    Reason.BOUNCED_FOR_NOW: Status.SOFT_BOUNCED,
    Reason.UNDELIVERED: Status.UNDELIVERED,
    Reason.REFUSED: Status.FAILED,
    Reason.SUPPRESSED: Status.SUPPRESSED,
    Reason.EXPIRED: Status.EXPIRED,
    Reason.IN_DOUBT: Status.UNKNOWN,
}
REASONS = {status: reason for reason, status in STATUSES.items()}
# Whoever asked us to stop is left alone, and whoever may have it already is for an officer to decide on, one by one.
# What an all-clear kept back may leave once that was withdrawn; nothing of an alert that has ended is sent again.
SENT_AGAIN = (Reason.BOUNCED, Reason.BOUNCED_FOR_NOW, Reason.UNDELIVERED, Reason.REFUSED, Reason.EXPIRED)


class Missed(Struct, frozen=True):
    """How many an alert did not reach for one reason, and how many of them could get it again.

    :param again: those whose same address may be written to.
    """

    reason: Reason
    count: int
    again: int

    @property
    def is_sent_again(self) -> bool:
        """True where an officer may have it sent again for this reason."""
        return self.reason in SENT_AGAIN


class MissedMessage(Struct, frozen=True):
    """One message that did not come; its address is masked."""

    id: int
    channel: str
    masked: str
    reason: Reason


def by_reason(session: Session, alert: Alert) -> list[Missed]:
    """Return how many an alert did not reach, by reason; reasons that nobody met are left out."""
    missed = missing(session, alert, [*Reason]).subquery("missed")
    reachable = delivery.reachable_endpoints().subquery("reachable")
    counted = (
        select(missed.c.status, func.count(), func.count(reachable.c.id))
        .outerjoin(reachable, reachable.c.id == missed.c.endpoint_id)
        .group_by(missed.c.status)
    )
    found = {REASONS[Status(status)]: (count, again) for status, count, again in session.execute(counted)}
    return [
        Missed(reason, found[reason][0], found[reason][1] if reason in SENT_AGAIN else 0)
        for reason in Reason
        if reason in found
    ]


def page_of(
    session: Session, alert: Alert, reasons: Collection[Reason], *, after: int | None = None
) -> Page[MissedMessage]:
    """Return a page of the messages that did not come for some reasons, in the order of their ids."""
    rows = missing(session, alert, reasons).subquery("missed").c
    query = select(rows.id, rows.channel, rows.address, rows.status)
    return read_rows(session, query, Order(rows.id, is_rising=True), after=after).told_by(lambda row: _missed(*row))


def _missed(number: int, channel: str, address: str, status: str) -> MissedMessage:
    return MissedMessage(number, channel, mask_address(channel, address), REASONS[Status(status)])


def missing(session: Session, alert: Alert, reasons: Collection[Reason]) -> Select[int, int, int, str, str, str]:
    """Return the query of those whom an alert did not reach, with the columns of ``delivery.missing``."""
    mailings = editions.all_mailings_of(session, alert.id)
    rows = missing_of(mailings, [STATUSES[reason] for reason in reasons])
    taken = select(AlertEdition.mailing_id).where(AlertEdition.alert_id == alert.id)
    endpoint_id = rows.selected_columns.endpoint_id
    return rows.where(somebody_lacks_it(endpoint_id, lambda other: delivery.was_taken(taken, other)))


def other_addresses(session: Session, alert: Alert, reasons: Collection[Reason]) -> dict[int, str]:
    """Return the endpoints, with their channels, at which those whom an alert did not reach can be told of it.

    That is: other addresses of theirs that are in use, where they asked for the topic at whatever pace, and that
    got no message of the alert yet, whatever became of it.
    """
    # Side by side, since SQLite refuses a statement in which so many others stand within one another.
    rows = missing(session, alert, reasons).cte("missed")
    others = others_of(select(rows.c.endpoint_id))
    choice = Choice(left_out=choice_of(alert).left_out)
    wanted = subscribers.audience(
        wards=(), topic=alert.topic, channels=[*Channel], urgent=True, among=others, choice=choice
    )
    found, mailings = wanted.cte("found"), editions.all_mailings_of(session, alert.id)
    untold = select(found.c.id, found.c.channel).where(~was_sent(mailings, found.c.id)).order_by(found.c.id)
    return dict(session.execute(untold).all())


def sizes_of(session: Session, alert: Alert) -> dict[Way, dict[str, int]]:
    """Return to how many addresses an alert could be sent again, by way and channel."""
    missed = missing(session, alert, SENT_AGAIN).subquery("missed")
    reachable = delivery.reachable_endpoints().subquery("reachable")
    same = select(missed.c.channel, func.count()).join(reachable, reachable.c.id == missed.c.endpoint_id)
    counted: dict[str, int] = dict(session.execute(same.group_by(missed.c.channel)).all())
    return {Way.SAME: counted, Way.OTHER: dict(Counter(other_addresses(session, alert, SENT_AGAIN).values()))}


def resends_of(session: Session, alert_id: int) -> Sequence[AlertResend]:
    """Return when an alert was sent again, the first time first."""
    query = select(AlertResend).where(AlertResend.alert_id == alert_id)
    return session.scalars(query.order_by(AlertResend.round)).all()
