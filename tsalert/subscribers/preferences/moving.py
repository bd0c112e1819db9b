"""Moving to another address, or adding one: the new address confirms itself first. Steps of both doors."""

from datetime import datetime

from flask import current_app
from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.clock import as_utc
from tsalert.core.errors import NotFound, RuleViolation, TooManyTries
from tsalert.db import transaction
from tsalert.delivery import service as delivery
from tsalert.delivery.queries import endpoints_by_id, get_endpoint
from tsalert.delivery.rules import Channel, EndpointStatus, Lane
from tsalert.subscribers.asking import CALLED_US_SPAM, may_cost, require_served
from tsalert.subscribers.contacts import read_contact, require_private
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint
from tsalert.subscribers.oneness import who_is
from tsalert.subscribers.preferences import rules, wording
from tsalert.subscribers.preferences.acting import By, by_reader, note_act, note_consent
from tsalert.subscribers.preferences.choosing import start
from tsalert.subscribers.preferences.forgetting import forget_address
from tsalert.subscribers.preferences.models import AddressMove
from tsalert.subscribers.preferences.readers import addresses_of, lock_subscriber, open_subscriptions, require_address
from tsalert.subscribers.preferences.stopping import end_at, unlink
from tsalert.subscribers.preferences.tokens import move_signer
from tsalert.subscribers.preferences.visits import end_visits
from tsalert.subscribers.rules import (
    CONFIRM_LIFE,
    EVERY_TOPIC,
    WORDINGS,
    Act,
    EndedReason,
    Frequency,
)
from tsalert.visitors.limiting import spend
from tsalert.visitors.rules import mailbox_of

_WRONG = "This link does not work. It may have been cut short: copy the whole of it, or ring us."
_ASKED_TOO_OFTEN = "This address was asked three times within the hour. Try again in an hour."


class Over(RuleViolation):
    """A link to a new address that cannot be used any more; the message says why."""


class MoveView(Struct, frozen=True):
    """A move as the reader of the new address may see it; ``is_done`` where alerts go there."""

    masked: str
    is_done: bool


def ask_to_move(session: Session, subscriber_id: int, old: int | None, contact: str, *, by: By) -> None:
    """Ask a new address to confirm itself; nothing changes until it does.

    A landline cannot follow a link, so an officer who heard its owner agree is taken at their word.

    :param old: the address that the new one replaces; None where it comes on top.
    :raises NotFound: there is no such subscriber, or they do not read the old address.
    :raises RuleViolation: the contact is not valid, or is a landline that no officer speaks for; nothing comes to
        the old address any more; or an officer has the new one asked too often, or it may not be asked.
    """
    lock_subscriber(session, subscriber_id)
    if old is not None:
        _require_leavable(session, subscriber_id, old, by=by)
    channel, address = read_contact(contact)
    require_served(channel)
    if by.is_reader:
        _require_free_to_ask(session, subscriber_id, channel, address, by.now)
    new = delivery.find_or_add_endpoint(session, channel, address, status=EndpointStatus.UNCONFIRMED, now=by.now)
    if new == old:
        raise RuleViolation("Your alerts come to this address already.", field="contact")
    move = AddressMove(
        subscriber_id=subscriber_id,
        old_endpoint_id=old,
        new_endpoint_id=new,
        asked_by=by.actor.officer_id,
        asked_at=by.now,
    )
    session.add(move)
    session.flush()
    note_act(session, "asked to move", subscriber_id, by=by, move=move.id)
    if channel is Channel.VOICE:
        _carry_out(session, move, by=by)
    elif _may_ask(session, channel, address, by=by):
        _send(session, move, by=by)


def look_at_move(session: Session, token: str, *, now: datetime) -> MoveView:
    """Return what a link confirms, or has confirmed; nothing is changed.

    :raises NotFound: the link is not ours.
    :raises Over: it is too old, there is nothing to move any more, or what was moved has stopped since.
    """
    move = _find(session, token)
    _require_usable(session, move, now)
    return MoveView(get_endpoint(session, move.new_endpoint_id).masked, is_done=move.done_at is not None)


def confirm_move(token: str, *, now: datetime) -> None:
    """Let alerts go to a new address, because its reader confirmed it; again changes nothing.

    :raises NotFound: the link is not ours.
    :raises Over: it is too old, there is nothing to move any more, or what was moved has stopped since.
    """
    with transaction() as session:
        move = _find(session, token)
        ends = {move.new_endpoint_id, move.old_endpoint_id or move.new_endpoint_id}
        endpoints_by_id(session, ends, lock=True)  # who leaves at this moment has left before we look
        session.refresh(move, with_for_update=True)
        _require_usable(session, move, now)
        if move.done_at is None:
            _carry_out(session, move, by=by_reader(now))


def _find(session: Session, token: str) -> AddressMove:
    number = move_signer().read(token)
    move = session.get(AddressMove, number) if number is not None else None
    if move is None:
        raise NotFound(_WRONG)
    return move


def _require_leavable(session: Session, subscriber_id: int, old: int, *, by: By) -> None:
    require_address(session, subscriber_id, old)
    if open_subscriptions(session, subscriber_id, old):
        return
    if not by.is_reader and get_endpoint(session, old).status is EndpointStatus.BOUNCED:
        raise RuleViolation(
            "Messages to that address came back, so nothing goes there any more. Add the new one to the others.",
            field="replaces",
        )
    raise RuleViolation("Alerts to the old address have stopped: there is nothing to move. Start them again first.")


def _require_usable(session: Session, move: AddressMove, now: datetime) -> None:
    if move.done_at is None:
        _require_movable(session, move, now)
    elif not open_subscriptions(session, who_is(session, move.subscriber_id), move.new_endpoint_id):
        raise Over("This link has done its work, and what it moved has stopped or moved on since.")


def _require_movable(session: Session, move: AddressMove, now: datetime) -> None:
    if as_utc(now) - as_utc(move.asked_at) > CONFIRM_LIFE:
        raise Over("This link is more than 7 days old. Ask for the change again.")
    subscriber = session.get_one(Subscriber, move.subscriber_id)
    old = move.old_endpoint_id
    is_gone = old is not None and not open_subscriptions(session, move.subscriber_id, old)
    if subscriber.erased_at is not None or is_gone or get_endpoint(session, move.new_endpoint_id).is_forgotten:
        raise Over("These alerts have stopped since. Sign up with your new address.")


def _carry_out(session: Session, move: AddressMove, *, by: By) -> None:
    subscriber_id, old, new = move.subscriber_id, move.old_endpoint_id, move.new_endpoint_id
    move.done_at = by.now
    lock_subscriber(session, subscriber_id, and_address=new)
    wanted = _wanted(session, subscriber_id, old)
    if new not in addresses_of(session, subscriber_id):
        channel, left = get_endpoint(session, new).channel, session.get(SubscriberEndpoint, (subscriber_id, old or 0))
        link = SubscriberEndpoint(subscriber_id=subscriber_id, endpoint_id=new, channel=channel)
        link.paused_until = left.paused_until if left else None
        session.add(link)
    delivery.lift_suppression(session, new, status=EndpointStatus.ACTIVE, now=by.now)
    held = open_subscriptions(session, subscriber_id, new)
    start(session, (subscriber_id, new), {topic: pace for topic, pace in wanted.items() if topic not in held}, by=by)
    act = Act.CONFIRMED if by.is_reader else Act.GIVEN
    note_consent(session, subscriber_id, new, (act, WORDINGS[by.method]), by=by)
    if old is not None:
        end_at(session, subscriber_id, old, EndedReason.MOVED, by=by, words=wording.MOVED)
        unlink(session, subscriber_id, old)
        end_visits(session, subscriber_id, old, now=by.now)
        forget_address(session, old)
    note_act(session, "moved" if old is not None else "added an address", subscriber_id, by=by, move=move.id)


def _wanted(session: Session, subscriber_id: int, old: int | None) -> dict[str, str]:
    """Return what a new address is to get: what the old one gets, or else any other of the same person."""
    for endpoint_id in [old] if old is not None else addresses_of(session, subscriber_id):
        held = open_subscriptions(session, subscriber_id, endpoint_id)
        if held:
            return {topic: each.frequency for topic, each in held.items()}
    return {EVERY_TOPIC: Frequency.IMMEDIATE}


def _require_free_to_ask(session: Session, subscriber_id: int, channel: Channel, address: str, now: datetime) -> None:
    """Refuse a reader who would have us ring, or write to one stranger after another.

    :raises RuleViolation: it is a landline, or costs more than an ordinary text.
    :raises TooManyTries: they asked for too many moves within the hour.
    """
    if channel is Channel.VOICE:
        raise RuleViolation("Enter a mobile number. To get alerts on a landline, ring us.", field="contact")
    require_private(channel, address)
    most, span = rules.MOVES_PER_READER, rules.WATCHED_SPAN
    if not spend(session, "moves of", str(subscriber_id), most=most, within=span, now=now):
        raise TooManyTries("You have named many addresses. Try again in an hour, or ring us.")


def _may_ask(session: Session, channel: Channel, address: str, *, by: By) -> bool:
    """Tell whether a new address may be asked; one that was asked too often is not asked again, and no reader can tell.

    What an officer decides is not held by what texts may cost.

    :raises RuleViolation: an officer has it asked too often.
    """
    most, span = rules.MOVES_PER_ADDRESS, rules.WATCHED_SPAN
    if not spend(session, "move", mailbox_of(address), most=most, within=span, now=by.now):
        if by.is_reader:
            return False
        raise RuleViolation(_ASKED_TOO_OFTEN, field="contact")
    return not by.is_reader or may_cost(session, channel, address, now=by.now)


def _send(session: Session, move: AddressMove, *, by: By) -> None:
    """Write to the new address; where that is never done, an officer hears of it, and no reader can tell.

    :raises RuleViolation: saying so.
    """
    settings: Settings = current_app.extensions["tsalert_settings"]
    link = f"{settings.public_url}/preferences/move/{move_signer().sign(move.id)}"
    content = wording.moving(authority=settings.authority_name, link=link)
    not_after = by.now + CONFIRM_LIFE
    mailing_id = delivery.create_mailing(session, content, lane=Lane.TRANSACTIONAL, now=by.now, not_after=not_after)
    if not delivery.enqueue_one(session, mailing_id, move.new_endpoint_id, now=by.now) and not by.is_reader:
        raise RuleViolation(CALLED_US_SPAM, field="contact")
