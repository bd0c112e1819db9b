"""What becomes of a delivery after a provider's answer, and how much a sender takes on at once. Pure."""

from datetime import datetime, timedelta
from typing import NamedTuple

from tsalert.core.words import counted
from tsalert.delivery.ports import Accepted, Answer, InDoubt, Rejected, RetryLater
from tsalert.delivery.rules import Channel, Lane, Status, SuppressionReason

FIRST_WAIT, LONGEST_WAIT = 30.0, 900.0
# Somebody waits for a page, and there are never so many that they could crowd a provider.
FIRST_WAIT_OF_PAGE, LONGEST_WAIT_OF_PAGE = 2.0, 15.0
MOST_ATTEMPTS = 20
SMALLEST_CLAIM, LARGEST_CLAIM = 10, 250
# Between two claims the connections stand still for an answer's way to a server and back. The shorter a claim, the
# more of its time goes into that; the longer, the longer an urgent message waits for its end.
_SECONDS_OF_CLAIM = 0.4
WATCHED_RESULTS, TOLERATED_FAILURES = 200, 20


class Standing(NamedTuple):
    """Where a delivery stood when it was handed over."""

    channel: Channel
    attempts: int
    doubts: int
    not_after: datetime | None
    lane: Lane = Lane.BULK


class Outcome(NamedTuple):
    """What is written down after an attempt; ``due_at`` is set where it is tried again."""

    status: Status
    doubts: int
    reference: str | None = None
    error: str | None = None
    due_at: datetime | None = None
    suppress: SuppressionReason | None = None


def outcome(answer: Answer, standing: Standing, *, now: datetime, draw: float) -> Outcome:
    """Say what a provider's answer makes of a delivery.

    A mail in doubt is sent once more under the same Message-ID, which lets the receiver drop a
    double; a text or call in doubt is never sent again by itself.

    :param draw: a random number in [0, 1), so that a crowd of retries spreads out.
    """
    doubts = standing.doubts
    if isinstance(answer, Accepted):
        return Outcome(Status.ACCEPTED, doubts, reference=answer.reference)
    if isinstance(answer, Rejected):
        is_dead = answer.suppress is SuppressionReason.BOUNCED
        status = Status.HARD_BOUNCED if is_dead else Status.FAILED
        return Outcome(status, doubts, error=answer.reason, suppress=answer.suppress)
    if isinstance(answer, InDoubt):
        if standing.channel is not Channel.EMAIL or doubts:
            return Outcome(Status.UNKNOWN, doubts + 1, error=answer.reason)
        wait = wait_before(0, asked=None, draw=draw, lane=standing.lane)
        return _again(answer.reason, standing, doubts=doubts + 1, now=now, wait=wait)
    return _after_refusal(answer, standing, now=now, draw=draw)


def wait_before(attempt: int, *, asked: float | None, draw: float, lane: Lane = Lane.BULK) -> float:
    """Return the seconds to wait before the next try: exponential from 30 s to 15 min, with full jitter.

    A page waits between 2 and 15 seconds.

    :param asked: what the provider asked for, which is always waited.
    """
    is_page = lane is Lane.PAGING
    first, longest = (FIRST_WAIT_OF_PAGE, LONGEST_WAIT_OF_PAGE) if is_page else (FIRST_WAIT, LONGEST_WAIT)
    return (asked or 0.0) + min(longest, first * 2.0 ** min(attempt, 10)) * draw


def next_claim_size(size: int, took: float, *, connections: int = 1) -> int:
    """Return how many to claim next, so that a claim lasts about 0.4 seconds: at most twice as many, at least half.

    Then an urgent message, a pause or a cancellation never waits long behind a slow provider.

    :param took: seconds that the last full claim lasted.
    :param connections: over which it was sent; of a machine that is lost, all of one claim may be in doubt.
    """
    fitting = size * 2 if took * 2 <= _SECONDS_OF_CLAIM else round(size * max(0.5, _SECONDS_OF_CLAIM / took))
    # The last round of a claim takes as long as any other, however few mails are left for it.
    whole = fitting if fitting < connections else fitting - fitting % connections
    return min(LARGEST_CLAIM * connections, max(SMALLEST_CLAIM, whole))


def _after_refusal(answer: RetryLater, standing: Standing, *, now: datetime, draw: float) -> Outcome:
    # A page ends by its time, not by its tries, and so does what found its provider down each time.
    if standing.attempts >= MOST_ATTEMPTS and standing.lane is not Lane.PAGING and not answer.is_outage:
        tries = counted(standing.attempts, "try", "tries")
        return Outcome(Status.FAILED, standing.doubts, error=f"given up after {tries}: {answer.reason}")
    wait = wait_before(standing.attempts, asked=answer.after, draw=draw, lane=standing.lane)
    return _again(answer.reason, standing, doubts=standing.doubts, now=now, wait=wait)


def _again(reason: str, standing: Standing, *, doubts: int, now: datetime, wait: float) -> Outcome:
    due_at = now + timedelta(seconds=wait)
    if standing.not_after is not None and due_at > standing.not_after:
        return Outcome(Status.UNKNOWN if doubts else Status.EXPIRED, doubts, error=reason)
    return Outcome(Status.PENDING, doubts, error=reason, due_at=due_at)
