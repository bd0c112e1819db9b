"""Keeping what would have been sent, where nothing is sent."""

from collections.abc import Sequence
from datetime import datetime

from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.delivery.models import SentMessage
from tsalert.delivery.ports import Message


def record_sent(messages: Sequence[Message], *, now: datetime) -> None:
    """Keep messages, each delivery's once however often it is handed over."""
    rows = [
        {
            "delivery_id": message.delivery_id,
            "mailing_id": message.mailing_id,
            "channel": message.channel,
            "address": message.address,
            "content": message.content.decode(),
            "at": now,
        }
        for message in messages
    ]
    with transaction() as session:
        session.execute(insert_ignoring_conflicts(session, SentMessage), rows)
