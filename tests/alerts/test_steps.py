import pytest

from tsalert.alerts.scheduling.rules import ScheduleState
from tsalert.alerts.steps import STATUS_WORDS, TRANSITIONS, Status, Step, legal_steps, next_status, standing
from tsalert.core.errors import Conflict

# Written out again, as an officer would say it, so that a slip in the table shows.
LEGAL = {
    "a draft is edited": (Status.DRAFT, Step.EDIT, Status.DRAFT),
    "a draft is submitted": (Status.DRAFT, Step.SUBMIT, Status.PENDING_APPROVAL),
    "a draft is sent alone": (Status.DRAFT, Step.SEND_ALONE, Status.APPROVED),
    "a waiting one is edited": (Status.PENDING_APPROVAL, Step.EDIT, Status.DRAFT),
    "a waiting one is returned": (Status.PENDING_APPROVAL, Step.RETURN, Status.RETURNED),
    "a waiting one is rejected": (Status.PENDING_APPROVAL, Step.REJECT, Status.REJECTED),
    "a waiting one is approved": (Status.PENDING_APPROVAL, Step.APPROVE, Status.APPROVED),
    "a waiting one is sent alone": (Status.PENDING_APPROVAL, Step.SEND_ALONE, Status.APPROVED),
    "a waiting one is approved for later": (Status.PENDING_APPROVAL, Step.SCHEDULE, Status.SCHEDULED),
    "a scheduled one starts": (Status.SCHEDULED, Step.START, Status.SENDING),
    "a scheduled one is too late": (Status.SCHEDULED, Step.HOLD, Status.HELD),
    "a scheduled one is called off": (Status.SCHEDULED, Step.CALL_OFF, Status.DRAFT),
    "a late one is started by a person": (Status.HELD, Step.START, Status.SENDING),
    "a late one is called off": (Status.HELD, Step.CALL_OFF, Status.DRAFT),
    "a returned one is edited": (Status.RETURNED, Step.EDIT, Status.DRAFT),
    "an approved one is sent": (Status.APPROVED, Step.SEND, Status.SENDING),
    "sending is paused": (Status.SENDING, Step.PAUSE, Status.PAUSED),
    "one on its way is withdrawn": (Status.SENDING, Step.WITHDRAW, Status.CANCELLED),
    "sending is completed": (Status.SENDING, Step.COMPLETE, Status.COMPLETED),
    "sending fails": (Status.SENDING, Step.FAIL, Status.FAILED),
    "a paused one is resumed": (Status.PAUSED, Step.RESUME, Status.SENDING),
    "a paused one is withdrawn": (Status.PAUSED, Step.WITHDRAW, Status.CANCELLED),
    "a sent one is withdrawn": (Status.COMPLETED, Step.WITHDRAW, Status.CANCELLED),
    "a failed one is withdrawn": (Status.FAILED, Step.WITHDRAW, Status.CANCELLED),
}
PAIRS = {(status, step): following for status, step, following in LEGAL.values()}


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("status", Status)
def test_every_pair_of_state_and_step_leads_where_it_should_or_nowhere(status: Status, step: Step) -> None:
    if (status, step) in PAIRS:
        assert next_status(status, step) is PAIRS[status, step]
        return
    with pytest.raises(Conflict) as refused:
        next_status(status, step)
    assert refused.value.legal == tuple(each.label for each in legal_steps(status))
    assert step.label not in refused.value.legal


def test_what_may_be_done_instead_names_no_step_that_only_the_service_takes() -> None:
    with pytest.raises(Conflict) as refused:
        next_status(Status.SENDING, Step.EDIT)
    assert refused.value.legal == ("pause it", "withdraw it for good")


def test_nothing_leads_out_of_an_end() -> None:
    ends = {Status.REJECTED, Status.CANCELLED}
    assert {*Status} - {status for status, _ in TRANSITIONS} == ends


def test_nothing_is_approved_but_by_approval() -> None:
    ways = {step for (_, step), following in TRANSITIONS.items() if following is Status.APPROVED}
    assert ways == {Step.APPROVE, Step.SEND_ALONE}


def test_every_state_has_its_words() -> None:
    assert set(STATUS_WORDS) == set(Status)


@pytest.mark.parametrize(
    ("stored", "mailing", "total", "accepted", "expected"),
    [
        pytest.param(Status.DRAFT, None, 0, 0, Status.DRAFT, id="a draft has no mailing"),
        pytest.param(Status.APPROVED, None, 0, 0, Status.APPROVED, id="approved and not handed over"),
        pytest.param(Status.APPROVED, "sending", 3, 0, Status.SENDING, id="on its way"),
        pytest.param(Status.APPROVED, "paused", 4, 3, Status.PAUSED, id="held half-way"),
        pytest.param(Status.APPROVED, "cancelled", 4, 3, Status.CANCELLED, id="stopped"),
        pytest.param(Status.APPROVED, "completed", 4, 1, Status.COMPLETED, id="one was taken"),
        pytest.param(Status.APPROVED, "completed", 4, 0, Status.FAILED, id="none was taken"),
        pytest.param(Status.APPROVED, "completed", 0, 0, Status.COMPLETED, id="nobody gets it at once"),
    ],
)
def test_an_approved_alert_stands_where_its_mailing_stands(
    stored: Status, mailing: str | None, total: int, accepted: int, expected: Status
) -> None:
    assert standing(stored, mailing, total=total, accepted=accepted) is expected


@pytest.mark.parametrize(
    ("stored", "mailing", "schedule", "expected"),
    [
        pytest.param(Status.APPROVED, None, ScheduleState.WAITING, Status.SCHEDULED, id="its moment is to come"),
        pytest.param(Status.APPROVED, None, ScheduleState.HELD, Status.HELD, id="it could not start"),
        pytest.param(Status.APPROVED, "sending", ScheduleState.WAITING, Status.SENDING, id="it has gone out"),
        pytest.param(Status.DRAFT, None, ScheduleState.WAITING, Status.DRAFT, id="a draft goes nowhere"),
    ],
)
def test_an_alert_approved_for_later_stands_where_its_schedule_stands(
    stored: Status, mailing: str | None, schedule: ScheduleState, expected: Status
) -> None:
    assert standing(stored, mailing, total=3, accepted=0, schedule=schedule) is expected
