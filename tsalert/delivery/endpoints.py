"""Addresses: found, added, confirmed, suppressed, erased. Steps of other capabilities' use cases."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.db import insert_ignoring_conflicts
from tsalert.delivery.models import Endpoint, Suppression
from tsalert.delivery.queries import key_of
from tsalert.delivery.rules import Channel, EndpointStatus, SuppressionReason

_AT_ONCE = 500
_STATUS_AFTER = {
    SuppressionReason.OPTED_OUT: EndpointStatus.OPTED_OUT,
    SuppressionReason.BOUNCED: EndpointStatus.BOUNCED,
    SuppressionReason.COMPLAINED: EndpointStatus.COMPLAINED,
}


# The weightiest stays: that nobody is there takes back no wish, and who called us spam is not even asked to come back.
_WEIGHTS = (SuppressionReason.BOUNCED, SuppressionReason.OPTED_OUT, SuppressionReason.COMPLAINED)


class NewEndpoint(Struct, frozen=True):
    """An address to find or add; ``address`` as ``rules.normalise_address`` returned it."""

    channel: Channel
    address: str
    status: EndpointStatus


def find_or_add_endpoint(
    session: Session, channel: Channel, address: str, *, status: EndpointStatus, now: datetime
) -> int:
    """Return the id of an address's endpoint, adding it with ``status`` where there is none.

    An endpoint that exists keeps its status: see ``confirm_endpoint`` and ``lift_suppression``.

    :param address: as ``rules.normalise_address`` returned it.
    """
    key = key_of(channel, address)
    known = _ids_by_key(session, [key]).get(key)
    return known or find_or_add_endpoints(session, [NewEndpoint(channel, address, status)], now=now)[0]


def find_or_add_endpoints(session: Session, wanted: Sequence[NewEndpoint], *, now: datetime) -> list[int]:
    """Return the endpoint ids of many addresses, in their order, adding those that are new."""
    keys = [key_of(each.channel, each.address) for each in wanted]
    rows: dict[str, dict[str, object]] = {}
    for key, each in zip(keys, wanted, strict=True):
        rows.setdefault(key, _row(each, key, now))
    if rows:
        # With something to return they travel many to a statement.
        adding = insert_ignoring_conflicts(session, Endpoint).returning(Endpoint.id)
        session.connection().execute(adding, list(rows.values()))
    found = _ids_by_key(session, list(rows))
    return [found[key] for key in keys]


def confirm_endpoint(session: Session, endpoint_id: int, *, now: datetime) -> None:
    """Mark an unconfirmed address as confirmed by its owner; any other status stays."""
    confirm_endpoints(session, [endpoint_id], now=now)


def confirm_endpoints(session: Session, endpoint_ids: Collection[int], *, now: datetime) -> None:
    """Mark those of many addresses as confirmed that are unconfirmed; any other status stays."""
    ids = sorted(endpoint_ids)
    for start in range(0, len(ids), _AT_ONCE):
        some = Endpoint.id.in_(ids[start : start + _AT_ONCE])
        confirming = update(Endpoint).where(some, Endpoint.status == EndpointStatus.UNCONFIRMED)
        session.execute(confirming.values(status=EndpointStatus.ACTIVE, confirmed_at=now))


def suppress(session: Session, endpoint_id: int, reason: SuppressionReason, now: datetime) -> None:
    """Never write to this address again, for the weightiest of all reasons; repeating it changes nothing."""
    endpoint = _lock(session, endpoint_id)
    if endpoint.status == EndpointStatus.ERASED:
        return
    values = {"channel": endpoint.channel, "address_key": endpoint.address_key, "reason": reason, "at": now}
    session.execute(insert_ignoring_conflicts(session, Suppression).values(values))
    mine = (Suppression.channel == endpoint.channel, Suppression.address_key == endpoint.address_key)
    lighter = _WEIGHTS[: _WEIGHTS.index(reason)]
    session.execute(update(Suppression).where(*mine, Suppression.reason.in_(lighter)).values(reason=reason, at=now))
    endpoint.status = _STATUS_AFTER[SuppressionReason(session.scalars(select(Suppression.reason).where(*mine)).one())]


def lift_suppression(session: Session, endpoint_id: int, *, status: EndpointStatus, now: datetime) -> None:
    """Let an address be written to again, because its owner asked; it takes the status given."""
    endpoint = _lock(session, endpoint_id)
    of_address = (Suppression.channel == endpoint.channel, Suppression.address_key == endpoint.address_key)
    session.execute(delete(Suppression).where(*of_address))
    endpoint.status = status
    if status is EndpointStatus.ACTIVE:
        endpoint.confirmed_at = now


def erase_endpoint(session: Session, endpoint_id: int) -> None:
    """Forget an address; what was sent to it stays counted, and a suppression of it stays in force."""
    endpoint = _lock(session, endpoint_id)
    endpoint.address = ""
    endpoint.address_key = f"erased:{endpoint_id}"
    endpoint.status = EndpointStatus.ERASED


def _row(new: NewEndpoint, key: str, now: datetime) -> dict[str, object]:
    return {
        "channel": new.channel,
        "address": new.address,
        "address_key": key,
        "status": new.status,
        "created_at": now,
        "confirmed_at": now if new.status is EndpointStatus.ACTIVE else None,
    }


def _ids_by_key(session: Session, keys: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        query = select(Endpoint.address_key, Endpoint.id).where(
            Endpoint.channel.in_(tuple(Channel)), Endpoint.address_key.in_(some)
        )
        found.update((key, endpoint_id) for key, endpoint_id in session.execute(query))
    return found


def _lock(session: Session, endpoint_id: int) -> Endpoint:
    query = select(Endpoint).where(Endpoint.id == endpoint_id).with_for_update()
    endpoint = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if endpoint is None:
        raise NotFound("There is no such address.")
    return endpoint
