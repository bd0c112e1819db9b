"""What may happen to a case, and what its money adds up to."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from tsalert.cases.vocabulary import (
    KINDS,
    OTHER_KIND,
    Certainty,
    Channel,
    Evidence,
    Impact,
    Method,
    MoneyKind,
    NoteKind,
    Outcome,
    Source,
    Status,
    WaitingFor,
)
from tsalert.core.clock import as_utc, london_date
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.money import LARGEST, format_pounds, pence
from tsalert.response.vocabulary import Category

SLACK = timedelta(minutes=2)
EARLIEST = date(1970, 1, 1)
NOTHING = Decimal("0.00")
MOST_VISITS = 1000
REOPENING = "reopen the case and give a reason"

STEPS: dict[Status, tuple[Status, ...]] = {
    Status.OPEN: (Status.INVESTIGATING, Status.CLOSED),
    Status.INVESTIGATING: (Status.DECISION, Status.CLOSED),
    Status.DECISION: (Status.INVESTIGATING, Status.ACTION, Status.CLOSED),
    Status.ACTION: (Status.DECISION, Status.CLOSED),
    Status.CLOSED: (),
}


class NewCase(Struct, frozen=True):
    """A case as an officer describes it.

    From an incident, ``category``, ``kind``, ``address``, ``postcode`` and ``ward_code`` are copied where
    they are None. ``opened_at`` is None for now, ``officer_id`` for whoever opens it.
    """

    summary: str
    category: Category | None = None
    channel: Channel = Channel.UNKNOWN
    kind: str | None = None
    source: Source = Source.OTHER
    victim_name: str | None = None
    address: str | None = None
    postcode: str | None = None
    ward_code: str | None = None
    chosen_for_vulnerability: bool = False
    opened_at: datetime | None = None
    officer_id: int | None = None
    incident_id: int | None = None


class Progress(Struct, frozen=True):
    """Where an officer says a case stands. ``reason`` is needed to reopen it; ``outcome`` to close it."""

    status: Status
    waiting_for: WaitingFor | None = None
    outcome: Outcome | None = None
    impact: Impact | None = None
    reason: str | None = None


class NewMoneyLine(Struct, frozen=True):
    """One sum, as an officer records it; a correction names the line that it ``supersedes``.

    ``visit`` numbers the visits on which the trader took or asked for money, 1 for the first.
    """

    kind: MoneyKind
    amount: Decimal
    evidence: Evidence = Evidence.VICTIM_STATEMENT
    certainty: Certainty = Certainty.CONFIRMED
    method: Method | None = None
    on_date: date | None = None
    note: str | None = None
    visit: int | None = None
    supersedes: int | None = None


class NewNote(Struct, frozen=True):
    """One entry of the log, marked as what it is; one that ``supersedes`` another says for what ``reason``."""

    kind: NoteKind
    text: str
    occurred_at: datetime | None = None
    supersedes: int | None = None
    reason: str | None = None


class MoneyTotals(Struct, frozen=True):
    """What a case's lines that stand add up to, in pounds.

    A valuation says what the work was worth; it is shown beside the loss and never deducted.
    """

    by_kind: dict[MoneyKind, Decimal]

    def of(self, kind: MoneyKind) -> Decimal:
        """Return the sum of one kind, nought where there is none."""
        return self.by_kind.get(kind, NOTHING)

    @property
    def detriment(self) -> Decimal:
        """Money that left the victim."""
        return self.of(MoneyKind.PAID)

    @property
    def returned(self) -> Decimal:
        """Money that came back to the victim, from whomever; what a court ordered counts once it is paid."""
        return sum((self.of(kind) for kind in RETURNED), NOTHING)

    @property
    def net_detriment(self) -> Decimal:
        """Money that left the victim and has not come back."""
        return self.detriment - self.returned


def charge_in_words(totals: MoneyTotals, visits: int) -> str | None:
    """Say what was charged for work of what worth, such as "charged £18,640 for work worth £1,600 over 13 visits".

    None where nothing was paid or the work was not valued.
    """
    if not totals.detriment or not totals.of(MoneyKind.VALUATION):
        return None
    charged, worth = format_pounds(totals.detriment), format_pounds(totals.of(MoneyKind.VALUATION))
    over = f" over {visits} visits" if visits > 1 else " on one visit" if visits else ""
    return f"charged {charged} for work worth {worth}{over}"


def require_reason(note: NewNote) -> None:
    """Refuse an entry that takes another's place without saying why, or gives a reason for nothing.

    :raises RuleViolation: it does.
    """
    if note.supersedes is not None and not note.reason:
        raise RuleViolation("Say why the earlier entry no longer stands.", field="reason")
    if note.supersedes is None and note.reason:
        raise RuleViolation("Only an entry that takes another's place needs a reason.", field="reason")


RETURNED = (MoneyKind.REFUNDED_BY_BANK, MoneyKind.RECOVERED, MoneyKind.COMPENSATION_PAID)


def add_up(lines: Iterable[tuple[MoneyKind, Decimal]]) -> MoneyTotals:
    """Add up lines that stand, kind by kind."""
    sums: dict[MoneyKind, Decimal] = {}
    for kind, amount in lines:
        sums[kind] = sums.get(kind, NOTHING) + amount
    return MoneyTotals(sums)


def require_no_more_back_than_paid(before: MoneyTotals, after: MoneyTotals) -> None:
    """Refuse a line that would bring what came back above what was paid, or further above it.

    :raises RuleViolation: it would, since the quarter's net detriment would count a loss below nought.
    """
    if after.net_detriment < min(before.net_detriment, NOTHING):
        paid, back = format_pounds(before.detriment), format_pounds(before.returned)
        raise RuleViolation(
            f"{paid} was paid in this case and {back} has come back. No more can come back than was paid: "
            "check the amount, or put the other lines right first.",
            field="amount",
        )


def fits(category: Category, kind: str) -> bool:
    """Tell whether a type belongs to a category; "other" belongs to each."""
    return kind == OTHER_KIND or kind in {word.value for word in KINDS[category]}


def kind_named(category: Category, words: str) -> str | None:
    """Return the type that typed words name, such as "Courier fraud"; None where a category has none like it."""
    said = words.strip().casefold().replace("_", " ")
    names = {each.value: {each.value.replace("_", " "), each.label.casefold()} for each in KINDS[category]}
    return next((kind for kind, known in names.items() if said in known), None)


def require_kind(category: Category, kind: str) -> None:
    """Refuse a type that belongs to another category.

    :raises RuleViolation: it does.
    """
    if not fits(category, kind):
        raise RuleViolation("Choose a type that belongs to the category.", field="kind")


def require_possible(at: datetime, now: datetime, *, field: str) -> None:
    """Refuse an instant more than two minutes ahead, or before 1970.

    :raises RuleViolation: it is impossible.
    """
    if as_utc(at) > as_utc(now) + SLACK:
        raise RuleViolation("This time has not come yet.", field=field)
    if as_utc(at).date() < EARLIEST:
        raise RuleViolation("Check the year.", field=field)


def require_possible_day(on: date | None, now: datetime, *, field: str) -> None:
    """Refuse a day that has not begun in London, or lies before 1970.

    :raises RuleViolation: it is impossible.
    """
    if on is not None and on > london_date(as_utc(now) + SLACK):
        raise RuleViolation("This day has not come yet.", field=field)
    if on is not None and on < EARLIEST:
        raise RuleViolation("Check the year.", field=field)


def require_open(status: Status, reference: str) -> None:
    """Refuse to add to a closed case.

    :raises Conflict: it is closed.
    """
    if status is Status.CLOSED:
        raise Conflict(f"{reference} is closed, so it can only be read.", legal=[REOPENING])


def legal_steps(status: Status) -> tuple[Status, ...]:
    """Return where a case may go next, to the same place included while it is open."""
    return (Status.INVESTIGATING,) if status is Status.CLOSED else (status, *STEPS[status])


def require_step(current: Status, wanted: Progress, reference: str) -> None:
    """Refuse a step that the case cannot take from where it stands.

    :raises Conflict: the step is not one of the legal ones.
    :raises RuleViolation: a case is closed without an outcome, or reopened without a reason.
    """
    legal = legal_steps(current)
    if wanted.status not in legal:
        raise Conflict(f"{reference} is {current} and cannot become {wanted.status}.", legal=[*legal])
    if wanted.status is Status.CLOSED and wanted.outcome is None:
        raise RuleViolation("Say what came of the case before you close it.", field="outcome")
    if current is Status.CLOSED and not wanted.reason:
        raise RuleViolation("Say why the case is reopened.", field="reason")


def require_amount(line: NewMoneyLine) -> None:
    """Refuse a fraction of a penny, a thousand million pounds, and nought unless it takes back an earlier line.

    :raises RuleViolation: it is one of these.
    """
    pence(line.amount)
    if line.visit is not None and not 0 < line.visit <= MOST_VISITS:
        raise RuleViolation("Enter the number of the visit, 1 for the first.", field="visit")
    if line.amount < 0 or (line.amount == 0 and line.supersedes is None):
        raise RuleViolation("Enter an amount above £0.", field="amount")
    if line.amount > LARGEST:
        raise RuleViolation("Enter an amount below £1,000,000,000.", field="amount")
