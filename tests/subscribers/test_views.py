"""The pages that residents and officers see."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.subscribers.conftest import CONSENT, Import, endpoint_id, held, letters, status
from tsalert.core.clock import utc_now
from tsalert.places.models import Ward
from tsalert.staff.rules import RoleName
from tsalert.subscribers import service
from tsalert.subscribers.models import Partner, SignUp, Subscriber, Subscription
from tsalert.visitors.tokens import stamp

LEE = f"Lee Example,,01632 960001,,,,,,,{CONSENT}"
PAT = f"Pat Example,pat@example.org,07700 900001,BR1 3UH,Bickley,,,scams,immediate,{CONSENT}"


@pytest.fixture
def drawn(session: Session) -> str:
    """The mark of a form that was drawn a minute ago."""
    return stamp(utc_now() - timedelta(minutes=1))


def asked(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SignUp)) or 0


def test_joining_takes_one_form_and_one_confirmation(client: FlaskClient, session: Session, drawn: str) -> None:
    typed = {"contact": "pat@example.org", "postcode": "br13uh", "topics": ["scams", "doorstep-crime"], "drawn": drawn}
    answer = client.post("/join", data=typed)
    assert (answer.status_code, answer.headers["Location"][:11]) == (303, "/join/code/")
    link = next(line for line in letters(session)[0].text.splitlines() if "/confirm/" in line)
    path = link.removeprefix("http://127.0.0.1:8000")
    assert "p•••@example.org" in client.get(path).text
    assert "You are on the list" in client.post(path).text
    assert [topic for topic, _, _ in held(session, "pat@example.org")] == ["doorstep-crime", "scams"]


@pytest.mark.parametrize(
    "contacts",
    [
        ("new@example.org", "pat@example.org", *["often@example.org"] * 5),
        ("07700 900002", "07700 900001", *["07700 900003"] * 5),
        ("01632 960002", "01632 960001", *["01632 960003"] * 5),
    ],
)
def test_new_known_and_suppressed_addresses_get_the_same_answer(
    client: FlaskClient, run_import: Import, drawn: str, contacts: tuple[str, ...]
) -> None:
    run_import(PAT, LEE)
    answers = [
        (answer.status_code, main_of(client.get(path).text).replace(path, ""))
        for contact in contacts
        for answer in [client.post("/join", data={"contact": contact, "drawn": drawn})]
        for path in [answer.headers["Location"]]
    ]
    assert len(set(answers)) == 1


@pytest.mark.parametrize(
    ("contact", "told", "asks"),
    [
        ("pat@example.org", "We have sent an email to the address you gave.", True),
        ("07700 900001", "We have sent a text to the number you gave.", True),
        ("01632 960001", "We will ring the landline you gave", False),
    ],
)
def test_who_has_asked_is_told_what_comes_their_way(
    client: FlaskClient, drawn: str, contact: str, told: str, *, asks: bool
) -> None:
    page = client.post("/join", data={"contact": contact, "drawn": drawn}).headers["Location"]
    said = main_of(client.get(page).text)
    assert told in said
    assert ('name="code"' in said) is asks
    again = client.post(page, data={"code": "000000"})
    assert (again.status_code, told in again.text) == (422, True)


def test_an_address_that_somebody_has_changed_is_answered_in_words_for_every_way(client: FlaskClient) -> None:
    assert "We have sent a message to the address you gave." in client.get("/join/code/x?by=%00").text


def test_the_form_says_which_partner_sent_the_reader_and_still_does_after_a_mistake(
    client: FlaskClient, session: Session, run_import: Import, drawn: str
) -> None:
    run_import(f"Example Watch,watch@example.org,,,,partner,1200,,,{CONSENT}")
    code = session.scalars(select(Partner.code)).one()
    assert "Example Watch sent you here" in client.get(f"/join?partner={code.lower()}").text
    again = client.post("/join", data={"contact": "nonsense", "partner": code, "drawn": drawn})
    assert (again.status_code, "Example Watch sent you here" in again.text) == (422, True)


@pytest.mark.parametrize("code", ["", "?partner=NOBODY22", "?partner=%00"])
def test_a_code_that_nobody_has_is_not_spoken_of(client: FlaskClient, code: str) -> None:
    answer = client.get(f"/join{code}")
    assert (answer.status_code, "sent you here" in answer.text) == (200, False)


@pytest.mark.parametrize("code", ["NOBODY22", "\0", "' or 1=1", "\u0130" * 5000])
def test_a_code_that_nobody_has_joins_like_any_other(client: FlaskClient, drawn: str, code: str) -> None:
    typed = {"contact": "pat@example.org", "partner": code, "drawn": drawn}
    assert client.post("/join", data=typed).status_code == 303


def main_of(page: str) -> str:
    """Return what a page says, without what differs at each drawing."""
    found = re.search(r"<main.*</main>", page, re.DOTALL)
    assert found
    return found[0]


def code_in(words: str) -> str:
    found = re.search(r"\b\d{6}\b", words)
    assert found, words
    return found[0]


def test_the_code_of_the_message_does_what_its_link_does(client: FlaskClient, session: Session, drawn: str) -> None:
    page = client.post("/join", data={"contact": "pat@example.org", "drawn": drawn}).headers["Location"]
    code = code_in(letters(session)[0].text)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    refused = client.post(page, data={"code": wrong})
    assert (refused.status_code, status(session, "pat@example.org")) == (422, "unconfirmed")
    assert "This code is wrong" in refused.text
    joined = client.post(page, data={"code": f" {code[:3]} {code[3:]}"})
    assert "You are on the list" in joined.text
    assert status(session, "pat@example.org") == "active"
    again = client.post(page, data={"code": code})
    assert ("You are on the list" in again.text, "/preferences/my/" in again.text) == (True, False)
    service.unsubscribe(endpoint_id(session, "pat@example.org"), now=utc_now())
    assert client.post(page, data={"code": code}).status_code == 422


def test_a_text_holds_the_code_too(client: FlaskClient, session: Session, drawn: str) -> None:
    page = client.post("/join", data={"contact": "07700 900001", "drawn": drawn}).headers["Location"]
    assert "You are on the list" in client.post(page, data={"code": code_in(letters(session)[0].sms or "")}).text


def test_whoever_has_just_joined_may_choose_at_once_and_a_second_press_of_the_link_may_not(
    client: FlaskClient, session: Session, drawn: str
) -> None:
    client.post("/join", data={"contact": "pat@example.org", "drawn": drawn})
    link = next(line for line in letters(session)[0].text.splitlines() if "/confirm/" in line)
    path = link.removeprefix("http://127.0.0.1:8000")
    choices = re.search(r'href="(/preferences/my/[^"]+/choices)"', client.post(path).text)
    assert choices
    assert client.get(choices[1]).status_code == 200
    assert "/preferences/my/" not in client.post(path).text


def test_a_machine_that_fills_every_field_gets_the_same_answer_and_nothing_more(
    client: FlaskClient, session: Session, drawn: str
) -> None:
    answer = client.post("/join", data={"contact": "pat@example.org", "drawn": drawn, "leave_empty": "x"})
    assert (answer.status_code, asked(session)) == (303, 0)


@pytest.mark.parametrize("mark", ["", "rubbish", "now"])
def test_a_form_that_comes_back_too_quickly_is_shown_again(client: FlaskClient, session: Session, mark: str) -> None:
    just_now = stamp(utc_now() + timedelta(hours=1))  # however long the request takes to be answered
    answer = client.post("/join", data={"contact": "pat@example.org", "drawn": just_now if mark == "now" else mark})
    assert (answer.status_code, asked(session)) == (422, 0)
    assert "pat@example.org" in answer.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param({}, "Enter an email address or a telephone number.", id="nothing"),
        pytest.param({"contact": "pat"}, "Enter an email address or a telephone number.", id="no-address"),
        pytest.param({"contact": "0770"}, "Enter a British phone number", id="half-a-number"),
        pytest.param({"contact": "pat@example.org", "postcode": "X"}, "Enter a full postcode", id="no-postcode"),
        pytest.param({"contact": "pat@example.org", "topics": ["x"]}, "Choose topics from the list.", id="no-topic"),
        pytest.param({"contact": "pat@example.org", "age": "7"}, "We do not know this field", id="an-unknown-field"),
        pytest.param({"contact": "a\r\nBcc: b@example.org"}, "characters that cannot be seen", id="a-line-break"),
        pytest.param({"contact": "x" * 5000}, "320 characters", id="endless"),
        pytest.param({"contact": ["a@example.org", "b@example.org"]}, "more than once", id="twice"),
    ],
)
def test_a_refused_form_comes_back_with_what_to_mend(
    client: FlaskClient, session: Session, drawn: str, typed: dict[str, object], words: str
) -> None:
    answer = client.post("/join", data={"drawn": drawn, **typed})
    assert (answer.status_code, asked(session)) == (422, 0)
    assert words in answer.text


def test_what_was_typed_comes_back_inert(client: FlaskClient, drawn: str) -> None:
    answer = client.post("/join", data={"contact": "<script>alert(1)</script>", "drawn": drawn})
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


def test_too_many_sign_ups_from_one_network_are_told_so(client: FlaskClient, session: Session, drawn: str) -> None:
    answers = [client.post("/join", data={"contact": f"p{n}@example.org", "drawn": drawn}) for n in range(31)]
    assert [answer.status_code for answer in answers[-2:]] == [303, 429]
    assert 'value="p30@example.org"' in answers[-1].text, "and what they typed is still there"
    assert "Try again in an hour, or ring us." in answers[-1].text
    assert asked(session) == 30


def test_the_list_shows_masked_addresses_counts_and_declared_reach(
    signed_in: Callable[..., FlaskClient], run_import: Import
) -> None:
    run_import(PAT, f"Example Watch,watch@example.org,,,,partner,1200,,,{CONSENT}")
    page = signed_in(RoleName.DUTY_OFFICER).get("/subscribers").text
    for words in ("p•••@example.org, •••• 0001", "1,200", "1 May 2024", "Example Watch"):
        assert words in page
    assert "pat@example.org" not in page
    assert "Add somebody" not in page


@pytest.mark.parametrize("search", ["PAT@example.org", "07700 900001", "+447700900001", "pat ex", "EXAMPLE"])
def test_a_search_finds_by_whole_address_or_part_of_a_name(
    signed_in: Callable[..., FlaskClient], run_import: Import, search: str
) -> None:
    run_import(PAT, f"Sam Other,sam@example.org,,,,,,,,{CONSENT}")
    page = signed_in().post("/subscribers", data={"search": search}).text
    assert "Pat Example" in page
    assert "Sam Other" not in page


@pytest.mark.parametrize("search", ["at@example.org", "%", "_", "nobody", "07700 900009", "' OR 1=1 --"])
def test_a_search_for_what_is_not_there_finds_nothing(
    signed_in: Callable[..., FlaskClient], run_import: Import, search: str
) -> None:
    run_import(PAT)
    assert "Nobody on the list matches that." in signed_in().post("/subscribers", data={"search": search}).text


def test_a_search_for_what_cannot_be_seen_comes_back_in_its_box(
    signed_in: Callable[..., FlaskClient], run_import: Import
) -> None:
    run_import(PAT)
    page = signed_in().post("/subscribers", data={"search": "Pat\u202e"})
    assert page.status_code == 422
    assert 'value="Pat\u202e"' in page.text
    assert page.text.count("Take out the characters that cannot be seen") == 2
    assert "Pat Example" in page.text


@pytest.mark.parametrize("query", ["after=x", "after=0", f"after={2**63}", "after=-1"])
def test_a_page_that_is_none_is_refused(signed_in: Callable[..., FlaskClient], query: str) -> None:
    assert signed_in().get(f"/subscribers?{query}").status_code == 422


def test_a_long_list_comes_in_pages(signed_in: Callable[..., FlaskClient], run_import: Import) -> None:
    run_import(*(f"Person {n:03},p{n}@example.org,,,,,,,,{CONSENT}" for n in range(60)))
    browser = signed_in()
    first = browser.get("/subscribers").text
    assert ("Person 059" in first, "Person 009" in first) == (True, False)
    older = first.split("?after=")[1].split('"')[0]
    second = browser.get(f"/subscribers?after={older}").text
    assert ("Person 009" in second, "Person 010" in second, "?after=" in second) == (True, False, False)


def test_whom_an_officer_looks_for_stands_in_no_address_on_any_page_of_what_is_found(
    signed_in: Callable[..., FlaskClient], run_import: Import
) -> None:
    run_import(
        *(f"Sam Person {n:03},p{n}@example.org,,,,,,,,{CONSENT}" for n in range(60)),
        f"Lee Other,lee@example.org,,,,,,,,{CONSENT}",
    )
    browser = signed_in()
    assert "Lee Other" in browser.get("/subscribers?search=person").text
    first = browser.post("/subscribers", data={"search": "person"}).text
    assert ("Sam Person 059" in first, "Sam Person 009" in first, "Lee Other" in first) == (True, False, False)
    older = re.search(r'name="after" value="(\d+)"', first)
    assert older
    second = browser.post("/subscribers", data={"search": "person", "after": older[1]}).text
    assert ("Sam Person 009" in second, "Sam Person 010" in second, 'name="after"' in second) == (True, False, False)
    assert not re.search(r"(?:href|action)=\"[^\"]*person", first + second)


def only_subscriber(session: Session) -> int:
    return session.scalars(select(Subscriber.id)).one()


def test_one_subscriber_is_shown_with_the_history_of_consent(
    signed_in: Callable[..., FlaskClient], session: Session, run_import: Import
) -> None:
    session.add(Ward(code="E05013988", name="Bickley"))
    session.commit()
    run_import(PAT.replace("Pat Example", "<b>Pat</b>"))
    page = signed_in().get(f"/subscribers/{only_subscriber(session)}").text
    for words in ("pat@example.org", "Bickley", "BR1 3UH", "paper form", "1 May 2024", "&lt;b&gt;Pat&lt;/b&gt;"):
        assert words in page
    assert "<b>Pat" not in page


def test_who_was_imported_with_a_weekly_wish_is_shown_to_get_urgent_alerts_alone(
    signed_in: Callable[..., FlaskClient], session: Session, run_import: Import
) -> None:
    run_import(PAT)
    session.execute(update(Subscription).values(frequency="weekly"))
    session.commit()
    assert "Once a week" in signed_in().get(f"/subscribers/{only_subscriber(session)}").text


@pytest.mark.parametrize("number", [0, 2**31 - 1, 2**31, 2**63, 10**30])
def test_a_subscriber_that_does_not_exist_is_not_found(signed_in: Callable[..., FlaskClient], number: int) -> None:
    browser = signed_in(RoleName.MANAGER)
    assert browser.get(f"/subscribers/{number}").status_code == 404
    assert browser.post(f"/subscribers/subscriptions/{number}/end").status_code == 404


def test_an_officer_adds_a_caller_once_however_often_the_button_is_pressed(
    signed_in: Callable[..., FlaskClient], session: Session
) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    form = browser.get("/subscribers/new").text
    assert "Is that all right?" in form
    assert "A landline is rung at once, or for urgent alerts only." in form
    typed = {"contact": "020 7946 0001", "name": "Ann Example", "consent": "yes", "submission": "key"}
    places = [browser.post("/subscribers/new", data=typed).headers["Location"] for _ in range(2)]
    assert places == [f"/subscribers/{only_subscriber(session)}"] * 2
    assert held(session, "+442079460001") == [("all", "immediate", None)]
    history = browser.get(places[0]).text
    assert "telephone, written down by Pat Example" in history


def test_an_officer_may_have_a_caller_asked_by_a_message(
    signed_in: Callable[..., FlaskClient], session: Session
) -> None:
    typed = {"contact": "pat@example.org", "consent": "ask", "frequency": "daily", "formats": "large_print"}
    answer = signed_in(RoleName.MANAGER).post("/subscribers/new", data=typed)
    assert (answer.status_code, status(session, "pat@example.org")) == (303, "unconfirmed")
    assert "/confirm/" in letters(session)[0].text
    (wish,) = session.scalars(select(SignUp))
    assert (wish.frequency, wish.formats, wish.source) == ("daily", ["large_print"], "phone")


def test_an_officer_notes_how_often_and_large_print(signed_in: Callable[..., FlaskClient], session: Session) -> None:
    typed = {"contact": "pat@example.org", "consent": "yes", "frequency": "weekly", "formats": "large_print"}
    signed_in(RoleName.MANAGER).post("/subscribers/new", data=typed)
    assert held(session, "pat@example.org") == [("all", "weekly", None)]
    assert session.scalars(select(Subscriber.formats)).one() == ["large_print"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"consent": ""}, "Say whether they agreed"),
        ({"consent": "no"}, "Say whether they agreed"),
        ({"contact": ""}, "Enter where their alerts should go."),
        ({"frequency": "hourly"}, "Choose at once, daily or weekly"),
        ({"ward": "E05000000"}, "Choose a ward from the list."),
        ({"name": "Pat\x00"}, "characters that cannot be seen"),
    ],
)
def test_a_caller_is_not_added_without_consent_or_with_bad_details(
    signed_in: Callable[..., FlaskClient], session: Session, typed: dict[str, str], words: str
) -> None:
    session.add(Ward(code="E05013988", name="Bickley"))
    session.commit()
    answer = signed_in(RoleName.MANAGER).post(
        "/subscribers/new", data={"contact": "020 7946 0001", "consent": "yes"} | typed
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert session.scalars(select(Subscriber)).all() == []


def test_an_officer_ends_a_subscription(
    signed_in: Callable[..., FlaskClient], session: Session, run_import: Import
) -> None:
    run_import(PAT.replace("07700 900001", ""))
    path = f"/subscribers/subscriptions/{session.scalars(select(Subscription.id)).one()}/end"
    assert signed_in(RoleName.DUTY_OFFICER).post(path).status_code == 403
    browser = signed_in(RoleName.MANAGER)
    assert browser.post(path).status_code == 303
    assert browser.post(path).status_code == 409
    assert status(session, "pat@example.org") == "opted_out"
    page = browser.get(f"/subscribers/{only_subscriber(session)}").text
    assert "ended by an officer" in page
    assert "telephone, written down by Pat Example" in page


@pytest.mark.parametrize("path", ["/subscribers", "/subscribers/new", "/subscribers/1", "/messages"])
def test_residents_never_see_the_list(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 303


def test_large_print_and_the_partners_code_go_along_with_the_form(
    client: FlaskClient, session: Session, run_import: Import, drawn: str
) -> None:
    run_import(f"Example Watch,watch@example.org,,,,partner,1200,,,{CONSENT}")
    code = session.scalars(select(Partner.code)).one()
    assert f'name="partner" value="{code}"' in client.get(f"/join?partner={code}").text
    assert 'name="partner"' not in client.get("/join").text
    typed = {"contact": "pat@example.org", "manner": "weekly large_print", "partner": code, "drawn": drawn}
    assert client.post("/join", data=typed).status_code == 303
    kept = session.scalars(select(SignUp).order_by(SignUp.id.desc())).first()
    assert kept is not None
    assert (kept.frequency, kept.formats, kept.partner_code) == ("weekly", ["large_print"], code)


@pytest.mark.parametrize(
    ("manner", "often", "formats"),
    [
        ("immediate", "immediate", []),
        ("daily", "daily", []),
        ("weekly large_print", "weekly", ["large_print"]),
        ("immediate large_print", "immediate", ["large_print"]),
    ],
)
def test_how_often_and_in_which_print_is_chosen_on_the_form_itself(
    client: FlaskClient, session: Session, drawn: str, manner: str, often: str, formats: list[str]
) -> None:
    assert f'name="manner" type="radio" value="{manner}"' in client.get("/join").text
    page = client.post("/join", data={"contact": "pat@example.org", "manner": manner, "drawn": drawn})
    code = code_in(letters(session)[0].text)
    assert "You are on the list" in client.post(page.headers["Location"], data={"code": code}).text
    assert held(session, "pat@example.org") == [("all", often, None)]
    assert session.scalars(select(Subscriber.formats)).one() == formats


def test_a_manner_that_is_not_offered_is_refused(client: FlaskClient, session: Session, drawn: str) -> None:
    answer = client.post("/join", data={"contact": "pat@example.org", "manner": "hourly", "drawn": drawn})
    assert (answer.status_code, asked(session)) == (422, 0)
    assert "Choose how your alerts should come." in answer.text


def test_the_form_asks_four_questions_at_most(client: FlaskClient) -> None:
    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', main_of(client.get("/join").text)))
    assert names - {"leave_empty", "drawn", "csrf_token", "submission"} == {"contact", "postcode", "topics", "manner"}


def test_who_gives_a_landline_reads_that_once_a_day_or_week_it_is_rung_for_urgent_alerts_alone(
    client: FlaskClient, signed_in: Callable[..., FlaskClient], session: Session, run_import: Import
) -> None:
    run_import(f"Ann Example,,020 7946 0001,,,,,,daily,{CONSENT}", PAT)
    browser = signed_in(RoleName.MANAGER)
    words = "A landline is rung at once, or for urgent alerts only."
    landline = f"/subscribers/1/addresses/{endpoint_id(session, '+442079460001')}"
    mail = f"/subscribers/2/addresses/{endpoint_id(session, 'pat@example.org')}"
    for path in ("/join", "/subscribers/new", "/subscribers/paper", landline):
        assert words in browser.get(path).text, path
    assert words not in browser.get(mail).text


def test_where_alerts_go_is_asked_for_in_the_same_words_wherever_it_is_asked(client: FlaskClient) -> None:
    for path in ("/join", "/preferences"):
        assert "Email address or telephone number" in client.get(path).text
