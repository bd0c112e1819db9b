"""What other capabilities ask of delivery: addresses, mailings, receipts."""

from tsalert.delivery.ending import call_off, lapse, prolong
from tsalert.delivery.endpoints import (
    NewEndpoint,
    confirm_endpoint,
    confirm_endpoints,
    erase_endpoint,
    find_or_add_endpoint,
    find_or_add_endpoints,
    lift_suppression,
    suppress,
)
from tsalert.delivery.mailings import (
    cancel,
    create_mailing,
    discard_mailing,
    enqueue,
    enqueue_one,
    pause,
    repeat_mailing,
    resume,
)
from tsalert.delivery.receipts import record_receipt
from tsalert.delivery.sparing import spare

__all__ = [
    "NewEndpoint",
    "call_off",
    "cancel",
    "confirm_endpoint",
    "confirm_endpoints",
    "create_mailing",
    "discard_mailing",
    "enqueue",
    "enqueue_one",
    "erase_endpoint",
    "find_or_add_endpoint",
    "find_or_add_endpoints",
    "lapse",
    "lift_suppression",
    "pause",
    "prolong",
    "record_receipt",
    "repeat_mailing",
    "resume",
    "spare",
    "suppress",
]
