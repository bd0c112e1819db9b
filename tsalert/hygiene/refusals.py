"""Addresses that a provider refused at once, as dead: they count like those from which a message comes back later."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tsalert.core.one_by_one import one_by_one
from tsalert.db import transaction
from tsalert.delivery.missing import refused_since
from tsalert.delivery.returning import Returned
from tsalert.delivery.rules import PERSONAL_LANES, Channel
from tsalert.hygiene.models import AddressReport
from tsalert.hygiene.reporting import report
from tsalert.hygiene.rules import Kind

_AT_ONCE = 1000
_LOOKED_BACK = timedelta(days=14)
# That of a mail server which says most, otherwise what an answer begins with.
_CODE = re.compile(r"\A[0-9]{3} ([45]\.[0-9]{1,3}\.[0-9]{1,3})\b|\A([0-9]+)")


def take_refusals(now: datetime) -> int:
    """Report each address that was refused lately and is not reported yet, in one transaction each; return how many."""
    with transaction() as session:
        found = _unreported(session, now)

    def take(refused: tuple[Returned, str]) -> bool:
        returned, error = refused
        with transaction() as session:
            return report(session, returned, Kind.HARD, _code_in(error), now=now) is not None

    return one_by_one(found, take)


def _unreported(session: Session, now: datetime) -> Sequence[tuple[Returned, str]]:
    refused = refused_since(now - _LOOKED_BACK).subquery()
    same = (AddressReport.delivery_id == refused.c.id, AddressReport.kind == Kind.HARD)
    query = select(refused).where(~exists().where(*same)).order_by(refused.c.mailing_id, refused.c.id).limit(_AT_ONCE)
    return [
        (Returned(number, mailing_id, endpoint_id, Channel(channel), lane not in PERSONAL_LANES), error or "")
        for number, mailing_id, endpoint_id, channel, lane, error in session.execute(query)
    ]


def _code_in(error: str) -> str:
    found = _CODE.match(error)
    return (found[1] or found[2]) if found else ""
