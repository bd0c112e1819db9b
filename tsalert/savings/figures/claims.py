"""What others say of the savings: quoted with its source, shown beside figures, and never added to any."""

import json
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import RuleViolation
from tsalert.db import transaction
from tsalert.installation.models import InstallationFact

_FACT = "savings_claim"


class Claim(Struct, frozen=True):
    """A claim in its own words, such as "£2.5 million since 2006", and where it stands."""

    words: str
    source: str


def find_claim(session: Session) -> Claim | None:
    """Return the claim that is quoted, if there is one."""
    kept = session.get(InstallationFact, _FACT)
    return Claim(**json.loads(kept.value)) if kept else None


def quote_claim(claim: Claim, *, actor: Actor, now: datetime) -> None:
    """Quote a claim beside cumulative savings, in the place of the one before.

    :raises RuleViolation: its words or its source are missing.
    """
    actor.require(Permission.MANAGE_RATES)
    for name in ("words", "source"):
        if not getattr(claim, name).strip():
            raise RuleViolation("Quote the claim in its own words, and say where it is published.", field=name)
    with transaction() as session:
        session.merge(InstallationFact(name=_FACT, value=json.dumps(asdict(claim))))
        audit.record(session, actor, "quoted", "savings_claim", None, now=now, **asdict(claim))
