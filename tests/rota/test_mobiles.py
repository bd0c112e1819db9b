"""Only a mobile that its officer proved counts."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.rota.conftest import NOON, give_mobile, identity, put_on_shift, shown
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation, TooManyTries
from tsalert.delivery.models import Delivery, Endpoint, Mailing
from tsalert.rota import mobiles, queries
from tsalert.rota.models import MobileCode
from tsalert.rota.rules import CODE_LIFE, CODE_TRIES, CODES_PER_BLOCK, CODES_PER_OFFICER
from tsalert.rota.vocabulary import Duty

NUMBER = "07700 900123"
HOUR = timedelta(hours=1)


def ask(actor: Actor, number: str = NUMBER, *, minutes: float = 0, is_demo: bool = True) -> None:
    mobiles.send_code(number, actor=actor, now=NOON + timedelta(minutes=minutes), is_demo=is_demo)


def texted(session: Session) -> str:
    """Return the newest code, as its officer reads it."""
    query = select(Mailing.sms).join(Delivery, Delivery.mailing_id == Mailing.id).order_by(Mailing.id.desc())
    found = re.search(r"code is (\d{6})", session.scalars(query).first() or "")
    assert found
    return found[1]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_code_that_was_texted_verifies_the_mobile(session: Session, officer: Callable[..., Actor]) -> None:
    robin = officer()
    ask(robin)
    code = texted(session)
    assert session.scalars(select(Endpoint.address)).all() == ["+447700900123"]
    assert code not in session.scalars(select(MobileCode)).one().code_digest
    assert queries.mobile_of(session, identity(robin)) is None
    mobiles.confirm_code(code, actor=robin, now=NOON + timedelta(minutes=9))
    assert queries.mobile_of(session, identity(robin)) == "+447700900123"
    with pytest.raises(RuleViolation, match="too old"):
        mobiles.confirm_code(code, actor=robin, now=NOON + timedelta(minutes=9))


def test_a_code_can_be_tried_five_times(session: Session, officer: Callable[..., Actor]) -> None:
    robin = officer()
    ask(robin)
    code = texted(session)
    for _ in range(CODE_TRIES):
        with pytest.raises(RuleViolation, match="not the code"):
            mobiles.confirm_code(other_than(code), actor=robin, now=NOON)
    with pytest.raises(RuleViolation, match="tried too often"):
        mobiles.confirm_code(code, actor=robin, now=NOON)
    assert queries.mobile_of(session, identity(robin)) is None


def test_a_code_lives_ten_minutes_and_the_newest_alone_counts(session: Session, officer: Callable[..., Actor]) -> None:
    robin = officer()
    ask(robin)
    first = texted(session)
    with pytest.raises(RuleViolation, match="too old"):
        mobiles.confirm_code(first, actor=robin, now=NOON + CODE_LIFE)
    ask(robin, "07700 900124", minutes=11)
    if texted(session) != first:
        with pytest.raises(RuleViolation, match="not the code"):
            mobiles.confirm_code(first, actor=robin, now=NOON + timedelta(minutes=12))
    mobiles.confirm_code(texted(session), actor=robin, now=NOON + timedelta(minutes=12))
    assert queries.mobile_of(session, identity(robin)) == "+447700900124"


def test_somebody_elses_code_is_no_use(session: Session, officer: Callable[..., Actor]) -> None:
    robin, ash = officer(name="Robin"), officer(name="Ash")
    ask(robin)
    with pytest.raises(RuleViolation):
        mobiles.confirm_code(texted(session), actor=ash, now=NOON)


def test_an_officer_gets_only_so_many_codes_an_hour(session: Session, officer: Callable[..., Actor]) -> None:
    robin = officer()
    for minute in range(CODES_PER_OFFICER):
        ask(robin, f"07700 90010{minute}", minutes=minute)
    with pytest.raises(TooManyTries):
        ask(robin, minutes=30)
    ask(robin, minutes=61)


def test_a_block_of_numbers_gets_only_so_many_codes_an_hour(session: Session, officer: Callable[..., Actor]) -> None:
    for number in range(CODES_PER_BLOCK):
        ask(officer(), f"07700 9001{number:02}")
    with pytest.raises(TooManyTries):
        ask(officer(), "07700 900999")
    assert len(session.scalars(select(MobileCode.id)).all()) == CODES_PER_BLOCK


@pytest.mark.parametrize(
    "number",
    ["020 7946 0123", "+1 202 555 0100", "09011 234567", "112", "", "07700 900123 x1", "mobile", "07700\u200b900123\n"],
)
def test_what_is_no_british_mobile_gets_no_code(session: Session, officer: Callable[..., Actor], number: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        ask(officer(), number)
    assert refusal.value.field == "phone"
    assert session.scalars(select(MobileCode)).all() == []


def test_drama_numbers_are_for_demonstrations_alone(session: Session, officer: Callable[..., Actor]) -> None:
    with pytest.raises(RuleViolation):
        ask(officer(), is_demo=False)


def test_two_officers_never_share_a_mobile(session: Session, officer: Callable[..., Actor]) -> None:
    robin, ash = officer(name="Robin"), officer(name="Ash")
    ask(ash)
    code = texted(session)
    give_mobile(session, identity(robin), "+447700900123")
    session.commit()
    with pytest.raises(RuleViolation, match="Another officer"):
        ask(ash)
    with pytest.raises(RuleViolation, match="Another officer"):
        mobiles.confirm_code(code, actor=ash, now=NOON)


def test_a_new_mobile_takes_over_without_a_break(session: Session, officer: Callable[..., Actor]) -> None:
    robin = officer(name="Robin")
    give_mobile(session, identity(robin))
    put_on_shift(session, identity(robin), Duty.PRIMARY, NOON - HOUR, NOON + HOUR)
    session.commit()
    ask(robin)
    mobiles.confirm_code(texted(session), actor=robin, now=NOON)
    assert queries.on_duty(session, at=NOON)[0].mobile == "+447700900123"
    assert shown(session, NOON - timedelta(seconds=1)) == {Duty.PRIMARY: "Robin"}


def test_a_removed_mobile_leaves_a_gap_from_then_on(session: Session, standby: Callable[..., Actor]) -> None:
    robin = standby("Robin")
    put_on_shift(session, identity(robin), Duty.PRIMARY, NOON - HOUR, NOON + HOUR)
    session.commit()
    mobiles.remove_mobile(identity(robin), actor=robin, now=NOON)
    assert shown(session, NOON - timedelta(seconds=1)) == {Duty.PRIMARY: "Robin"}
    assert shown(session, NOON) == {}
    with pytest.raises(Conflict):
        mobiles.remove_mobile(identity(robin), actor=robin, now=NOON)


def test_a_manager_may_remove_anybodys_mobile_and_a_colleague_may_not(
    session: Session, standby: Callable[..., Actor], manager: Actor
) -> None:
    robin, ash = standby("Robin"), standby("Ash")
    with pytest.raises(NotAllowed):
        mobiles.remove_mobile(identity(robin), actor=ash, now=NOON)
    mobiles.remove_mobile(identity(robin), actor=manager, now=NOON)
    assert queries.mobile_of(session, identity(robin)) is None


def test_the_service_itself_has_no_mobile(session: Session) -> None:
    with pytest.raises(NotAllowed):
        ask(SERVICE)
