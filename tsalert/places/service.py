"""Taking in wards."""

from collections.abc import Sequence
from datetime import datetime

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE, Actor
from tsalert.db import transaction
from tsalert.places.models import Ward
from tsalert.places.rules import NamedWard


def add_wards(wards: Sequence[NamedWard], *, now: datetime, actor: Actor = SERVICE) -> int:
    """Add wards, or give those that are known their new names; returns how many were named."""
    with transaction() as session:
        for ward in wards:
            session.merge(Ward(code=ward.code, name=ward.name))
        audit.record(session, actor, "wards loaded", "ward", None, now=now, count=len(wards))
    return len(wards)
