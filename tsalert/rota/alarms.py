"""Gaps of the next seven days: found, kept, told to managers once each."""

from collections.abc import Sequence
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE, Permission
from tsalert.core.clock import as_utc
from tsalert.db import transaction
from tsalert.rota import checking, coverage, queries, rules, shut_out, wording
from tsalert.rota.coverage import Gap, Span
from tsalert.rota.models import KnownGap
from tsalert.rota.vocabulary import Duty
from tsalert.staff import queries as staff
from tsalert.staff.writing import write_to


def gaps_ahead(session: Session, *, now: datetime) -> list[Gap]:
    """Return the gaps that begin within seven days, each to its true end as far as the rota is planned."""
    moment = as_utc(now)
    planned = Span(moment, moment + rules.PLANNED_AHEAD)
    stood = queries.stretches_between(session, planned.starts_at, planned.ends_at)
    soon = moment + rules.WATCHED_AHEAD
    return [gap for gap in coverage.find_gaps(stood, planned) if gap.span.starts_at < soon]


def note_gaps(session: Session, *, now: datetime) -> None:
    """Bring the known gaps up to date with the rota; a step of every change of it.

    A rota that nobody ever stood on is not in use yet, and its emptiness is no news.
    """
    session.flush()
    found = gaps_ahead(session, now=now) if queries.is_in_use(session) else []
    known = {row.id: row for row in _open(session)}
    before = [(row.id, as_gap(row)) for row in known.values()]
    still: set[int] = set()
    for gap in found:
        match = rules.match_gap(gap, before)
        if match is None or match in still:
            session.add(_known(gap, now, told_at=known[match].told_at if match else None))
        else:
            known[match].starts_at, known[match].ends_at = gap.span.starts_at, gap.span.ends_at
            still.add(match)
    for gone in known.keys() - still:
        known[gone].closed_at = now
    session.flush()


def watch(now: datetime) -> int:
    """Note what gaps there are, and write to the managers about those that they have not heard of; return how many.

    An officer who cannot sign in holds no mobile meanwhile, so their shifts become gaps.
    """
    with transaction() as session:
        checking.begin_change(session)
        shut_out.take_mobiles(session, now=now)
        shut_out.give_mobiles_back(session, now=now)
        note_gaps(session, now=now)
        new = [row for row in _open(session) if row.told_at is None and _is_time_to_tell(row, now)]
        if not new or not _write_to_managers(session, [as_gap(row) for row in new], now):
            return 0
        for row in new:
            row.told_at = now
            audit.record(session, SERVICE, "gap told", "rota gap", row.id, now=now, duty=row.duty)
        return len(new)


def count_open(session: Session) -> int:
    """Return how many gaps of the next seven days are known."""
    return session.scalar(select(func.count()).where(KnownGap.closed_at.is_(None))) or 0


def as_gap(row: KnownGap) -> Gap:
    """Return a stored gap as the value that rules read."""
    return Gap(Duty.of(row.duty), Span(row.starts_at, row.ends_at))


def _open(session: Session) -> list[KnownGap]:
    query = select(KnownGap).where(KnownGap.closed_at.is_(None)).order_by(KnownGap.starts_at, KnownGap.id)
    return list(session.scalars(query))


def _known(gap: Gap, now: datetime, *, told_at: datetime | None) -> KnownGap:
    times = {"starts_at": gap.span.starts_at, "ends_at": gap.span.ends_at}
    return KnownGap(duty=gap.duty, found_at=now, told_at=told_at, **times)


def _is_time_to_tell(row: KnownGap, now: datetime) -> bool:
    return rules.is_time_to_tell(found_at=row.found_at, starts_at=row.starts_at, now=as_utc(now))


def _write_to_managers(session: Session, gaps: Sequence[Gap], now: datetime) -> int:
    """Send one mail about all of them to everybody who may change the rota; returns to how many."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    mail = wording.gap_mail(gaps, authority=settings.authority_name, link=f"{settings.public_url}/rota")
    return write_to(session, staff.officers_who_may(session, {Permission.MANAGE_ROTA}), mail, now=now)
