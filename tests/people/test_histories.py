"""One person or trader across calls, incidents, cases and years."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.enforcement.conftest import BEGUN, FRAUD
from tests.people.conftest import NOW, PAVERS
from tests.response.conftest import roof_call
from tsalert.cases import merging
from tsalert.cases import queries as case_queries
from tsalert.cases import service as cases
from tsalert.cases.merging import NewMerge
from tsalert.cases.people import queries
from tsalert.cases.people.vocabulary import Role
from tsalert.cases.rules import NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.clock import utc_now
from tsalert.core.periods import financial_year, quarter_of
from tsalert.db import transaction
from tsalert.enforcement import court, service
from tsalert.enforcement.court_rules import NewDecision, NewDefendant
from tsalert.enforcement.rules import NewAction, TakingBack
from tsalert.enforcement.suspects import traders_of_case
from tsalert.enforcement.vocabulary import ActionKind, DecisionKind, Record, Result
from tsalert.parties import known_by
from tsalert.parties import service as parties
from tsalert.parties.known_by import NewKnown
from tsalert.parties.rules import Described
from tsalert.parties.vocabulary import KnownBy, PartyKind, Verdict
from tsalert.people.histories import life_of
from tsalert.people.proposing import proposed_for
from tsalert.people.repeats import Who, repeat_list
from tsalert.people.rules import Episode, repeat_of, window_of
from tsalert.people.sharing import also_used
from tsalert.response import service as response
from tsalert.response.vocabulary import CallSource
from tsalert.tiers import service as tiers
from tsalert.tiers.vocabulary import Subject

THIS_YEAR = financial_year(2026)


def test_a_victim_of_three_incidents_reads_as_one(session: Session, years: tuple[int, int], actor: Actor) -> None:
    life = life_of(session, [years[0]], actor=actor, now=NOW)
    assert life.victim is not None
    assert (life.victim.words, life.victim.paid) == ("3 incidents in 3 years", Decimal("14000.00"))
    assert life.victim.is_repeat
    assert life.trader is None
    assert [(case.roles, case.paid) for case in life.cases] == [
        (("victim",), Decimal(12000)),
        (("victim",), Decimal(1600)),
        (("victim",), Decimal(400)),
    ]


def test_a_trader_reads_with_all_that_was_done_about_him(
    session: Session, years: tuple[int, int], actor: Actor
) -> None:
    case_id = life_of(session, [years[1]], actor=actor, now=NOW).cases[0].id
    warned = NewAction(ActionKind.WARNING, date(2026, 6, 2), "Told in writing")
    service.record_action(case_id, warned, actor=actor, now=NOW)
    offence = service.record_offence(case_id, FRAUD, actor=actor, now=NOW)
    prosecution = court.begin_prosecution(case_id, BEGUN, actor=actor, now=NOW)
    defendant = court.add_defendant(
        case_id, prosecution, NewDefendant((offence,), party_id=years[1]), actor=actor, now=NOW
    )
    charge = _charge(session, case_id)
    plea = NewDecision(DecisionKind.PLEA, defendant, date(2026, 6, 1), charge_id=charge, result=Result.GUILTY_PLEA)
    decision = court.record_decision(case_id, prosecution, plea, actor=actor, now=NOW)
    life = life_of(session, [years[1]], actor=actor, now=NOW)
    assert life.trader is not None
    assert (life.trader.episodes, life.trader.cases, life.trader.paid) == (3, 3, Decimal(14000))
    assert [(each.court_name, each.convicted_on) for each in life.tried] == [(BEGUN.court_name, date(2026, 6, 1))]
    assert [each.kind for each in life.actions] == ["warning"]
    case = case_queries.get_case(session, case_id)
    assert [(each.role, each.party_id) for each in proposed_for(session, case, reader=SERVICE, now=utc_now())] == [
        (Role.CONVICTED, years[1])
    ]
    service.take_back(case_id, TakingBack(Record.DECISION, decision, "Another case"), actor=actor, now=NOW)
    assert proposed_for(session, case, reader=SERVICE, now=utc_now()) == []
    assert life_of(session, [years[1]], actor=actor, now=NOW).tried[0].convicted_on is None


def _charge(session: Session, case_id: int) -> int:
    from tsalert.enforcement import court_queries  # noqa: PLC0415

    return court_queries.prosecutions(session, case_id)[0].defendants[0].charges[0].id


def test_who_may_be_charged_is_whoever_is_suspected(session: Session, years: tuple[int, int], actor: Actor) -> None:
    case = life_of(session, [years[1]], actor=actor, now=NOW).cases[0]
    assert traders_of_case(session, case.id, reader=SERVICE, now=utc_now()) == [(years[1], "Pretend Paving, van")]


def test_records_held_to_be_the_same_share_one_life(session: Session, years: tuple[int, int], actor: Actor) -> None:
    new = described(victim_name="Alexandra Example")
    case_id = cases.open_case(new, actor=actor, now=NOW)
    (other,) = queries.people_of(session, case_id)
    parties.decide((years[0], other.party_id), Verdict.SAME, actor=actor, now=NOW)
    life = life_of(session, [years[0], other.party_id], actor=actor, now=NOW)
    assert life.victim is not None
    assert life.victim.episodes == 4
    listed = repeat_list(session, Who.VICTIMS, THIS_YEAR, actor=actor, now=NOW)
    assert [(each.party_id, each.episodes, each.in_period) for each in listed.items] == [(years[0], 4, 2)]


def test_a_van_that_two_traders_use_tells_of_both(session: Session, years: tuple[int, int], actor: Actor) -> None:
    with transaction() as writing:
        other = parties.add(writing, Described(PartyKind.BUSINESS, "Makebelieve Roofing"), actor=actor, now=NOW)
    known_by.add_known(other, NewKnown(KnownBy.VEHICLE, "ZZ99 ZZZ", "Seen"), is_demo=True, actor=actor, now=NOW)
    (shared,) = also_used(session, [years[1]], actor=actor, now=NOW)
    assert (shared.kind, shared.raw, shared.party_id, shared.name) == (
        "vehicle",
        "ZZ99 ZZZ",
        other,
        "Makebelieve Roofing",
    )
    assert [each.party_id for each in also_used(session, [other], actor=actor, now=NOW)] == [years[1]]


def test_repeat_victims_and_traders_of_a_period_are_listed_and_counted(
    session: Session, years: tuple[int, int], actor: Actor
) -> None:
    once = roof_call(caller_name="Once Only", phone="07700 900777", source=CallSource.RESIDENT, address="9 Else Road")
    response.log_call(once, actor=actor, now=NOW)
    victims = repeat_list(session, Who.VICTIMS, THIS_YEAR, actor=actor, now=NOW)
    assert (victims.people, victims.episodes) == (1, 1)
    assert [(each.party_id, each.name, each.episodes, each.paid) for each in victims.items] == [
        (years[0], "Alex Example", 3, Decimal(14000))
    ]
    traders = repeat_list(session, Who.TRADERS, THIS_YEAR, actor=actor, now=NOW)
    assert [(each.party_id, each.in_period) for each in traders.items] == [(years[1], 1)]
    assert repeat_list(session, Who.VICTIMS, financial_year(2024), actor=actor, now=NOW).people == 0
    assert repeat_list(session, Who.VICTIMS, financial_year(2020), actor=actor, now=NOW).items == []


def test_a_neighbour_who_rings_often_is_no_victim(session: Session, actor: Actor) -> None:
    for days in (20, 10, 1):
        call = roof_call(source=CallSource.NEIGHBOUR, trader=PAVERS)
        response.log_call(call, actor=actor, now=NOW - timedelta(days=days))
    assert repeat_list(session, Who.VICTIMS, THIS_YEAR, actor=actor, now=NOW).people == 0
    assert repeat_list(session, Who.TRADERS, THIS_YEAR, actor=actor, now=NOW).people == 1


def test_what_is_restricted_counts_for_nobody_who_may_not_see_it(
    session: Session, years: tuple[int, int], actor: Actor
) -> None:
    last = life_of(session, [years[0]], actor=actor, now=NOW).cases[0]
    with transaction() as writing:
        for subject, number in [(Subject.CASE, last.id), *((Subject.INCIDENT, each) for each in last.incident_ids)]:
            root = (Subject.CASE, last.id)
            tiers.restrict(writing, subject, number, root, "An officer's mother", actor=actor, now=NOW)
    life = life_of(session, [years[0]], actor=actor, now=NOW)
    assert life.victim is not None
    assert (life.victim.episodes, life.victim.paid, len(life.cases)) == (2, Decimal(2000), 2)
    assert repeat_list(session, Who.VICTIMS, THIS_YEAR, actor=actor, now=NOW).people == 0


def test_what_was_paid_in_a_restricted_case_is_in_no_sum_of_whoever_may_not_see_it(
    session: Session, years: tuple[int, int], actor: Actor
) -> None:
    first = life_of(session, [years[0]], actor=actor, now=NOW).cases[-1]
    with transaction() as writing:
        root = (Subject.CASE, first.id)
        tiers.restrict(writing, *root, root, "An officer's mother", actor=actor, now=NOW)
    for who in Who:
        listed = repeat_list(session, who, THIS_YEAR, actor=actor, now=NOW)
        assert [each.paid for each in listed.items] == [Decimal(13600)], who


def another_case(session: Session, victim: int | None, name: str, actor: Actor) -> tuple[int, int]:
    """Open a case without an incident of a victim who is held to be another; returns it and its victim."""
    case_id = cases.open_case(described(victim_name=name), actor=actor, now=NOW)
    (told,) = queries.people_of(session, case_id)
    if victim is not None:
        parties.decide((victim, told.party_id), Verdict.SAME, actor=actor, now=NOW)
    return case_id, told.party_id


def continue_in(session: Session, earlier: int, later: int, *repeats: int, actor: Actor) -> None:
    new = NewMerge(case_queries.get_case(session, later).reference, "The same gang", repeats)
    merging.merge(earlier, new, actor=actor, now=NOW)


def test_two_cases_about_one_matter_count_once_with_the_money_of_both(session: Session, actor: Actor) -> None:
    earlier, victim = another_case(session, None, "Morgan Example", actor)
    later, again = another_case(session, victim, "Morgan Example", actor)
    _, once_more = another_case(session, victim, "Morgan Example", actor)
    paid = [
        cases.record_money(case_id, NewMoneyLine(MoneyKind.PAID, Decimal(pounds)), actor=actor, now=NOW)
        for case_id, pounds in ((earlier, 500), (earlier, 70), (later, 500))
    ]

    def counted() -> list[tuple[int, int, Decimal]]:
        life = life_of(session, [victim, again, once_more], actor=actor, now=NOW).victim
        listed = repeat_list(session, Who.VICTIMS, THIS_YEAR, actor=actor, now=NOW).items
        assert life is not None
        return [
            (life.episodes, life.cases, life.paid),
            *((each.episodes, each.in_period, each.paid) for each in listed),
        ]

    assert counted() == [(3, 3, Decimal(1070))] * 2
    continue_in(session, earlier, later, paid[0], actor=actor)
    assert counted() == [(2, 2, Decimal(570))] * 2
    merging.undo(earlier, "Two gangs", actor=actor, now=NOW)
    assert counted() == [(3, 3, Decimal(1070))] * 2


def test_a_matter_counts_by_the_incidents_of_its_cases(session: Session, years: tuple[int, int], actor: Actor) -> None:
    last = life_of(session, [years[0]], actor=actor, now=NOW).cases[0]
    for to_last in (True, False):
        case_id, victim = another_case(session, years[0], "Alex Example", actor)
        pair = (case_id, last.id) if to_last else (last.id, case_id)
        continue_in(session, *pair, actor=actor)
        life = life_of(session, [years[0], victim], actor=actor, now=NOW).victim
        assert life is not None
        assert (life.episodes, life.cases) == (3, 3)
        listed = repeat_list(session, Who.VICTIMS, THIS_YEAR, actor=actor, now=NOW)
        assert [each.episodes for each in listed.items] == [3]


def test_the_years_looked_at_end_with_the_period() -> None:
    assert window_of(quarter_of(date(2026, 6, 1))) == (date(2023, 7, 1), date(2026, 6, 30))
    assert window_of(THIS_YEAR) == (date(2024, 4, 1), date(2027, 3, 31))


@given(st.lists(st.timedeltas(timedelta(days=-25_000), timedelta(days=25_000)).map(NOW.__add__), min_size=1))
def test_the_words_of_a_repeat_never_depend_on_the_order(times: list[object]) -> None:
    episodes = [Episode(at) for at in times]  # type: ignore[arg-type]
    one, other = (repeat_of(each, Decimal(0), cases=0) for each in (episodes, episodes[::-1]))
    assert one == other
    assert one is not None
    assert one.years >= 1
    assert one.is_repeat == (len(times) > 1)
