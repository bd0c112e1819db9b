"""Reads of delivery: addresses, progress, and what became of each message."""

from collections.abc import Collection
from datetime import datetime

from flask import current_app
from msgspec import Struct
from sqlalchemy import (
    CompoundSelect,
    Exists,
    Row,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.errors import NotFound
from tsalert.core.keys import LARGEST_LONG_ID
from tsalert.delivery.models import Delivery, Endpoint, Mailing, MailingCount, SentMessage, Suppression
from tsalert.delivery.progress import NOT_LEFT, NOT_TAKEN, Progress
from tsalert.delivery.rules import Channel, EndpointStatus, SuppressionReason, address_key, mask_address
from tsalert.keysets import Order, Page, read_rows

_AT_ONCE = 500


class EndpointView(Struct, frozen=True):
    """One address as others may see it."""

    id: int
    channel: Channel
    address: str
    status: EndpointStatus
    is_suppressed: bool
    confirmed_at: datetime | None

    @property
    def masked(self) -> str:
        """The address, shown just enough for its owner to know it."""
        return mask_address(self.channel, self.address)

    @property
    def is_forgotten(self) -> bool:
        """True where nobody can tell any more which address it was."""
        return self.status is EndpointStatus.ERASED


class DeliveryRow(Struct, frozen=True):
    """One delivery in a list; its address is masked."""

    id: int
    endpoint_id: int
    channel: str
    masked: str
    status: str
    attempts: int
    error: str | None
    sent_at: datetime | None
    settled_at: datetime | None


class SentView(Struct, frozen=True):
    """A message that the recorder kept, exactly as it would have left."""

    id: int
    mailing_id: int
    channel: str
    address: str
    content: str
    subject: str
    at: datetime


def get_endpoint(session: Session, endpoint_id: int) -> EndpointView:
    """Return one endpoint.

    :raises NotFound: there is none.
    """
    row = session.execute(_endpoint_views().where(Endpoint.id == endpoint_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such address.")
    return _endpoint_view(row)


def endpoints_by_id(session: Session, endpoint_ids: Collection[int], *, lock: bool = False) -> dict[int, EndpointView]:
    """Return many endpoints at once; ``lock`` keeps others from changing them until the transaction ends."""
    found: dict[int, EndpointView] = {}
    ids = sorted(endpoint_ids)
    for start in range(0, len(ids), _AT_ONCE):
        query = _endpoint_views().where(Endpoint.id.in_(ids[start : start + _AT_ONCE])).order_by(Endpoint.id)
        rows = session.execute(query.with_for_update(of=Endpoint) if lock else query)
        found.update((row[0], _endpoint_view(row)) for row in rows)
    return found


def find_endpoint(session: Session, channel: Channel, address: str) -> EndpointView | None:
    """Return the endpoint of an address as ``rules.normalise_address`` returned it, or None."""
    mine = (Endpoint.channel == channel, Endpoint.address_key == key_of(channel, address))
    row = session.execute(_endpoint_views().where(*mine)).one_or_none()
    return None if row is None else _endpoint_view(row)


def is_suppressed(session: Session, channel: Channel, address: str) -> bool:
    """Tell whether an address must never be written to, even if nobody here has it any more."""
    mine = (Suppression.channel == channel, Suppression.address_key == key_of(channel, address))
    return bool(session.scalar(select(exists().where(*mine))))


def left_since(session: Session, endpoint_id: int) -> datetime | None:
    """Return when the owner of an address told us, or their mail provider, to stop; None where they have not.

    That nobody was there says nothing of a wish.
    """
    mine = (Endpoint.id == endpoint_id, Suppression.channel == Endpoint.channel)
    wish = (Suppression.address_key == Endpoint.address_key, Suppression.reason != SuppressionReason.BOUNCED)
    return session.scalar(select(Suppression.at).where(*mine, *wish))


def reachable_endpoints() -> Select[int, str]:
    """Return the query of (endpoint id, channel) that may be written to, for audiences to join with."""
    return select(Endpoint.id, Endpoint.channel).where(
        Endpoint.status == EndpointStatus.ACTIVE, ~_suppression_of_endpoint()
    )


def count_active(session: Session, among: Select[int] | CompoundSelect[int]) -> dict[str, int]:
    """Count by channel those of some endpoints that may be written to.

    Their state alone is read, which every suppression sets; sending looks at each suppression once more.

    :param among: a query of endpoint ids.
    """
    active = (Endpoint.status == EndpointStatus.ACTIVE, Endpoint.id.in_(among))
    rows = session.execute(select(Endpoint.channel, func.count()).where(*active).group_by(Endpoint.channel))
    return dict(rows.all())


def endpoints() -> Select[int, str, str, str, datetime]:
    """Return the query of (endpoint id, channel, address, status, since when it was known to be read).

    It is for lists of other capabilities to join with.
    """
    known_since = func.coalesce(Endpoint.confirmed_at, Endpoint.created_at).label("known_since")
    return select(Endpoint.id, Endpoint.channel, Endpoint.address, Endpoint.status, known_since)


def endpoint_standings() -> Select[int, str, str, bool]:
    """Return the query of (endpoint id, channel, status, whether it is suppressed), for counts to join with."""
    is_suppressed = _suppression_of_endpoint().label("is_suppressed")
    return select(Endpoint.id, Endpoint.channel, Endpoint.status, is_suppressed)


def progress(session: Session, mailing_id: int) -> Progress:
    """Return how far a mailing has come, from its kept counters.

    :raises NotFound: there is no such mailing.
    """
    found = progress_of_all(session, [mailing_id])
    if mailing_id not in found:
        raise NotFound("There is no such mailing.")
    return found[mailing_id]


def progress_of_all(session: Session, mailing_ids: Collection[int]) -> dict[int, Progress]:
    """Return how far each of some mailings has come, by id; two statements, however many they are."""
    if not mailing_ids:
        return {}
    counts: dict[int, dict[str, dict[str, int]]] = {}
    kept = select(MailingCount.mailing_id, MailingCount.channel, MailingCount.status, MailingCount.count)
    for mailing_id, channel, status, count in session.execute(kept.where(MailingCount.mailing_id.in_(mailing_ids))):
        counts.setdefault(mailing_id, {}).setdefault(channel, {})[status] = count
    mailings = select(Mailing.id, Mailing.state, Mailing.paused_because, Mailing.completed_at)
    return {
        mailing_id: Progress(state, because, completed_at, counts.get(mailing_id, {}))
        for mailing_id, state, because, completed_at in session.execute(mailings.where(Mailing.id.in_(mailing_ids)))
    }


def subjects_of(session: Session, mailing_ids: Collection[int]) -> dict[int, str]:
    """Return what some mailings are called, by id."""
    return dict(session.execute(select(Mailing.id, Mailing.subject).where(Mailing.id.in_(mailing_ids))).all())


def count_cancelled(mailing_ids: Select[int]) -> ScalarSelect[int]:
    """Return how many of some mailings are cancelled, as part of a statement."""
    return select(func.count()).where(Mailing.id.in_(mailing_ids), Mailing.state == "cancelled").scalar_subquery()


def was_taken(mailings: Select[int], endpoint_id: SQLColumnExpression[int], *, has_left: bool = False) -> Exists:
    """Return whether a message of some mailings came to an endpoint, may have, or is on its way, as a condition.

    :param has_left: leave out those that wait to be sent.
    """
    mine = (Delivery.mailing_id.in_(mailings), Delivery.endpoint_id == endpoint_id)
    return exists().where(*mine, Delivery.status.not_in(NOT_LEFT if has_left else NOT_TAKEN))


def doubts_of(session: Session, mailing_ids: Collection[int], *, after: int | None = None) -> Page[DeliveryRow]:
    """Return a page of some mailings' messages in doubt; each has been since it was ``settled_at``."""
    # A partial index serves only a query that names the status itself, not a parameter.
    in_doubt = (Delivery.mailing_id.in_(mailing_ids), Delivery.status == literal_column("'unknown'"))
    query = select(Delivery, Endpoint.address).join(Endpoint, Endpoint.id == Delivery.endpoint_id).where(*in_doubt)
    page = read_rows(session, query, Order(Delivery.id, is_rising=True), after=after)
    return page.told_by(lambda row: _delivery_row(*row))


def _delivery_row(row: Delivery, address: str) -> DeliveryRow:
    return DeliveryRow(
        row.id,
        row.endpoint_id,
        row.channel,
        mask_address(row.channel, address),
        row.status,
        row.attempts,
        row.error,
        row.sent_at,
        row.settled_at,
    )


def sent_messages(
    session: Session, *, mailing_id: int | None = None, channel: Channel | None = None, after: int | None = None
) -> Page[SentView]:
    """Return a page of what the recorder was handed, newest first."""
    query = _sent_views()
    if mailing_id is not None:
        query = query.where(SentMessage.mailing_id == mailing_id)
    if channel is not None:
        query = query.where(SentMessage.channel == channel)
    return read_rows(session, query, Order(SentMessage.id), after=after).told_by(lambda row: SentView(*row))


def get_sent_message(session: Session, message_id: int) -> SentView:
    """Return one message of the recorder.

    :raises NotFound: there is none.
    """
    wanted = message_id if message_id <= LARGEST_LONG_ID else 0
    row = session.execute(_sent_views().where(SentMessage.id == wanted)).one_or_none()
    if row is None:
        raise NotFound("There is no such message.")
    return SentView(*row)


def key_of(channel: Channel, address: str) -> str:
    """Return the address key under this installation's own secret."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return address_key(channel, address, settings.address_key)


def _sent_views() -> Select[int, int, str, str, str, str, datetime]:
    message = (SentMessage.id, SentMessage.mailing_id, SentMessage.channel, SentMessage.address)
    return select(*message, SentMessage.content, Mailing.subject, SentMessage.at).join(
        Mailing, Mailing.id == SentMessage.mailing_id
    )


def _endpoint_views() -> Select[int, str, str, str, bool, datetime | None]:
    return select(
        Endpoint.id,
        Endpoint.channel,
        Endpoint.address,
        Endpoint.status,
        _suppression_of_endpoint(),
        Endpoint.confirmed_at,
    )


def _endpoint_view(row: Row[int, str, str, str, bool, datetime | None]) -> EndpointView:
    endpoint_id, channel, address, status, suppressed, confirmed_at = row
    return EndpointView(endpoint_id, Channel(channel), address, EndpointStatus(status), bool(suppressed), confirmed_at)


def _suppression_of_endpoint() -> Exists:
    return exists().where(Suppression.channel == Endpoint.channel, Suppression.address_key == Endpoint.address_key)
