"""Reading case studies: who may see one, how far it is, and what is left to mend."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.core.actors import Actor
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.core.periods import Period, parse_period
from tsalert.identifying.facts import Finding, folded
from tsalert.identifying.vocabulary import Check
from tsalert.keysets import Order, Page, read_page
from tsalert.quarterly.studies.checking import check
from tsalert.quarterly.studies.facts import may_stand
from tsalert.quarterly.studies.knowing import facts_of
from tsalert.quarterly.studies.living import why_live
from tsalert.quarterly.studies.models import CaseStudy, CaseStudyReason, CaseStudySignature, CaseStudyText
from tsalert.quarterly.studies.rules import MOST, Given, Writing, holding
from tsalert.quarterly.studies.vocabulary import AgeBand, State
from tsalert.quarterly.vocabulary import SignatureRole
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject


class Study(Struct, frozen=True):
    """A study with its words as they stand, every earlier version, what was said of findings, and who signed."""

    row: CaseStudy
    versions: tuple[CaseStudyText, ...]
    reasons: tuple[CaseStudyReason, ...]
    signatures: tuple[CaseStudySignature, ...]

    @property
    def text(self) -> CaseStudyText:
        """The words that count."""
        return self.versions[-1]

    @property
    def quarter(self) -> Period:
        """The quarter for whose report it is."""
        return parse_period(self.row.quarter)

    @property
    def age(self) -> AgeBand:
        """How old its person is."""
        return AgeBand.of(self.text.age_band)

    @property
    def held(self) -> frozenset[SignatureRole]:
        """In which capacities the words as they stand are signed."""
        given = [Given(SignatureRole.of(each.role), each.digest) for each in self.signatures]
        return holding(given, self.text.digest)

    @property
    def state(self) -> State:
        """How far it is."""
        if self.row.withdrawn_at is not None:
            return State.WITHDRAWN
        if SignatureRole.SECOND in self.held:
            return State.SIGNED
        return State.WAITING if self.held else State.WRITTEN

    @property
    def writing(self) -> Writing:
        """The words as somebody saves them."""
        row = self.text
        return Writing(row.title, row.body, self.age, row.is_board_only, row.edition_reason)

    @property
    def writers(self) -> frozenset[int | None]:
        """Everybody who wrote any of it."""
        return frozenset(each.saved_by for each in self.versions)


class Told(Struct, frozen=True):
    """Something that a check found, and why it stays, if somebody said so."""

    finding: Finding
    reason: CaseStudyReason | None

    @property
    def is_open(self) -> bool:
        """True where it is still to be mended or answered for."""
        return self.reason is None or not self.may_stand

    @property
    def may_stand(self) -> bool:
        """True where a writer may say why it stays."""
        return may_stand(self.finding)


class Examined(Struct, frozen=True):
    """What a study's words and its case say against telling it; ``live`` is why the case is not over."""

    told: tuple[Told, ...]
    live: tuple[str, ...]

    @property
    def open(self) -> tuple[Told, ...]:
        """What is still to be mended or answered for."""
        return tuple(each for each in self.told if each.is_open)

    @property
    def is_clear(self) -> bool:
        """True where nothing stands against it."""
        return not self.open and not self.live


def get_study(
    session: Session, case_id: int, study_id: int, *, actor: Actor, now: datetime, lock: bool = False
) -> Study:
    """Return one study of a case.

    :raises NotFound: the case has none with that number.
    :raises Withheld: the case is restricted to this person.
    """
    cases.get_visible_case(session, case_id, actor=actor, now=now)
    query = select(CaseStudy).where(CaseStudy.id == study_id, CaseStudy.case_id == case_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query) if is_id(study_id) else None
    if row is None:
        raise NotFound("There is no such case study of this case.")
    return _studies(session, [row])[0]


def studies_of_case(session: Session, case_id: int) -> list[Study]:
    """Return every study of a case, for a page that shows the case anyway."""
    return _found(session, CaseStudy.case_id == case_id)


def studies_of(session: Session, quarter: Period) -> list[Study]:
    """Return every study of a quarter in the order of its report, those withdrawn last."""
    return _found(session, CaseStudy.first_day == quarter.first_day)


def list_studies(
    session: Session, *, actor: Actor, now: datetime, quarter: Period | None = None, after: str | None = None
) -> Page[Study]:
    """Return a page of the studies of cases that this person may see, the latest quarter first."""
    seen = tiers.visible(actor, Subject.CASE, CaseStudy.case_id, now=now)
    wanted = CaseStudy.first_day == quarter.first_day if quarter else true()
    # Places rise while the rest of the order falls; what has none comes after the last of them.
    latest_first = Order(CaseStudy.id, (CaseStudy.first_day, -func.coalesce(CaseStudy.place, MOST + 1)))
    page = read_page(session, select(CaseStudy).where(seen & wanted), latest_first, after=after)
    return Page(_studies(session, page.items), page.next)


def examine(session: Session, study: Study, new: Writing | None = None) -> Examined:
    """Look through a study's words, or through those that somebody is about to save, and at its case."""
    case = cases.get_case(session, study.row.case_id)
    words = new or study.writing
    facts = facts_of(session, case, study.quarter)
    said = {(each.finding, folded(each.found)): each for each in study.reasons}
    found = check(words.title, words.text, facts)
    told = tuple(Told(each, said.get((each.check.value, each.key[1]))) for each in found)
    return Examined(told, why_live(session, case))


def is_told_of(told: Iterable[Told], sought: tuple[Check, str]) -> bool:
    """Tell whether a finding is among those of a text."""
    return any(each.finding.key == (sought[0], folded(sought[1])) for each in told)


def _found(session: Session, wanted: ColumnElement[bool]) -> list[Study]:
    order = (CaseStudy.first_day.desc(), CaseStudy.place.is_(None), CaseStudy.place, CaseStudy.id)
    return _studies(session, session.scalars(select(CaseStudy).where(wanted).order_by(*order)).all())


def _studies(session: Session, rows: Sequence[CaseStudy]) -> list[Study]:
    ids = [row.id for row in rows]
    texts: defaultdict[int, list[CaseStudyText]] = defaultdict(list)
    for text in session.scalars(
        select(CaseStudyText).where(CaseStudyText.study_id.in_(ids)).order_by(CaseStudyText.version)
    ):
        texts[text.study_id].append(text)
    reasons: defaultdict[int, list[CaseStudyReason]] = defaultdict(list)
    said = select(CaseStudyReason).where(CaseStudyReason.study_id.in_(ids)).order_by(CaseStudyReason.id)
    for reason in session.scalars(said):
        reasons[reason.study_id].append(reason)
    signatures: defaultdict[int, list[CaseStudySignature]] = defaultdict(list)
    given = select(CaseStudySignature).where(CaseStudySignature.study_id.in_(ids)).order_by(CaseStudySignature.id)
    for signature in session.scalars(given):
        signatures[signature.study_id].append(signature)
    return [Study(row, tuple(texts[row.id]), tuple(reasons[row.id]), tuple(signatures[row.id])) for row in rows]
