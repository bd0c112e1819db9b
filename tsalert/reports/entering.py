"""Entering partners' figures: one by one or from a file; what was entered stays, and a correction says why."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc, london_date
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import transaction
from tsalert.reports import partners
from tsalert.reports.models import PartnerFigure
from tsalert.reports.partner_files import NewFigure, Refusal, read_file
from tsalert.reports.partners import FigureView, FirstWritten

_STANDS = "There is a figure for this already: {number:,}. Correct that one, and say why."


class ImportReport(Struct, frozen=True):
    """What became of a file: figures entered, corrected and known already, and the rows that were refused."""

    entered: int
    corrected: int
    known: int
    refusals: tuple[Refusal, ...]


def enter_figure(new: NewFigure, *, actor: Actor, now: datetime) -> int:
    """Enter a partner's figure, under the names by which partner and category are known; returns its id.

    :raises RuleViolation: its period has not ended.
    :raises Conflict: there is one for this category and period.
    """
    actor.require(Permission.MANAGE_INDICATORS)
    _refuse_the_future(new, now)
    with transaction() as session:
        new = FirstWritten(session).same(new)
        standing = partners.find_standing(session, new.partner, new.category, new.period)
        if standing:
            raise Conflict(_STANDS.format(number=standing.number))
        return _add(session, new, actor=actor, now=now)


def correct_figure(
    figure_id: int, number: int, reason: str, *, printed_percent: int | None, actor: Actor, now: datetime
) -> int:
    """Put another count in a figure's place; returns the id of the new one.

    :raises NotFound: there is no such figure.
    :raises Conflict: another took its place already.
    :raises RuleViolation: it says the same.
    """
    actor.require(Permission.MANAGE_INDICATORS)
    with transaction() as session:
        before = partners.get_figure(session, figure_id)
        standing = partners.find_standing(session, before.partner, before.category, before.period)
        if standing is None or standing.id != before.id:
            raise Conflict("Somebody corrected this figure already. Look at what is recorded now.")
        new = replace(_content(before), number=number, printed_percent=printed_percent)
        if new == _content(before):
            raise RuleViolation("That is what is recorded already.", field="count")
        return _add(session, new, corrects=before, reason=reason, actor=actor, now=now)


def import_figures(text: str, *, reason: str | None, actor: Actor, now: datetime) -> ImportReport:
    """Enter every good row of a CSV file, in one transaction.

    :param reason: why figures that stand are to be corrected; without one such rows are refused.
    :raises RuleViolation: the file has other columns, or too many rows.
    """
    actor.require(Permission.MANAGE_INDICATORS)
    rows = read_file(text)
    counts = {"entered": 0, "corrected": 0, "known": 0}
    refusals = list(rows.refusals)
    with transaction() as session:
        written = FirstWritten(session)
        for line, new in rows.figures:
            try:
                _refuse_the_future(new, now)
                counts[_take(session, written.same(new), reason, actor=actor, now=now)] += 1
            except (RuleViolation, Conflict) as error:
                refusals.append(Refusal(line, error.message))
        audit.record(session, actor, "imported", "partner_figure", None, now=now, **counts, refused=len(refusals))
    return ImportReport(**counts, refusals=_by_line(refusals))


def _take(session: Session, new: NewFigure, reason: str | None, *, actor: Actor, now: datetime) -> str:
    standing = partners.find_standing(session, new.partner, new.category, new.period)
    if standing is None:
        _add(session, new, actor=actor, now=now)
        return "entered"
    if (standing.number, standing.printed_percent) == (new.number, new.printed_percent):
        return "known"
    if not reason:
        raise Conflict(_STANDS.format(number=standing.number))
    _add(session, new, corrects=standing, reason=reason, actor=actor, now=now)
    return "corrected"


def _add(
    session: Session, new: NewFigure, *, actor: Actor, now: datetime, corrects: FigureView | None = None,
    reason: str | None = None,
) -> int:  # fmt: skip
    row = PartnerFigure(
        partner=new.partner,
        category=new.category,
        first_day=new.period.first_day,
        last_day=new.period.last_day,
        number=new.number,
        printed_percent=new.printed_percent,
        source=new.source,
        supersedes_id=corrects.id if corrects else None,
        reason=reason,
        entered_by=actor.officer_id,
        entered_at=as_utc(now),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Conflict("Somebody entered this figure at the same moment. Look at what is recorded now.") from error
    told = {"corrects": corrects.id} if corrects else {}
    audit.record(session, actor, "corrected" if corrects else "entered", "partner_figure", row.id, now=now, **told)
    return row.id


def _refuse_the_future(new: NewFigure, now: datetime) -> None:
    if new.period.last_day >= london_date(now):
        raise RuleViolation("This period has not ended.", field="period")


def _content(figure: FigureView) -> NewFigure:
    return NewFigure(
        figure.partner, figure.category, figure.period, figure.number, figure.printed_percent, figure.source
    )


def _by_line(refusals: Sequence[Refusal]) -> tuple[Refusal, ...]:
    return tuple(sorted(refusals, key=lambda each: each.line))
