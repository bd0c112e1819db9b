"""What Notify's errors mean, as data. Pure.

Source: https://docs.notifications.service.gov.uk/python.html (error codes), which keeps the status and the type of an
error as they are, and rewords its message at any time: so no message is read here.
"""

from enum import StrEnum

from tsalert.delivery.ports import Answer, InDoubt, Rejected, RetryLater, Unavailable


class Meaning(StrEnum):
    """What we do about an error."""

    REFUSED = "this message is never taken"
    LATER = "try again later"
    TOO_FAST = "nobody's message is taken for some seconds"
    SPENT = "nobody's message is taken until midnight, or until the limit is raised"
    STOPPED = "nothing can be sent until somebody puts our account right"
    DOUBTFUL = "it may have been taken"


MEANINGS: dict[tuple[int, str], Meaning] = {
    (400, "BadRequestError"): Meaning.REFUSED,  # trial mode, team-only key, too long, abroad
    (400, "ValidationError"): Meaning.REFUSED,  # an address that is none
    (401, "AuthError"): Meaning.STOPPED,  # no token came with it
    (403, "AuthError"): Meaning.STOPPED,  # key revoked or not known, or our clock is off
    (403, "BadRequestError"): Meaning.STOPPED,  # the same in newer words
    (404, "NoResultFound"): Meaning.STOPPED,  # no such service
    (429, "RateLimitError"): Meaning.TOO_FAST,  # 3,000 a minute
    (429, "TooManyRequestsError"): Meaning.SPENT,  # the day's limit
    (500, "Exception"): Meaning.DOUBTFUL,  # it broke, before or after it took the message
}
_BY_STATUS = {
    401: Meaning.STOPPED,
    403: Meaning.STOPPED,
    404: Meaning.STOPPED,
    405: Meaning.STOPPED,
    429: Meaning.TOO_FAST,
    503: Meaning.LATER,
}
_SECONDS = {Meaning.TOO_FAST: 5.0, Meaning.SPENT: 300.0}


def verdict(status: int, kind: str, reason: str, *, after: float | None = None) -> Answer:
    """Read an error that Notify answered with.

    :param status: of HTTP.
    :param kind: the type of the first error, such as ``BadRequestError``; "" where the answer named none.
    :param after: what a Retry-After asked for, in seconds.
    :raises Unavailable: no message can be sent just now, whoever it is for.
    """
    said = f"{status} {kind}: {reason}" if kind else f"{status}: {reason}"
    meaning = meaning_of(status, kind)
    if meaning is Meaning.STOPPED:
        raise Unavailable(f"Notify refuses us: {said}", after=after)
    if meaning in _SECONDS:
        raise Unavailable(f"Notify takes no more just now: {said}", after=after or _SECONDS[meaning])
    if meaning is Meaning.LATER:
        return RetryLater(said, after)
    return InDoubt(said) if meaning is Meaning.DOUBTFUL else Rejected(said)


def meaning_of(status: int, kind: str) -> Meaning:
    """Return what an error means; one that is not in the table is judged by its status."""
    by_status = _BY_STATUS.get(status, Meaning.DOUBTFUL if status >= 500 else Meaning.REFUSED)
    return MEANINGS.get((status, kind), by_status)
