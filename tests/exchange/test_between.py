"""Two running installations: keys are compared, a case is offered, answered and taken back, a key is revoked."""

from datetime import timedelta
from io import BytesIO

from flask.testing import FlaskClient
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from tests.exchange.conftest import Installation, offered
from tests.handover.conftest import STREET, VICTIM
from tsalert.cases.models import CaseFile, CaseNote
from tsalert.db import db
from tsalert.exchange import answering, offering, queries, sending, taking
from tsalert.exchange.models import ExchangeMessage, OfferedPack
from tsalert.exchange.rules import Sending
from tsalert.handover import queries as handover_queries
from tsalert.handover import service as handovers
from tsalert.handover.rules import State
from tsalert.linked import looking, own_keys
from tsalert.linked import service as linking

Pair = tuple[Installation, Installation]


def send(here: Installation, handover_id: int) -> None:
    here.does(lambda actor, now: offering.send(handover_id, 1, actor=actor, now=now))
    here.works()


def handover(here: Installation, handover_id: int) -> tuple[str, str | None, str | None, str | None]:
    def read(*_: object) -> tuple[str, str | None, str | None, str | None]:
        row = handover_queries.get_row(db.session(), handover_id)
        return row.state, row.accepted_by, row.their_reference, row.reason

    return here.does(read)


def pack(there: Installation) -> OfferedPack | None:
    return there.does(lambda *_: db.session().scalar(select(OfferedPack).order_by(OfferedPack.id.desc())))


def bring(browser: FlaskClient, signed: bytes) -> TestResponse:
    return browser.post("/offered-packs/files", data={"signed": (BytesIO(signed), "handover.jws")})


def fault(here: Installation, handover_id: int) -> tuple[Sending, str | None]:
    def read(*_: object) -> tuple[Sending, str | None]:
        found = queries.find_sending(db.session(), handover_id)
        assert found is not None
        return found.state, found.fault

    return here.does(read)


def test_a_case_is_offered_accepted_and_known_by_both_references(linked: Pair) -> None:
    here, there = linked
    handover_id, case_id = offered(here, with_victim=True)
    send(here, handover_id)
    assert fault(here, handover_id) == (Sending.DELIVERED, None)
    browser = there.browser()
    shown = browser.get("/offered-packs/1").text
    assert all(words in shown for words in ("Testshire", VICTIM, STREET, "asked for £3,950"))
    assert browser.post("/offered-packs/1/acceptance").status_code == 303
    there.works()
    state, by, reference, _ = handover(here, handover_id)
    (case,) = there.does(lambda *_: db.session().scalars(select(CaseFile)).all())
    assert (state, by, reference) == (State.ACCEPTED, "Otherborough, Officer of Otherborough", case.reference)
    assert (case.victim_name, case.category, case.source) == (VICTIM, "doorstep_crime", "other_trading_standards")
    (note,) = there.does(lambda *_: db.session().scalars(select(CaseNote.text)).all())
    ours = here.does(lambda *_: db.session().get_one(CaseFile, case_id).reference)
    assert (ours in note, "Testshire" in note) == (True, True)
    again = browser.post("/offered-packs/1/acceptance")
    assert (again.status_code, "no longer offered" in again.text) == (409, True)


def test_the_victim_stays_unless_the_giver_says_so(linked: Pair) -> None:
    here, there = linked
    send(here, offered(here)[0])
    kept = pack(there)
    assert kept is not None
    assert VICTIM not in str(kept.pack)
    assert STREET not in str(kept.pack)


def test_a_refusal_comes_back_with_its_reason_and_nothing_of_the_pack_is_kept(linked: Pair) -> None:
    here, there = linked
    handover_id, _ = offered(here, with_victim=True)
    send(here, handover_id)
    assert there.browser().post("/offered-packs/1/refusal", data={}).status_code == 422
    there.does(lambda actor, now: answering.refuse(1, "It lies in Thirdham.", actor=actor, now=now))
    there.works()
    state, _, _, reason = handover(here, handover_id)
    assert (state, reason) == (State.REFUSED, "Otherborough, Officer of Otherborough: It lies in Thirdham.")
    kept = pack(there)
    assert kept is not None
    assert (kept.state, kept.pack, kept.signed) == ("refused", None, None)


def test_an_offer_that_is_taken_back_can_no_longer_be_accepted(linked: Pair) -> None:
    here, there = linked
    handover_id, _ = offered(here)
    send(here, handover_id)
    here.does(lambda actor, now: handovers.withdraw_handover(handover_id, "Solved.", actor=actor, now=now))
    here.works()
    refused = there.browser().post("/offered-packs/1/acceptance")
    assert (refused.status_code, "taken back" in refused.text) == (409, True)


def test_a_withdrawal_that_overtakes_its_offer_is_said_again_until_that_has_come(linked: Pair) -> None:
    here, there = linked
    handover_id, _ = offered(here)
    here.does(lambda actor, now: offering.send(handover_id, 1, actor=actor, now=now))
    signed = here.does(lambda actor, now: offering.take_file(handover_id, actor=actor, now=now))
    here.does(lambda actor, now: handovers.withdraw_handover(handover_id, "Solved.", actor=actor, now=now))
    here.works()
    assert pack(there) is None
    there.does(lambda actor, now: taking.bring(signed, actor=actor, now=now))
    here.does(lambda _actor, now: sending.send_due(now + timedelta(minutes=1)))
    kept = pack(there)
    assert kept is not None
    assert (kept.state, kept.pack) == ("withdrawn", None)


def test_who_is_offered_the_same_again_by_a_giver_that_forgot_is_told(linked: Pair) -> None:
    here, there = linked
    handover_id, _ = offered(here)
    send(here, handover_id)

    def forget(*_: object) -> None:  # as a restore to before it was sent does
        db.session.execute(delete(ExchangeMessage))
        db.session.commit()

    here.does(forget)
    send(here, handover_id)
    browser = there.browser()
    assert "offered this before" not in browser.get("/offered-packs/1").text
    assert "it waits for an answer" in browser.get("/offered-packs/2").text
    browser.post("/offered-packs/1/acceptance")
    assert "we accepted it" in browser.get("/offered-packs/2").text
    there.works()
    assert handover(here, handover_id)[0] == State.OFFERED
    browser.post("/offered-packs/2/refusal", data={"reason": "We have it, as D26-00001-A."})
    assert "offered this before" not in browser.get("/offered-packs/2").text


def test_an_acceptance_that_crosses_a_withdrawal_is_told_to_both(linked: Pair) -> None:
    here, there = linked
    handover_id, _ = offered(here)
    send(here, handover_id)
    there.does(lambda actor, now: answering.accept(1, actor=actor, now=now))
    here.does(lambda actor, now: handovers.withdraw_handover(handover_id, "Solved.", actor=actor, now=now))
    there.works()
    assert handover(here, handover_id)[0] == State.WITHDRAWN
    assert "came too late" in there.browser().get("/offered-packs/1").text
    notes = there.does(lambda *_: db.session().scalars(select(CaseNote.text)).all())
    assert any("Ring them" in note for note in notes)
    here.works()  # the withdrawal changes nothing there any more
    kept = pack(there)
    assert kept is not None
    assert kept.state == "accepted"


def test_a_refusal_that_crosses_a_withdrawal_leaves_nothing_to_be_done(linked: Pair) -> None:
    here, there = linked
    handover_id, _ = offered(here)
    send(here, handover_id)
    there.does(lambda actor, now: answering.refuse(1, "It lies in Thirdham.", actor=actor, now=now))
    here.does(lambda actor, now: handovers.withdraw_handover(handover_id, "Solved.", actor=actor, now=now))
    there.works()
    assert handover(here, handover_id)[0] == State.WITHDRAWN
    shown = there.browser().get("/offered-packs/1").text
    assert ("Could not be sent" in shown, "came too late" in shown) == (True, False)


def test_a_strange_key_waits_until_it_was_compared(pair: Pair) -> None:
    here, there = pair
    here.link(there)
    handover_id, _ = offered(here)
    send(here, handover_id)
    state, said = fault(here, handover_id)
    assert (state, pack(there)) == (Sending.WAITING, None)
    assert said is not None
    assert said.startswith("Nobody we have linked")
    there.link(here)
    signed = here.does(lambda actor, now: offering.take_file(handover_id, actor=actor, now=now))
    assert there.app.test_client().post("/exchange/messages", data=signed).status_code == 200


def test_a_revoked_key_is_refused_and_what_it_signed_before_is_marked(linked: Pair) -> None:
    here, there = linked
    send(here, offered(here)[0])
    here.does(lambda actor, now: own_keys.revoke_key(1, "A laptop was stolen.", actor=actor, now=now))
    there.does(lambda _actor, now: looking.look_at_keys(now))
    browser = there.browser()
    assert "was revoked" in browser.get("/offered-packs/1").text
    refused = browser.post("/offered-packs/1/acceptance")
    assert (refused.status_code, "revoked since" in refused.text) == (409, True)
    here.does(lambda actor, now: own_keys.make_key(actor=actor, now=now))
    handover_id, _ = offered(here)
    send(here, handover_id)
    assert fault(here, handover_id)[0] == Sending.WAITING
    fingerprint = here.fingerprint()
    assert browser.post("/linked-authorities/1/keys", data={"fingerprint": fingerprint}).status_code == 303
    here.does(lambda actor, now: offering.send_again(1, actor=actor, now=now))
    here.works()
    assert browser.post("/offered-packs/1/acceptance").status_code == 303


def test_without_a_connection_offer_and_answer_travel_as_files(linked: Pair) -> None:
    here, there = linked
    handover_id, _ = offered(here)
    here.does(lambda actor, now: offering.send(handover_id, 1, actor=actor, now=now))
    taken = here.browser().post(f"/handovers/{handover_id}/sending/file")
    assert taken.headers["Content-Disposition"].endswith('.jws"')
    browser = there.browser()
    for _ in range(2):  # one pack once
        assert bring(browser, taken.data).status_code == 303
    assert there.does(lambda *_: len(db.session().scalars(select(OfferedPack)).all())) == 1
    browser.post("/offered-packs/1/acceptance")
    answer = browser.post("/offered-packs/1/answer/file").data
    desk = here.browser()
    assert bring(desk, answer).status_code == 303
    assert handover(here, handover_id)[0] == State.ACCEPTED
    assert bring(desk, answer).status_code == 303  # again changes nothing
    wrong = bring(browser, taken.data[:-9] + b"AAAAAAAAA")
    assert (wrong.status_code, "changed after it was signed" in wrong.text) == (422, True)


def test_what_waits_for_an_authority_whose_link_has_ended_says_so(linked: Pair) -> None:
    here, _ = linked
    handover_id, _ = offered(here)
    here.does(lambda actor, now: offering.send(handover_id, 1, actor=actor, now=now))
    here.does(lambda actor, now: linking.end(1, "They left.", actor=actor, now=now))
    here.works()
    assert fault(here, handover_id) == (Sending.GIVEN_UP, "The link with them has ended.")
    refused = here.browser().post(f"/handovers/{handover_id}/sending/again")
    assert (refused.status_code, "has ended" in refused.text) == (409, True)
