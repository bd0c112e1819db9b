"""Taking a case out of the service as a document: it is in the trail before it is handed over."""

from datetime import datetime

from tsalert.audit import service as audit
from tsalert.cases import queries as cases
from tsalert.core.actors import Actor, Permission
from tsalert.db import db, transaction
from tsalert.documents.description import Document
from tsalert.documents.keeping import digest, freeze
from tsalert.packs import assembling
from tsalert.packs.assembling import Scope
from tsalert.packs.rules import Asked


def take_pack(case_id: int, asked: Asked, *, actor: Actor, now: datetime) -> Document:
    """Return a case as a document; which parts were taken, and the digest of it all, stand in the trail.

    :raises NotFound: there is no such case.
    :raises Withheld: it is restricted to this person.
    """
    actor.require(Permission.EXPORT)
    with transaction() as session:
        case = cases.get_visible_case(session, case_id, actor=actor, now=now)
        document = assembling.assemble(Scope(session, case, actor, now), asked)
        parts = ",".join(part.value for part in asked.parts)
        detail = {"parts": parts, "form": asked.form.value, "digest": digest(freeze(document))}
        audit.record(session, actor, "taken out", "case", case_id, now=now, **detail)
        return document


def reference_of(case_id: int) -> str:
    """Return the reference of a case, by which its files are named.

    :raises NotFound: there is no such case.
    """
    return cases.get_case(db.session(), case_id).reference
