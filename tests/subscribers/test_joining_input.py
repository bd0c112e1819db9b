"""Whatever people type into the form to join: kept in one form, or refused with words that help, and never an error."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.places.conftest import load_directory
from tests.places.directory_files import OUR_WARD, OURS
from tests.subscribers.conftest import letters, status
from tests.subscribers.test_views import code_in
from tsalert.core.clock import utc_now
from tsalert.delivery.models import Endpoint
from tsalert.places.models import PostcodePlace
from tsalert.subscribers.models import SignUp, Subscriber
from tsalert.visitors.tokens import stamp

LONGEST = "a" * 64 + "@" + ".".join(["b" * 61] * 3) + ".org"
TOO_LONG = "a" * 64 + "@" + ".".join(["b" * 62] * 4) + ".uk"
TO_THE_BRIM = "a" * 300 + "@" + "b" * 15 + ".org"
Answer = tuple[int, str]


@pytest.fixture
def join(client: FlaskClient, session: Session) -> Callable[..., Answer]:
    """Send the form as a person does; returns the status, and the page or where it leads."""
    mark = stamp(utc_now() - timedelta(minutes=1))

    def send(contact: str, **more: str) -> Answer:
        answer = client.post("/join", data={"contact": contact, "drawn": mark, **more})
        return answer.status_code, answer.headers.get("Location") or answer.text

    return send


@pytest.fixture
def text_to(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let texts go to the mobiles of these countries."""

    def let(*codes: int) -> None:
        known = replace(app.extensions["tsalert_settings"], sms_countries=frozenset(codes))
        monkeypatch.setitem(app.extensions, "tsalert_settings", known)

    return let


@pytest.fixture
def directory(app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory of postcodes that a form takes, on both sides of our border."""
    known = replace(app.extensions["tsalert_settings"], authority_code=OURS)
    monkeypatch.setitem(app.extensions, "tsalert_settings", known)
    load_directory(tmp_path)
    for invented, shape in (("ZZ1 1", "SE9 1"), ("ZZ2 1", "SE9 2")):
        mine = PostcodePlace.postcode.startswith(invented)
        session.execute(
            update(PostcodePlace).where(mine).values(postcode=shape + func.substr(PostcodePlace.postcode, 6))
        )
    session.commit()


def kept(session: Session) -> list[tuple[str, str]]:
    return [(end.channel, end.address) for end in session.scalars(select(Endpoint).order_by(Endpoint.id))]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("  Pat@Example.ORG ", "Pat@example.org"),
        ("pat+scams@example.org", "pat+scams@example.org"),
        ("pat+a+b@example.org", "pat+a+b@example.org"),
        ("josé@exämple.org", "josé@exämple.org"),
        ("pat@xn--exmple-cua.org", "pat@exämple.org"),
        ("用户@例子.org", "用户@例子.org"),
        ("jose\u0301@example.org", "josé@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        (LONGEST, LONGEST),
    ],
)
def test_an_email_address_of_any_kind_joins(
    client: FlaskClient, session: Session, join: Callable[..., Answer], typed: str, address: str
) -> None:
    code, page = join(typed)
    assert code == 303
    assert kept(session) == [("email", address)]
    assert "You are on the list" in client.post(page, data={"code": code_in(letters(session)[0].text)}).text
    assert status(session, address) == "active"


@pytest.mark.parametrize(
    "typed",
    [
        TOO_LONG,
        TO_THE_BRIM,
        "a" * 65 + "@example.org",
        "a" * 316 + "@b.c",
        "pat@" + "a" * 64 + ".org",
        "pat@example",
        "@example.org",
        "pat@@example.org",
        "pat@exa mple.org",
        "pat@[192.0.2.1]",
        "pat@example.org, joe@example.org",
        "Pat <pat@example.org>",
        "pat@exa\u202emple.org",
        "pat\u200b@example.org",
        "pat\x00@example.org",
        "pat@example.org\x7f",
        "pat\n@example.org",
        "pat@example.org%0d%0aBcc: joe@example.org",
    ],
)
def test_what_is_no_email_address_is_refused_beside_its_field(
    session: Session, join: Callable[..., Answer], typed: str
) -> None:
    code, page = join(typed)
    assert (code, kept(session), letters(session)) == (422, [], [])
    assert 'id="contact-error"' in page


@pytest.mark.parametrize(
    "typed",
    [
        "07700900123",
        "07700 900123",
        "07700-900-123",
        "(07700) 900 123",
        "+447700900123",
        "+44 7700 900123",
        "+44 (0) 7700 900123",
        "0044 7700 900123",
        "tel:+44-7700-900123",
        "07700.900.123",
        " 07700\u00a0900123 ",
        "\uff10\uff17\uff17\uff10\uff10\uff19\uff10\uff10\uff11\uff12\uff13",
    ],
)
def test_a_british_mobile_is_one_number_however_it_is_typed(
    session: Session, join: Callable[..., Answer], typed: str
) -> None:
    assert join(typed)[0] == 303
    assert kept(session) == [("sms", "+447700900123")]


@pytest.mark.parametrize("typed", ["020 7946 0123", "(020) 7946 0123", "+44 20 7946 0123", "0044(0)2079460123"])
def test_a_british_landline_is_one_number_however_it_is_typed(
    session: Session, join: Callable[..., Answer], typed: str
) -> None:
    assert join(typed)[0] == 303
    assert kept(session) == [("voice", "+442079460123")]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param("0909 879 0123", "no more than an ordinary call", id="premium"),
        pytest.param("0871 200 1234", "no more than an ordinary call", id="service"),
        pytest.param("070 1234 5678", "no more than an ordinary call", id="personal"),
        pytest.param("0800 1111", "belongs to an organisation", id="a-helpline-for-children"),
        pytest.param("0300 123 2040", "belongs to an organisation", id="a-public-service"),
        pytest.param("118 500", "British phone number", id="directory"),
        pytest.param("999", "British phone number", id="emergency"),
        pytest.param("60999", "British phone number", id="short-code"),
        pytest.param("020 7946 0123 x5", "without an extension", id="extension"),
        pytest.param("07700 90012", "British phone number", id="a-digit-short"),
        pytest.param("07700 9001234", "British phone number", id="a-digit-too-many"),
        pytest.param("+33 6 12 34 56 78", "We do not text or ring that number abroad", id="french-mobile"),
        pytest.param("0033 6 12 34 56 78", "We do not text or ring that number abroad", id="french-with-zeros"),
        pytest.param("+353 85 012 3456", "We do not text or ring that number abroad", id="irish-mobile"),
        pytest.param("+1 212 555 2368", "We do not text or ring that number abroad", id="american"),
        pytest.param("+44 7797 712345", "Jersey", id="jersey-mobile"),
        pytest.param("01534 512345", "Jersey", id="jersey-landline"),
        pytest.param("+999 123 4567", "phone number", id="no-country"),
        pytest.param("0" * 320, "phone number", id="endless"),
        pytest.param("07700\x00900123", "cannot be seen", id="null"),
        pytest.param("07700\u202e900123", "phone number", id="turned-round"),
    ],
)
def test_a_number_to_which_nothing_goes_is_refused_with_the_reason(
    session: Session, join: Callable[..., Answer], typed: str, words: str
) -> None:
    code, page = join(typed)
    assert (code, kept(session)) == (422, [])
    assert words in page


def test_an_address_and_a_postcode_that_are_wrong_are_told_together(join: Callable[..., Answer]) -> None:
    code, page = join("pat at example", postcode="BR1")
    assert code == 422
    assert "Enter an email address or a telephone number." in page
    assert "Enter a full postcode, like BR1 3UH." in page


def test_texts_go_abroad_only_where_the_service_says_so(
    session: Session, join: Callable[..., Answer], text_to: Callable[..., None]
) -> None:
    text_to(44, 353)
    assert join("+353 85 012 3456")[0] == 303
    assert join("+33 6 12 34 56 78")[0] == 422
    assert join("+353 1 679 6000")[0] == 422
    assert kept(session) == [("sms", "+353850123456")]


@given(typed=st.text(max_size=330))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_typed_breaks_the_form(join: Callable[..., Answer], typed: str) -> None:
    assert join(typed)[0] in {303, 422, 429}


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(
    ("typed", "ward"),
    [("SE9 1AA", OUR_WARD), ("se91aa", OUR_WARD), (" se9  1ab ", OUR_WARD), ("SE9 2AA", None), ("SE9 9ZZ", None)],
)
def test_the_ward_comes_from_the_postcode(
    client: FlaskClient, session: Session, join: Callable[..., Answer], typed: str, ward: str | None
) -> None:
    code, page = join("pat@example.org", postcode=typed)
    assert code == 303
    assert session.scalars(select(SignUp.ward)).one() == ward
    client.post(page, data={"code": code_in(letters(session)[0].text)})
    assert session.scalars(select(Subscriber.ward)).one() == ward
