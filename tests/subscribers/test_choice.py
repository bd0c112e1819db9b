"""Whom an alert is for beside its topic and wards, and the account of who gets it and who does not and why."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import CONSENT, Import, digest_audience, endpoint_id
from tsalert.core.errors import RuleViolation
from tsalert.delivery import service as delivery
from tsalert.delivery.models import Endpoint
from tsalert.delivery.rules import SuppressionReason
from tsalert.subscribers import queries, service
from tsalert.subscribers.accounting import Fate, Meant, account_for
from tsalert.subscribers.choice import Choice
from tsalert.subscribers.models import Partner, Subscriber, SubscriberEndpoint, SubscriberMerge, SubscriberWard
from tsalert.subscribers.pointed_out import find_pointed_out, lines_of
from tsalert.subscribers.profiles import PartnerKind, PartnerProfile
from tsalert.subscribers.rules import Frequency

CHANNELS = ("email", "sms", "voice")


@pytest.fixture(autouse=True)
def people(session: Session, run_import: Import) -> None:
    """Residents of two wards and of none, two libraries, a charity and a partner of no kind."""
    run_import(
        f"Ann,ann@example.org,,,Bickley,,,scams,immediate,{CONSENT}",
        f"Bob,bob@example.org,,,Darwin,,,all,immediate,{CONSENT}",
        f"Cat,cat@example.org,,,,,,doorstep-crime,immediate,{CONSENT}",
        f"Dan,dan@example.org,,,Bickley,,,all,weekly,{CONSENT}",
        f"Eve,,07700 900001,,Bickley,,,all,immediate,{CONSENT}",
        "Gus,gus@example.org,,,Bickley,,,all,immediate,,",
        f"Pia,pia@example.org,,,Darwin,,,all,immediate,{CONSENT}",
        f"Bickley Library,lib@example.org,,,Bickley,partner,300,scams,immediate,{CONSENT}",
        f"Darwin Library,dlib@example.org,,,Darwin,partner,300,all,immediate,{CONSENT}",
        f"Befrienders,care@example.org,,,,partner,40,doorstep-crime,immediate,{CONSENT}",
        f"Watch,watch@example.org,,,,partner,90,all,immediate,{CONSENT}",
    )
    library, charity = (session.scalars(select(PartnerKind.id).where(PartnerKind.name == name)).one()
                        for name in ("Library", "Charity"))  # fmt: skip
    kinds = {"Bickley Library": library, "Darwin Library": library, "Befrienders": charity}
    for name, kind in kinds.items():
        session.add(PartnerProfile(partner_id=number_of(session, name), kind_id=kind))
    session.add(SubscriberWard(subscriber_id=number_of(session, "Bob"), ward="Bickley"))
    session.execute(update(Subscriber).where(Subscriber.name == "Pia").values(paused_until=NOW))
    session.commit()


def number_of(session: Session, name: str) -> int:
    return session.scalars(select(Subscriber.id).where(Subscriber.name == name)).one()


def kind_of(session: Session, name: str) -> int:
    return session.scalars(select(PartnerKind.id).where(PartnerKind.name == name)).one()


def reached(session: Session, choice: Choice, **asked: Any) -> set[str]:
    wanted: dict[str, Any] = {"wards": (), "topic": "all", "channels": CHANNELS, "urgent": False} | asked
    rows = session.execute(queries.audience(choice=choice, **wanted)).all()
    assert len(rows) == len({number for number, _ in rows})
    sizes = queries.audience_size(session, choice=choice, **wanted)
    assert sum(sizes.values()) == len(rows)
    return {session.get_one(Endpoint, number).address.partition("@")[0] for number, _ in rows}


def test_only_partners_of_the_kinds_chosen_get_it(session: Session) -> None:
    library, charity = kind_of(session, "Library"), kind_of(session, "Charity")
    assert reached(session, Choice(kinds=(library,))) == {"lib", "dlib"}
    assert reached(session, Choice(kinds=(library, charity)), topic="doorstep-crime") == {"dlib", "care"}
    assert reached(session, Choice(kinds=(library,)), wards=("Bickley",)) == {"lib"}


def test_a_partner_with_whom_we_do_not_work_any_more_is_of_no_kind(session: Session) -> None:
    session.execute(update(PartnerProfile).values(ended_at=NOW))
    assert reached(session, Choice(kinds=(kind_of(session, "Library"),))) == set()


def test_people_of_a_ward_that_is_left_out_get_nothing_and_those_of_no_ward_do(session: Session) -> None:
    assert reached(session, Choice(but_wards=("Bickley",))) == {"bob", "cat", "dlib", "care", "watch"}


def test_who_is_named_gets_it_whatever_topics_wards_and_pace_they_chose(session: Session) -> None:
    named = tuple(number_of(session, name) for name in ("Bickley Library", "Dan", "Befrienders"))
    everybody = {"bob", "dlib", "watch", "lib", "dan", "care"}
    assert reached(session, Choice(named=named), topic="product-safety", wards=("Darwin",)) == everybody
    assert reached(session, Choice(kinds=(kind_of(session, "Charity"),), named=named[:1])) == {"care", "lib"}


def test_who_is_named_and_pauses_or_has_left_does_not_get_it(session: Session) -> None:
    service.unsubscribe(endpoint_id(session, "dan@example.org"), now=NOW)
    named = (number_of(session, "Pia"), number_of(session, "Dan"), number_of(session, "Gus"))
    assert reached(session, Choice(kinds=(kind_of(session, "Charity"),), named=named)) == {"care"}


def test_who_is_left_out_gets_it_at_none_of_their_addresses_even_where_others_read_them(session: Session) -> None:
    library, shared = number_of(session, "Darwin Library"), endpoint_id(session, "bob@example.org")
    session.add(SubscriberEndpoint(subscriber_id=library, endpoint_id=shared, channel="email"))
    session.flush()
    everybody = reached(session, Choice())
    assert reached(session, Choice(left_out=(library,))) == everybody - {"dlib", "bob"}
    assert reached(session, Choice(left_out=(library,), named=(library,))) == everybody - {"dlib", "bob"}


def test_who_was_found_to_be_one_with_somebody_is_left_out_under_either_number(session: Session) -> None:
    ann, bob, dan = (number_of(session, name) for name in ("Ann", "Bob", "Dan"))
    session.add(SubscriberMerge(merged_id=bob, into_id=ann, at=NOW))
    session.add(SubscriberMerge(merged_id=dan, into_id=bob, at=NOW))
    session.flush()
    for number in (bob, dan):
        assert "ann" not in reached(session, Choice(left_out=(number,)))
        assert "ann" in reached(session, Choice(kinds=(kind_of(session, "Charity"),), named=(number,), left_out=(99,)))


def test_digests_tell_of_it_to_those_alone_for_whom_it_is(session: Session) -> None:
    def told(choice: Choice) -> int:
        query = digest_audience(
            Frequency.WEEKLY, wards=(), topic="all", channels=CHANNELS, joined_by=NOW, choice=choice
        )
        return len(session.execute(query).all())

    assert told(Choice()) == 1
    for choice in (
        Choice(kinds=(kind_of(session, "Library"),)),
        Choice(but_wards=("Bickley",)),
        Choice(left_out=(number_of(session, "Dan"),)),
    ):
        assert told(choice) == 0


def meant(choice: Choice, **asked: Any) -> Meant:
    wanted: dict[str, Any] = {"wards": (), "topic": "all", "channels": CHANNELS, "is_urgent": False} | asked
    return Meant(choice=choice, **wanted)


def fates(session: Session, asked: Meant) -> Counter[Fate]:
    counts: Counter[Fate] = Counter()
    for group in account_for(session, asked):
        counts[group.fate] += group.count
    return counts


def test_everybody_on_the_list_is_accounted_for_with_a_reason(session: Session) -> None:
    service.unsubscribe(endpoint_id(session, "bob@example.org"), now=NOW)
    delivery.suppress(session, endpoint_id(session, "cat@example.org"), SuppressionReason.BOUNCED, NOW)
    choice = Choice(but_wards=("Darwin",), left_out=(number_of(session, "Watch"),))
    assert fates(session, meant(choice, topic="scams", channels=("email",))) == {
        Fate.STOPPED: 1,
        Fate.BROKEN: 1,
        Fate.UNCONFIRMED: 1,
        Fate.LEFT_OUT: 1,
        Fate.OTHER_TOPIC: 1,
        Fate.WARD_LEFT_OUT: 2,
        Fate.DIGEST: 1,
        Fate.OTHER_CHANNEL: 1,
        Fate.GETS: 2,
    }


def test_an_account_tells_wards_and_kinds_of_those_who_get_it(session: Session) -> None:
    choice = Choice(kinds=(kind_of(session, "Library"),))
    got = [group for group in account_for(session, meant(choice)) if group.fate is Fate.GETS]
    assert {(group.ward, group.kind, group.count) for group in got} == {
        ("Bickley", kind_of(session, "Library"), 1),
        ("Darwin", kind_of(session, "Library"), 1),
    }
    every = {group.kind for group in account_for(session, meant(Choice())) if group.fate is Fate.GETS}
    assert every == {None, 0, kind_of(session, "Library"), kind_of(session, "Charity")}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_whatever_is_chosen_the_account_counts_exactly_who_gets_it_and_everybody_else_once(
    session: Session, data: st.DataObject
) -> None:
    numbers = session.scalars(select(Subscriber.id)).all()
    kinds = session.scalars(select(PartnerKind.id)).all()
    some = st.lists(st.sampled_from(numbers), max_size=3, unique=True).map(tuple)
    wards = st.sets(st.sampled_from(["Bickley", "Darwin", "Elsewhere"]), max_size=2).map(tuple)
    choice = Choice(
        kinds=tuple(data.draw(st.sets(st.sampled_from(kinds), max_size=2))),
        but_wards=data.draw(wards),
        named=data.draw(some),
        left_out=data.draw(some),
    )
    topic = data.draw(st.sampled_from(["all", "scams", "doorstep-crime"]))
    channels = data.draw(st.sets(st.sampled_from(CHANNELS)).map(tuple))
    asked, urgent = data.draw(wards), data.draw(st.booleans())
    found = fates(session, meant(choice, wards=asked, topic=topic, channels=channels, is_urgent=urgent))
    got = reached(session, choice, wards=asked, topic=topic, channels=channels, urgent=urgent)
    assert found[Fate.GETS] == len(got)
    assert sum(found.values()) == 11


@pytest.mark.parametrize(
    "typed", ["Bickley Library", "bickley library", "  Bickley Library ", "lib@example.org", "LIB@example.org"]
)
def test_a_partner_is_meant_by_its_name_or_address(session: Session, typed: str) -> None:
    assert find_pointed_out(session, typed) == [number_of(session, "Bickley Library")]


def test_somebody_is_meant_by_code_number_or_telephone(session: Session) -> None:
    library = number_of(session, "Bickley Library")
    code = session.get_one(Partner, library).code
    for typed in (
        code,
        code.lower(),
        str(library),
        f"#{library}",
        f"#{library} Bickley Library",
        *lines_of(session, [library]),
    ):
        assert find_pointed_out(session, typed) == [library]
    assert find_pointed_out(session, "07700 900001") == [number_of(session, "Eve")]


@pytest.mark.parametrize(
    "typed",
    ["Nobody", "nobody@example.org", "#99999", "99999", "#", "#x", "07700 900009", "%", "O'Brien", "\u0661", "#0"],
)
def test_who_is_not_on_the_list_is_refused_rather_than_passed_over(session: Session, typed: str) -> None:
    with pytest.raises(RuleViolation, match="Nobody on the list is meant by"):
        find_pointed_out(session, typed)


def test_one_of_two_partners_of_one_name_is_meant_by_its_code_alone(session: Session) -> None:
    session.execute(update(Subscriber).where(Subscriber.name == "Darwin Library").values(name="Bickley Library"))
    with pytest.raises(RuleViolation, match="Several partners are called"):
        find_pointed_out(session, "Bickley Library")


def test_people_are_shown_by_number_and_partners_by_name(session: Session) -> None:
    ann, library = number_of(session, "Ann"), number_of(session, "Bickley Library")
    assert lines_of(session, [library, ann]) == [f"#{ann}", f"#{library} Bickley Library"]
