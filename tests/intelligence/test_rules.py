"""What a note must say before it is kept or shared, and how its grading reads."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.intelligence import rules
from tsalert.intelligence.rules import NewAbout, NewIntelligence, NewSharing
from tsalert.intelligence.vocabulary import About, Assessment, Handling, SourceEvaluation

TODAY, DAY = date(2026, 6, 10), timedelta(days=1)
NOTE = NewIntelligence(
    source=SourceEvaluation.RELIABLE,
    assessment=Assessment.CORROBORATED,
    handling=Handling.PERMITTED,
    text="A white van.",
    provenance="A neighbour.",
    information_on=TODAY,
    review_on=TODAY + DAY,
    about=(NewAbout(About.VEHICLE, "AB12 CDE"),),
)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"information_on": date(1900, 1, 1)},
        {"expires_on": TODAY + DAY},
        {"supersedes": 1, "reason": "It was another van."},
        {"handling": Handling.CONDITIONS, "conditions": "Not to the press."},
    ],
    ids=str,
)
def test_a_note_that_says_all_is_kept(changes: dict[str, Any]) -> None:
    rules.require_note(replace(NOTE, **changes), today=TODAY)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"about": ()}, "about", "Say what it is about"),
        ({"handling": Handling.CONDITIONS}, "conditions", "Say under which conditions"),
        ({"conditions": "Not to the press."}, "conditions", "Take the conditions out"),
        ({"information_on": TODAY + DAY}, "information_on", "Give the day on which this was so"),
        ({"information_on": date(1899, 12, 31)}, "information_on", "Give the day on which this was so"),
        ({"review_on": TODAY}, "review_on", "Choose a day after today"),
        ({"expires_on": TODAY}, "expires_on", "Choose a day after today"),
        ({"supersedes": 1}, "reason", "Say why it takes the place"),
        ({"reason": "It was another van."}, "reason", "Say why it takes the place"),
    ],
    ids=str,
)
def test_a_note_that_cannot_be_is_refused_at_its_field(changes: dict[str, Any], field: str, message: str) -> None:
    with refused(RuleViolation, message, field=field):
        rules.require_note(replace(NOTE, **changes), today=TODAY)


def sharing(new: NewSharing, handling: Handling = Handling.PERMITTED) -> None:
    rules.require_sharing(new, handling, today=TODAY, written_on=TODAY - DAY)


def test_conditions_are_told_before_a_note_is_shared() -> None:
    sharing(NewSharing(to_whom="Police", purpose="Crime"))
    sharing(NewSharing(to_whom="Police", purpose="Crime", conditions_told=True), Handling.CONDITIONS)
    with refused(RuleViolation, "Tell them the conditions first", field="conditions_told"):
        sharing(NewSharing(to_whom="Police", purpose="Crime"), Handling.CONDITIONS)


def test_a_note_is_shared_between_its_own_day_and_today() -> None:
    for day in (TODAY - DAY, TODAY):
        sharing(NewSharing(to_whom="Police", purpose="Crime", shared_on=day))
    for day in (TODAY - 2 * DAY, TODAY + DAY):
        with refused(RuleViolation, "Choose a day between that of the note", field="shared_on"):
            sharing(NewSharing(to_whom="Police", purpose="Crime", shared_on=day))


def test_a_grading_is_read_out_in_signs_and_in_words() -> None:
    assert rules.grade_of("1", "B", "P") == "1BP"
    assert rules.grade_in_words("1", "B", "P") == (
        "reliable; known indirectly to the source, but corroborated; lawful sharing permitted"
    )
