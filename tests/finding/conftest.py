"""Officers, calls and cases to look for; all of them invented."""

from collections.abc import Callable

import pytest

from tests.cases.conftest import actor, described, incident, open_case
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.finding.rules import Answer
from tsalert.finding.search import search
from tsalert.fulltext.vocabulary import Found

__all__ = ["actor", "described", "incident", "open_case"]
Look = Callable[[str], set[tuple[Found, int]]]


def answer_to(text: str, actor: Actor) -> Answer:
    """Return all that a text leads to."""
    return search(db.session(), text, is_demo=True, actor=actor, now=utc_now())


@pytest.fixture
def look(actor: Actor) -> Look:
    """Look for words: ``look("gutter")`` returns what of calls, incidents and cases was found."""

    def find(text: str) -> set[tuple[Found, int]]:
        return {(hit.found, hit.id) for group in answer_to(text, actor).groups for hit in group.hits}

    return find
