"""Notes of intelligence: graded, about something, reviewed, shared, superseded, and restricted where they must be."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.intelligence.conftest import NOON, VAN, told
from tsalert.audit import queries as audit
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, RuleViolation, Withheld
from tsalert.db import db, transaction
from tsalert.intelligence import queries, rules, service
from tsalert.intelligence.rules import NewAbout, NewSharing
from tsalert.intelligence.showing import shown_note
from tsalert.intelligence.vocabulary import About, Assessment, Handling, SourceEvaluation
from tsalert.parties import service as parties
from tsalert.parties.rules import Described, describe_trader
from tsalert.parties.vocabulary import PartyKind
from tsalert.staff.rules import RoleName
from tsalert.tiers import granting
from tsalert.tiers import service as tier_steps
from tsalert.tiers.granting import NewGrant
from tsalert.tiers.vocabulary import Subject

LATER = NOON + timedelta(hours=1)


def write(actor: Actor, **changes: Any) -> int:
    return service.write_note(told(**changes), is_demo=True, actor=actor, now=NOON)


def held_of_van(session: Session, actor: Actor, *, at: Any = LATER) -> list[queries.Held]:
    return queries.holdings(session, actor, (), [("vehicle", "2299222")], now=at).of_marks()


def test_a_note_is_held_of_what_it_is_about_with_its_grading(session: Session, author: Actor) -> None:
    write(author)
    (held,) = held_of_van(session, author)
    assert held.words == "Intelligence held, graded 1BP: The van is used by pavers who ask for cash"
    assert held.grade_words == "reliable; known indirectly to the source, but corroborated; lawful sharing permitted"
    assert held.about == ("Vehicle registration ZZ99 ZZZ",)


def test_a_note_is_held_of_a_party_and_of_all_that_it_is_known_by(session: Session, author: Actor) -> None:
    described = describe_trader("Pretend Paving, pretend-paving.example, van ZZ99 ZZZ")
    assert described is not None
    party_id = parties.add(session, described, actor=author, now=NOON)
    db.session.commit()
    by_van = write(author)
    by_site = write(author, about=(NewAbout(About.WEBSITE, "https://www.pretend-paving.example/about"),))
    by_name = write(author, about=(NewAbout(About.PARTY, party_id=party_id),))
    write(author, about=(NewAbout(About.PHONE, "020 7946 0999"),))
    found = queries.holdings(session, author, [party_id], now=LATER)
    assert [held.id for held in found.of_parties([party_id])] == [by_name, by_site, by_van]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"about": ()}, "about", id="about-nothing"),
        pytest.param({"about": (NewAbout(About.VEHICLE, "white van"),)}, "vehicle", id="no-plate"),
        pytest.param({"about": (NewAbout(About.PHONE, "none"),)}, "phone", id="no-number"),
        pytest.param({"about": (NewAbout(About.PARTY, party_id=987654),)}, "party_id", id="nobody"),
        pytest.param({"handling": Handling.CONDITIONS}, "conditions", id="conditions-and-none-said"),
        pytest.param({"conditions": "Police only"}, "conditions", id="conditions-where-there-are-none"),
        pytest.param({"information_on": date(2026, 6, 11)}, "information_on", id="of-tomorrow"),
        pytest.param({"information_on": date(1899, 1, 1)}, "information_on", id="of-the-century-before-last"),
        pytest.param({"review_on": date(2026, 6, 10)}, "review_on", id="reviewed-today"),
        pytest.param({"review_on": date(2028, 6, 10)}, "review_on", id="never-reviewed"),
        pytest.param({"expires_on": date(2026, 6, 10)}, "expires_on", id="expired-already"),
        pytest.param({"reason": "x"}, "reason", id="a-reason-for-nothing"),
    ],
)
def test_a_note_that_cannot_be_is_refused(session: Session, author: Actor, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        write(author, **changes)
    assert refused.value.field == field
    assert queries.list_standing(session, now=LATER).items == []


def test_a_note_shows_to_its_last_day_and_no_longer(session: Session, author: Actor) -> None:
    write(author, expires_on=date(2026, 6, 20))
    assert len(held_of_van(session, author, at=NOON + timedelta(days=10))) == 1
    assert held_of_van(session, author, at=NOON + timedelta(days=11)) == []


def test_a_later_note_takes_the_place_of_an_earlier_one_once(session: Session, author: Actor) -> None:
    first = write(author)
    second = write(author, supersedes=first, reason="The van was sold", assessment=Assessment.NOT_KNOWN)
    assert [held.id for held in held_of_van(session, author)] == [second]
    assert shown_note(session, first, actor=author, now=LATER).superseded_by == second
    with pytest.raises(Conflict, match="took the place"):
        write(author, supersedes=first, reason="Again")
    with pytest.raises(Conflict):
        service.review_note(first, date(2026, 9, 1), "Still so", actor=author, now=LATER)


def test_a_review_puts_the_next_one_off(session: Session, author: Actor) -> None:
    note_id = write(author, review_on=date(2026, 6, 11))
    week_later = NOON + timedelta(days=7)
    assert held_of_van(session, author, at=week_later)[0].is_overdue
    service.review_note(note_id, date(2026, 9, 1), "Seen again on Monday", actor=author, now=week_later)
    (held,) = held_of_van(session, author, at=week_later)
    assert (held.review_on, held.is_overdue) == (date(2026, 9, 1), False)


def test_what_has_conditions_is_shared_only_with_them(session: Session, author: Actor) -> None:
    note_id = write(author, handling=Handling.CONDITIONS, conditions="Police only, not for court")
    sharing = NewSharing(to_whom="PC Example (invented), Anytown police", purpose="A stop of the van")
    with pytest.raises(RuleViolation) as refused:
        service.share_note(note_id, sharing, actor=author, now=LATER)
    assert refused.value.field == "conditions_told"
    done = NewSharing(to_whom=sharing.to_whom, purpose=sharing.purpose, conditions_told=True)
    service.share_note(note_id, done, actor=author, now=LATER)
    (kept,) = queries.sharings_of(session, note_id)
    assert (kept.to_whom, kept.shared_on) == (sharing.to_whom, date(2026, 6, 10))
    assert [entry.action for entry in audit.entries_about(session, "intelligence_note", note_id)] == [
        "intelligence written",
        "intelligence shared",
    ]


def test_of_a_restricted_note_others_see_that_it_is_there_and_whom_to_ask(session: Session, author: Actor) -> None:
    note_id = write(author, restricted_because="The source lives next door to them")
    (held,) = held_of_van(session, author)
    assert held.words == "Intelligence held: restricted, ask Pat Example or a manager"
    assert (held.text, held.grade, held.about, held.conditions) == (None, None, (), None)
    for refused in (
        lambda: shown_note(session, note_id, actor=author, now=LATER),
        lambda: service.review_note(note_id, date(2026, 9, 1), "x", actor=author, now=LATER),
        lambda: service.share_note(note_id, NewSharing(to_whom="x", purpose="y"), actor=author, now=LATER),
        lambda: write(author, supersedes=note_id, reason="x"),
    ):
        with pytest.raises(Withheld):
            refused()


def test_a_note_names_nobody_who_is_restricted_to_whoever_reads_it(session: Session, author: Actor) -> None:
    with transaction() as writing:
        described = Described(PartyKind.PERSON, "Canary Example")
        party_id = parties.add(writing, described, actor=author, now=NOON)
    write(author, about=(VAN, NewAbout(About.PARTY, party_id=party_id)))
    with transaction() as restricting:
        root = (Subject.PARTY, party_id)
        tier_steps.restrict(restricting, *root, root, "An officer's mother", actor=author, now=NOON)
    (held,) = held_of_van(session, author)
    assert held.about == ("Vehicle registration ZZ99 ZZZ", "Somebody restricted")


def test_a_restricted_note_opens_by_name_and_for_a_reason_and_what_takes_its_place_stays_restricted(
    session: Session, author: Actor, officer: Callable[..., Actor]
) -> None:
    manager = officer(RoleName.MANAGER, name="Max Example")
    note_id = write(author, restricted_because="The source lives next door to them")
    assert author.officer_id is not None
    grant = NewGrant(author.officer_id, Subject.NOTE, note_id, LATER + timedelta(days=1), "Runs the case of the pavers")
    granting.give(grant, actor=manager, now=NOON)
    assert not held_of_van(session, author)[0].is_shown
    with transaction() as work:
        granting.open_root(work, (Subject.NOTE, note_id), "Planning tomorrow's visit", actor=author, now=LATER)
    assert held_of_van(session, author)[0].text == "The van is used by pavers who ask for cash"
    later = service.write_note(
        told(supersedes=note_id, reason="Seen again", about=(VAN,)), is_demo=True, actor=author, now=LATER
    )
    (held,) = held_of_van(session, author)
    assert (held.id, held.is_shown) == (later, False)


@pytest.mark.parametrize(
    "table", ["intelligence_note", "intelligence_about", "intelligence_review", "intelligence_sharing"]
)
def test_the_database_itself_keeps_notes_as_they_were(session: Session, author: Actor, table: str) -> None:
    note_id = write(author)
    service.review_note(note_id, date(2026, 9, 1), "Still so", actor=author, now=LATER)
    service.share_note(note_id, NewSharing(to_whom="x", purpose="y"), actor=author, now=LATER)
    for act in (f"UPDATE {table} SET id = 99999", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="as it was"), session.begin_nested():
            session.execute(text(act))


@given(st.sampled_from(SourceEvaluation), st.sampled_from(Assessment), st.sampled_from(Handling))
def test_every_grading_has_a_code_of_three_signs_and_reads_in_words(
    source: SourceEvaluation, assessment: Assessment, handling: Handling
) -> None:
    assert len(rules.grade_of(source, assessment, handling)) == 3
    assert rules.grade_in_words(source, assessment, handling).count(";") == 2


def test_the_codes_are_those_of_the_national_grading() -> None:
    assert [word.value for word in SourceEvaluation] == ["1", "2", "3"]
    assert [word.value for word in Assessment] == ["A", "B", "C", "D", "E"]
    assert [word.value for word in Handling] == ["P", "C"]
