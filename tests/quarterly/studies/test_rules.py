"""What a case study must say, and who signs it."""

import pytest

from tests.refusals import refused
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation, TsalertError
from tsalert.core.periods import quarter
from tsalert.quarterly.studies import rules
from tsalert.quarterly.studies.rules import Given, Writing
from tsalert.quarterly.studies.vocabulary import Item
from tsalert.quarterly.vocabulary import SignatureRole

AUTHOR, SECOND = SignatureRole.AUTHOR, SignatureRole.SECOND


def test_a_digest_stands_for_everything_that_readers_see() -> None:
    one = rules.digest_of("2025/26 Q4", "A roof", "Weathered £", is_board_only=False)
    assert one == "e20e3efd25bfd7461fe9473a6c60485e068848642c6d5dba2d42f0fce2d1af31"
    others = {
        rules.digest_of("2025/26 Q3", "A roof", "Weathered £", is_board_only=False),
        rules.digest_of("2025/26 Q4", "A roof!", "Weathered £", is_board_only=False),
        rules.digest_of("2025/26 Q4", "A roof", "Weathered", is_board_only=False),
        rules.digest_of("2025/26 Q4", "A roof", "Weathered £", is_board_only=True),
    }
    assert len(others - {one}) == 4


def test_a_signature_holds_while_its_words_stand() -> None:
    given = [Given(AUTHOR, "now"), Given(SECOND, "before")]
    assert rules.holding(given, "now") == {AUTHOR}


def test_a_quarter_has_three_studies() -> None:
    assert [rules.free_place(taken, quarter(2025, 4)) for taken in ([], [1], [2, 1], [3, 1])] == [1, 2, 3, 2]
    with refused(
        Conflict,
        "The report of 2025/26 Q4 has 3 case studies, and takes no more",
        legal=("withdraw one of them", "write this one for another quarter"),
    ):
        rules.free_place([1, 2, 3], quarter(2025, 4))


def test_the_public_hears_of_a_restricted_case_for_a_reason_alone() -> None:
    rules.require_edition(Writing("A roof", "Words."), is_restricted=False)
    rules.require_edition(Writing("A roof", "Words.", is_board_only=True), is_restricted=True)
    rules.require_edition(Writing("A roof", "Words.", edition_reason="They ask for it."), is_restricted=True)
    with refused(RuleViolation, "This case is restricted", field="edition_reason"):
        rules.require_edition(Writing("A roof", "Words."), is_restricted=True)


@pytest.mark.parametrize(
    ("officer_id", "held", "role"),
    [(1, [], AUTHOR), (1, [SECOND], AUTHOR), (2, [AUTHOR], SECOND)],
)
def test_the_author_signs_and_then_somebody_else(
    officer_id: int, held: list[SignatureRole], role: SignatureRole
) -> None:
    assert rules.role_for(officer_id, writers=[1, None], held=held) is role


@pytest.mark.parametrize(
    ("officer_id", "held", "error", "message", "legal"),
    [
        (None, [], NotAllowed, "Only an officer can sign", ()),
        (1, [AUTHOR], NotAllowed, "You wrote some of this study", ()),
        (1, [AUTHOR, SECOND], Conflict, "These words are signed already", ()),
        (2, [AUTHOR, SECOND], Conflict, "These words are signed already", ()),
        (2, [], Conflict, "Its author signs first", ("ask the author to sign",)),
    ],
)
def test_nobody_signs_out_of_turn(
    officer_id: int | None,
    held: list[SignatureRole],
    error: type[TsalertError],
    message: str,
    legal: tuple[str, ...],
) -> None:
    with refused(error, message, legal=legal):
        rules.role_for(officer_id, writers=[1, None], held=held)


@pytest.mark.parametrize("left", Item)
def test_each_line_of_the_checklist_must_hold(left: Item) -> None:
    rules.require_all(list(Item))
    with refused(RuleViolation, f"Left: {left.label}.", field="items"):
        rules.require_all([item for item in Item if item is not left])


def test_what_is_signed_is_what_was_read() -> None:
    rules.require_same("a", "a")
    with refused(Conflict, "The words have changed since you read them", legal=("read them again",)):
        rules.require_same("a", "b")
