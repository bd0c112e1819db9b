"""Signing a case study: its author, then a second officer, each over the whole checklist and the words they read."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict
from tsalert.db import transaction
from tsalert.quarterly.studies import queries, rules
from tsalert.quarterly.studies.models import CaseStudySignature
from tsalert.quarterly.studies.queries import Examined, Study
from tsalert.quarterly.studies.rules import Signing
from tsalert.quarterly.studies.service import record, standing
from tsalert.quarterly.vocabulary import SignatureRole
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject


def sign(case_id: int, study_id: int, told: Signing, *, actor: Actor, now: datetime) -> SignatureRole:
    """Sign a study's checklist; returns in which capacity: whoever wrote it as its author, another as the second.

    :raises RuleViolation: a line of the checklist was left.
    :raises NotAllowed: whoever wrote it signs a second time.
    :raises Conflict: the words have changed, something is left to mend, the case is not over, or it is signed.
    """
    actor.require(Permission.WRITE_REPORT)
    rules.require_all(told.items)
    with transaction() as session:
        study = standing(session, case_id, study_id, actor=actor, now=now)
        rules.require_same(told.digest, study.text.digest)
        role = rules.role_for(actor.officer_id, writers=study.writers, held=study.held)
        require_clear(queries.examine(session, study))
        require_edition(session, study)
        assert actor.officer_id is not None  # role_for refuses everybody else
        items = " ".join(item.value for item in told.items)
        session.add(
            CaseStudySignature(
                study_id=study_id, role=role, digest=told.digest, items=items, signed_by=actor.officer_id, signed_at=now
            )
        )
        record(session, actor, "signed", study.row, now, role=role, digest=told.digest)
        return role


def require_clear(found: Examined) -> None:
    """Refuse to sign what may not be told.

    :raises Conflict: the case is not over, or something that a check found is neither mended nor answered for.
    """
    if found.live:
        raise Conflict(found.live[0])
    if found.open:
        first = found.open[0]
        legal = ["take it out", "say why it stays"] if first.may_stand else ["take it out"]
        raise Conflict(f"Still to put right: {first.finding.check.label.lower()}: {first.finding.found}.", legal=legal)


def require_edition(session: Session, study: Study) -> None:
    """Refuse to sign for the public what was restricted since.

    :raises RuleViolation: nobody said why the public may read it.
    """
    rules.require_edition(study.writing, is_restricted=tiers.is_restricted(session, Subject.CASE, study.row.case_id))
