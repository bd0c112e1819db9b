"""What Twilio's error codes mean, as data. Pure.

Source: https://www.twilio.com/docs/api/errors
"""

from enum import StrEnum

from tsalert.delivery.ports import Answer, InDoubt, Rejected, RetryLater, Unavailable
from tsalert.delivery.rules import SuppressionReason


class Meaning(StrEnum):
    """What we do about a code."""

    LEFT = "the person has told Twilio to stop"
    DEAD = "the number cannot be reached this way"
    REFUSED = "this message is never taken"
    LATER = "try again later"
    STOPPED = "nothing can be sent until somebody puts our account right"


MEANINGS: dict[int, Meaning] = {
    10001: Meaning.STOPPED,  # account is not active
    10004: Meaning.LATER,  # too many calls at once
    13223: Meaning.DEAD,  # number to call is malformed
    13224: Meaning.DEAD,  # number to call is not valid
    13225: Meaning.REFUSED,  # number to call is blocked
    13227: Meaning.STOPPED,  # no permission to call the region
    20003: Meaning.STOPPED,  # authentication failed
    20005: Meaning.STOPPED,  # account not active
    20429: Meaning.LATER,  # too many requests
    21201: Meaning.DEAD,  # no number to call
    21205: Meaning.STOPPED,  # the address of our webhook is none
    21210: Meaning.STOPPED,  # "from" is not a number that we may call from
    21211: Meaning.DEAD,  # invalid "to" number
    21212: Meaning.STOPPED,  # invalid "from" number
    21213: Meaning.STOPPED,  # no number to call from
    21214: Meaning.DEAD,  # "to" cannot be reached
    21215: Meaning.STOPPED,  # no permission to call the region
    21216: Meaning.REFUSED,  # calls to this number are not allowed
    21217: Meaning.DEAD,  # number seems invalid
    21265: Meaning.DEAD,  # "to" cannot be a short code
    21408: Meaning.STOPPED,  # no permission for the region
    21602: Meaning.REFUSED,  # body is required
    21603: Meaning.STOPPED,  # "from" is required
    21604: Meaning.DEAD,  # "to" is required
    21606: Meaning.STOPPED,  # "from" is not ours or takes no texts
    21610: Meaning.LEFT,  # recipient has replied STOP
    21611: Meaning.LATER,  # queue of this sender is full
    21612: Meaning.REFUSED,  # this "from" cannot reach this "to"
    21614: Meaning.DEAD,  # not a mobile number
    21617: Meaning.REFUSED,  # body is too long
    21635: Meaning.DEAD,  # a landline
    21703: Meaning.STOPPED,  # messaging service has no sender
    21705: Meaning.STOPPED,  # messaging service does not exist
    30001: Meaning.LATER,  # queue overflow
    30002: Meaning.STOPPED,  # account suspended
    30042: Meaning.STOPPED,  # networks block this sender
}
_TOO_MANY, _GONE_FOR_NOW = 429, 503


def verdict(status: int, code: int | None, reason: str, *, after: float | None = None) -> Answer:
    """Read an error that Twilio answered with.

    :param status: of HTTP.
    :param after: what Twilio's Retry-After asked for, in seconds.
    :raises Unavailable: no message can be sent until the account is mended.
    """
    said = f"{code or status}: {reason}"
    meaning = MEANINGS.get(code or 0)
    if meaning is Meaning.STOPPED or (meaning is None and status in {401, 403}):
        raise Unavailable(f"Twilio refuses us: {said}", after=after)
    if meaning is Meaning.LATER or (meaning is None and status in {_TOO_MANY, _GONE_FOR_NOW}):
        return RetryLater(said, after)
    if meaning is Meaning.LEFT:
        return Rejected(said, SuppressionReason.OPTED_OUT)
    if meaning is Meaning.DEAD:
        return Rejected(said, SuppressionReason.BOUNCED)
    return InDoubt(said) if status >= 500 else Rejected(said)
