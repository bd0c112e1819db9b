"""Stopping a mailing that fails too often, before the rest of it is burnt."""

from collections import deque
from collections.abc import Mapping, Sequence
from threading import Lock

from sqlalchemy.orm import Session

from tsalert.delivery.claiming import Claimed
from tsalert.delivery.mailings import pause_if_sending
from tsalert.delivery.retries import TOLERATED_FAILURES, WATCHED_RESULTS, Outcome
from tsalert.delivery.rules import Status

_FAILURES = frozenset({Status.FAILED, Status.HARD_BOUNCED, Status.UNKNOWN})
_MAILINGS_WATCHED = 100
REASON = "Paused by itself: more than 10% of the last 200 messages failed."


class FailureWatch:
    """Remembers the last 200 results of each mailing; shared by the senders of a worker."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._results: dict[int, deque[bool]] = {}

    def pause_failing(self, session: Session, claimed: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> None:
        """Note a batch of results and pause the mailings of which too many failed; a step."""
        for mailing_id in self._note(claimed, outcomes):
            pause_if_sending(session, mailing_id, because=REASON)

    def _note(self, claimed: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> list[int]:
        with self._lock:
            for each in claimed:
                if each.id in outcomes:
                    results = self._results.setdefault(each.mailing_id, deque(maxlen=WATCHED_RESULTS))
                    results.append(outcomes[each.id].status in _FAILURES)
            failing = [number for number, results in self._results.items() if sum(results) > TOLERATED_FAILURES]
            # One that failed starts afresh when an officer lets it go on; the oldest are forgotten.
            for mailing_id in {*failing, *list(self._results)[:-_MAILINGS_WATCHED]}:
                del self._results[mailing_id]
        return sorted(failing)
