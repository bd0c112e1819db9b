"""A case is taken out as one document, of what was ticked, and the trail knows by whom."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.documents.reading import opened, tags, words
from tests.letters.conftest import NOON, STREET, VICTIM, letter
from tests.safeguarding.conftest import told
from tsalert.audit.queries import entries_about
from tsalert.cases import service as cases
from tsalert.cases.people import service as people
from tsalert.cases.people.queries import people_of
from tsalert.cases.people.rules import NewRole
from tsalert.cases.people.vocabulary import Role
from tsalert.cases.rules import NewNote
from tsalert.cases.vocabulary import NoteKind
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import NotAllowed
from tsalert.db import transaction
from tsalert.documents.keeping import freeze
from tsalert.enforcement import court
from tsalert.enforcement import service as enforcement
from tsalert.enforcement.court_queries import prosecutions
from tsalert.enforcement.court_rules import NewDecision, NewDefendant, NewProsecution
from tsalert.enforcement.rules import NewOffence
from tsalert.enforcement.vocabulary import CourtKind, DecisionKind, Result
from tsalert.letters import service as letters
from tsalert.letters.rules import NewSending
from tsalert.letters.vocabulary import Means
from tsalert.packs import service
from tsalert.packs.rules import USUAL, Asked, Part
from tsalert.safeguarding import service as safeguarding
from tsalert.staff.rules import RoleName
from tsalert.tiers import service as tiers
from tsalert.tiers.vocabulary import Subject


def test_it_holds_facts_money_contracts_and_timeline_without_the_victim(
    session: Session, case_id: int, contract_id: int, case_officer: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    note = NewNote(NoteKind.FACT, "Two men waited outside the bank.", NOON)
    cases.add_note(case_id, note, actor=case_officer, now=NOON)
    safeguarding.raise_concern(told(case_id=case_id), actor=case_officer, now=NOON)
    letter_id = letters.issue_letter(case_id, letter(), actor=case_officer, now=NOON)
    sending = NewSending(Means.POST, f"{VICTIM}, {STREET}")
    letters.record_sending(case_id, letter_id, sending, actor=case_officer, now=NOON)
    answer = signed_in(RoleName.CASE_OFFICER).get(f"/cases/{case_id}/pack/file")
    said = " ".join(words(answer.data).split())
    for expected in ("Tree work.", "£3,950", "Felling a tree", "Two men waited outside the bank."):
        assert expected in said
    assert [word for word in (VICTIM, STREET, "Uses a frame") if word in said] == []
    assert "Canary" not in answer.headers["Content-Disposition"]
    file = opened(answer.data)
    assert {"Table", "TH", "H1", "Caption"} <= set(tags(file))


def test_it_holds_what_the_courts_decided(session: Session, case_id: int, case_officer: Actor) -> None:
    said: Any = {"actor": case_officer, "now": NOON}
    today = NOON.date()
    offence = enforcement.record_offence(case_id, NewOffence("fraud_representation", today, today), **said)
    begun = NewProsecution(CourtKind.CROWN, "Anytown Crown Court", today, "T20260001")
    trial = court.begin_prosecution(case_id, begun, **said)
    accused = court.add_defendant(case_id, trial, NewDefendant((offence,), name="Ro Example (invented)"), **said)
    (found,) = prosecutions(session, case_id)
    charge = found.defendants[0].charges[0].id
    for decision in (
        NewDecision(DecisionKind.PLEA, accused, today, charge_id=charge, result=Result.GUILTY_PLEA),
        NewDecision(DecisionKind.SENTENCE, accused, today, result=Result.IMPRISONMENT, months=60),
    ):
        court.record_decision(case_id, trial, decision, **said)
    document = service.take_pack(case_id, Asked((Part.ENFORCEMENT,)), **said)
    told_of = freeze(document)
    for expected in ("T20260001", "Sentence: Ro Example (invented)", "Imprisonment, 60 months"):
        assert expected in told_of


def test_it_holds_what_was_ticked_alone(
    session: Session, case_id: int, case_officer: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    assert browser.get(f"/cases/{case_id}/pack").status_code == 200
    answer = browser.get(f"/cases/{case_id}/pack/file?part=victim&part=exhibits&form=docx")
    file = docx.Document(BytesIO(answer.data))
    headings = [each.text for each in file.paragraphs if each.style is not None and each.style.name == "Heading 1"]
    assert headings == ["Who the victim is, where they live, and witnesses", "List of exhibits"]
    assert VICTIM in [cell.text for row in file.tables[0].rows for cell in row.cells]
    assert "Nothing is recorded." in [each.text for each in file.paragraphs]
    entry = entries_about(session, "case", case_id)[-1]
    assert (entry.action, entry.detail["parts"], entry.detail["form"]) == ("taken out", "victim,exhibits", "docx")


def test_it_names_suspects_witnesses_only_beside_the_victim_and_an_informant_never(
    session: Session, case_id: int, case_officer: Actor
) -> None:
    numbers = {}
    for name, role in (
        ("Sly Roofer", Role.SUSPECT),
        ("Wendy Witness", Role.WITNESS),
        ("Ian Informant", Role.INFORMANT),
    ):
        new = NewRole(role=role, source="Told by the bank.", name=name)
        people.give_role(case_id, new, actor=case_officer, now=NOON)
        numbers[role] = person(session, case_id, name)

    def said(*parts: Part) -> str:
        return freeze(service.take_pack(case_id, Asked(parts), actor=case_officer, now=NOON))

    assert "Sly Roofer" in said(Part.PARTIES)
    assert [name for name in ("Wendy Witness", "Ian Informant") if name in said(*USUAL)] == []
    assert "Wendy Witness" in said(Part.VICTIM)
    assert "Ian Informant" not in said(*Part)
    with transaction() as changing:
        root = (Subject.PARTY, numbers[Role.SUSPECT])
        tiers.restrict(changing, *root, root, "Sensitive intelligence.", actor=SERVICE, now=NOON)
    assert "Sly Roofer" not in said(Part.PARTIES)


def person(session: Session, case_id: int, name: str) -> int:
    return next(each.party_id for each in people_of(session, case_id) if each.name == name)


@pytest.mark.parametrize("asked", ["part=nonsense", "form=exe", "other=1"])
def test_what_it_cannot_hold_is_refused(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient], asked: str
) -> None:
    assert signed_in(RoleName.CASE_OFFICER).get(f"/cases/{case_id}/pack/file?{asked}").status_code == 422


def test_those_who_may_not_export_do_not_get_it(
    session: Session, case_id: int, officer: Callable[..., Actor], signed_in: Callable[..., FlaskClient]
) -> None:
    assert signed_in().get(f"/cases/{case_id}/pack/file").status_code == 403
    with pytest.raises(NotAllowed):
        service.take_pack(case_id, Asked(), actor=officer(RoleName.DUTY_OFFICER), now=NOON)


def test_the_interface_gives_it_too(
    session: Session, case_id: int, client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    sender = bearer(RoleName.CASE_OFFICER)
    path = f"/api/v1/cases/{case_id}/pack"
    assert client.get(path, headers=sender).data.startswith(b"%PDF")
    assert client.get(f"{path}?form=docx&part=facts", headers=sender).data.startswith(b"PK")
    assert client.get(path, headers=bearer(RoleName.DUTY_OFFICER)).status_code == 403
