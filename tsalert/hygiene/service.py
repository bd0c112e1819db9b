"""What officers decide about the health of the list. Each is one transaction, and stands in the trail."""

from datetime import datetime

from sqlalchemy import select

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed
from tsalert.db import transaction
from tsalert.hygiene import queries
from tsalert.hygiene.models import AddressReport
from tsalert.hygiene.reporting import carry_out
from tsalert.hygiene.rules import Effect
from tsalert.subscribers import losing


def decide_held(mailing_id: int, *, believe: bool, actor: Actor, now: datetime) -> int:
    """Carry out, or dismiss, what was held of a mailing; return how many reports there were.

    :raises Conflict: nothing of it is held any more.
    """
    _require_officer(actor)
    with transaction() as session:
        mine = (AddressReport.mailing_id == mailing_id, AddressReport.effect == Effect.HELD)
        rows = session.scalars(select(AddressReport).where(*mine).order_by(AddressReport.id).with_for_update()).all()
        if not rows:
            raise Conflict("Nothing of that mailing is held any more.")
        for row in rows:
            if believe:
                carry_out(session, row, now=now)
            else:
                row.effect, row.seen_at, row.seen_by = Effect.DISMISSED, now, actor.officer_id
        said = "believed reports" if believe else "dismissed reports"
        audit.record(session, actor, said, "mailing", mailing_id, now=now, number=len(rows))
        return len(rows)


def note_seen(report_id: int, *, actor: Actor, now: datetime) -> None:
    """Note that somebody has dealt with a report, such as by offering the phone instead.

    :raises NotFound: there is no such report.
    :raises Conflict: somebody has done so already.
    """
    _require_officer(actor)
    with transaction() as session:
        row = queries.lock_report(session, report_id)
        if row.seen_at is not None:
            raise Conflict("Somebody has dealt with this already.")
        row.seen_at, row.seen_by = now, actor.officer_id
        audit.record(session, actor, "dealt with", "address report", report_id, now=now)


def restore(report_id: int, *, actor: Actor, now: datetime) -> None:
    """Write again to an address that was wrongly held to be dead. Whoever complained must ask for it themselves.

    :raises NotFound: there is no such report.
    :raises Conflict: the address is not held to be dead.
    """
    _require_officer(actor)
    with transaction() as session:
        row = queries.lock_report(session, report_id)
        if not losing.restore(session, row.endpoint_id, actor=actor, now=now):
            raise Conflict("This address is not one that came back for good.")
        row.effect, row.seen_at, row.seen_by = Effect.RESTORED, now, actor.officer_id


def _require_officer(actor: Actor) -> None:
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can decide this.")
