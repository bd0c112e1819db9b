"""Officers who decide of the same people in the same moment."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from tests.response.test_concurrency import at_once
from tests.response.test_concurrency import dee as dee  # noqa: PLC0414 - a fixture that both tests share
from tsalert.audit import queries as audit
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict
from tsalert.db import db, transaction
from tsalert.parties import matching, service
from tsalert.parties.models import PartyLink
from tsalert.parties.rules import UNDECIDED, Described
from tsalert.parties.vocabulary import PartyKind, Verdict

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def people(fresh_app: Flask, dee: Actor) -> list[int]:
    with fresh_app.app_context():
        with transaction() as session:
            named = [Described(PartyKind.PERSON, f"Person {chr(65 + number)}") for number in range(4)]
            found = [service.register(session, each, UNDECIDED, actor=dee, now=NOW).party_id for each in named]
        db.session.remove()
    return found


def current(app: Flask) -> list[PartyLink]:
    with app.app_context():
        assert audit.verify_chain(db.session()).is_whole
        links = list(db.session.scalars(select(PartyLink).where(PartyLink.undone_at.is_(None))))
        db.session.expunge_all()
        db.session.remove()
    return links


def test_the_same_decision_at_once_is_one_decision(fresh_app: Flask, dee: Actor, people: list[int]) -> None:
    pair = (people[0], people[1])
    outcomes = at_once(fresh_app, 4, lambda: service.decide(pair, Verdict.SAME, actor=dee, now=NOW))
    kept = {outcome for outcome in outcomes if not isinstance(outcome, Conflict)}
    assert len(kept) == len(current(fresh_app)) == 1


def test_of_two_who_decide_otherwise_one_is_told_so(fresh_app: Flask, dee: Actor, people: list[int]) -> None:
    verdicts = iter([Verdict.SAME, Verdict.DIFFERENT])
    pair = (people[0], people[1])
    outcomes = at_once(fresh_app, 2, lambda: service.decide(pair, next(verdicts), actor=dee, now=NOW))
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
    assert len(current(fresh_app)) == 1


def test_links_made_at_once_leave_no_chain_half_joined(fresh_app: Flask, dee: Actor, people: list[int]) -> None:
    one, two, three, four = people
    pairs = iter([(one, two), (two, three), (three, four), (four, one)])
    at_once(fresh_app, 4, lambda: service.decide(next(pairs), Verdict.SAME, actor=dee, now=NOW))
    links = current(fresh_app)
    with fresh_app.app_context():
        known = matching.identities(db.session(), people)
        db.session.remove()
    for link in links:
        assert known[link.low_id] == known[link.high_id]
