"""Taking a published report off the public pages, where everybody could read what nobody should.

What was published stays as it was kept, for the board and for those who prove it.
"""

from datetime import datetime

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed
from tsalert.core.periods import Period
from tsalert.db import take_turns, transaction
from tsalert.quarterly import queries
from tsalert.quarterly.models import BoardWithdrawal
from tsalert.quarterly.vocabulary import Status


def withdraw(quarter: Period, revision: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take a revision off the public pages for good; another revision is published in its place.

    :raises NotFound: there is no such revision.
    :raises Conflict: it is not published, or was taken off already.
    """
    actor.require(Permission.SIGN_REPORT)
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can take a report off the public pages.")
    with transaction() as session:
        take_turns(session, queries.PUBLISHING)
        row = queries.get_report(session, quarter, revision)
        if row.status != Status.PUBLISHED:
            raise Conflict(f"Revision {revision} is not published.")
        if queries.withdrawals_of(session, quarter).get(revision) is not None:
            raise Conflict(f"Revision {revision} was taken off the public pages already.")
        session.add(BoardWithdrawal(report_id=row.id, reason=reason, withdrawn_by=actor.officer_id, withdrawn_at=now))
        session.flush()
        audit.record(session, actor, "withdrawn", "board report", row.id, now=now, revision=revision)
