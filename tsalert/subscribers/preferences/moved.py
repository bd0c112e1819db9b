"""Addresses that somebody moved to: what came to the old one has come to its reader."""

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session, aliased

from tsalert.delivery.recipients import Mailings, was_taken_before
from tsalert.subscribers.preferences.models import AddressMove


def moved_with(mailings: Mailings) -> Select[int]:
    """Return the query of the addresses to which people moved after a message of some mailings came to the old one.

    Two moves are followed, the second from where the first one led.
    """
    move, second = aliased(AddressMove), aliased(AddressMove)
    had = (move.done_at.is_not(None), was_taken_before(mailings, move.old_endpoint_id, move.done_at))
    once = select(move.new_endpoint_id).where(*had)
    twice = select(second.new_endpoint_id).join(move, move.new_endpoint_id == second.old_endpoint_id)
    moved = union_all(once, twice.where(*had, second.done_at >= move.done_at)).subquery()
    return select(moved.c.new_endpoint_id)


def moves_of(session: Session, subscriber_id: int) -> list[tuple[int, int]]:
    """Return (old endpoint id, new endpoint id) of the moves that somebody made, in their order."""
    mine = (AddressMove.subscriber_id == subscriber_id, AddressMove.done_at.is_not(None))
    query = select(AddressMove.old_endpoint_id, AddressMove.new_endpoint_id).where(*mine)
    rows = session.execute(query.order_by(AddressMove.done_at, AddressMove.id))
    return [(old, new) for old, new in rows if old is not None]
