"""A resident rings the service's number: who is rung, who is connected, and what is written down."""

from collections.abc import Callable, Sequence
from itertools import permutations
from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from tests.inbound.conftest import BACKUP, MANAGER, PRIMARY, PUBLIC, stand
from tests.standins.telephone import OUR_NUMBER, Exchange, Phone, Stage
from tests.standins.twilio import TOKEN
from tsalert.core.actors import Actor
from tsalert.db import Base
from tsalert.response.models import Call
from tsalert.response.vocabulary import Disposition, Line
from tsalert.rota.vocabulary import Duty
from tsalert.staff.rules import RoleName
from tsalert.telephone.models import Recording, TelephoneCall, TelephoneEvent
from tsalert.telephone.rules import EventKind, Reason

Callers = Callable[..., Exchange]
SILENT = {PRIMARY: Phone.NO_ANSWER, BACKUP: Phone.NO_ANSWER, MANAGER: Phone.NO_ANSWER}


def the_call(session: Session) -> Call:
    session.expire_all()
    return session.scalars(select(Call)).one()


def events(session: Session) -> list[tuple[str, int]]:
    return [(each.kind, each.place) for each in session.scalars(select(TelephoneEvent).order_by(TelephoneEvent.id))]


def everything(session: Session) -> list[object]:
    return [session.execute(table.select()).all() for table in Base.metadata.sorted_tables]


def test_the_officer_who_presses_1_is_connected(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor]
) -> None:
    caller = exchange(phones={PRIMARY: Phone.TAKES}).ring()
    caller.call_back()
    assert (caller.was_connected, caller.rang) == (True, [PRIMARY])
    taken = session.scalars(select(TelephoneEvent).where(TelephoneEvent.kind == EventKind.TAKEN)).one()
    assert taken.officer_id == on_duty[Duty.PRIMARY].officer_id
    assert events(session) == [("rang", 0), ("taken", 0), ("ended", 0)]


def test_a_call_is_a_record_that_waits_from_its_first_ring(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor]
) -> None:
    caller = exchange(rings_off=Stage.GREETING).ring()
    call = the_call(session)
    assert (call.disposition, call.line) == (Disposition.WAITING, Line.RAPID_VOICE)
    assert (call.phone, call.phone_e164) == (caller.caller, caller.caller)
    assert call.received_at == call.opened_at == session.scalars(select(TelephoneCall.rang_at)).one()
    assert call.reference.startswith("C")


@pytest.mark.parametrize("first", [each for each in Phone if each is not Phone.TAKES])
def test_a_call_that_is_not_taken_goes_to_the_next_in_the_chain(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor], first: Phone
) -> None:
    caller = exchange(phones={PRIMARY: first, BACKUP: Phone.TAKES}).ring()
    assert (caller.was_connected, caller.rang) == (True, [PRIMARY, BACKUP])
    assert events(session) == [("rang", 0), ("not_taken", 0), ("rang", 1), ("taken", 1)]


def test_an_officers_voicemail_never_gets_the_caller(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor]
) -> None:
    caller = exchange(phones=dict.fromkeys(SILENT, Phone.VOICEMAIL)).ring()
    assert (caller.was_connected, caller.rang) == (False, [PRIMARY, BACKUP, MANAGER])
    assert session.scalars(select(Recording)).one().seconds == 12


def test_a_caller_whom_nobody_answers_hears_999_first_and_leaves_a_message(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor]
) -> None:
    caller = exchange(phones=SILENT).ring()
    caller.call_back()
    asked = caller.heard[1]
    assert asked.index("9 9 9") < asked.index("Testshire, rapid response")
    assert caller.heard[-1].startswith("Thank you")
    assert the_call(session).line == Line.RAPID_VOICEMAIL
    assert session.scalars(select(Recording)).one().seconds == 12
    assert events(session)[-2:] == [("message_asked", 3), ("ended", 0)]


def test_a_caller_who_says_nothing_is_told_that_the_call_was_noted(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor]
) -> None:
    caller = exchange(phones=SILENT, says=0).ring()
    assert "noted your call" in caller.heard[-1]
    assert the_call(session).line == Line.RAPID_VOICE
    assert session.scalars(select(Recording)).all() == []


def test_with_nobody_on_duty_managers_are_rung(
    session: Session, exchange: Callers, officer: Callable[..., Actor]
) -> None:
    stand(session, officer(RoleName.MANAGER), Duty.BACKUP, MANAGER)
    session.execute(Base.metadata.tables["rota_shift"].delete())
    session.commit()
    caller = exchange(phones={MANAGER: Phone.TAKES}).ring()
    assert (caller.was_connected, caller.rang) == (True, [MANAGER])


def test_with_nobody_at_all_a_message_is_taken_at_once(session: Session, exchange: Callers) -> None:
    caller = exchange().ring()
    assert caller.rang == []
    assert len(caller.heard) == 2
    assert session.scalars(select(TelephoneEvent.word)).first() == Reason.NOBODY_TO_RING
    assert session.scalars(select(Recording)).one()


def test_only_british_mobiles_are_rung(session: Session, exchange: Callers, officer: Callable[..., Actor]) -> None:
    for duty, number in zip(Duty, ("+447624123456", "+12025550123", "+441632960123"), strict=True):
        stand(session, officer(), duty, number)
    session.commit()
    assert exchange().ring().rang == []


def test_the_officers_telephone_shows_the_services_number_and_not_the_callers(
    exchange: Callers, on_duty: dict[Duty, Actor]
) -> None:
    caller = exchange(phones={PRIMARY: Phone.TAKES}).ring()
    first = caller.answers[0][2]
    assert f'callerId="{OUR_NUMBER}"' in first
    for _, _, answer in caller.answers:
        assert caller.caller not in answer


@pytest.mark.parametrize(
    ("told", "shown", "dialled"),
    [
        pytest.param("anonymous", None, None, id="withheld"),
        pytest.param("+266696687", None, None, id="withheld-by-keys"),
        pytest.param("", None, None, id="nothing"),
        pytest.param("sip:alex@example.org", "sip:alex@example.org", None, id="sip"),
        pytest.param("client:door<b>", "client:door<b>", None, id="client"),
        pytest.param("+12025550123", "+12025550123", "+12025550123", id="abroad"),
        pytest.param("60006", "60006", None, id="short"),
        pytest.param("\x00\ud800".encode("utf-8", "replace").decode(), "\ufffd?", None, id="garbage"),
        pytest.param("x" * 5000, "x" * 200, None, id="endless"),
    ],
)
def test_any_caller_at_all_is_kept_readable(
    session: Session,
    exchange: Callers,
    on_duty: dict[Duty, Actor],
    told: str,
    *,
    shown: str | None,
    dialled: str | None,
) -> None:
    caller = exchange(caller=told, phones={PRIMARY: Phone.TAKES}).ring()
    caller.call_back()
    call = the_call(session)
    assert (caller.was_connected, call.phone, call.phone_e164) == (True, shown, dialled)


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("phone", [Phone.NO_ANSWER, Phone.TAKES, Phone.VOICEMAIL])
def test_a_caller_may_ring_off_at_any_time(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor], stage: Stage, phone: Phone
) -> None:
    caller = exchange(phones=dict.fromkeys(SILENT, phone), rings_off=stage, repeats=2).ring()
    caller.call_back()
    call = the_call(session)
    assert call.disposition == Disposition.WAITING
    assert events(session)[-1] == ("ended", 0)
    was_taken = ("taken", 0) in events(session)
    assert was_taken == (caller.was_connected or (phone is Phone.TAKES and stage is Stage.TALKING))
    left_one = session.scalars(select(Recording)).all()
    assert (call.line == Line.RAPID_VOICEMAIL) == bool(left_one)


@pytest.mark.parametrize("stage", [Stage.RINGING, Stage.WHISPER])
def test_nobody_further_is_rung_or_said_to_be_once_the_caller_rang_off(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor], stage: Stage
) -> None:
    caller = exchange(rings_off=stage, phones={PRIMARY: Phone.VOICEMAIL}, repeats=2).ring()
    caller.call_back()
    assert caller.rang == [PRIMARY]
    assert events(session) == [("rang", 0), ("not_taken", 0), ("ended", 0)]


def test_everything_posted_twice_is_answered_as_the_first_time_and_counts_once(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor]
) -> None:
    phones = {PRIMARY: Phone.VOICEMAIL, BACKUP: Phone.BUSY, MANAGER: Phone.NO_ANSWER}
    caller = exchange(phones=phones, repeats=3).ring()
    caller.call_back()
    known = events(session)
    assert len(known) == len(set(known)) == 8
    assert len(session.scalars(select(Recording)).all()) == 1
    before = everything(session)
    for url, _, body in caller.answers[::3]:
        form = {"CallSid": caller.sid, "From": caller.caller, "To": OUR_NUMBER, "DialCallStatus": "busy"}
        if url.endswith("/voice") or "/next" in url:
            assert caller.send(url, form) == (200, body)
    assert everything(session) == before


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_callbacks_may_come_in_any_order(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor], order: Sequence[int]
) -> None:
    caller = exchange(phones=SILENT, repeats=2).ring()
    assert len(caller.callbacks) == 2
    caller.call_back(order)
    assert the_call(session).line == Line.RAPID_VOICEMAIL
    assert len(session.scalars(select(Recording)).all()) == 1
    assert session.scalars(select(TelephoneEvent.seconds).where(TelephoneEvent.kind == EventKind.ENDED)).one() == 75


@pytest.mark.parametrize("seed", range(6))
def test_whatever_order_everything_comes_in_and_however_often_the_facts_agree(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor], seed: int
) -> None:
    phones = {PRIMARY: Phone.VOICEMAIL, BACKUP: Phone.REFUSES, MANAGER: (Phone.BUSY, Phone.TAKES)[seed % 2]}
    played = exchange(phones=phones).ring()
    played.call_back()
    again, chance = exchange(), Random(seed)
    posted = [(url.replace(played.sid, again.sid), form | {"CallSid": again.sid}) for url, form in played.posted] * 2
    chance.shuffle(posted)
    for url, form in posted:
        assert again.send(url, form)[0] in {200, 204}
    row = session.scalars(select(TelephoneCall).where(TelephoneCall.provider_ref == again.sid)).one()
    told = session.scalars(select(TelephoneEvent).where(TelephoneEvent.telephone_call_id == row.id)).all()
    places = [(each.kind, each.place) for each in told]
    assert len(places) == len(set(places))
    assert ("ended", 0) in places
    assert not {place for kind, place in places if kind == "taken"} & {
        place for kind, place in places if kind == "not_taken"
    }
    assert session.get_one(Call, row.call_id).phone == again.caller


def test_a_call_that_we_hear_of_only_at_its_end_is_a_record_and_nobody_is_rung_for_it(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor]
) -> None:
    caller = exchange()
    status = f"{PUBLIC}/webhooks/twilio/voice/status"
    form = {"CallSid": caller.sid, "From": caller.caller, "To": OUR_NUMBER, "CallStatus": "completed"}
    assert caller.send(status, form)[0] == 204
    assert the_call(session).phone == caller.caller
    late = caller.send(f"{PUBLIC}/webhooks/twilio/voice", form | {"CallStatus": "ringing"})
    assert "Hangup" in late[1]
    assert "Dial" not in late[1]


def test_a_call_that_goes_on_has_not_ended(session: Session, exchange: Callers, on_duty: dict[Duty, Actor]) -> None:
    caller = exchange()
    for status in ("ringing", "in-progress", "queued", "transmogrified", ""):
        form = {"CallSid": caller.sid, "From": caller.caller, "To": OUR_NUMBER, "CallStatus": status}
        assert caller.send(f"{PUBLIC}/webhooks/twilio/voice/status", form)[0] == 204
    assert session.scalars(select(Call)).all() == []


def test_a_key_pressed_after_the_caller_rang_off_connects_nobody(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor]
) -> None:
    caller = exchange(rings_off=Stage.WHISPER, phones={PRIMARY: Phone.TAKES}).ring()
    caller.call_back()
    asked = next(url for url, _, _ in caller.answers if "/whisper" in url)
    late = caller.send(asked.replace("/whisper", "/key"), {"CallSid": "CA1", "Digits": "1"})
    assert "no longer waiting" in late[1]
    assert ("taken", 0) not in events(session)


PATHS = ("", "/next", "/whisper", "/key", "/recorded", "/recording", "/status")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("signature", ["forged", "", "é"])
def test_what_twilio_did_not_sign_is_refused_and_changes_nothing(
    session: Session, client: FlaskClient, exchange: Callers, path: str, signature: str
) -> None:
    exchange()
    before = everything(session)
    form = {"CallSid": "CA1", "From": "+447700900123", "CallStatus": "completed", "RecordingSid": "RE1", "Digits": "1"}
    answer = client.post(
        f"/webhooks/twilio/voice{path}?call=CA1&place=0&officer=1",
        data=form,
        headers={"X-Twilio-Signature": signature},
    )
    assert answer.status_code == 403
    assert everything(session) == before


@pytest.mark.parametrize("path", PATHS)
def test_a_reference_that_is_none_is_refused(client: FlaskClient, exchange: Callers, path: str) -> None:
    exchange()
    url = f"/webhooks/twilio/voice{path}?call=%27--&place=0&officer=1"
    form = {"CallSid": "'; DROP TABLE call", "Digits": "1"}
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{url}", form)
    assert client.post(url, data=form, headers={"X-Twilio-Signature": signature}).status_code == 422


def test_what_happened_in_a_call_is_never_rewritten(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor]
) -> None:
    exchange(phones={PRIMARY: Phone.TAKES}).ring()
    for change in ("UPDATE telephone_event SET place = 7", "DELETE FROM telephone_event"):
        with pytest.raises(DatabaseError, match="never rewritten"), session.begin_nested():
            session.connection().exec_driver_sql(change)
