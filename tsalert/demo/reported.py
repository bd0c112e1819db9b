"""The board's reports of 2022/23: the first quarter published, the second still being written. All words invented."""

from datetime import date, datetime, timedelta

from tsalert.core.clock import london_midnight
from tsalert.core.periods import Period, quarter
from tsalert.db import db
from tsalert.demo.past import Crew
from tsalert.quarterly import editions, life, opening, queries, texts
from tsalert.quarterly.texts import Place
from tsalert.quarterly.vocabulary import SectionKey, SignatureRole
from tsalert.reports.memory import FiguresMemory

FIRST, SECOND = quarter(2022, 1), quarter(2022, 2)
_DAY = timedelta(days=1)
_WRITTEN = {
    Place(SectionKey.PURPOSE): (
        "This paper tells the board what the service did from April to June 2022. "
        "It belongs to a demonstration: its words are invented.\n\n"
        "The board is asked to:\n\n"
        "- note the figures, and the loss that residents told us of;\n"
        "- agree that the banks of the borough are asked to the meeting in October."
    ),
    Place(SectionKey.HEADLINES): (
        "Fewer residents rang about doorstep crime than we had feared after the storms of February. "
        "**Every call that was graded immediate was answered by a visit**, most of them within two hours."
    ),
    Place(SectionKey.DEMAND): (
        "Nearly half of what residents lost was lost at the door. No single loss stands out: the mean and the median "
        "lie close together."
    ),
    Place(
        SectionKey.PREVENTION
    ): "Three more households had a call blocker fitted, each after a visit with the family.",
    Place(SectionKey.SAVINGS): (
        "These are estimates of what residents did not lose and of wider benefits. "
        "They are *not* savings to the Council's budget."
    ),
    Place(SectionKey.ENFORCEMENT): "No prosecution was begun in this quarter, and no court decided one.",
    Place(SectionKey.AHEAD): (
        "We expect more callers who offer help with energy bills. "
        "The next quarter holds the talks at the two libraries that had to be put off."
    ),
    Place(SectionKey.IMPLICATIONS): (
        "## Financial\n\nThe work is met from the service's budget.\n\n"
        "## Legal\n\nThe service enforces the Consumer Protection from Unfair Trading Regulations 2008.\n\n"
        "## Vulnerable people\n\nMost who are visited live alone; concerns go to Adult Social Care on the same day.\n\n"
        "## Equalities\n\nTalks are held where people already meet, and in the languages that they ask for.\n\n"
        "## Data protection\n\nThe public edition tells of no single person."
    ),
    Place(SectionKey.DATA_QUALITY): "The wards of a few early reports were not asked for.",
    Place(SectionKey.AHEAD, is_exempt=True): (
        "A visit with the police is planned to premises that three households named. Please do not speak of it yet."
    ),
}
_BEGUN = (Place(SectionKey.PURPOSE), Place(SectionKey.SAVINGS))


def load_reports(team: Crew) -> None:
    """Publish the first quarter's report, and begin the second's; the officer writes, the manager signs second."""
    team.tell("The board's reports")
    _publish(team, london_midnight(date(2022, 7, 4)) + timedelta(hours=9))
    opened = london_midnight(date(2022, 10, 3)) + timedelta(hours=9)
    opening.open_report(SECOND, meeting_on=date(2022, 10, 19), actor=team.officer, now=opened)
    for place in _BEGUN:
        _write(team, SECOND, place, opened + _DAY)


def _publish(team: Crew, opened: datetime) -> None:
    memory = FiguresMemory()
    opening.open_report(FIRST, meeting_on=date(2022, 7, 20), actor=team.officer, now=opened)
    for place, minutes in zip(_WRITTEN, range(20, 500, 35), strict=False):
        _write(team, FIRST, place, opened + timedelta(minutes=minutes))
    life.lock(FIRST, actor=team.officer, now=opened + 4 * _DAY)
    for days, (role, actor) in enumerate(zip(SignatureRole, (team.officer, team.manager), strict=True), 7):
        at, session = opened + days * _DAY, db.session()
        read = editions.whole_of(session, queries.get_report(session, FIRST), memory=memory, now=at)
        life.sign(FIRST, role, read.digest, memory=memory, actor=actor, now=at)
    life.publish(FIRST, memory=memory, actor=team.manager, now=opened + 9 * _DAY)


def _write(team: Crew, period: Period, place: Place, at: datetime) -> None:
    body = _WRITTEN[place].replace(FIRST.prose, period.prose)
    texts.save_text(period, place, body, seen=0, actor=team.officer, now=at)
