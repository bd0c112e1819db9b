"""Notes of intelligence to test with; all of them invented."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tsalert.core.actors import Actor
from tsalert.intelligence.rules import NewAbout, NewIntelligence
from tsalert.intelligence.vocabulary import About, Assessment, Handling, SourceEvaluation

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
VAN = NewAbout(About.VEHICLE, "ZZ99 ZZZ")


def told(**changes: Any) -> NewIntelligence:
    """Return a note about a van, graded 1BP."""
    usual: dict[str, Any] = {
        "source": SourceEvaluation.RELIABLE,
        "assessment": Assessment.CORROBORATED,
        "handling": Handling.PERMITTED,
        "text": "The van is used by pavers who ask for cash",
        "provenance": "A merchant who sold them the stone",
        "information_on": date(2026, 6, 1),
        "review_on": date(2026, 12, 1),
        "about": (VAN,),
    }
    return NewIntelligence(**usual | changes)


@pytest.fixture
def author(officer: Any) -> Actor:
    """The officer who writes notes."""
    found: Actor = officer(name="Pat Example")
    return found
