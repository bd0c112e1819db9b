"""Two officers write the same call up: whoever comes second reads both in plain words, and loses nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.telephone.conftest import call_in
from tsalert.audit.models import AuditEvent
from tsalert.core.clock import utc_now
from tsalert.response.models import Call
from tsalert.response.opening import seal_opening

DEE = {
    "disposition": "new_incident",
    "category": "doorstep_crime",
    "kind": "roofing",
    "grade": "none",
    "grade_reason": "They left",
    "has_threat": "yes",
    "caller_name": "Alex Example",
    "address": "1 Example Road",
    "phone": "07700 900123",
    "happening": "Men on the roof",
    "money_state": "asked",
    "money_amount": "4000",
}
SAM = DEE | {
    "grade": "proposed",
    "grade_reason": "",
    "caller_name": "Alexandra Example",
    "happening": "They are at the bank now",
    "money_state": "at_the_bank",
    "money_amount": "£4,000",
    "is_vulnerable": "yes",
    "is_safe_to_call_back": "no",
}


@pytest.fixture
def second(session: Session, signed_in: Callable[..., FlaskClient]) -> tuple[FlaskClient, int]:
    """A browser whose officer writes up a call that Dee has just written up."""
    call_id = call_in()
    first, later = signed_in(name="Dee Example"), signed_in(name="Sam Example")
    assert post(first, call_id, DEE).status_code == 303
    return later, call_id


def post(desk: FlaskClient, call_id: int, told: dict[str, str]) -> Any:
    return desk.post(f"/calls/{call_id}/write-up", data={"opened": seal_opening(utc_now())} | told)


def rows(page: str) -> dict[str, tuple[str, str]]:
    """Return the rows of the page: by answer, what Dee wrote and what Sam wrote."""
    found = re.findall(
        r'<th scope="row"[^>]*>([^<]*)</th>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>', page, re.DOTALL
    )
    return {label: (stands.strip(), typed.strip()) for label, stands, typed in found}


def test_both_stand_beside_each_other_in_plain_words_where_they_differ(second: tuple[FlaskClient, int]) -> None:
    answer = post(*second, SAM)
    assert answer.status_code == 409
    assert "Dee Example has written this call up already" in answer.text
    plain = {label: tuple(re.sub(r"<[^>]*>", "", cell) for cell in cells) for label, cells in rows(answer.text).items()}
    assert plain == {
        "Who is calling": ("Alex Example", "Alexandra Example"),
        "What is happening now": ("Men on the roof", "They are at the bank now"),
        "Money": ("Asked for", "At the bank now"),
        "The resident is vulnerable": ("Not ticked", "Yes"),
        "Grade": ("No visit", "Immediate"),
        "Why, if not as proposed": ("They left", "Nothing"),
        "Safe to call back": ("Nothing", "No"),
    }
    assert "You would have graded it “immediate”, and it is graded “no visit”." in answer.text
    assert "/grade" in answer.text
    for raw in ("Caller name", "Money state", "Is vulnerable", "grade_reason", "at_the_bank&lt;"):
        assert raw not in answer.text


def test_what_the_second_typed_corrects_the_call_with_one_save(
    session: Session, second: tuple[FlaskClient, int]
) -> None:
    desk, call_id = second
    page = post(desk, call_id, SAM).text
    form = page[page.index(f'action="/calls/{call_id}/correction"') :]
    inputs = [
        dict(re.findall(r'(\w+)="([^"]*)"', each)) | {"whole": each} for each in re.findall(r"<input[^>]*>", form)
    ]
    held = [each for each in inputs if each["type"] != "radio" or "checked" in each["whole"]]
    fields = {each["name"]: each.get("value", "") for each in held}
    fields |= {
        name: next(iter(re.findall(r'<option value="([^"]*)" selected', options)), "")
        for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL)
    }
    fields["happening"] = re.findall(r"<textarea[^>]*>(.*?)</textarea>", form, re.DOTALL)[0].strip()
    assert fields["happening"] == "Men on the roof\n\nThey are at the bank now"
    kept = {name: text for name, text in fields.items() if name not in {"csrf_token", "claimed_at"}}
    done = desk.post(f"/calls/{call_id}/correction", data=kept | {"reason": "We both wrote it up"})
    assert done.status_code == 303, done.text
    call = session.get_one(Call, call_id, populate_existing=True)
    assert (call.caller_name, call.money_state, call.is_vulnerable) == ("Alexandra Example", "at_the_bank", True)
    assert (call.has_threat, call.is_safe_to_call_back, call.address) == (True, False, "1 Example Road")


def test_a_form_with_a_fault_in_it_loses_nothing_either(second: tuple[FlaskClient, int]) -> None:
    answer = post(*second, SAM | {"category": "", "postcode": "nowhere"})
    assert answer.status_code == 409
    assert rows(answer.text)["Postcode"] == ("Nothing", "nowhere")
    assert rows(answer.text)["What it is"] == ("Doorstep crime", "Nothing")


def test_whoever_wrote_the_same_has_nothing_left_to_do(second: tuple[FlaskClient, int]) -> None:
    answer = post(*second, DEE)
    assert (answer.status_code, rows(answer.text)) == (409, {})
    assert "says the same as what is recorded" in answer.text


def test_who_only_opens_it_is_led_to_the_call(second: tuple[FlaskClient, int]) -> None:
    desk, call_id = second
    answer = desk.get(f"/calls/{call_id}/write-up")
    assert answer.status_code == 409
    assert f'href="/calls/{call_id}"' in answer.text
    assert "Bring yours in" not in answer.text


def test_the_trail_says_that_the_second_officer_read_it(session: Session, second: tuple[FlaskClient, int]) -> None:
    desk, call_id = second
    read = select(AuditEvent.id).where(AuditEvent.subject == "call", AuditEvent.action == "read")
    before = len(session.scalars(read).all())
    post(desk, call_id, SAM)
    assert len(session.scalars(read).all()) == before + 1


@pytest.mark.parametrize("amount", ["", "lots", "4000.5", "1e9", "٣", "²"])
def test_an_amount_that_is_none_is_shown_as_it_was_typed(second: tuple[FlaskClient, int], amount: str) -> None:
    assert post(*second, SAM | {"money_amount": amount}).status_code == 409
