"""Looking for anything by whatever an officer has."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import event, select, text, true
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.finding.conftest import answer_to
from tests.response.conftest import roof_call
from tsalert.audit.models import AuditEvent
from tsalert.cases import queries as cases
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.clock import utc_now
from tsalert.db import transaction
from tsalert.fulltext import queries as words
from tsalert.fulltext.rules import read_terms
from tsalert.fulltext.vocabulary import Found
from tsalert.response import queries as calls
from tsalert.response import service as response
from tsalert.staff.rules import RoleName
from tsalert.tiers import service as tiers
from tsalert.tiers.vocabulary import Subject

pytestmark = pytest.mark.db

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
Headers = dict[str, str]


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.DUTY_OFFICER)


@pytest.fixture
def logged(session: Session, actor: Actor) -> int:
    call = roof_call(caller_name="Ada Brindle", trader="Catterfield Roofing Ltd, AB12 CDE")
    return response.log_call(call, actor=actor, now=NOW, is_demo=True).call_id


def test_a_street_is_found_by_its_short_form(actor: Actor, logged: int) -> None:
    whole = answer_to("1 example road", actor)
    assert logged in {hit.id for group in whole.groups if group.found is Found.CALL for hit in group.hits}
    short = answer_to("1 example rd", actor)
    assert [[hit.id for hit in group.hits] for group in short.groups] == [
        [hit.id for hit in group.hits] for group in whole.groups
    ]
    assert not any(group.hits for group in answer_to("1 example st", actor).groups)


def test_an_open_incident_is_found_by_a_street_that_is_spelt_otherwise(actor: Actor) -> None:
    logged = response.log_call(roof_call(address="22 Cherry Orchard Road"), actor=actor, now=utc_now(), is_demo=True)
    for typed, why in (("22 Chery Orchrd Rd", "similar address, open"), ("chery orchard", "same street, open")):
        hits = [hit for group in answer_to(typed, actor).groups for hit in group.hits]
        assert [(hit.found, hit.id, hit.why) for hit in hits] == [(Found.INCIDENT, logged.incident_id, why)], typed
        assert answer_to(typed, actor).read() == {"incidents": str(logged.incident_id)}
    assert answer_to("22 Quite Another Road", actor).is_empty


@pytest.mark.parametrize("spaced", ["{}", " {} ", "lower"])
def test_a_reference_leads_straight_to_its_record(
    desk: FlaskClient, session: Session, open_case: Callable[..., int], logged: int, spaced: str
) -> None:
    case_id = open_case()
    call = calls.get_call(session, logged)
    assert call.incident_id is not None
    for reference, path in (
        (cases.get_case(session, case_id).reference, f"/cases/{case_id}"),
        (call.reference, f"/calls/{logged}"),
        (calls.get_incident(session, call.incident_id).reference, f"/incidents/{call.incident_id}"),
    ):
        typed = reference.lower().replace("-", "") if spaced == "lower" else spaced.format(reference)
        answer = desk.post("/search", data={"q": typed})
        assert (answer.status_code, answer.location) == (303, path)


def test_a_reference_without_its_letter_shows_its_record_and_does_not_lead_there(
    desk: FlaskClient, client: FlaskClient, bearer: Callable[..., dict[str, str]], session: Session,
    open_case: Callable[..., int], logged: int,
) -> None:  # fmt: skip
    case_id, other = open_case(), open_case()
    case = cases.get_case(session, case_id).reference
    call = calls.get_call(session, logged)
    for reference, path in ((case, f"/cases/{case_id}"), (call.reference, f"/calls/{logged}")):
        kind, number = reference[:3], reference[4:9]
        for typed in (f"{kind}-{number}", f"{kind} {int(number)}".lower(), f"{kind}{number}"):
            answer = desk.post("/search", data={"q": typed})
            assert (answer.status_code, f'href="{path}">{reference}</a>' in answer.text) == (200, True), typed
            assert "You typed no check letter" in answer.text
            assert f"/cases/{other}" not in answer.text
    told: Any = client.post("/api/v1/search", json={"q": case[:9]}, headers=bearer(RoleName.CASE_OFFICER)).json
    assert (told["leads_to"], told["perhaps"]["kind"], told["perhaps"]["id"]) == (None, "case", case_id)
    assert told["perhaps"]["reference"] == case


def test_a_reference_with_a_wrong_letter_is_not_guessed(
    desk: FlaskClient, session: Session, open_case: Callable[..., int]
) -> None:
    reference = cases.get_case(session, open_case()).reference
    wrong = "A" if reference[-1] != "A" else "B"
    answer = desk.post("/search", data={"q": reference[:-1] + wrong})
    assert (answer.status_code, "Nothing was found" in answer.text) == (200, True)


def test_a_reference_that_nothing_has_is_looked_for_like_words(desk: FlaskClient) -> None:
    answer = desk.post("/search", data={"q": "D26-00031-U"})
    assert (answer.status_code, "Nothing was found" in answer.text) == (200, True)


def test_people_and_traders_are_found_by_name_number_and_vehicle(session: Session, actor: Actor, logged: int) -> None:
    assert [hit.name for hit in answer_to("Adah Brindel", actor).people] == ["Ada Brindle"]
    assert [hit.name for hit in answer_to("07700 900123", actor).people] == ["Ada Brindle"]
    found = answer_to("catterfield roofing", actor)
    assert [hit.name for hit in found.traders] == ["Catterfield Roofing Ltd"]
    assert [hit.name for hit in answer_to("ab12cde", actor).traders] == ["Catterfield Roofing Ltd"]
    assert [hit.why for group in found.groups for hit in group.hits] == ["catterfield, roofing in the call"]


def test_the_page_says_what_was_found_and_why(desk: FlaskClient, open_case: Callable[..., int]) -> None:
    open_case(summary="Gutters by a zebra.", victim_name="Canary Featherstone")
    page = desk.post("/search", data={"q": "zebra gutter"}).text
    assert "zebra, gutter in the case" in page
    assert "Doorstep crime" in page
    assert "Featherstone" not in page
    assert "zebra" not in page.partition("</title>")[0]


def test_ten_of_a_kind_are_shown_and_more_when_asked(
    desk: FlaskClient, session: Session, open_case: Callable[..., int]
) -> None:
    for _ in range(11):
        open_case(summary="Zebra crossing")
    page = desk.post("/search", data={"q": "zebra"}).text
    assert (page.count("in the case"), "Show more cases" in page) == (10, True)
    page = desk.post("/search", data={"q": "zebra", "kind": "case"}).text
    assert (page.count("in the case"), "Show more" in page) == (11, False)


def test_whoever_searches_stands_in_the_trail_with_what_they_were_shown(
    desk: FlaskClient, session: Session, open_case: Callable[..., int]
) -> None:
    case_id = open_case(summary="Zebra crossing")
    desk.post("/search", data={"q": "zebra"})
    entry = session.scalars(select(AuditEvent).where(AuditEvent.action == "searched")).one()
    assert (entry.subject, entry.subject_id, entry.detail) == ("search", None, {"words": 1, "cases": str(case_id)})


@pytest.mark.parametrize(
    "typed",
    [
        "roof*", '"roof', "roof'", "NEAR(roof gutter)", "roof AND", "words:roof", "-roof", "^roof", "roof) OR (1=1",
        "'; DROP TABLE call; --", "%", "roof\\", "{roof}", "& | ! <->", "roof:*", "AND", "OR NOT", "\u202eroof",
        "漢字", "банк", "عربى", "हिन्दी", "🙂 roof", "a" * 500, " ".join(["word"] * 90), "+44", "07700", "00000",
    ],
)  # fmt: skip
def test_whatever_is_typed_is_answered(desk: FlaskClient, open_case: Callable[..., int], typed: str) -> None:
    open_case()
    assert desk.post("/search", data={"q": typed}).status_code in {200, 422}


@pytest.mark.parametrize("typed", ["", "  ", "***", '"', "🙂"])
def test_nothing_to_look_for_is_said_so(desk: FlaskClient, typed: str) -> None:
    answer = desk.post("/search", data={"q": typed})
    assert (answer.status_code, "Type a word, a name, a number or a reference." in answer.text) == (422, True)


def test_a_book_is_refused(desk: FlaskClient) -> None:
    answer = desk.post("/search", data={"q": "roof " * 2000})
    assert (answer.status_code, "Keep this to 500 characters or fewer." in answer.text) == (422, True)


def test_every_page_of_an_officer_has_the_box_and_its_key_can_be_switched_off(desk: FlaskClient) -> None:
    assert 'data-shortcut="/"' in desk.get("/cases").text
    desk.post("/account/shortcut", data={"key": ""})
    page = desk.get("/cases").text
    assert ('action="/search"' in page, 'data-shortcut="/"' in page) == (True, False)


def test_the_api_finds_the_same(
    client: FlaskClient, bearer: Callable[..., Headers], session: Session, open_case: Callable[..., int], logged: int
) -> None:
    token = bearer(RoleName.CASE_OFFICER)
    case_id = open_case(summary="Zebra crossing")
    found: Any = client.post("/api/v1/search", json={"q": "zebra"}, headers=token).json
    (case,) = [item for group in found["groups"] if group["kind"] == "case" for item in group["items"]]
    assert (case["id"], case["why"], found["leads_to"]) == (case_id, "zebra in the case", None)
    reference = cases.get_case(session, case_id).reference
    led: Any = client.post("/api/v1/search", json={"q": reference}, headers=token).json
    assert led["leads_to"] == {"kind": "case", "id": case_id}
    assert client.post("/api/v1/search", json={"q": "**"}, headers=token).status_code == 422
    assert client.post("/api/v1/search", json={"q": "x"}).status_code == 401
    assert client.get("/api/v1/search?q=zebra", headers=token).status_code == 405


def test_an_administrator_finds_nothing_of_anybody(signed_in: Callable[..., FlaskClient]) -> None:
    assert signed_in(RoleName.ADMINISTRATOR).post("/search", data={"q": "zebra"}).status_code == 403


def test_the_newest_stand_first(session: Session, actor: Actor, open_case: Callable[..., int]) -> None:
    first, second = open_case(summary="Zebra", now=NOW), open_case(summary="Zebra", now=utc_now())
    assert [hit.id for group in answer_to("zebra", actor).groups for hit in group.hits] == [second, first]


def test_a_restricted_case_is_found_by_nobody_without_a_grant(
    session: Session, actor: Actor, open_case: Callable[..., int]
) -> None:
    root = (Subject.CASE, open_case(summary="Zebra"))
    with transaction() as step:
        tiers.restrict(step, *root, root, "An informant is named", actor=SERVICE, now=NOW)
    assert answer_to("zebra", actor).is_empty
    assert not answer_to("zebra", replace(SERVICE, permissions=actor.permissions)).is_empty


@pytest.mark.parametrize("depth", [None, 1, 1000])
def test_old_records_are_found_like_the_newest(
    session: Session,
    actor: Actor,
    open_case: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    depth: int | None,
) -> None:
    monkeypatch.setattr(words, "_depth", lambda *_: depth)
    old, _, new = open_case(summary="Zebra"), open_case(summary="Okapi"), open_case(summary="Zebra", now=utc_now())
    assert [hit.id for group in answer_to("zebra", actor).groups for hit in group.hits] == [new, old]


def test_each_search_is_planned_for_its_own_words_however_many_went_before(session: Session) -> None:
    if session.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite plans each statement for its words anyway")
    for _ in range(12):  # the driver prepares the sixth, and the server then makes one plan for all words
        newest(session, Found.CASE, "nothing", limit=100)
    kept = "SELECT count(*), sum(generic_plans) FROM pg_prepared_statements WHERE statement LIKE '%fts_vector%'"
    prepared, for_any_words = session.execute(text(kept)).one()
    assert prepared
    assert for_any_words == 0


def test_the_newest_calls_are_found_without_passing_all_cases_that_are_newer(session: Session) -> None:
    if session.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite reads its index of words, which knows what each leads to")
    for subject in ("call", "case"):
        fill(session, subject, subject)
    found, asked = newest_zebras(session, Found.CALL)
    assert [subject_id for subject_id, _ in found] == list(range(10000, 9840, -8))
    _estimated, _held, (statement, parameters) = asked
    plan = str(session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters).all())
    assert "ix_search_document_recent" in plan, plan
    assert "pk_search_document" not in plan, plan


def test_a_common_word_is_found_among_older_kinds_of_record_without_gathering_all_that_hold_it(
    session: Session,
) -> None:
    if session.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite reads its index of words from the newest on")
    fill(session, "case", "case")
    fill(session, "money", "case", word="okapi")  # a rebuilt index numbers one kind after the other
    found, asked = newest_zebras(session, Found.CASE)
    assert [subject_id for subject_id, _ in found] == list(range(10000, 9840, -8))
    assert len(asked) == 3, "the two estimates, and the newest"


def test_a_rare_word_is_looked_for_in_the_index_of_words_alone(session: Session) -> None:
    if session.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite reads its index of words from the newest on")
    fill(session, "case", "case", word="okapi")
    session.execute(text("UPDATE search_document SET words = 'zebra' WHERE source_id IN (17, 4711)"))
    session.execute(text("ANALYZE search_document"))
    found, asked = newest_zebras(session, Found.CASE)
    assert [subject_id for subject_id, _ in found] == [4711, 17]
    assert len(asked) == 3, "the two estimates, and the index"


def fill(session: Session, source: str, subject: str, word: str = "zebra") -> None:
    """Write ten thousand records of one kind, every eighth with a word of its own."""
    rows = """
        INSERT INTO search_document (source, source_id, subject, subject_id, words)
        SELECT :source, n, :subject, n, CASE WHEN n % 8 = 0 THEN :word ELSE 'okapi' END
        FROM generate_series(1, 10000) AS n
    """
    session.execute(text(rows), {"source": source, "subject": subject, "word": word})
    session.execute(text("ANALYZE search_document"))


def newest_zebras(session: Session, subject: Found) -> tuple[list[words.Held], list[tuple[str, Any]]]:
    """Return the twenty newest records that hold a word, and the statements by which they were found."""
    asked: list[tuple[str, Any]] = []

    def keep(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", keep)
    found = newest(session, subject, "zebra", limit=20)
    event.remove(Engine, "before_cursor_execute", keep)
    return found, asked


def newest(session: Session, subject: Found, said: str, *, limit: int) -> list[words.Held]:
    """Return the newest records of one kind that hold some words, whoever may see them."""
    return words.newest_of_each(session, {subject: lambda _: true()}, read_terms(said), limit=limit)[subject]
