"""Who is held to be the same, who is not, and what becomes of it when officers change their minds."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.audit import queries as audit
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.db import transaction
from tsalert.parties import matching, queries, service
from tsalert.parties.models import Party, PartyLink
from tsalert.parties.rules import UNDECIDED, Decided, Described, describe_caller, describe_trader
from tsalert.parties.vocabulary import PartyKind, Side, Verdict

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
SAME, DIFFERENT = Verdict.SAME, Verdict.DIFFERENT


@pytest.fixture
def dee(officer: Callable[..., Actor]) -> Actor:
    return officer(name="Dee Example")


def add(described: Described | None, decided: Decided = UNDECIDED) -> int:
    assert described is not None
    with transaction() as session:
        return service.register(session, described, decided, actor=SERVICE, now=NOW).party_id


def person(name: str | None, phone: str | None = None, decided: Decided = UNDECIDED) -> int:
    return add(describe_caller(name=name, phone=phone, home=None, is_demo=True), decided)


def strangers(count: int) -> list[int]:
    return [person(f"Person {chr(65 + number)}") for number in range(count)]


def identity(session: Session, party_id: int) -> int:
    session.expire_all()
    return queries.get_party(session, party_id).identity


def test_two_held_to_be_the_same_count_as_one_person_and_both_rows_stay(session: Session, dee: Actor) -> None:
    one, other = person("Ada Example", "07700 900111"), person("A. Example", "07700 900222")
    service.decide((other, one), SAME, actor=dee, now=NOW)
    record = queries.get_party(session, other)
    assert record.members == {one, other}
    assert record.names == ("Ada Example", "A. Example")
    assert [known.raw for known in record.identifiers] == ["07700 900111", "07700 900222"]
    assert session.scalar(select(func.count()).select_from(Party)) == 2
    assert [entry.action for entry in audit.entries_about(session, "party", one)] == ["held same"]


def test_deciding_the_same_twice_is_one_decision(session: Session, dee: Actor) -> None:
    one, other = strangers(2)
    first = service.decide((one, other), SAME, actor=dee, now=NOW)
    assert service.decide((other, one), SAME, actor=dee, now=NOW) == first
    assert session.scalar(select(func.count()).select_from(PartyLink)) == 1


def test_a_decision_against_a_current_one_is_refused_and_says_to_undo_it_first(session: Session, dee: Actor) -> None:
    one, other = strangers(2)
    service.decide((one, other), SAME, actor=dee, now=NOW)
    with pytest.raises(Conflict) as refusal:
        service.decide((one, other), DIFFERENT, actor=dee, now=NOW)
    assert refusal.value.legal == ("Undo the earlier decision first",)


def test_whoever_a_chain_joins_is_one_and_cannot_be_called_different(session: Session, dee: Actor) -> None:
    ada, bea, cat = strangers(3)
    for pair in ((ada, bea), (bea, cat)):
        service.decide(pair, SAME, actor=dee, now=NOW)
    assert queries.get_party(session, cat).members == {ada, bea, cat}
    with pytest.raises(Conflict, match="Other decisions say that these two are the same"):
        service.decide((ada, cat), DIFFERENT, actor=dee, now=NOW)


def test_a_chain_cannot_join_two_that_were_told_apart(session: Session, dee: Actor) -> None:
    ada, bea, cat = strangers(3)
    service.decide((ada, cat), DIFFERENT, actor=dee, now=NOW)
    service.decide((ada, bea), SAME, actor=dee, now=NOW)
    with pytest.raises(Conflict, match="Other decisions say that these two are different"):
        service.decide((bea, cat), SAME, actor=dee, now=NOW)
    assert identity(session, cat) == cat


def test_undoing_a_link_divides_a_chain_where_it_was_and_stays_in_the_history(session: Session, dee: Actor) -> None:
    ada, bea, cat, dot = strangers(4)
    links = [service.decide(pair, SAME, actor=dee, now=NOW) for pair in pairwise((ada, bea, cat, dot))]
    service.undo(links[1], actor=dee, now=NOW)
    assert [identity(session, party) for party in (ada, bea, cat, dot)] == [ada, ada, cat, cat]
    undone = [each for each in queries.decisions_of(session, [bea]) if each.undone_at]
    assert [(each.pair, each.undone_by) for each in undone] == [((bea, cat), dee.officer_id)]
    service.decide((bea, cat), DIFFERENT, actor=dee, now=NOW)


def test_two_ways_of_knowing_outlast_the_undoing_of_one(session: Session, dee: Actor) -> None:
    ada, bea, cat = strangers(3)
    links = [service.decide(pair, SAME, actor=dee, now=NOW) for pair in ((ada, bea), (bea, cat), (ada, cat))]
    service.undo(links[1], actor=dee, now=NOW)
    assert identity(session, cat) == ada


def test_undoing_twice_changes_nothing(session: Session, dee: Actor) -> None:
    one, other = strangers(2)
    link = service.decide((one, other), SAME, actor=dee, now=NOW)
    service.undo(link, actor=dee, now=NOW)
    service.undo(link, actor=dee, now=NOW)
    actions = [entry.action for entry in audit.entries_about(session, "party", one)]
    assert actions == ["held same", "decision undone"]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from([SAME, DIFFERENT, None])), max_size=12))
def test_whatever_is_decided_and_undone_no_two_are_both_the_same_and_different(
    session: Session, dee: Actor, acts: list[tuple[int, int, Verdict | None]]
) -> None:
    parties, links = strangers(5), list[int]()
    for one, other, verdict in acts:
        if verdict is None and links:
            service.undo(links.pop(), actor=dee, now=NOW)
        elif verdict is not None and one != other:
            try:
                links.append(service.decide((parties[one], parties[other]), verdict, actor=dee, now=NOW))
            except Conflict:
                continue
    current = [each for each in queries.decisions_of(session, parties) if not each.undone_at]
    known = matching.identities(session, parties)
    for each in current:
        assert (known[each.pair[0]] == known[each.pair[1]]) is (each.verdict is SAME)


def test_nobody_is_compared_with_themselves(session: Session, dee: Actor) -> None:
    (one,) = strangers(1)
    with pytest.raises(RuleViolation, match="one and the same"):
        service.decide((one, one), SAME, actor=dee, now=NOW)


@pytest.mark.parametrize("other", [0, -1, 987654, 2**31, 2**63])
def test_nobody_is_compared_with_who_does_not_exist(session: Session, dee: Actor, other: int) -> None:
    (one,) = strangers(1)
    with pytest.raises(NotFound):
        service.decide((one, other), SAME, actor=dee, now=NOW)
    with pytest.raises(NotFound):
        service.undo(other, actor=dee, now=NOW)


def test_only_those_who_log_calls_decide(session: Session) -> None:
    one, other = strangers(2)
    with pytest.raises(NotAllowed):
        service.decide((one, other), SAME, actor=SERVICE, now=NOW)


def test_the_same_number_and_name_are_the_same_party_again(session: Session) -> None:
    first = person("Ada Example", "07700 900111")
    assert person("Mrs ADA EXAMPLE", "+44 7700 900111") == first
    assert person("Ada Example", "07700 900222") != first
    assert person("Bea Example", "07700 900111") != first
    assert person("Ada Example") != first


def test_a_number_without_a_name_is_not_taken_for_somebody_who_gave_one(session: Session) -> None:
    named, nameless = person("Ada Example", "07700 900111"), person(None, "07700 900111")
    assert named != nameless
    assert person(None, "07700 900111") == nameless


def test_a_van_seen_again_without_a_name_is_the_same_trader(session: Session) -> None:
    first = add(describe_trader("AB12 CDE"))
    assert add(describe_trader("a van AB12 COE")) != first
    assert add(describe_trader("two men in a white van, ab12cde")) == first


def test_a_choice_of_the_officers_adds_what_is_new_to_that_party(session: Session) -> None:
    known = person("Ada Example", "07700 900111")
    assert person("Adah Exampel", "07700 900999", Decided(same_as=known)) == known
    record = queries.get_party(session, known)
    assert (record.name, record.names) == ("Ada Example", ("Ada Example", "Adah Exampel"))
    assert len(record.identifiers) == 2


def test_somebody_else_at_the_same_number_is_a_new_party_told_apart_for_good(session: Session) -> None:
    father = person("Ada Example", "07700 900111")
    son = person("Ada Example", "07700 900111", Decided(different_from=(father,)))
    assert son != father
    assert matching.set_apart(session, [son]) == {father}


def test_choosing_who_does_not_exist_is_refused(session: Session) -> None:
    for decided in (Decided(same_as=987654), Decided(different_from=(987654,))):
        with pytest.raises(RuleViolation, match="no such party"):
            person("Ada Example", decided=decided)


def test_choosing_one_as_the_same_and_as_somebody_else_is_refused(session: Session) -> None:
    known = person("Ada Example")
    with pytest.raises(RuleViolation, match="as the same and as somebody else"):
        person("Ada Example", decided=Decided(same_as=known, different_from=(known,)))


def test_a_choice_that_contradicts_a_decision_is_told_as_a_fault_of_the_form(session: Session, dee: Actor) -> None:
    one, other = strangers(2)
    service.decide((one, other), SAME, actor=dee, now=NOW)
    with pytest.raises(RuleViolation, match="decided otherwise"):
        person("Ada Example", decided=Decided(same_as=one, different_from=(other,)))


def test_a_name_of_any_script_and_length_is_kept_and_found(session: Session) -> None:
    for name in ("李小龙", "Żółć " * 40, "हिन्दी नाम", "a" * 200, "%_%", "🦊 Fox"):
        described = Described(PartyKind.PERSON, name)
        kept = add(described)
        found = [hit.party_id for hit in matching.by_name(session, name, Side.CALLER)]
        assert (kept in found) is bool(described.folded), name
