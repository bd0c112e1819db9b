"""What indicators measure: how each figure is read from a period's; what it is called and rated by is data."""

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from tsalert.reports.change import Share, Value
from tsalert.reports.queries import PeriodFigures
from tsalert.reports.vocabulary import Unit
from tsalert.response.clock import ResponseFigures
from tsalert.savings.figures.explaining import ALL_BUT
from tsalert.savings.valuing.profiles import TOTAL

Read = Callable[[PeriodFigures], Value]


class Measure(Struct, frozen=True):
    """One figure of a period.

    :param opens: what leads to the explanation of a figure of savings.
    """

    name: str
    group: str
    read: Read
    unit: Unit = Unit.COUNT
    opens: Mapping[str, str] = field(default_factory=dict)


DEMAND, RESPONSE, SAVINGS = "Demand and detriment", "Rapid response", "Savings"
PREVENTION, ALERTS = "Prevention and intervention", "Alerts"
_FRIENDS = "friends_against_scams"


def share_met(response: ResponseFigures) -> Share:
    """Return how many clocks were met out of those that came out.

    Overdue clocks count as missed; those that are running, or ended in time, count as neither.
    """
    return Share(response.met, response.met + response.late + response.breached_then_ended + response.overdue)


MEASURES = (
    Measure("enquiries", DEMAND, lambda figures: figures.cases.enquiries),
    Measure("scam_doorstep_abuse_cases", DEMAND, lambda figures: figures.cases.scam_doorstep_abuse),
    Measure("detriment", DEMAND, lambda figures: figures.cases.detriment, Unit.MONEY),
    Measure("net_detriment", DEMAND, lambda figures: figures.cases.net_detriment, Unit.MONEY),
    Measure("chosen_for_vulnerability", DEMAND, lambda figures: figures.cases.chosen_for_vulnerability),
    Measure("able_to_stay_at_home", DEMAND, lambda figures: figures.cases.able_to_stay_at_home),
    Measure("calls", RESPONSE, lambda figures: sum(figures.activity.calls.values())),
    Measure("reports", RESPONSE, lambda figures: figures.response.reports),
    Measure("immediate", RESPONSE, lambda figures: figures.response.immediate),
    Measure("share_met", RESPONSE, lambda figures: share_met(figures.response), Unit.SHARE),
    Measure("met", RESPONSE, lambda figures: figures.response.met),
    Measure("late", RESPONSE, lambda figures: figures.response.late),
    Measure("breached_then_ended", RESPONSE, lambda figures: figures.response.breached_then_ended),
    Measure("overdue", RESPONSE, lambda figures: figures.response.overdue),
    Measure("not_applicable", RESPONSE, lambda figures: figures.response.not_applicable),
    Measure("running", RESPONSE, lambda figures: figures.response.running),
    Measure("rapid_response_interventions", RESPONSE, lambda figures: figures.rapid_response_interventions),
    Measure("interventions", PREVENTION, lambda figures: figures.activity.interventions),
    Measure("single_savings", PREVENTION, lambda figures: len(figures.single_savings)),
    Measure("blockers_installed", PREVENTION, lambda figures: figures.activity.blockers.installed),
    Measure("blockers_active", PREVENTION, lambda figures: figures.activity.blockers.in_place),
    Measure("blockers_ended", PREVENTION, lambda figures: sum(figures.activity.blockers.ended.values())),
    Measure("friends_trained", PREVENTION, lambda figures: figures.savings.row(_FRIENDS).number or 0),
    Measure("alerts_sent", ALERTS, lambda figures: figures.activity.alerts_sent),
    Measure("subscribers", ALERTS, lambda figures: figures.activity.subscribers),
    Measure(
        "financial_savings",
        SAVINGS,
        lambda figures: figures.savings.total_without("financial", _FRIENDS).shown,
        Unit.MONEY,
        {"row": f"{ALL_BUT}{_FRIENDS}", "column": "financial"},
    ),
    Measure(
        "health_savings",
        SAVINGS,
        lambda figures: figures.savings.total_without("health", _FRIENDS).shown,
        Unit.MONEY,
        {"row": f"{ALL_BUT}{_FRIENDS}", "column": "health"},
    ),
    Measure(
        "friends_savings",
        SAVINGS,
        lambda figures: figures.savings.row(_FRIENDS).total.shown,
        Unit.MONEY,
        {"row": _FRIENDS},
    ),
    Measure("total_savings", SAVINGS, lambda figures: figures.savings.grand_total.shown, Unit.MONEY, {"row": TOTAL}),
)
BY_NAME = {measure.name: measure for measure in MEASURES}
