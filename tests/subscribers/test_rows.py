"""Rows of a file: what they mean, and what is wrong with them."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import NOW
from tsalert.core.errors import RuleViolation
from tsalert.core.records import Record
from tsalert.delivery.rules import Channel
from tsalert.subscribers.rows import COLUMNS, HEADER, ImportRow, Terms, check_header, read_row
from tsalert.subscribers.rules import Frequency, Kind

TERMS = Terms(["all", "scams", "doorstep-crime"], {}, NOW, allow_drama=True)


def row(terms: Terms = TERMS, **given: str) -> ImportRow:
    values = {"email": "pat@example.org"} | given
    return read_row(Record(2, tuple(values.get(column, "") for column in COLUMNS)), terms)


def test_an_address_is_all_that_a_row_needs() -> None:
    assert row() == ImportRow(
        name=None,
        addresses=((Channel.EMAIL, "pat@example.org"),),
        postcode=None,
        ward=None,
        kind=None,
        declared_reach=None,
        topics=(),
        frequency=None,
        consent_source=None,
        consent_at=None,
    )


def test_a_full_row_is_read() -> None:
    full = row(
        name=" Example\n Watch ",
        phone="020 7946 0001",
        postcode="br13uh",
        ward="Bickley",
        kind="Partner",
        declared_reach="1,200",
        topics="Scams; doorstep crime;",
        frequency="DAILY",
        consent_source="paper form",
        consent_at="2024-05-01",
    )
    assert [address for _, address in full.addresses] == ["pat@example.org", "+442079460001"]
    assert (full.name, full.postcode, full.ward) == ("Example Watch", "BR1 3UH", "Bickley")
    assert (full.kind, full.declared_reach, full.frequency) == (Kind.PARTNER, 1200, Frequency.DAILY)
    assert full.topics == ("scams", "doorstep-crime")
    assert full.has_consent


@pytest.mark.parametrize(("phone", "channel"), [("07700 900001", "sms"), ("01632 960001", "voice")])
def test_a_mobile_gets_texts_and_another_number_calls(phone: str, channel: str) -> None:
    assert [found for found, _ in row(email="", phone=phone).addresses] == [channel]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param("2024-05-01", datetime(2024, 4, 30, 23, tzinfo=UTC), id="a-day-begins-in-london"),
        pytest.param("01/05/2024", datetime(2024, 4, 30, 23, tzinfo=UTC), id="as-british-spreadsheets-write-it"),
        pytest.param("2024-05-01T10:00:00+01:00", datetime(2024, 5, 1, 9, tzinfo=UTC), id="with-a-zone"),
        pytest.param("2024-05-01 10:00Z", datetime(2024, 5, 1, 10, tzinfo=UTC), id="with-a-blank"),
    ],
)
def test_consent_carries_the_instant_at_which_it_was_given(text: str, at: datetime) -> None:
    assert row(consent_source="web", consent_at=text).consent_at == at


@pytest.mark.parametrize(("source", "at"), [("web", ""), ("", "2024-05-01"), ("", "")])
def test_half_a_consent_is_none(source: str, at: str) -> None:
    assert not row(consent_source=source, consent_at=at).has_consent


@pytest.mark.parametrize(
    ("given", "field"),
    [
        pytest.param({"email": ""}, None, id="no-address"),
        pytest.param({"email": "pat"}, "email", id="no-email-address"),
        pytest.param({"email": "pat@example.org\x00"}, "email", id="a-null-character"),
        pytest.param({"email": "pat\u202e@example.org"}, "email", id="text-that-runs-backwards"),
        pytest.param({"email": "p" * 400 + "@example.org"}, "email", id="an-endless-address"),
        pytest.param({"name": "Jos\udce9"}, "name", id="latin-1-in-a-utf-8-file"),
        pytest.param({"name": "Pat\x07"}, "name", id="a-bell"),
        pytest.param({"phone": "12"}, "phone", id="no-number"),
        pytest.param({"phone": "+33 1 99 00 12 34"}, "phone", id="a-foreign-number"),
        pytest.param({"postcode": "BR1"}, "postcode", id="half-a-postcode"),
        pytest.param({"kind": "friend"}, "kind", id="an-unknown-kind"),
        pytest.param({"kind": "partner"}, "name", id="a-partner-without-a-name"),
        pytest.param({"declared_reach": "12"}, "declared_reach", id="a-resident-with-reach"),
        pytest.param({"kind": "partner", "name": "X", "declared_reach": "-1"}, "declared_reach", id="negative-reach"),
        pytest.param({"kind": "partner", "name": "X", "declared_reach": "1.5"}, "declared_reach", id="half-a-reader"),
        pytest.param({"kind": "partner", "name": "X", "declared_reach": "9" * 40}, "declared_reach", id="absurd-reach"),
        pytest.param({"kind": "partner", "name": "X", "declared_reach": "١٢"}, "declared_reach", id="foreign-digits"),
        pytest.param({"topics": "scams;gardening"}, "topics", id="an-unknown-topic"),
        pytest.param({"frequency": "hourly"}, "frequency", id="an-unknown-frequency"),
        pytest.param({"consent_at": "yesterday"}, "consent_at", id="no-day"),
        pytest.param({"consent_at": "2024-02-30"}, "consent_at", id="a-day-that-is-none"),
        pytest.param({"consent_at": "31/02/2024"}, "consent_at", id="a-british-day-that-is-none"),
        pytest.param({"consent_at": "2024-05-01T10:00"}, "consent_at", id="a-time-without-its-zone"),
        pytest.param({"consent_at": "0001-01-01T00:00:00+14:00"}, "consent_at", id="before-all-time"),
        pytest.param({"consent_at": "1066-10-14"}, "consent_at", id="before-anybody-was-asked"),
        pytest.param({"consent_at": (NOW + timedelta(minutes=3)).isoformat()}, "consent_at", id="three-minutes-ahead"),
    ],
)
def test_a_bad_value_is_refused_with_its_column(given: dict[str, str], field: str | None) -> None:
    with pytest.raises(RuleViolation) as refused:
        row(TERMS, **given)
    assert refused.value.field == field


def test_a_clock_that_is_a_minute_ahead_is_forgiven() -> None:
    assert row(consent_source="web", consent_at=(NOW + timedelta(minutes=1)).isoformat()).has_consent


@pytest.mark.parametrize("values", [("a",), ("",) * 10, ("pat@example.org",) * 12])
def test_a_row_with_too_few_or_too_many_values_is_refused(values: tuple[str, ...]) -> None:
    with pytest.raises(RuleViolation, match="11 are expected"):
        read_row(Record(2, values), TERMS)


def test_empty_cells_beyond_the_last_column_are_let_pass() -> None:
    assert read_row(Record(2, ("", "pat@example.org", *[""] * 14)), TERMS).addresses


def test_a_ward_is_stored_by_its_code_where_the_directory_knows_it() -> None:
    terms = Terms(["all"], {"bickley": "E05013988", "e05013988": "E05013988"}, NOW, allow_drama=True)
    assert row(terms, ward="BICKLEY").ward == "E05013988"
    assert row(terms, ward="E05013988").ward == "E05013988"
    with pytest.raises(RuleViolation, match="Bickly"):
        row(terms, ward="Bickly")


@pytest.mark.parametrize("header", [HEADER, HEADER.upper(), f"{HEADER},,", HEADER.replace(",", " , ")])
def test_the_header_may_be_written_in_capitals_and_with_blanks(header: str) -> None:
    check_header(Record(1, tuple(header.split(","))))


@pytest.mark.parametrize("header", ["", "name,email", HEADER.replace("email,phone", "phone,email"), f"{HEADER},age"])
def test_another_header_is_refused_with_the_one_expected(header: str) -> None:
    with pytest.raises(RuleViolation, match=HEADER):
        check_header(Record(1, tuple(header.split(","))))
