"""What may be done about a referral, and what it must say before it leaves."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.refusals import refused
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.referrals import rules
from tsalert.referrals.rules import LEGAL, NewReferral
from tsalert.referrals.vocabulary import Act, LawfulReason, State

NOW = datetime(2026, 6, 10, 12, 0, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_an_act_out_of_turn_is_refused_with_those_that_may_be_done(state: State, act: Act) -> None:
    if act in LEGAL[state]:
        rules.require_act(state, act)
        return
    with refused(
        Conflict, f"This referral is {state.label.lower()}.", legal=tuple(each.label for each in LEGAL[state])
    ):
        rules.require_act(state, act)


@pytest.mark.parametrize("new", [NewReferral("m"), NewReferral("m", case_id=1, incident_id=2)])
def test_a_referral_is_about_one_case_or_incident(new: NewReferral) -> None:
    with refused(RuleViolation, "Name the case or the incident", field="case_id"):
        rules.require_one_subject(new)
    rules.require_one_subject(NewReferral("m", case_id=1))
    rules.require_one_subject(NewReferral("m", incident_id=1))


@pytest.mark.parametrize("part", ["victim", "caller"])
def test_particulars_are_shared_for_a_lawful_reason_alone(part: str) -> None:
    rules.require_lawful(NewReferral("m", shared=("facts",)))
    rules.require_lawful(NewReferral("m", shared=("facts", part), lawful_reason=LawfulReason.CRIME))
    with refused(RuleViolation, "Say why their particulars", field="lawful_reason"):
        rules.require_lawful(NewReferral("m", shared=("facts", part)))


def test_it_was_sent_after_it_was_written_and_not_in_a_time_to_come() -> None:
    made_at, first = NOW, NOW.replace(second=0)
    latest = NOW + timedelta(minutes=2)
    assert rules.read_sent_at(None, made_at=made_at, now=NOW) == NOW
    assert rules.read_sent_at(first, made_at=made_at, now=NOW) == first
    assert rules.read_sent_at(latest, made_at=made_at, now=NOW) == latest
    for told, message in ((latest + SECOND, "Give a time that has passed"), (first - SECOND, "That is before it was")):
        with refused(RuleViolation, message, field="sent_at"):
            rules.read_sent_at(told, made_at=made_at, now=NOW)


def test_a_contact_is_looked_at_again_after_a_year() -> None:
    today = date(2026, 6, 10)
    assert rules.is_unverified(None, today)
    assert not rules.is_unverified(today - timedelta(days=365), today)
    assert rules.is_unverified(today - timedelta(days=366), today)
