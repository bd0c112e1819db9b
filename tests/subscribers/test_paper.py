"""Signed forms: good ones are kept, the others come back with what to mend."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import OPERATOR, endpoint_id, held, status
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date, london_midnight
from tsalert.core.errors import NotAllowed, RuleViolation
from tsalert.staff.rules import RoleName
from tsalert.subscribers import service
from tsalert.subscribers.models import ConsentEvent, Subscriber
from tsalert.subscribers.paper import Batch, Signed
from tsalert.subscribers.rules import PAPER_WORDING

SIGNED_ON = date(2022, 5, 1)
BATCH = Batch("Box 3, Central Library", SIGNED_ON, ("scams",), "daily")
PAGE = {"reference": "Box 3", "signed_on": "2022-05-01", "topics": "all", "frequency": "immediate"}


def add(*forms: Signed, batch: Batch = BATCH) -> dict[int, RuleViolation]:
    return service.add_from_paper(batch, dict(enumerate(forms, start=1)), actor=OPERATOR, now=NOW)


def test_a_signed_form_puts_somebody_on_the_list_with_the_day_on_which_they_signed(session: Session) -> None:
    assert add(Signed("pat@example.org", "Pat Example", "BR1 3UH", is_large_print=True)) == {}
    assert (status(session, "pat@example.org"), held(session, "pat@example.org")) == (
        "active",
        [("scams", "daily", None)],
    )
    person = session.scalars(select(Subscriber)).one()
    assert (person.name, person.postcode, person.formats) == ("Pat Example", "BR1 3UH", ["large_print"])
    consent = session.scalars(select(ConsentEvent)).one()
    assert (consent.method, consent.wording, consent.at) == ("paper", PAPER_WORDING, london_midnight(SIGNED_ON))
    assert (consent.source, consent.recorded_at) == ("paper form, Box 3, Central Library", NOW)


def test_good_forms_are_kept_whatever_the_others_hold(session: Session) -> None:
    faults = add(Signed("pat@example.org"), Signed("nonsense"), Signed("020 7946 0001"))
    assert list(faults) == [2]
    assert "email address" in faults[2].message
    assert [status(session, each) for each in ("pat@example.org", "+442079460001")] == ["active", "active"]


def test_who_left_and_signs_anew_is_on_the_list_again(session: Session) -> None:
    add(Signed("pat@example.org"))
    service.unsubscribe(endpoint_id(session, "pat@example.org"), now=NOW)
    assert add(Signed("pat@example.org"), batch=Batch("Box 4", london_date(NOW))) == {}
    assert status(session, "pat@example.org") == "active"


def test_a_form_that_was_signed_before_its_signer_left_puts_nobody_on_the_list(session: Session) -> None:
    add(Signed("pat@example.org"))
    service.unsubscribe(endpoint_id(session, "pat@example.org"), now=NOW)
    faults = add(Signed("pat@example.org"), Signed("sam@example.org"))
    assert [(row, each.field) for row, each in faults.items()] == [(1, "contact")]
    assert "on 10 June 2026, after this form was signed" in faults[1].message
    assert [status(session, each) for each in ("pat@example.org", "sam@example.org")] == ["opted_out", "active"]
    assert held(session, "pat@example.org") == [("scams", "daily", "unsubscribed")]


@pytest.mark.parametrize("day", [date(2030, 1, 1), date(1949, 1, 1)])
def test_a_day_that_cannot_be_is_refused(session: Session, day: date) -> None:
    with pytest.raises(RuleViolation) as refused:
        add(Signed("pat@example.org"), batch=Batch("Box 3", day))
    assert refused.value.field == "signed_on"


def test_only_who_manages_the_list_enters_forms(session: Session, officer: Callable[..., object]) -> None:
    stranger = officer(RoleName.DUTY_OFFICER)
    with pytest.raises(NotAllowed):
        service.add_from_paper(BATCH, {1: Signed("pat@example.org")}, actor=stranger, now=NOW)  # type: ignore[arg-type]


def test_the_history_of_consent_says_who_entered_a_form(session: Session, officer: Callable[..., Actor]) -> None:
    manager = officer(RoleName.MANAGER)
    service.add_from_paper(BATCH, {1: Signed("pat@example.org")}, actor=manager, now=NOW)
    assert session.scalars(select(ConsentEvent.recorded_by)).all() == [manager.officer_id]


def test_the_page_keeps_good_rows_and_shows_the_others_first(
    signed_in: Callable[..., FlaskClient], session: Session
) -> None:
    browser = signed_in(RoleName.MANAGER)
    rows = {"contact_row_2": "pat@example.org", "contact_row_7": "0770", "name_row_7": "Lee Example"}
    rows |= {"contact_row_8": "kim@example.org", "postcode_row_8": "X", "name_row_9": "Nobody Example"}
    answer = browser.post("/subscribers/paper", data=PAGE | rows | {"submission": "first"})
    assert answer.status_code == 422
    assert "1 person is on the list" in answer.text
    assert 'name="contact_row_1" type="text" value="0770"' in answer.text
    assert 'value="Lee Example"' in answer.text
    assert 'name="postcode_row_2" type="text" value="X"' in answer.text
    assert answer.text.count("Enter a full postcode") == answer.text.count("Enter an email address or") == 2
    assert 'value="Nobody Example"' in answer.text
    assert "pat@example.org" not in answer.text
    mended = PAGE | {"contact_row_1": "07700 900001", "submission": "second"}
    assert browser.post("/subscribers/paper", data=mended).status_code == 303
    assert status(session, "+447700900001") == "active"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Fill at least one row."),
        ({"name_row_3": "Pat Example"}, "Enter an email address or a telephone number."),
        ({"contact_row_1": "pat@example.org", "reference": ""}, "Say where the forms can be found again."),
        (
            {"contact_row_1": "pat@example.org", "signed_on": "tomorrow"},
            "Enter the day on which the forms were signed.",
        ),
        ({"contact_row_1": "pat@example.org", "postcode_row_1": "X"}, "Enter a full postcode"),
        ({"contact_row_11": "pat@example.org"}, "We do not know this field"),
    ],
)
def test_what_cannot_be_entered_is_refused_and_nothing_is_kept(
    signed_in: Callable[..., FlaskClient], session: Session, typed: dict[str, str], words: str
) -> None:
    answer = signed_in(RoleName.MANAGER).post("/subscribers/paper", data=PAGE | typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert session.scalars(select(Subscriber)).all() == []


def test_programs_enter_forms_and_callers_too(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], session: Session
) -> None:
    head = bearer(RoleName.MANAGER)
    forms = [{"contact": "pat@example.org"}, {"contact": "nonsense"}]
    told = {"reference": "Box 3", "signed_on": "2022-05-01", "forms": forms}
    answer = client.post("/api/v1/subscribers/paper", json=told, headers=head)
    assert (answer.status_code, answer.json["added"], answer.json["faults"][0]["form"]) == (200, 1, 2)  # type: ignore[index]
    for consent, field in (("given", "subscriber_id"), ("ask by message", "sign_up_id")):
        caller = {"contact": f"{consent.split()[0]}@example.org", "consent": consent}
        added = client.post("/api/v1/subscribers", json=caller, headers=head)
        assert (added.status_code, list(added.json)) == (201, [field])  # type: ignore[arg-type]
    assert status(session, "given@example.org") == "active"
    assert status(session, "ask@example.org") == "unconfirmed"
    assert client.post("/api/v1/subscribers", json={"contact": "x@example.org"}, headers=head).status_code == 422
