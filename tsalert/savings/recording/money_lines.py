"""What a line of a case's money makes of an intervention: its class, amount, evidence and beneficiary. Pure."""

from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tsalert.cases import vocabulary as cases
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.errors import RuleViolation
from tsalert.core.money import format_pounds
from tsalert.savings.rules import Beneficiary, EnforcementOutcome, Evidence, NewIntervention
from tsalert.savings.valuing.valuation import ValueClass

# Demanded, agreed, paid and valued is no saving, so such lines are not here.
CLASSES = {
    MoneyKind.PREVENTED: ValueClass.PREVENTED,
    MoneyKind.RECOVERED: ValueClass.RECOVERED,
    MoneyKind.REFUNDED_BY_BANK: ValueClass.RECOVERED,
    MoneyKind.COMPENSATION_PAID: ValueClass.RECOVERED,
    MoneyKind.COMPENSATION_ORDERED: ValueClass.MEMO,
}
_OUTCOMES = {
    MoneyKind.COMPENSATION_PAID: EnforcementOutcome.COMPENSATION_PAID,
    MoneyKind.COMPENSATION_ORDERED: EnforcementOutcome.COMPENSATION_ORDERED,
}
_EVIDENCE = {
    cases.Evidence.PAPER: Evidence.PAPER,
    cases.Evidence.VALUER: Evidence.PAPER,
    cases.Evidence.BANK: Evidence.BANK,
    cases.Evidence.COURT: Evidence.COURT,
    cases.Evidence.VICTIM_STATEMENT: Evidence.VICTIM_STATEMENT,
    cases.Evidence.OFFICER_ESTIMATE: Evidence.OFFICER_ESTIMATE,
}
_FIELDS = {ValueClass.PREVENTED: "prevented", ValueClass.RECOVERED: "recovered", ValueClass.MEMO: "memo"}


class Line(Struct, frozen=True):
    """A line of a case's money, as far as it decides what an intervention holds."""

    id: int
    case_id: int
    kind: MoneyKind
    amount: Decimal
    evidence: cases.Evidence
    is_superseded: bool = False

    @property
    def words(self) -> str:
        """The line as people read it: ``Prevented, £600``."""
        return f"{self.kind.label}, {format_pounds(self.amount)}"


def is_saving(line: Line) -> bool:
    """Tell whether a line stands and is money that an intervention may hold."""
    return line.kind in CLASSES and line.amount > 0 and not line.is_superseded


def from_line(new: NewIntervention, line: Line) -> NewIntervention:
    """Return the intervention with what the line decides; a refund by a bank is the bank's loss.

    :raises RuleViolation: the line is no saving or was corrected, or something else was said than it says.
    """
    _check_line(new, line)
    kind = CLASSES[line.kind]
    if new.money_amount and (new.money_amount, new.money) != (line.amount, kind):
        raise RuleViolation(
            f"The money line says {line.words}. Leave the amount out, or correct the line in the case first.",
            field="amount",
        )
    nothing: dict[str, Any] = dict.fromkeys(("prevented", "recovered", "future", "memo"), Decimal(0))
    decided = replace(
        new,
        **nothing | {_FIELDS[kind]: line.amount},
        case_id=line.case_id,
        evidence=new.evidence or _EVIDENCE[line.evidence],
        outcome=new.outcome or (_OUTCOMES.get(line.kind) if new.type.shape.has_outcome else None),
    )
    return replace(decided, beneficiary=Beneficiary.BANK) if line.kind is MoneyKind.REFUNDED_BY_BANK else decided


def _check_line(new: NewIntervention, line: Line) -> None:
    if new.case_id not in {None, line.case_id}:
        raise RuleViolation("This money line belongs to another case.", field="money_line_id")
    if line.is_superseded:
        raise RuleViolation("This money line was corrected. Choose the one in its place.", field="money_line_id")
    if not is_saving(line):
        raise RuleViolation(f"{line.words}: this line is no saving.", field="money_line_id")
