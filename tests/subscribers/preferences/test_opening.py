"""Only who reads an address opens its page, and nobody learns from asking who is on the list."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import Import, endpoint_id, letters
from tests.subscribers.preferences.conftest import NETWORK, PAT, code_in, link_in
from tsalert.core.errors import RuleViolation, TooManyTries
from tsalert.delivery.models import Delivery, Endpoint
from tsalert.delivery.tokens import unsubscribe_token
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.preferences import rules, service, visits
from tsalert.subscribers.preferences.models import PreferenceVisit
from tsalert.subscribers.preferences.tokens import link_signer, move_signer, pass_signer
from tsalert.subscribers.preferences.visits import Closed
from tsalert.subscribers.rules import PAID_PER_NETWORK
from tsalert.subscribers.tokens import confirm_token
from tsalert.visitors.rules import CODE_LIFE

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
FORM = {"topics": "all", "frequency": "immediate", "span": "two_weeks", "contact": "n@example.org", "typed": "erase"}


def test_a_code_from_the_message_opens_the_page_once(session: Session, pat: int) -> None:
    token = service.ask("Pat@Example.org ", network=NETWORK, now=NOW)
    code = code_in(letters(session)[-1].text)
    passed = service.open_by_code(token, code, now=NOW)
    visit = visits.require(session, passed, now=NOW)
    assert (visit.subscriber_id, visit.end.masked) == (pat, "p•••@example.org")
    with pytest.raises(RuleViolation):
        service.open_by_code(token, code, now=NOW)


def test_the_link_opens_the_page_within_an_hour_and_once(session: Session, pat: int) -> None:
    service.ask("pat@example.org", network=NETWORK, now=NOW)
    token = link_in(letters(session)[-1].text).rpartition("/")[2]
    passed = service.open_by_link(token, now=NOW + HOUR - SECOND)
    assert visits.require(session, passed, now=NOW + HOUR).subscriber_id == pat
    with pytest.raises(Closed, match="used before"):
        service.open_by_link(token, now=NOW + HOUR - SECOND)


def test_the_link_says_that_it_is_old_after_an_hour(session: Session, pat: int) -> None:
    service.ask("pat@example.org", network=NETWORK, now=NOW)
    token = link_in(letters(session)[-1].text).rpartition("/")[2]
    with pytest.raises(Closed, match="more than an hour old"):
        service.open_by_link(token, now=NOW + HOUR)


def test_the_code_and_the_link_of_one_message_open_one_page(session: Session, pat: int) -> None:
    token = service.ask("pat@example.org", network=NETWORK, now=NOW)
    text = letters(session)[-1].text
    service.open_by_link(link_in(text).rpartition("/")[2], now=NOW)
    with pytest.raises(Closed, match="used before"):
        service.open_by_code(token, code_in(text), now=NOW)


def test_a_page_closes_an_hour_after_it_was_opened(session: Session, pat: int, opened: Callable[..., str]) -> None:
    passed = opened("pat@example.org", now=NOW)
    assert visits.require(session, passed, now=NOW + HOUR - SECOND)
    with pytest.raises(Closed, match="has closed"):
        visits.require(session, passed, now=NOW + HOUR)
    with pytest.raises(Closed):
        service.stop(passed, now=NOW + HOUR)


def test_a_code_is_too_old_after_ten_minutes(session: Session, pat: int) -> None:
    token = service.ask("pat@example.org", network=NETWORK, now=NOW)
    with pytest.raises(RuleViolation):
        service.open_by_code(token, code_in(letters(session)[-1].text), now=NOW + CODE_LIFE)


def test_a_message_does_not_open_itself_by_the_address_of_the_page_that_asked(session: Session, pat: int) -> None:
    token = service.ask("pat@example.org", network=NETWORK, now=NOW)
    for reading in (link_signer(), pass_signer(), move_signer()):
        assert reading.read(token) is None


@pytest.mark.parametrize("who", ["pat@example.org", "nobody@example.org", "left@example.org", "07700 900999"])
def test_the_answer_is_the_same_for_everybody(
    session: Session, client: FlaskClient, run_import: Import, filled: Callable[[str], dict[str, str]], who: str
) -> None:
    run_import(PAT, PAT.replace("pat@", "left@"))
    subscribers.unsubscribe(endpoint_id(session, "left@example.org"), now=NOW)
    answer = client.post("/preferences", data=filled(who))
    assert (answer.status_code, len(answer.headers["Location"])) == (303, len("/preferences/code/") + 32)
    page = client.get(answer.headers["Location"])
    assert "If alerts come to the address that you gave" in page.text
    assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" not in page.headers
    wrong = client.post(answer.headers["Location"], data={"code": "000000"})
    assert (wrong.status_code, "This code is wrong" in wrong.text) == (422, True)


def test_strangers_get_no_message_and_one_who_left_does(session: Session, run_import: Import) -> None:
    run_import(PAT)
    service.ask("nobody@example.org", network=NETWORK, now=NOW)
    assert letters(session) == []
    subscribers.unsubscribe(endpoint_id(session, "pat@example.org"), now=NOW)
    service.ask("pat@example.org", network=NETWORK, now=NOW)
    assert len(letters(session)) == 1


def test_an_address_gets_three_messages_an_hour_and_whoever_asks_does_not_see_it(session: Session, pat: int) -> None:
    tokens = {service.ask("pat@example.org", network=NETWORK, now=NOW) for _ in range(20)}
    assert len(tokens) == 20
    assert len(letters(session)) == rules.ASKED_PER_ADDRESS
    service.ask("pat@example.org", network=NETWORK, now=NOW + HOUR)
    assert len(letters(session)) == rules.ASKED_PER_ADDRESS + 1


def test_a_network_that_asks_for_everybody_is_told_to_wait(session: Session) -> None:
    for number in range(rules.ASKED_PER_NETWORK):
        service.ask(f"reader.{number}@example.org", network=NETWORK, now=NOW)
    with pytest.raises(TooManyTries):
        service.ask("pat@example.org", network=NETWORK, now=NOW)


def test_a_network_gets_ten_texts_an_hour_whether_the_numbers_are_known_or_not(session: Session) -> None:
    for number in range(PAID_PER_NETWORK):
        service.ask(f"07700 90010{number}", network=NETWORK, now=NOW)
    with pytest.raises(TooManyTries):
        service.ask("07700 900111", network=NETWORK, now=NOW)
    service.ask("pat@example.org", network=NETWORK, now=NOW)


def test_the_answer_takes_the_same_work_for_everybody(session: Session, run_import: Import) -> None:
    run_import(PAT)
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *told: statements.append(told[2].split()[0]))
    worked = []
    for who in ("pat@example.org", "nobody@example.org", "pat@example.org", "pat@example.org", "pat@example.org"):
        statements.clear()
        service.ask(who, network=NETWORK, now=NOW)
        worked.append(statements.count("INSERT") + statements.count("UPDATE"))
    assert letters(session)[rules.ASKED_PER_ADDRESS :] == []
    assert max(worked) - min(worked) <= 1  # an address that is new to us is written down, and forgotten at once


def test_nothing_of_a_stranger_is_kept(session: Session) -> None:
    service.ask("nobody@example.org", network=NETWORK, now=NOW)
    kept = [session.scalar(select(func.count()).select_from(each)) for each in (Endpoint, PreferenceVisit, Delivery)]
    assert kept == [0, 0, 0]


def test_a_machine_that_fills_every_field_is_thanked_and_sends_nothing(
    session: Session, client: FlaskClient, pat: int, filled: Callable[[str], dict[str, str]]
) -> None:
    answer = client.post("/preferences", data=filled("pat@example.org") | {"leave_empty": "x"})
    assert answer.status_code == 303
    assert letters(session) == []


@pytest.mark.parametrize(
    "contact", ["", "pat", "pat@", "020 7946 0001", "+33 6 12 34 56 78", "09011 234567", "a\x00@b.org"]
)
def test_what_is_no_email_address_or_mobile_is_refused_with_words(
    client: FlaskClient, filled: Callable[[str], dict[str, str]], contact: str
) -> None:
    assert client.post("/preferences", data=filled(contact)).status_code == 422


def test_other_tokens_open_nothing_and_say_so_plainly(session: Session, client: FlaskClient, pat: int) -> None:
    service.ask("pat@example.org", network=NETWORK, now=NOW)
    visit = session.scalars(select(PreferenceVisit.id)).one()
    ours = [confirm_token(visit), unsubscribe_token(visit), move_signer().sign(visit), link_signer().sign(visit)]
    others = [*ours, "x" * 32, "x"]
    for token in others:
        answer = client.get(f"/preferences/my/{token}")
        assert (answer.status_code, "Ask for a new link" in answer.text) == (404, True)
        for step in ("choices", "pause", "resume", "address", "stop", "erase", "who"):
            form = {
                "topics": "all",
                "frequency": "immediate",
                "span": "two_weeks",
                "contact": "n@example.org",
                "typed": "erase",
            }
            assert client.post(f"/preferences/my/{token}/{step}", data=form | {"reader": str(pat)}).status_code == 404
        if token != others[3]:
            assert client.post(f"/preferences/link/{token}").status_code == 404
        assert client.get(f"/preferences/my/{token}/held.json").status_code == 404
    assert session.scalar(select(func.count()).where(PreferenceVisit.opened_at.is_not(None))) == 0


def test_a_pass_of_a_page_that_nobody_opened_opens_nothing(session: Session, pat: int) -> None:
    service.ask("pat@example.org", network=NETWORK, now=NOW)
    with pytest.raises(Closed):
        visits.require(session, pass_signer().sign(session.scalars(select(PreferenceVisit.id)).one()), now=NOW)


def test_the_messages_hold_nothing_that_a_visitor_typed(session: Session, pat: int) -> None:
    service.ask("pat@example.org", network=NETWORK, now=NOW)
    said = letters(session)[-1]
    assert "pat" not in f"{said.subject}{said.text}{said.sms}".lower()
    assert len(said.sms or "") <= 160


def test_visits_are_forgotten_after_two_days(session: Session, pat: int) -> None:
    service.ask("pat@example.org", network=NETWORK, now=NOW)
    visits.forget_visits(NOW + timedelta(days=1))
    assert session.scalar(select(func.count()).select_from(PreferenceVisit)) == 1
    visits.forget_visits(NOW + timedelta(days=3))
    assert session.scalar(select(func.count()).select_from(PreferenceVisit)) == 0
