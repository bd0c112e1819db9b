"""What became of a page, in words for the timeline. Pure."""

from datetime import timedelta

from tsalert.delivery.fates import Fate
from tsalert.delivery.rules import Channel, Status
from tsalert.paging.vocabulary import Key

# A telephone rings for 40 seconds, and a call is over within the minute; a report of it comes soon after.
ANSWER_WINDOW = timedelta(minutes=3)
_TEXT = {
    Status.PENDING: "Waits to be sent",
    Status.CLAIMED: "Is being sent",
    Status.ACCEPTED: "Accepted by the provider",
    Status.SOFT_BOUNCED: "Accepted by the provider",
    Status.DELIVERED: "Delivered",
    Status.UNDELIVERED: "Not delivered",
}
_CALL = {
    Status.PENDING: "Waits to be made",
    Status.CLAIMED: "Is being made",
    Status.ACCEPTED: "Ringing",
    Status.DELIVERED: "Ended",
    Status.UNDELIVERED: "Nobody answered",
}
_EITHER = {
    Status.CANCELLED: "Withdrawn before it left",
    Status.EXPIRED: "Not sent in time",
    Status.SUPPRESSED: "Not sent: the address was erased",
}


def fate_in_words(channel: str, fate: Fate, *, is_answered: bool, pressed: str | None, waited: timedelta) -> str:
    """Say what became of an attempt; only a key that was pressed says that a person was there.

    :param waited: how long ago it was made. A call of which no end was reported does not ring for ever.
    """
    if pressed is not None:
        return f"Answered, {Key.of(pressed).label}"
    may_ring = fate.status is Status.ACCEPTED and waited <= ANSWER_WINDOW
    if is_answered:
        return "Answered, no key pressed yet" if may_ring else "Answered, no key pressed"
    if channel == Channel.VOICE and fate.status is Status.ACCEPTED and not may_ring:
        return "No answer was reported"
    if fate.status is Status.UNKNOWN:
        return f"In doubt, so it may have come or come twice: {fate.error or 'no answer'}"
    if fate.status in {Status.FAILED, Status.HARD_BOUNCED}:
        return f"Refused: {fate.error or 'without a reason'}"
    known = _CALL if channel == Channel.VOICE else _TEXT
    said = known.get(fate.status) or _EITHER.get(fate.status, fate.status)
    return f"{said}; the last try: {fate.error}" if fate.status is Status.PENDING and fate.error else said
