"""Whatever is written down is found by its words from the same instant on, and no longer by words that it lost."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from subprocess import CompletedProcess

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.finding.conftest import Look, described
from tests.response.conftest import roof_call
from tsalert.cases import service as cases
from tsalert.cases.models import CaseFile
from tsalert.cases.rules import NewMoneyLine, NewNote
from tsalert.cases.vocabulary import MoneyKind, NoteKind
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict
from tsalert.db import db, transaction
from tsalert.enforcement import court
from tsalert.enforcement import service as enforcement
from tsalert.enforcement.court_rules import NewProsecution
from tsalert.enforcement.rules import NewAction, NewCancellation, NewOffence
from tsalert.enforcement.vocabulary import ActionKind, ContractKind, CourtKind, Place
from tsalert.evidence import service as evidence
from tsalert.evidence.rules import NewExhibit
from tsalert.finding import indexing
from tsalert.finding.keeping import renew
from tsalert.finding.sources import SOURCES
from tsalert.fulltext.models import Document, Rebuild
from tsalert.fulltext.vocabulary import SOURCES as KINDS
from tsalert.fulltext.vocabulary import Found
from tsalert.handover import service as handover
from tsalert.handover.rules import NewHandover
from tsalert.referrals import service as referrals
from tsalert.referrals.rules import NewReferral
from tsalert.referrals.vocabulary import BodyKind
from tsalert.response import correcting_calls, dispatching
from tsalert.response import service as response
from tsalert.response.dispatching import NewMilestone
from tsalert.response.facts import Correction, Fact
from tsalert.response.steps import Step

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
DAY = date(2026, 6, 1)
OpenCase = Callable[..., int]


@pytest.fixture
def case_id(session: Session, open_case: OpenCase) -> int:
    return open_case(summary="A roof in Zanzibar slate.", victim_name="Alex Example")


def test_a_case_is_found_by_what_it_says_now(look: Look, case_id: int, actor: Actor) -> None:
    assert look("zanzibar") == look("alex example") == {(Found.CASE, case_id)}
    cases.amend_case(case_id, described(summary="A roof in Welsh slate."), actor=actor, now=NOW)
    assert (look("zanzibar"), look("welsh slate")) == (set(), {(Found.CASE, case_id)})


def test_a_call_and_its_incident_are_found_by_what_they_say_now(look: Look, actor: Actor) -> None:
    logged = response.log_call(roof_call(happening="Men with a zebra", postcode=None), actor=actor, now=NOW)
    assert look("zebra") == {(Found.CALL, logged.call_id)}
    assert look("07700900123") == {(Found.CALL, logged.call_id)}
    assert (Found.INCIDENT, logged.incident_id) in look("1 example road")
    told = {Fact.HAPPENING: "Men with a horse"}
    correcting_calls.correct_call(logged.call_id, Correction(told, "Misheard"), actor=actor, now=NOW)
    assert (look("zebra"), look("horse")) == (set(), {(Found.CALL, logged.call_id)})


def log(case_id: int, actor: Actor) -> None:
    cases.add_note(case_id, NewNote(NoteKind.FACT, "They left in a quagga."), actor=actor, now=NOW)


def money(case_id: int, actor: Actor) -> None:
    line = NewMoneyLine(MoneyKind.PAID, Decimal(5), note="In a quagga envelope")
    cases.record_money(case_id, line, actor=actor, now=NOW)


def action(case_id: int, actor: Actor) -> None:
    enforcement.record_action(case_id, NewAction(ActionKind.WARNING, DAY, "Quagga letter"), actor=actor, now=NOW)


def offence(case_id: int, actor: Actor) -> None:
    new = NewOffence("fraud_representation", DAY, DAY, note="Quagga roof")
    enforcement.record_offence(case_id, new, actor=actor, now=NOW)


def contract(case_id: int, actor: Actor) -> None:
    new = NewCancellation("Quagga paint", ContractKind.SERVICE, Place.OFF_PREMISES, DAY)
    enforcement.record_cancellation(case_id, new, actor=actor, now=NOW)


def handed(case_id: int, actor: Actor) -> None:
    new = NewHandover(body="Otherborough", facts="Seen near the quagga.", case_id=case_id)
    handover.draft_handover(new, actor=actor, now=NOW)


def prosecuted(case_id: int, actor: Actor) -> None:
    new = NewProsecution(CourtKind.CROWN, "Anytown Crown Court", DAY, "Quagga/1")
    court.begin_prosecution(case_id, new, actor=actor, now=NOW)


def exhibit(case_id: int, actor: Actor) -> None:
    evidence.record_exhibit(case_id, NewExhibit("A quagga skin"), None, actor=actor, now=NOW)


def passed_on(case_id: int, actor: Actor) -> None:
    new = NewReferral("Seen near the quagga.", BodyKind.POLICE, "Anytown Police", case_id=case_id)
    referrals.draft_referral(new, actor=actor, now=NOW)


@pytest.mark.parametrize("write", [log, money, action, offence, contract, handed, prosecuted, exhibit, passed_on])
def test_every_text_of_a_case_leads_to_it(
    look: Look, case_id: int, actor: Actor, write: Callable[[int, Actor], None]
) -> None:
    assert look("quagga") == set()
    write(case_id, actor)
    assert look("quagga") == {(Found.CASE, case_id)}


def test_a_draft_of_a_handover_is_found_by_what_it_says_now(look: Look, case_id: int, actor: Actor) -> None:
    new = NewHandover(body="Otherborough", facts="Seen near the quagga.", case_id=case_id)
    number = handover.draft_handover(new, actor=actor, now=NOW)
    changed = NewHandover(body="Otherborough", facts="Seen near the okapi.", case_id=case_id)
    handover.change_draft(number, changed, actor=actor, now=NOW)
    assert (look("quagga"), look("okapi")) == (set(), {(Found.CASE, case_id)})


def test_what_was_noted_at_a_step_leads_to_its_incident(look: Look, actor: Actor) -> None:
    incident_id = response.log_call(roof_call(), actor=actor, now=NOW).incident_id
    assert incident_id is not None
    step = NewMilestone(Step.EN_ROUTE, note="Past the okapi house")
    dispatching.record_milestone(incident_id, step, actor=actor, now=NOW + timedelta(minutes=1))
    assert look("okapi") == {(Found.INCIDENT, incident_id)}


def test_what_was_refused_is_not_found(look: Look, case_id: int, actor: Actor) -> None:
    note = cases.add_note(case_id, NewNote(NoteKind.FACT, "First"), actor=actor, now=NOW)
    again = NewNote(NoteKind.FACT, "A quagga", supersedes=note, reason="Misheard")
    cases.add_note(case_id, again, actor=actor, now=NOW)
    with pytest.raises(Conflict):
        cases.add_note(case_id, NewNote(NoteKind.FACT, "Okapi", supersedes=note, reason="x"), actor=actor, now=NOW)
    assert (look("okapi"), look("quagga")) == (set(), {(Found.CASE, case_id)})


def test_what_changed_past_the_session_is_renewed_by_name(look: Look, session: Session, case_id: int) -> None:
    with transaction() as work:
        work.execute(update(CaseFile).where(CaseFile.id == case_id).values(summary="Redacted", victim_name=None))
        work.expire_all()
        renew(work, "case", [case_id])
    assert (look("zanzibar"), look("alex"), look("redacted")) == (set(), set(), {(Found.CASE, case_id)})


def test_the_index_is_built_anew_from_the_records(look: Look, session: Session, case_id: int, actor: Actor) -> None:
    log(case_id, actor)
    with transaction() as work:
        work.execute(update(Document).values(words="spoilt"))
        work.add(Document(source="log", source_id=999_999, subject="case", subject_id=case_id, words="ghost"))
    assert (look("quagga"), look("spoilt ")) == (set(), {(Found.CASE, case_id)})
    read: list[int] = []
    assert indexing.index_all(now=NOW, on_progress=read.append) == sum(read) == 2
    assert (look("quagga"), look("spoilt"), look("ghost")) == ({(Found.CASE, case_id)}, set(), set())


def test_a_stopped_run_goes_on_where_it_was(
    session: Session, open_case: OpenCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        open_case()
    monkeypatch.setattr(indexing, "BATCH", 2)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        indexing.index_all(now=NOW, on_progress=stop)
    assert indexing.count_left(db.session()) == 3
    assert indexing.index_all(now=NOW) == 3
    assert db.session().scalar(select(func.count()).select_from(Rebuild)) == 0


def test_every_kind_of_record_has_a_name_of_its_own() -> None:
    assert len({source.name for source in SOURCES}) == len(SOURCES) == len({source.model for source in SOURCES})
    assert tuple(source.name for source in SOURCES) == KINDS


def test_the_command_says_how_many_records_it_read(run_command: Callable[..., CompletedProcess[str]]) -> None:
    done = run_command("search", "index")
    assert (done.returncode, done.stdout) == (0, "0 records read.\n"), done.stderr
