"""Reasons that somebody must give, as they are kept."""

from tsalert.core.errors import RuleViolation

SHORTEST_REASON, LONGEST_REASON = 10, 1000


def read_reason(reason: str) -> str:
    """Return a reason as it is kept.

    :raises RuleViolation: it is too short to tell an auditor anything, or too long to be read.
    """
    kept = " ".join(reason.split())
    if len(kept) < SHORTEST_REASON:
        raise RuleViolation(f"Give the reason in at least {SHORTEST_REASON} characters.", field="reason")
    if len(kept) > LONGEST_REASON:
        raise RuleViolation(f"Give the reason in at most {LONGEST_REASON} characters.", field="reason")
    return kept
