"""Reading prosecutions: who is charged with what, hearings, what was decided, what was paid."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.cases.people.queries import UNNAMED
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.enforcement import queries
from tsalert.enforcement.court_rules import Said
from tsalert.enforcement.law import OFFENCES, Offence
from tsalert.enforcement.models import (
    CaseOffence,
    Charge,
    CompensationPayment,
    CourtDecision,
    Defendant,
    Hearing,
    HearingResultRow,
    Prosecution,
)
from tsalert.enforcement.vocabulary import DecisionKind, Record, Result
from tsalert.parties import queries as parties
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

_NOTHING = Decimal("0.00")


class ChargeView(Struct, frozen=True):
    """One charge."""

    id: int
    offence_id: int
    offence: Offence


class DefendantView(Struct, frozen=True):
    """One defendant, by the name of their record, and the charges."""

    id: int
    party_id: int
    name: str
    charges: tuple[ChargeView, ...]


class HearingView(Struct, frozen=True):
    """One hearing and how it ended, if it has."""

    id: int
    kind: str
    at: datetime
    court: str
    court_name: str
    result: str | None
    note: str | None
    recorded_by: int | None
    recorded_at: datetime


class OrderView(Struct, frozen=True):
    """Compensation that was ordered, and how much of it reached the victim."""

    id: int
    defendant_id: int
    ordered: Decimal
    paid: Decimal

    @property
    def left(self) -> Decimal:
        """What is still to be paid."""
        return self.ordered - self.paid


class ProsecutionView(Struct, frozen=True):
    """A prosecution as it stands, with what was taken back."""

    row: Prosecution
    defendants: tuple[DefendantView, ...]
    hearings: tuple[HearingView, ...]
    decisions: tuple[CourtDecision, ...]
    orders: tuple[OrderView, ...]
    taken_back: dict[tuple[str, int], str]

    @property
    def id(self) -> int:
        """Its number."""
        return self.row.id

    def why_taken_back(self, decision_id: int) -> str | None:
        """Return why a decision no longer stands; None where it does."""
        return self.taken_back.get((Record.DECISION.value, decision_id))

    @property
    def standing(self) -> list[CourtDecision]:
        """The decisions that stand."""
        return [each for each in self.decisions if self.why_taken_back(each.id) is None]

    def said_of(self, defendant_id: int) -> list[Said]:
        """Return what stands of one defendant, by day."""
        of_them = [each for each in self.standing if each.defendant_id == defendant_id]
        ordered = sorted(of_them, key=lambda each: (each.on_date, each.id))
        return [as_said(each) for each in ordered]

    def defendant(self, defendant_id: int) -> DefendantView:
        """Return one defendant.

        :raises NotFound: nobody with that number is prosecuted here.
        """
        found = [each for each in self.defendants if each.id == defendant_id]
        if not found:
            raise NotFound("There is no such defendant in this prosecution.")
        return found[0]

    def order(self, order_id: int) -> OrderView:
        """Return one order for compensation that stands.

        :raises NotFound: there is none with that number.
        """
        found = [each for each in self.orders if each.id == order_id]
        if not found:
            raise NotFound("There is no such order for compensation.")
        return found[0]


def as_said(row: CourtDecision) -> Said:
    """Return a decision as the value that rules read."""
    result = Result.of(row.result) if row.result else None
    return Said(DecisionKind.of(row.kind), result, row.charge_id, row.on_date)


def get_prosecution(session: Session, case_id: int, prosecution_id: int) -> ProsecutionView:
    """Return one prosecution of a case with all that belongs to it.

    :raises NotFound: the case has none with that number.
    """
    query = select(Prosecution).where(Prosecution.id == prosecution_id, Prosecution.case_id == case_id)
    row = session.scalar(query) if is_id(prosecution_id) and is_id(case_id) else None
    if row is None:
        raise NotFound("There is no such prosecution in this case.")
    return _view(session, row)


def prosecutions(session: Session, case_id: int) -> list[ProsecutionView]:
    """Return every prosecution of a case, the first one first."""
    rows = session.scalars(select(Prosecution).where(Prosecution.case_id == case_id).order_by(Prosecution.id)).all()
    return [_view(session, row) for row in rows]


def read_prosecutions(session: Session, case_id: int, *, reader: Actor, now: datetime) -> list[ProsecutionView]:
    """Return every prosecution of a case as a reader may see it."""
    return as_read(session, prosecutions(session, case_id), reader=reader, now=now)


def as_read(
    session: Session, found: Sequence[ProsecutionView], *, reader: Actor, now: datetime
) -> list[ProsecutionView]:
    """Return prosecutions as a reader may see them: of a defendant who is restricted, the charges and not the name."""
    ids = {each.party_id for one in found for each in one.defendants}
    kept = tiers.withheld(session, reader, Subject.PARTY, ids, now=now)
    return [
        replace(
            one,
            defendants=tuple(replace(each, name=UNNAMED) if each.party_id in kept else each for each in one.defendants),
        )
        for one in found
    ]


def get_hearing(prosecution: ProsecutionView, hearing_id: int) -> HearingView:
    """Return one hearing of a prosecution.

    :raises NotFound: it has none with that number.
    """
    found = [each for each in prosecution.hearings if each.id == hearing_id]
    if not found:
        raise NotFound("There is no such hearing in this prosecution.")
    return found[0]


def _view(session: Session, row: Prosecution) -> ProsecutionView:
    back = queries.taken_back(session, row.case_id)
    decisions = _decisions(session, row.id)
    standing = [each for each in decisions if (Record.DECISION.value, each.id) not in back]
    return ProsecutionView(
        row,
        _defendants(session, row.id),
        _hearings(session, row.id),
        tuple(decisions),
        _orders(session, row.case_id, standing),
        back,
    )


def _defendants(session: Session, prosecution_id: int) -> tuple[DefendantView, ...]:
    query = select(Defendant).where(Defendant.prosecution_id == prosecution_id).order_by(Defendant.id)
    rows = session.scalars(query).all()
    names = parties.party_names(session, {row.party_id for row in rows})
    joined = select(Charge, CaseOffence.offence).join(CaseOffence, CaseOffence.id == Charge.offence_id)
    charges = session.execute(joined.where(Charge.defendant_id.in_([row.id for row in rows])).order_by(Charge.id)).all()
    return tuple(
        DefendantView(
            row.id,
            row.party_id,
            names.get(row.party_id) or "Name not known",
            tuple(
                ChargeView(charge.id, charge.offence_id, OFFENCES[code])
                for charge, code in charges
                if charge.defendant_id == row.id
            ),
        )
        for row in rows
    )


def _hearings(session: Session, prosecution_id: int) -> tuple[HearingView, ...]:
    joined = select(Hearing, HearingResultRow).outerjoin(HearingResultRow, HearingResultRow.hearing_id == Hearing.id)
    found = session.execute(
        joined.where(Hearing.prosecution_id == prosecution_id).order_by(Hearing.at, Hearing.id)
    ).all()
    return tuple(_hearing(row, ended) for row, ended in found)


def _hearing(row: Hearing, ended: HearingResultRow | None) -> HearingView:
    listed = (row.id, row.kind, row.at, row.court, row.court_name)
    result, note = (ended.result, ended.note) if ended else (None, None)
    return HearingView(*listed, result, note, row.recorded_by, row.recorded_at)


def _decisions(session: Session, prosecution_id: int) -> Sequence[CourtDecision]:
    joined = select(CourtDecision).join(Defendant, Defendant.id == CourtDecision.defendant_id)
    order = (CourtDecision.on_date, CourtDecision.id)
    return session.scalars(joined.where(Defendant.prosecution_id == prosecution_id).order_by(*order)).all()


def _orders(session: Session, case_id: int, decisions: Sequence[CourtDecision]) -> tuple[OrderView, ...]:
    """Return the orders for compensation; what was paid follows the case's money lines and their corrections."""
    orders = [each for each in decisions if each.kind == DecisionKind.COMPENSATION]
    if not orders:
        return ()
    ledger = cases.ledger(session, case_id)
    linked = select(CompensationPayment).where(CompensationPayment.order_id.in_([each.id for each in orders]))
    paid = dict.fromkeys((each.id for each in orders), _NOTHING)
    for payment in session.scalars(linked):
        line = ledger.now_standing(payment.money_line_id)
        if line.kind == MoneyKind.COMPENSATION_PAID:
            paid[payment.order_id] += line.amount
    return tuple(OrderView(each.id, each.defendant_id, each.amount or _NOTHING, paid[each.id]) for each in orders)
