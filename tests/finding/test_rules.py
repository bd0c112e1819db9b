"""How the answer to a search reads, and what of it the trail keeps."""

from datetime import UTC, datetime

from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.finding import rules
from tsalert.finding.rules import Answer, Group, Hit, PartyHit
from tsalert.fulltext.rules import Term
from tsalert.fulltext.vocabulary import Found

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
SOMEBODY = PartyHit(5, "Anne Example", "person", "name")


def hit(found: Found, number: int) -> Hit:
    return Hit(found, number, f"X{number}", None, NOW, None, "why")


def test_an_answer_is_empty_where_nothing_at_all_was_found() -> None:
    nothing = Group(Found.CASE, (), has_more=False)
    some = Group(Found.CASE, (hit(Found.CASE, 1),), has_more=False)
    assert Answer((), (nothing,)).is_empty
    assert not Answer((), (nothing, some)).is_empty
    assert not Answer((), (), people=(SOMEBODY,)).is_empty
    assert not Answer((), (), traders=(SOMEBODY,)).is_empty
    assert not Answer((), (), perhaps=hit(Found.CALL, 1)).is_empty


def test_the_trail_is_told_which_records_an_answer_shows() -> None:
    cases = Group(Found.CASE, (hit(Found.CASE, 3), hit(Found.CASE, 2)), has_more=True)
    calls = Group(Found.CALL, (), has_more=False)
    trader = PartyHit(9, None, "business", "name")
    answer = Answer((), (cases, calls), people=(SOMEBODY,), traders=(trader,), perhaps=hit(Found.CASE, 7))
    assert answer.read() == {"cases": "3,2,7", "parties": "5,9"}
    assert Answer((), (), perhaps=hit(Found.INCIDENT, 4)).read() == {"incidents": "4"}


def test_a_search_without_a_letter_or_digit_is_refused() -> None:
    assert rules.require_terms("gutter roofs") == (Term("gutter"), Term("roof"))
    with refused(RuleViolation, "Type a word", field="q"):
        rules.require_terms(" … ?! ")


def test_why_something_was_found_is_said_with_how_often() -> None:
    terms = (Term("gutter"), Term("roof", is_beginning=True))
    places = ["the log", "the summary", "the log", "the log"]
    assert rules.say_why(terms, places) == "gutter, roof… in the log (3 entries) and the summary"
