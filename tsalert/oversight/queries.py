"""Reading what is odd in a week: the trail beside the rota, the records and the people."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.audit import queries as audit
from tsalert.audit.models import AuditEvent
from tsalert.cases import queries as cases
from tsalert.config import Settings
from tsalert.core.actors import Permission
from tsalert.core.errors import NotFound
from tsalert.keysets import Page, page_among
from tsalert.oversight import rules
from tsalert.oversight.belonging import CASE, PARTY, WATCHED, Web, gather, weave
from tsalert.oversight.models import OddityMail, OddityReview, OfficerHome
from tsalert.oversight.rules import Background, Export, Line, Reading, Record
from tsalert.parties import queries as parties
from tsalert.parties.folding import fold_name
from tsalert.rota import queries as rota
from tsalert.staff import queries as staff
from tsalert.tiers import queries as tiers

_EVER = datetime.min.replace(tzinfo=UTC)
_TO_SUNDAY = timedelta(days=6)


class Oddity(Struct, frozen=True):
    """One line of a week with the officer's name, and who looked at it last; ``is_open`` where nobody saw all of it."""

    line: Line
    officer: str
    reviews: tuple[OddityReview, ...]

    @property
    def is_open(self) -> bool:
        """True where nobody has looked at its newest entry."""
        return not any(each.last_entry >= self.line.entries[-1] for each in self.reviews)


def oddities(session: Session, week: date, settings: Settings) -> list[Oddity]:
    """Return what is odd in a week, the weightiest kind first."""
    names = staff.officer_names(session)
    told = defaultdict(list)
    for review in session.scalars(select(OddityReview).where(OddityReview.week == week).order_by(OddityReview.id)):
        told[review.line].append(review)
    found = find_lines(session, week, settings)
    return [Oddity(each, names.get(each.officer_id, "Nobody known"), tuple(told[each.key])) for each in found]


def get_oddity(session: Session, week: date, key: str, settings: Settings) -> Oddity:
    """Return one line of a week.

    :raises NotFound: nothing of that kind is odd in that week.
    """
    found = next((each for each in oddities(session, week, settings) if each.line.key == key), None)
    if found is None:
        raise NotFound("There is no such line in that week.")
    return found


def entries_of(session: Session, oddity: Oddity, *, after: int | None = None) -> Page[AuditEvent]:
    """Return a page of the entries of the trail that a line rests on, the oldest first."""
    page = page_among(sorted(oddity.line.entries), lambda number: (number,), (int,), after=after)
    return page.all_told_by(lambda numbers: audit.entries(session, numbers))


def find_lines(session: Session, week: date, settings: Settings) -> list[Line]:
    """Return what is odd in a week, without who looked at it."""
    since, until = rules.span_of(week)
    readings = [
        Reading(entry, at, officer_id, (subject, number))
        for entry, at, officer_id, subject, number in audit.opened_between(session, since, until, WATCHED)
        if officer_id is not None and number is not None
    ]
    taken_out = audit.exported_between(session, since, until)
    exports = [Export(entry, at, officer_id) for entry, at, officer_id in taken_out if officer_id is not None]
    known = _background(session, readings, since, until, settings.address_key)
    return rules.lines_of(readings, exports, known, records_an_hour=settings.records_an_hour)


def count_told(session: Session, first: date, last: date) -> int:
    """Return how many lines the managers were told of for the weeks that ended between two days."""
    ended_in = OddityMail.week.between(first - _TO_SUNDAY, last - _TO_SUNDAY)
    return session.scalar(select(func.coalesce(func.sum(OddityMail.lines), 0)).where(ended_in)) or 0


def postcode_key(postcode: str, secret: str) -> str:
    """Return the digest of a postcode by which two are compared without being read."""
    return hmac.new(secret.encode(), f"home:{postcode}".encode(), hashlib.sha256).hexdigest()


def _background(
    session: Session, readings: Sequence[Reading], since: datetime, until: datetime, secret: str
) -> Background:
    web = weave(session, {each.record for each in readings})
    duties = _duties(session, since, until)
    opened = {(each.officer_id, each.record) for each in readings}
    namesakes, neighbours = _namesakes(session, web, opened), _neighbours(session, web, opened, secret)
    supervisors = {each.id for each in staff.officers_who_may(session, {Permission.REVIEW_ODDITIES})}
    plain = Background(duties, {}, supervisors, namesakes, neighbours)
    doubtful = {
        (each.officer_id, each.record)
        for each in readings
        if rules.is_without_task(each, plain) or (each.officer_id, each.record) in namesakes | neighbours
    }
    return Background(duties, _tasks(session, web, doubtful), supervisors, namesakes, neighbours)


def _duties(
    session: Session, since: datetime, until: datetime
) -> Mapping[int, Sequence[tuple[datetime, datetime]]] | None:
    if not rota.is_in_use(session):
        return None
    found: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for each in rota.stretches_between(session, since - rules.ROUND_A_SHIFT, until + rules.ROUND_A_SHIFT):
        found[each.officer_id].append((each.span.starts_at, each.span.ends_at))
    return found


def _tasks(session: Session, web: Web, doubtful: Collection[tuple[int, Record]]) -> dict[tuple[int, Record], datetime]:
    """Return since when officers work on records: they wrote to it or to what it belongs to, or the case is theirs."""
    around = {record: web.around(record) for record in {record for _, record in doubtful}}
    officer_ids = {officer_id for officer_id, _ in doubtful}
    written: dict[tuple[int, Record], datetime] = {}
    wanted = _by_subject(each for group in set(around.values()) for each in group)
    for subject, numbers in wanted.items():
        written |= _written(session, officer_ids, subject, numbers)
    owned = gather(wanted.get(CASE, ()), lambda some: cases.whose(session, some))
    written |= {(owner, (CASE, number)): _EVER for number, owner, _, _ in owned if owner is not None}
    for officer_id, number, at in gather(wanted.get(CASE, ()), lambda some: tiers.ever_on(session, some)):
        written[officer_id, (CASE, number)] = min(at, written.get((officer_id, (CASE, number)), at))
    tasks = {}
    for officer_id, record in doubtful:
        times = [written[officer_id, each] for each in around[record] if (officer_id, each) in written]
        if times:
            tasks[officer_id, record] = min(times)
    return tasks


def _written(
    session: Session, officer_ids: Collection[int], subject: str, numbers: Collection[int]
) -> dict[tuple[int, Record], datetime]:
    found = gather(numbers, lambda some: audit.first_writes(session, officer_ids, subject, some))
    return {(officer, (subject, number)): at for officer, number, at in found if officer and number}


def _namesakes(session: Session, web: Web, opened: Collection[tuple[int, Record]]) -> set[tuple[int, Record]]:
    """Return the pairs of officer and record in which somebody has the officer's surname."""
    surnames = {number: _surname(fold_name(name)) for number, name in staff.officer_names(session).items()}
    wanted = {surnames.get(officer_id, "") for officer_id, _ in opened} - {""}
    found = _named(session, web, wanted)
    return {pair for pair in opened if surnames.get(pair[0]) in found.get(pair[1], ())}


def _named(session: Session, web: Web, surnames: Collection[str]) -> Mapping[Record, Collection[str]]:
    """Return which of some surnames the people of each record have: its parties, and the victim of its case."""
    found: defaultdict[Record, set[str]] = defaultdict(set)
    told = ((number, _surname(fold_name(victim or ""))) for number, _, victim, _ in _cases(session, web))
    for number, surname in told:
        found[CASE, number] |= {surname} & set(surnames)
    folded = gather(web.numbers(PARTY), lambda some: parties.folded_names(session, some))
    for party_id, surname in ((party_id, _surname(name)) for party_id, name in folded):
        around = web.around((PARTY, party_id)) if surname in surnames else ()
        for record in around:
            found[record].add(surname)
    return found


def _cases(session: Session, web: Web) -> Iterator[tuple[int, int | None, str | None, str | None]]:
    return gather(web.numbers(CASE), lambda some: cases.whose(session, some))


def _neighbours(
    session: Session, web: Web, opened: Collection[tuple[int, Record]], secret: str
) -> set[tuple[int, Record]]:
    """Return the pairs of officer and record that lies in the officer's postcode."""
    homes = dict(session.execute(select(OfficerHome.officer_id, OfficerHome.postcode_key)).all())
    if not homes:
        return set()
    for number, _, _, postcode in _cases(session, web):
        web.place((CASE, number), postcode)
    keys = {postcode: postcode_key(postcode, secret) for postcode in set(web.postcodes.values())}
    there = {record: keys[postcode] for record, postcode in web.postcodes.items()}
    return {pair for pair in opened if pair[0] in homes and there.get(pair[1]) == homes[pair[0]]}


def _by_subject(records: Iterable[Record]) -> dict[str, set[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for subject, number in records:
        found[subject].add(number)
    return found


def _surname(folded: str) -> str:
    """Return the last word of a folded name; of a single word nobody knows whether it is one."""
    words = folded.split()
    return words[-1] if len(words) > 1 else ""
