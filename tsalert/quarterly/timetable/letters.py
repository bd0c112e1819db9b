"""What the timetable writes, and to whom: the report and what it lacks, named by section, and nobody's name."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.delivery.rules import Content
from tsalert.quarterly.addresses import slug_of
from tsalert.quarterly.timetable import lacking, queries, summary
from tsalert.quarterly.timetable.lacking import Owed
from tsalert.quarterly.timetable.queries import OpenReport
from tsalert.quarterly.timetable.rules import Point
from tsalert.quarterly.timetable.vocabulary import Kind
from tsalert.staff.queries import Person
from tsalert.web.filters import day


class Letter(Struct, frozen=True):
    """A mail and its readers; without ``content`` there was nothing to say, which is an end to it too."""

    people: Collection[Person]
    content: Content | None


class Lacks(Struct, frozen=True):
    """What a report lacks before its meeting: sections without text, what else it waits for, signatures."""

    texts: tuple[str, ...]
    others: tuple[str, ...]
    is_signed: bool

    def __bool__(self) -> bool:
        return bool(self.texts or self.others or not self.is_signed)


def letter_for(session: Session, point: Point, settings: Settings, *, now: datetime) -> Letter | None:
    """Return what is to be sent of something that has come; None where there is nobody to tell, or no need yet."""
    if point.kind is Kind.SUMMARY:
        managers = queries.readers_of_summary(session)
        return Letter(managers, summary.summary_mail(session, point.about, settings, now=now)) if managers else None
    writers = queries.writers(session)
    if not writers:
        return None
    if point.kind is Kind.PARTNER_DATA:
        owed = lacking.owed_by_partners(session, point.about)
        return Letter(writers, partners_mail(owed, point, settings) if owed else None)
    return _of_report(session, point, settings, writers, now)


def _of_report(
    session: Session, point: Point, settings: Settings, writers: Collection[Person], now: datetime
) -> Letter | None:
    report = queries.find_open(session, point.about)
    if report is None:
        return None
    link = f"{settings.public_url}/board-reports/{slug_of(report.quarter)}"
    if point.kind in _AT_THE_OPENING:
        return Letter(writers, _AT_THE_OPENING[point.kind](report, link))
    lacks = Lacks(
        tuple(lacking.unwritten(session, report.quarter)),
        tuple(lacking.waiting(session, report.quarter)),
        is_signed=lacking.is_signed(session, report, now=now),
    )
    return Letter(writers, meeting_mail(report, lacks, point, link)) if lacks else None


def opened_mail(report: OpenReport, link: str) -> Content:
    """Return the mail that a draft is open."""
    known = f"It goes to the board on {day(report.meeting_on)}." if report.meeting_on else "It has no meeting date yet."
    text = (
        f"The board's report of {report.quarter.label} ({report.quarter.prose}) is open. Its figures are worked out "
        f"from the records; what they mean is for you to write.\n\n"
        f"{known} Whoever takes it is its author.\n\nSee what is still to do: {link}\n"
    )
    return Content(subject=f"The board's report of {report.quarter.label} is open", text=text)


def substantive_mail(report: OpenReport, link: str) -> Content:
    """Return the reminder that the first quarter brings a substantive item."""
    text = (
        f"The board takes a substantive item with the report of {report.quarter.label}: what the service does about "
        "one of its priorities, in depth. Agree with the board's chair what it is, who presents it, and where it "
        f"stands in the report.\n\nSee the report: {link}\n"
    )
    return Content(subject=f"{report.quarter.label}: the board's substantive item", text=text)


def year_end_mail(report: OpenReport, link: str) -> Content:
    """Return the reminder to ask the partners what came of their year."""
    text = (
        f"With the report of {report.quarter.label} the year is over. Ask each partner for its end-of-year update: its "
        f"figures of the year, and what became of its priority actions.\n\nSee the report: {link}\n"
    )
    return Content(subject=f"{report.quarter.label}: ask the partners for their end-of-year update", text=text)


_AT_THE_OPENING: dict[Kind, Callable[[OpenReport, str], Content]] = {
    Kind.OPENED: opened_mail,
    Kind.SUBSTANTIVE_ITEM: substantive_mail,
    Kind.YEAR_END: year_end_mail,
}


def meeting_mail(report: OpenReport, lacks: Lacks, point: Point, link: str) -> Content:
    """Return the reminder of what a report lacks before its meeting."""
    said = (
        _listed("Nothing is written yet under:", lacks.texts),
        _listed("It also waits for:", lacks.others),
        "" if lacks.is_signed else "The present version is not signed.\n\n",
    )
    text = (
        f"The board's report of {report.quarter.label} goes to the meeting on {day(point.about_on)}.\n\n"
        f"{''.join(said)}See what is still to do: {link}\n"
    )
    return Content(subject=f"The board meets on {day(point.about_on)}: {report.quarter.label} is not ready", text=text)


def _listed(words: str, lines: Sequence[str]) -> str:
    listed = "".join(f"- {line}\n" for line in lines)
    return f"{words}\n\n{listed}\n" if lines else ""


def partners_mail(owed: Sequence[Owed], point: Point, settings: Settings) -> Content:
    """Return the list of partners' figures that are missing after a month."""
    lines = "".join(f"- {each.partner}: {each.period.prose}\n" for each in owed)
    text = (
        f"{point.about.label} is over, and these partners' figures are missing:\n\n{lines}\n"
        f"Ask for them, and enter or import them here: {settings.public_url}/partner-figures\n"
    )
    return Content(subject=f"Partners' figures: {len(owed)} missing after {point.about.label}", text=text)
