"""The board's indicators: what each is called, how it is defined, and how its figure is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from tsalert.core.money import format_pounds
from tsalert.reports.queries import PeriodFigures
from tsalert.response.clock import ResponseFigures
from tsalert.savings.figures.explaining import ALL_BUT
from tsalert.savings.valuing.profiles import TOTAL

# A share of so few tells more about one person than about the service.
_LEAST_FOR_A_SHARE = 5


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure of the board, with its definition in words.

    :param opens: what leads to the explanation of a figure of savings.
    """

    name: str
    group: str
    label: str
    definition: str
    read: Callable[[PeriodFigures], int | Decimal]
    opens: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """One indicator's figure in one period."""

    indicator: Indicator
    value: int | Decimal

    @property
    def text(self) -> str:
        """The figure as people read it."""
        return format_pounds(self.value) if isinstance(self.value, Decimal) else f"{self.value:,}"


DEMAND, RESPONSE, SAVINGS = "Demand and detriment", "Rapid response", "Savings"
_FRIENDS = "friends_against_scams"
INDICATORS = (
    Indicator(
        "enquiries",
        DEMAND,
        "Enquiries",
        "Cases opened for investigation, of whatever category. A case counts in the quarter in which it was opened.",
        lambda figures: figures.cases.enquiries,
    ),
    Indicator(
        "scam_doorstep_abuse_cases",
        DEMAND,
        "Scam, doorstep crime and financial abuse cases",
        "Of the enquiries, those of these three categories.",
        lambda figures: figures.cases.scam_doorstep_abuse,
    ),
    Indicator(
        "detriment",
        DEMAND,
        "Consumer detriment",
        "Gross: the money that left the victims of those cases, in the quarter in which the case was opened.",
        lambda figures: figures.cases.detriment,
    ),
    Indicator(
        "net_detriment",
        DEMAND,
        "Net detriment",
        "The same less what banks refunded, what was recovered and the compensation that was paid.",
        lambda figures: figures.cases.net_detriment,
    ),
    Indicator(
        "chosen_for_vulnerability",
        DEMAND,
        "Victims chosen for age or vulnerability",
        "Of those cases, the ones in which an officer found that the victim was chosen for this.",
        lambda figures: figures.cases.chosen_for_vulnerability,
    ),
    Indicator(
        "able_to_stay_at_home",
        DEMAND,
        "Victims able to stay at home",
        "Of those cases, the ones whose impact is that the victim could stay at home.",
        lambda figures: figures.cases.able_to_stay_at_home,
    ),
    Indicator(
        "reports",
        RESPONSE,
        "Rapid-response reports",
        "Incidents of these three categories whose first real call came on the rapid-response number, "
        "in the quarter of that call.",
        lambda figures: figures.response.reports,
    ),
    Indicator(
        "immediate",
        RESPONSE,
        "Immediate responses",
        "Reports that were ever graded immediate, the grade whose target is two hours.",
        lambda figures: figures.response.immediate,
    ),
    Indicator(
        "met",
        RESPONSE,
        "Met within two hours",
        "Their clocks that an officer on scene, or a payment stopped from afar, stopped within two hours.",
        lambda figures: figures.response.met,
    ),
    Indicator(
        "late",
        RESPONSE,
        "Late",
        "Their clocks that were stopped after the two hours.",
        lambda figures: figures.response.late,
    ),
    Indicator(
        "breached_then_ended",
        RESPONSE,
        "Breached, then ended",
        "Their clocks that ended after the two hours with nobody there: stood down or handed over.",
        lambda figures: figures.response.breached_then_ended,
    ),
    Indicator(
        "overdue",
        RESPONSE,
        "Overdue",
        "Their clocks that run past the two hours still, with nobody there yet.",
        lambda figures: figures.response.overdue,
    ),
    Indicator(
        "not_applicable",
        RESPONSE,
        "Not applicable",
        "Their clocks that ended within the two hours without a visit. They count neither as met nor as missed.",
        lambda figures: figures.response.not_applicable,
    ),
    Indicator(
        "running",
        RESPONSE,
        "Still running",
        "Their clocks that run within the two hours. They count neither as met nor as missed.",
        lambda figures: figures.response.running,
    ),
    Indicator(
        "rapid_response_interventions",
        RESPONSE,
        "Rapid-response interventions",
        "Reports graded immediate, with an officer on scene and an intervention recorded.",
        lambda figures: figures.rapid_response_interventions,
    ),
    Indicator(
        "financial_savings",
        SAVINGS,
        "Future financial savings",
        "Of scams, doorstep crime and call blockers; the board's series leaves Friends Against Scams out here.",
        lambda figures: figures.savings.total_without("financial", _FRIENDS).shown,
        {"row": f"{ALL_BUT}{_FRIENDS}", "column": "financial"},
    ),
    Indicator(
        "health_savings",
        SAVINGS,
        "Health and quality of life savings",
        "Of the same work: a share of its financial savings.",
        lambda figures: figures.savings.total_without("health", _FRIENDS).shown,
        {"row": f"{ALL_BUT}{_FRIENDS}", "column": "health"},
    ),
    Indicator(
        "friends_savings",
        SAVINGS,
        "Friends Against Scams",
        "Financial and other savings of the people who were trained.",
        lambda figures: figures.savings.row(_FRIENDS).total.shown,
        {"row": _FRIENDS},
    ),
    Indicator(
        "total_savings",
        SAVINGS,
        "Savings in total",
        "All of the table below, rounded once from its exact sum.",
        lambda figures: figures.savings.grand_total.shown,
        {"row": TOTAL},
    ),
)


def read_all(figures: PeriodFigures) -> tuple[Reading, ...]:
    """Return every indicator's figure, in the order of the report."""
    return tuple(Reading(indicator, indicator.read(figures)) for indicator in INDICATORS)


def by_group(readings: tuple[Reading, ...]) -> Mapping[str, list[Reading]]:
    """Return the figures under the heading of their group."""
    groups: dict[str, list[Reading]] = {}
    for reading in readings:
        groups.setdefault(reading.indicator.group, []).append(reading)
    return groups


def share_met(response: ResponseFigures) -> str | None:
    """Write how many clocks were met out of those that came out: "6 of 7 (86%)"; no percentage under five.

    Overdue clocks count as missed; those that are running, or ended in time, count as neither.
    """
    counted = response.met + response.late + response.breached_then_ended + response.overdue
    if not counted:
        return None
    told = f"{response.met:,} of {counted:,}"
    return f"{told} ({percent(Decimal(response.met) / counted)})" if counted >= _LEAST_FOR_A_SHARE else told


def percent(share: Decimal) -> str:
    """Write a share as a whole percentage, half-up."""
    return f"{(share * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)}%"
