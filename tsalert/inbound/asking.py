"""Asking Twilio or Notify what became of texts and calls: they report for half an hour at most, and we may be down."""

import logging
from collections.abc import Sequence
from datetime import datetime

from flask import current_app

from tsalert.config import Settings
from tsalert.core.one_by_one import one_by_one
from tsalert.db import transaction
from tsalert.delivery.naming import message_name
from tsalert.delivery.ports import Gateway, Told, Unavailable, Witness
from tsalert.delivery.rules import Channel
from tsalert.delivery.untold import note_asked, untold
from tsalert.inbound import notify, service

_AT_ONCE = 100
_log = logging.getLogger(__name__)


def ask_again(now: datetime) -> int:
    """Ask about texts and calls that have no final state after some hours; return of how many something was heard.

    What is heard is taken as if it had been reported, so that a report which comes after all changes nothing.
    """
    gateways: tuple[Gateway, ...] = current_app.extensions["tsalert_gateways"]
    asked = [each for each in gateways if isinstance(each, Witness) and each.channel is not Channel.EMAIL]
    return sum(_ask(each, now) for each in asked)


def _ask(gateway: Witness, now: datetime) -> int:
    with transaction() as session:
        numbers = untold(session, gateway.channel, most=_AT_ONCE, now=now)
    told = _heard(gateway, [*numbers])
    if told:
        # First, so that what cannot be taken in is asked about hours later, and not before all others each time.
        with transaction() as session:
            note_asked(session, [numbers[each.reference] for each in told], now=now)
    return one_by_one(told, lambda each: _take(gateway.channel, numbers[each.reference], each, now))


def _heard(gateway: Witness, references: Sequence[str]) -> list[Told]:
    """Return what the provider says, as far as it answers; nothing is open meanwhile."""
    told: list[Told] = []
    try:
        for each in gateway.ask_after(references):
            told.append(each)  # noqa: PERF402 - what was told before a fault holds
    except Unavailable as trouble:
        _log.warning("what became of %s messages could not be asked: %s", gateway.channel, trouble)
    return told


def _take(channel: Channel, number: int, told: Told, now: datetime) -> bool:
    settings: Settings = current_app.extensions["tsalert_settings"]
    if channel is Channel.SMS and settings.texts_by_notify:
        notify.take_receipt(channel, message_name(settings.public_url, number), told.word, now=now)
    else:
        service.take_receipt(channel, told.reference, told.word, now=now, code=told.code)
    return True
