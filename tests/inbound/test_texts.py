"""A text to the service's number becomes a call that waits for an officer."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, settle, shown, subscribe
from tests.conftest import NOW
from tsalert.alerts import editions
from tsalert.alerts import queries as alerts
from tsalert.alerts import service as alerting
from tsalert.alerts.figures import quoting
from tsalert.core.actors import Actor
from tsalert.inbound.models import InboundMessage
from tsalert.inbound.service import take_message
from tsalert.response.models import Call
from tsalert.response.vocabulary import Disposition, Line
from tsalert.telephone.wording import missed_notice, text_answer

ALEX, SAM = "+447700900123", "+447700900124"
MINUTE = timedelta(minutes=1)
_numbers = count(1)


def text(body: str, *, sender: str = ALEX, at: datetime = NOW) -> str:
    return take_message(f"SM{next(_numbers):032}", sender, body, now=at)


def calls(session: Session) -> Sequence[Call]:
    return session.scalars(select(Call).order_by(Call.id).execution_options(populate_existing=True)).all()


def test_a_text_becomes_a_call_that_waits_and_its_sender_hears_so(session: Session) -> None:
    answer = text("There is a man at my door")
    (call,) = calls(session)
    assert (call.line, call.disposition, call.happening) == (
        Line.RAPID_SMS,
        Disposition.WAITING,
        "There is a man at my door",
    )
    assert (call.phone, call.phone_e164, call.received_at) == (ALEX, ALEX, NOW)
    assert session.scalars(select(InboundMessage.call_id)).one() == call.id
    assert "Ring 999" in answer
    assert "07700 900461" in answer


def test_the_same_text_reported_twice_is_one_call(session: Session) -> None:
    first = take_message("SM1", ALEX, "Help me please", now=NOW)
    assert take_message("SM1", ALEX, "Help me please", now=NOW + MINUTE) == first
    assert len(calls(session)) == 1


def test_who_goes_on_texting_goes_on_with_the_same_call_and_is_answered_once_an_hour(session: Session) -> None:
    assert text("A man is here")
    assert text("He wants cash", at=NOW + MINUTE) == ""
    assert text("My neighbour says no", sender=SAM, at=NOW + MINUTE)
    assert [call.happening for call in calls(session)] == ["A man is here\nHe wants cash", "My neighbour says no"]
    assert text("He is back", at=NOW + 61 * MINUTE)
    assert len(calls(session)) == 3


def test_a_text_from_somebody_who_was_texted_an_alert_waits_with_its_number_and_stands_by_it(
    session: Session, officer: Callable[..., Actor]
) -> None:
    author, approver = officer(), officer()
    subscribe(session, ALEX)
    session.commit()
    alert_id = alerting.write_draft(new_draft(), actor=author, now=NOW)
    alerting.submit(alert_id, actor=author, now=NOW)
    alerting.approve(alert_id, shown(alert_id), actor=approver, now=NOW)
    (mailing_id,) = editions.mailings_of(session, alert_id).values()
    settle(session, mailing_id, "delivered")
    reference = alerts.get_alert(session, alert_id).reference
    text("They are here now", at=NOW + MINUTE)
    text("They are here now", sender=SAM, at=NOW + MINUTE)
    text("Is it over?", at=NOW + timedelta(days=4))
    first, other, late = calls(session)
    assert first.happening == f"After our alert {reference} went to this number by text: They are here now"
    assert (other.happening, late.happening) == ("They are here now", "Is it over?")
    assert quoting.note_quoting_calls(NOW + 2 * MINUTE) == 1
    assert session.scalars(select(InboundMessage.body).order_by(InboundMessage.id)).first() == "They are here now"


def test_a_text_after_the_call_was_written_up_is_a_new_call(session: Session) -> None:
    text("A man is here")
    calls(session)[0].disposition = Disposition.ADVICE
    session.commit()
    text("He is back", at=NOW + MINUTE)
    assert [call.happening for call in calls(session)] == ["A man is here", "He is back"]


@pytest.mark.parametrize("sender", ["EXAMPLE", "60006", "anonymous", ""])
def test_what_no_number_sent_is_a_call_without_an_answer(session: Session, sender: str) -> None:
    assert text("You have won a prize", sender=sender) == ""
    assert text("You have won another", sender=sender) == ""
    assert [call.phone_e164 for call in calls(session)] == [None, None]


def test_a_text_without_end_can_be_written_up_and_is_kept_whole(session: Session) -> None:
    text("x" * 20_000)
    text("y" * 20_000, at=NOW + MINUTE)
    assert [len(call.happening or "") for call in calls(session)] == [4000, 4000]
    assert [len(body) for body in session.scalars(select(InboundMessage.body))] == [20_000, 20_000]


def test_who_asked_for_help_first_still_hears_that_we_have_their_message(session: Session) -> None:
    assert text("HELP")
    assert "has your message" in text("A man is here", at=NOW + MINUTE)


@pytest.mark.parametrize("word", ["HELP", "START"])
def test_a_machine_that_answers_our_answers_is_not_answered_for_ever(session: Session, word: str) -> None:
    subscribe(session, ALEX)
    session.commit()
    answers = [text(word) for _ in range(8)]
    assert [bool(answer) for answer in answers] == [True] * 5 + [False] * 3
    assert text(word, sender=SAM) or word == "START"
    assert text(word, at=NOW + 61 * MINUTE)


def test_our_words_make_no_call(session: Session) -> None:
    for word in ("STOP", "HELP", "info"):
        text(word)
    assert calls(session) == []


def test_the_answer_is_one_text_message() -> None:
    answer = text_answer(authority="London Borough of Testshire Trading Standards", number="020 7946 0461")
    assert len(answer) <= 160
    assert answer.isascii()


@pytest.mark.parametrize("can_be_rung", [True, False])
def test_a_notice_to_an_officer_is_one_text_message(*, can_be_rung: bool) -> None:
    words = missed_notice("Text message", "C26-00417-W", NOW, can_be_rung=can_be_rung)
    assert len(words) <= 160
    assert words.isascii()
