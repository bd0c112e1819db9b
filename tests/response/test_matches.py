"""Who and what is known already of a call that is being typed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.plans import asking, plans
from tests.response.conftest import NOON, roof_call
from tsalert.audit import queries as audit
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.parties import queries as parties
from tsalert.parties import service as party_service
from tsalert.parties.rules import Decided, Sought
from tsalert.parties.vocabulary import Likeness, Side, Verdict
from tsalert.parties.warning_notes import add_warning, end_warning
from tsalert.response import call_parties, dispatching, matches, service
from tsalert.response.matches import Matches
from tsalert.response.models import Call, CallParty
from tsalert.response.party_search import search
from tsalert.response.service import LoggedCall
from tsalert.response.vocabulary import CallSource, Disposition, Outcome, StandDownReason
from tsalert.restricting import service as restricting
from tsalert.staff.rules import RoleName
from tsalert.tiers.vocabulary import Subject

DAY = timedelta(days=1)
ADVICE: dict[str, Any] = {"disposition": Disposition.ADVICE, "incident": None}


def log(duty: Actor, at: datetime = NOON, **told: Any) -> LoggedCall:
    return service.log_call(roof_call(**told), actor=duty, now=at, is_demo=True)


def look(session: Session, at: datetime = NOON, **typed: Any) -> Matches:
    return matches.look_up(session, Sought(**typed), reader=SERVICE, is_demo=True, now=at)


def party_of(session: Session, call: LoggedCall, role: Side = Side.CALLER) -> int:
    return session.scalars(
        select(CallParty.party_id).where(CallParty.call_id == call.call_id, CallParty.role == role)
    ).one()


def words(found: Matches) -> list[str]:
    return [line.words for line in found.lines]


def test_a_caller_who_rang_before_is_found_by_the_number_with_how_often_and_when(session: Session, duty: Actor) -> None:
    for at in (NOON - 88 * DAY, NOON - 60 * DAY):
        log(duty, at, **ADVICE)
    (line,) = look(session, phone="+44 7700 900123").lines
    assert line.words == "same phone, 2 earlier calls, last 11 April"
    assert line.title == "Somebody we know"


def test_a_call_of_another_year_is_told_with_its_year(session: Session, duty: Actor) -> None:
    log(duty, NOON - 365 * DAY, **ADVICE)
    assert words(look(session, phone="07700 900123")) == ["same phone, 1 earlier call, last 10 June 2025"]


def test_a_name_that_sounds_alike_is_shown_because_it_is_the_reason(session: Session, duty: Actor) -> None:
    log(duty, caller_name="Catherine Brindle", **ADVICE)
    (line,) = look(session, caller_name="Kathryn Brindel").lines
    assert (line.title, line.words) == ("Catherine Brindle", "sounds like, 1 earlier call, last today")


def test_a_van_is_known_again_at_another_address_however_its_plate_was_read(session: Session, duty: Actor) -> None:
    log(duty, trader="Premier Roofing, white van AB10 CDE")
    found = look(session, trader="two men, ab1o cde", address="99 Other Road")
    (line,) = found.lines
    assert (line.match.side, line.match.reasons) == (Side.TRADER, (Likeness.SAME_VEHICLE,))
    assert [each.reason for each in found.incidents] == [Likeness.SAME_VEHICLE]


def test_a_trader_of_many_names_is_known_again_by_the_number_on_the_leaflet(session: Session, duty: Actor) -> None:
    first = log(duty, trader="Premier Roofing, tel 07700 900555")
    found = look(session, trader="Quality Gutters 07700900555", address="99 Other Road")
    (line,) = found.lines
    assert (line.match.side, line.match.reasons) == (Side.TRADER, (Likeness.SAME_PHONE,))
    assert line.match.identity == party_of(session, first, Side.TRADER)
    assert [each.reason for each in found.incidents] == [Likeness.SAME_PHONE]
    assert [each.id for each in search(session, "07700 900555", reader=SERVICE, is_demo=True, now=NOON)] == [
        line.match.identity
    ]
    (rang,) = look(session, phone="07700 900555", trader="07700 900555").lines
    assert rang.match.side is Side.CALLER


def test_a_neighbours_call_about_the_same_house_finds_the_open_incident(session: Session, duty: Actor) -> None:
    first = log(duty, NOON - timedelta(minutes=20), postcode="BR1 3UH")
    found = look(session, phone="020 7946 0999", address="1 example rd, br1 3uh")
    (incident,) = found.incidents
    assert (incident.reference, incident.reason) == (first.incident_reference, Likeness.SAME_ADDRESS)
    assert incident.grade == "immediate"
    assert [line.match.reasons for line in found.lines] == [(Likeness.SAME_ADDRESS,)]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1 Exampel Road", Likeness.LIKE_ADDRESS),
        ("Example Road", Likeness.SAME_STREET),
        ("3 Example Rd", Likeness.SAME_STREET),
        ("1 Other Road", None),
    ],
)
def test_an_open_incident_is_found_by_its_street_spelt_otherwise_or_without_its_number(
    session: Session, duty: Actor, typed: str, reason: Likeness | None
) -> None:
    first = log(duty, NOON - timedelta(minutes=20))
    found = look(session, phone="020 7946 0999", address=typed)
    assert [(each.reference, each.reason) for each in found.incidents] == (
        [(first.incident_reference, reason)] if reason else []
    )
    assert found.lines == ()
    assert look(session, NOON + 61 * DAY, address=typed).incidents == ()


def test_a_street_tells_nothing_of_an_incident_that_is_kept_from_the_reader(
    session: Session, duty: Actor, officer: Callable[..., Actor]
) -> None:
    first = log(duty, NOON - timedelta(minutes=20))
    restricting.restrict(
        (Subject.INCIDENT, first.incident_id or 0),
        "He is an officer's father",
        actor=officer(RoleName.MANAGER),
        now=NOON,
    )
    stranger = officer(RoleName.DUTY_OFFICER)
    for typed in ("1 Exampel Road", "Example Road"):
        place = Sought(address=typed)
        assert matches.look_up(session, place, reader=stranger, is_demo=True, now=NOON).incidents == ()
        assert matches.open_there(session, place, reader=stranger, now=NOON) == []


def test_a_street_is_looked_for_among_the_newest_open_incidents_alone(session: Session, duty: Actor) -> None:
    log(duty)
    with asking("LIMIT") as asked:
        look(session, address="Example Road")
    (plan,) = plans(session, [each for each in asked if "closed_at IS NULL" in each[0]])
    assert "ix_incident_open" in plan, plan
    assert "ix_call_incident" in plan, plan


def test_incidents_in_the_same_street_stand_after_all_others_and_not_beside_one_at_the_address(
    session: Session, duty: Actor
) -> None:
    older = log(duty, NOON - DAY)
    newer = log(duty, NOON - timedelta(minutes=20), address="7 Example Road", phone="020 7946 0777")
    reasons = [(each.reference, each.reason) for each in look(session, address="1 Exampel Road").incidents]
    assert reasons == [
        (older.incident_reference, Likeness.LIKE_ADDRESS),
        (newer.incident_reference, Likeness.SAME_STREET),
    ]
    (alone,) = look(session, address="1 Example Road").incidents
    assert (alone.reference, alone.reason) == (older.incident_reference, Likeness.SAME_ADDRESS)


def test_a_closed_incident_is_no_longer_offered(session: Session, duty: Actor) -> None:
    first = log(duty)
    assert first.incident_id is not None
    dispatching.stand_down(first.incident_id, reason=StandDownReason.WITHDRAWN, actor=duty, now=NOON)
    service.record_outcome(first.incident_id, Outcome.NOTHING_FOUND, actor=duty, now=NOON)
    service.close_incident(first.incident_id, actor=duty, now=NOON)
    for typed in ("1 Example Road", "1 Exampel Road", "Example Road"):
        assert look(session, address=typed).incidents == ()


def test_a_warning_shows_with_its_party_and_with_those_held_to_be_the_same(session: Session, duty: Actor) -> None:
    one = party_of(session, log(duty, **ADVICE))
    other = party_of(session, log(duty, phone="020 7946 0888", caller_name="A Example", **ADVICE))
    warning = add_warning(one, "Do not ring back", NOON.date() + DAY, actor=duty, now=NOON)
    party_service.decide((one, other), Verdict.SAME, actor=duty, now=NOON)
    (line,) = look(session, NOON + 3 * DAY, phone="020 7946 0888").lines
    assert [(note.text, note.is_overdue) for note in line.warnings] == [("Do not ring back", True)]
    assert line.words == "same phone, 2 earlier calls, last 10 June, warning note"
    end_warning(warning, "They have moved", actor=duty, now=NOON)
    assert look(session, phone="020 7946 0888").lines[0].warnings == ()


def test_those_held_to_be_the_same_are_one_match_with_every_reason(session: Session, duty: Actor) -> None:
    one = party_of(session, log(duty, caller_name="Ada Brindle", **ADVICE))
    other = party_of(session, log(duty, caller_name="Ada Brindel", phone="020 7946 0888", **ADVICE))
    assert len(look(session, phone="07700 900123", caller_name="Ada Brindle").lines) == 2
    party_service.decide((one, other), Verdict.SAME, actor=duty, now=NOON)
    (line,) = look(session, phone="020 7946 0888", caller_name="Ada Brindle").lines
    assert not line.match.is_certain
    assert (line.match.identity, line.match.reasons) == (one, (Likeness.SAME_PHONE, Likeness.SAME_NAME))


def test_somebody_told_apart_is_not_offered_for_that_party_again(session: Session, duty: Actor) -> None:
    father = party_of(session, log(duty, caller_name="Ada Brindle", **ADVICE))
    apart = Decided(different_from=(father,))
    son = party_of(session, log(duty, caller_name="Adam Brindle", caller_is=apart, **ADVICE))
    assert [line.match.identity for line in look(session, phone="07700 900123").lines] == [son, father]
    certain = look(session, phone="07700 900123", caller_name="Adam Brindle")
    assert [line.match.identity for line in certain.lines] == [son]
    chosen = look(session, phone="07700 900123", same_as=(father,))
    assert [line.match.identity for line in chosen.lines] == [father]


def test_it_says_beforehand_for_whom_a_call_will_be_taken(session: Session, duty: Actor) -> None:
    known = party_of(session, log(duty, **ADVICE))
    (line,) = look(session, phone="07700 900123", caller_name="Mrs Alex Example").lines
    assert line.match.is_certain
    assert party_of(session, log(duty, caller_name="Mrs Alex Example", **ADVICE)) == known
    assert not look(session, phone="07700 900123", caller_name="Alexa Example").lines[0].match.is_certain


def test_only_the_best_matches_are_shown(session: Session, duty: Actor) -> None:
    for number in range(12):
        log(duty, caller_name="John Smith", phone=f"020 7946 0{number:03}", **ADVICE)
    found = look(session, caller_name="Jon Smyth", phone="020 7946 0003")
    assert len(found.lines) == 8
    assert Likeness.SAME_PHONE in found.lines[0].match.reasons


def test_the_callers_own_address_is_kept_only_where_the_resident_rang(session: Session, duty: Actor) -> None:
    own = party_of(session, log(duty, source=CallSource.RESIDENT, **ADVICE))
    neighbours = party_of(session, log(duty, source=CallSource.NEIGHBOUR, phone="020 7946 0888", **ADVICE))
    assert [each.kind for each in parties.get_party(session, own).identifiers] == ["phone", "address"]
    assert [each.kind for each in parties.get_party(session, neighbours).identifiers] == ["phone"]


def test_linking_a_call_stands_in_the_trail_without_what_was_said(session: Session, duty: Actor) -> None:
    call = log(duty, trader="AB12 CDE")
    party_id = party_of(session, call)
    entries = audit.entries_about(session, "call", call.call_id)
    assert [entry.action for entry in entries] == ["logged", "linked", "linked"]
    assert entries[1].detail == {"party": party_id, "role": "caller"}
    assert [entry.action for entry in audit.entries_about(session, "party", party_id)] == ["added"]


def test_a_call_that_was_taken_for_somebodys_can_be_told_apart(session: Session, duty: Actor) -> None:
    first, second = log(duty, **ADVICE), log(duty, **ADVICE)
    mother = party_of(session, first)
    assert party_of(session, second) == mother
    daughter = call_parties.tell_apart(second.call_id, Side.CALLER, is_demo=True, actor=duty, now=NOON)
    assert party_of(session, second) == daughter != mother
    shown = look(session, phone="07700 900123", caller_name="Mrs Alex Example").lines
    assert {line.match.identity: line.match.is_certain for line in shown} == {mother: False, daughter: False}
    unclear = party_of(session, log(duty, **ADVICE))
    assert unclear not in {mother, daughter}
    assert party_of(session, log(duty, **ADVICE)) == unclear
    with pytest.raises(Conflict, match="their only call"):
        call_parties.tell_apart(second.call_id, Side.CALLER, is_demo=True, actor=duty, now=NOON)
    with pytest.raises(NotFound):
        call_parties.tell_apart(second.call_id, Side.TRADER, is_demo=True, actor=duty, now=NOON)


def test_a_call_told_apart_takes_along_what_it_alone_had_brought(session: Session, duty: Actor) -> None:
    ada = party_of(session, log(duty, caller_name="Ada Brindle", **ADVICE))
    wrong: dict[str, Any] = {"caller_name": "Zoe Inkpot", "phone": "020 7946 0888", "caller_is": Decided(same_as=ada)}
    second = log(duty, **wrong, **ADVICE)
    assert parties.get_party(session, ada).names == ("Ada Brindle", "Zoe Inkpot")
    zoe = call_parties.tell_apart(second.call_id, Side.CALLER, is_demo=True, actor=duty, now=NOON)
    session.expire_all()
    record = parties.get_party(session, ada)
    assert (record.name, record.names) == ("Ada Brindle", ("Ada Brindle",))
    assert [known.raw for known in record.identifiers] == ["07700 900123"]
    assert parties.get_party(session, zoe).names == ("Zoe Inkpot",)
    assert [line.match.identity for line in look(session, caller_name="Zoe Inkpot").lines] == [zoe]


def test_a_choice_of_who_does_not_exist_saves_no_call(session: Session, duty: Actor) -> None:
    with pytest.raises(RuleViolation, match="no such party"):
        log(duty, caller_is=Decided(same_as=987654))
    assert session.scalars(select(Call.id)).all() == []


HOSTILE = ["", "%", "_", "*", "\x00", "\u202e", "'; DROP TABLE party; --", "---", "🦊", "a" * 400, "李", "\ud800", "²"]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_anything_may_be_typed(session: Session, duty: Actor, text: str) -> None:
    log(duty, **ADVICE)
    typed: dict[str, Any] = {"phone": text, "caller_name": text, "address": text, "trader": text, "vehicle": text}
    assert look(session, **typed).lines == ()
    assert search(session, text, reader=SERVICE, is_demo=True, now=NOON) == []


def test_a_party_is_looked_for_by_whatever_an_officer_has(session: Session, duty: Actor) -> None:
    call = log(duty, trader="Premier Roofing AB12 CDE", caller_name="Ada Brindle", phone="020 7946 0888")
    caller, trader = party_of(session, call), party_of(session, call, Side.TRADER)

    def found(text: str) -> set[int]:
        return {party.id for party in search(session, text, reader=SERVICE, is_demo=True, now=NOON)}

    assert found("ada brindle") == found("02079460888") == {caller}
    assert found("premier roofing ltd") == found("ab12cde") == found("A8 12 CDE") == {trader}
    assert found("1 Example Road") == {caller, trader}
    assert found(call.reference.lower()) == found(call.incident_reference or "") == {caller, trader}
    assert found("Nobody Known") == set()
