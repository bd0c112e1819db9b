"""What of a handover goes to another authority: its pack word for word, what a case is begun with, a list of files."""

from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.cases.sections import pack_from_data
from tsalert.config import Settings
from tsalert.evidence import queries as evidence
from tsalert.handover import packs
from tsalert.handover.models import Handover
from tsalert.response import queries as response
from tsalert.webhooks.rules import stamp

Content = dict[str, Any]


def content_of(session: Session, row: Handover) -> Content:
    """Return what an offered handover says; of the victim only what the pack itself has.

    Files stay here. The pack lists them, so that the taker knows what there is and can prove what comes later.
    """
    assert row.answer_by is not None  # an offer has its time
    reference = packs.subject_of(session, row).reference
    return {
        "reference": reference,
        "title": packs.title_of(reference),
        "facts": row.facts,
        "answer_by": stamp(row.answer_by),
        "digest": row.digest,
        "matter": _of_case(session, row) if row.case_id is not None else _of_incident(session, row),
        "sections": [
            {"heading": section.heading, "lines": [list(line) for line in section.lines]}
            for section in pack_from_data(row.pack or [])
        ],
        "files": _files(session, row.case_id) if row.case_id is not None else [],
    }


def whoever_answers(name: str) -> str:
    """Return who answers for us, as the other side reads it."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return f"{settings.authority_name}, {name}"


def _of_case(session: Session, row: Handover) -> Content:
    case = cases.get_case(session, row.case_id or 0)
    told = {"category": case.category, "kind": case.kind, "channel": case.channel, "postcode": case.postcode}
    if not row.with_victim:
        return told
    chosen = case.chosen_for_vulnerability
    return told | {"victim_name": case.victim_name, "address": case.address, "chosen_for_vulnerability": chosen}


def _of_incident(session: Session, row: Handover) -> Content:
    incident = response.get_incident(session, row.incident_id or 0)
    told = {"category": incident.category.value, "kind": incident.kind, "postcode": incident.household.postcode}
    return told | ({"address": incident.household.address} if row.with_victim else {})


def _files(session: Session, case_id: int) -> list[Content]:
    listed = evidence.dossier(session, case_id).labelled_files
    return [{"exhibit": label, "kind": file.kind, "size": file.size, "sha256": file.sha256} for label, file in listed]
