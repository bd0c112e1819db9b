"""Where an alert may stand and which step leads where: one table, tested for every pair."""

from enum import StrEnum

from tsalert.alerts.scheduling.rules import ScheduleState
from tsalert.core.errors import Conflict
from tsalert.core.words import Word


class Status(StrEnum):
    """Where an alert stands. Its own row goes as far as ``approved``; its schedule and its mailing tell the rest."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    RETURNED = "returned"
    REJECTED = "rejected"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    HELD = "held"
    SENDING = "sending"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"


class Step(Word):
    """One thing that may be done to an alert, in the words of its page: what somebody can or cannot do."""

    EDIT = "edit", "change its text or its audience"
    SUBMIT = "submit", "submit it for approval"
    RETURN = "return", "return it to be changed"
    REJECT = "reject", "reject it for good"
    APPROVE = "approve", "approve and send it"
    SEND_ALONE = "send alone", "send it without approval"
    SEND = "send", "send it"
    SCHEDULE = "schedule", "approve it for a later time"
    START = "start", "send it now"
    HOLD = "hold", "hold it"
    CALL_OFF = "call off", "call it off"
    PAUSE = "pause", "pause it"
    RESUME = "resume", "resume it"
    WITHDRAW = "withdraw", "withdraw it for good"
    COMPLETE = "complete", "complete it"
    FAIL = "fail", "let it fail"


# A pair that is not here is refused. Editing takes an alert back to draft, so what was submitted never changes
# under an approver's eyes; a returned one must be edited before it can go anywhere. One that is approved for a moment
# to come is called off before it can be edited; one that could not start in time waits for a person. What has gone
# out, or failed to, stands on the public site, and so can be withdrawn.
TRANSITIONS: dict[tuple[Status, Step], Status] = {
    (Status.DRAFT, Step.EDIT): Status.DRAFT,
    (Status.DRAFT, Step.SUBMIT): Status.PENDING_APPROVAL,
    (Status.DRAFT, Step.SEND_ALONE): Status.APPROVED,
    (Status.PENDING_APPROVAL, Step.EDIT): Status.DRAFT,
    (Status.PENDING_APPROVAL, Step.RETURN): Status.RETURNED,
    (Status.PENDING_APPROVAL, Step.REJECT): Status.REJECTED,
    (Status.PENDING_APPROVAL, Step.APPROVE): Status.APPROVED,
    (Status.PENDING_APPROVAL, Step.SEND_ALONE): Status.APPROVED,
    (Status.PENDING_APPROVAL, Step.SCHEDULE): Status.SCHEDULED,
    (Status.SCHEDULED, Step.START): Status.SENDING,
    (Status.SCHEDULED, Step.HOLD): Status.HELD,
    (Status.SCHEDULED, Step.CALL_OFF): Status.DRAFT,
    (Status.HELD, Step.START): Status.SENDING,
    (Status.HELD, Step.CALL_OFF): Status.DRAFT,
    (Status.RETURNED, Step.EDIT): Status.DRAFT,
    (Status.APPROVED, Step.SEND): Status.SENDING,
    (Status.SENDING, Step.PAUSE): Status.PAUSED,
    (Status.SENDING, Step.WITHDRAW): Status.CANCELLED,
    (Status.SENDING, Step.COMPLETE): Status.COMPLETED,
    (Status.SENDING, Step.FAIL): Status.FAILED,
    (Status.PAUSED, Step.RESUME): Status.SENDING,
    (Status.PAUSED, Step.WITHDRAW): Status.CANCELLED,
    (Status.COMPLETED, Step.WITHDRAW): Status.CANCELLED,
    (Status.FAILED, Step.WITHDRAW): Status.CANCELLED,
}

# What the service does by itself: nobody is told that they may do it.
OWN_STEPS = frozenset({Step.SEND, Step.HOLD, Step.COMPLETE, Step.FAIL})

STATUS_WORDS: dict[Status, str] = {
    Status.DRAFT: "Draft",
    Status.PENDING_APPROVAL: "Waiting for approval",
    Status.RETURNED: "Returned to be changed",
    Status.REJECTED: "Rejected",
    Status.APPROVED: "Approved",
    Status.SCHEDULED: "Scheduled",
    Status.HELD: "Not started: decide",
    Status.SENDING: "Sending",
    Status.PAUSED: "Paused",
    Status.CANCELLED: "Withdrawn",
    Status.COMPLETED: "Sent",
    Status.FAILED: "Failed",
}


def next_status(status: Status, step: Step) -> Status:
    """Return where a step leads.

    :raises Conflict: the step is not possible now; the error lists those that somebody may take.
    """
    following = TRANSITIONS.get((status, step))
    if following is None:
        said = f"This alert is “{STATUS_WORDS[status].lower()}”, so you cannot {step.label}."
        raise Conflict(said, legal=ways_on(status))
    return following


def standing(
    stored: Status, mailing: str | None, *, total: int, accepted: int, schedule: ScheduleState | None = None
) -> Status:
    """Return where an alert stands, given the state of its mailing and how many messages providers took.

    A mailing that ended without one of them taken has failed; one without any had nobody to get it at once.

    :param schedule: the state of the approval for a moment to come, if one stands.
    """
    if stored is Status.APPROVED and mailing is None and schedule is not None:
        return Status.HELD if schedule is ScheduleState.HELD else Status.SCHEDULED
    if stored is not Status.APPROVED or mailing is None:
        return stored
    if mailing == Status.COMPLETED and total and not accepted:
        return Status.FAILED
    return Status(mailing)


def legal_steps(status: Status) -> tuple[Step, ...]:
    """Return what somebody may do to an alert as it stands; what the service does by itself is none of it."""
    return tuple(step for (at, step) in TRANSITIONS if at is status and step not in OWN_STEPS)


def ways_on(status: Status) -> list[str]:
    """Return in words what somebody may do to an alert as it stands."""
    return [step.label for step in legal_steps(status)]
