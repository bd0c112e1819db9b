"""The shapes of enforcement, for pages and JSON alike; what may be is decided in rules.py."""

from typing import Any

from marshmallow import fields, post_load

from tsalert.cases.vocabulary import Method
from tsalert.enforcement import court_rules, rules
from tsalert.enforcement.vocabulary import (
    ActionKind,
    ContractKind,
    CourtKind,
    DecisionKind,
    Exclusion,
    HearingKind,
    HearingResult,
    Place,
    Record,
    Result,
)
from tsalert.web.fields import Day, Instant, Line, ListPlace, Paragraph, Pounds, RecordId, Strict, Typed, YesNo, choice

_OPTIONAL: dict[str, Any] = {"load_default": None, "allow_none": True}


class NewOffenceSchema(Typed):
    """An offence to record."""

    value = rules.NewOffence
    offence = Line(required=True, error_messages={"required": "Choose the offence."})
    conduct_from = Day(required=True, error_messages={"required": "Enter the first day of the conduct."})
    conduct_to = Day(required=True, error_messages={"required": "Enter the last day of the conduct."})
    discovered_on = Day(**_OPTIONAL)
    note = Paragraph(**_OPTIONAL)


class NewActionSchema(Typed):
    """An action to record."""

    value = rules.NewAction
    kind = choice(ActionKind, required=True, missing="Choose what was done.")
    on_date = Day(required=True)
    what = Paragraph(required=True, error_messages={"required": "Say what was done."})
    trader = Line(**_OPTIONAL)
    binds_until = Day(**_OPTIONAL)


class NewCancellationSchema(Typed):
    """A contract and its cancellation."""

    value = rules.NewCancellation
    what = Line(required=True, error_messages={"required": "Say what the contract is for."})
    kind = choice(ContractKind, required=True, missing="Choose what was sold.")
    place = choice(Place, required=True, missing="Choose where the contract was made.")
    made_on = Day(required=True, error_messages={"required": "Enter the day of the contract."})
    delivered_on = Day(**_OPTIONAL)
    notice_on = Day(**_OPTIONAL)
    exclusion = choice(Exclusion, **_OPTIONAL)
    cancelled_on = Day(**_OPTIONAL)
    supersedes = RecordId(**_OPTIONAL)


class NewProsecutionSchema(Typed):
    """Proceedings that were begun."""

    value = court_rules.NewProsecution
    court = choice(CourtKind, required=True, missing="Choose the court.")
    court_name = Line(required=True, error_messages={"required": "Enter the name of the court."})
    begun_on = Day(required=True)
    court_reference = Line(**_OPTIONAL)


class NewDefendantSchema(Typed):
    """Somebody who is charged."""

    value = court_rules.NewDefendant
    party_id = RecordId(**_OPTIONAL)
    name = Line(longest=120, **_OPTIONAL)
    is_business = YesNo(load_default=False)
    offence_ids = fields.List(
        RecordId(), required=True, error_messages={"required": "Choose the offences they are charged with."}
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Build the value that the service takes."""
        return court_rules.NewDefendant(**data | {"offence_ids": tuple(data["offence_ids"])})


class NewHearingSchema(Typed):
    """A day in court."""

    value = court_rules.NewHearing
    kind = choice(HearingKind, required=True, missing="Choose what the hearing is for.")
    at = Instant(required=True)
    court = choice(CourtKind, required=True, missing="Choose the court.")
    court_name = Line(required=True, error_messages={"required": "Enter the name of the court."})


class HearingOutcomeSchema(Typed):
    """How a hearing ended."""

    value = court_rules.HearingOutcome
    result = choice(HearingResult, required=True, missing="Choose how the hearing ended.")
    note = Paragraph(**_OPTIONAL)


class NewCourtDecisionSchema(Typed):
    """A plea, verdict, sentence or order."""

    value = court_rules.NewDecision
    kind = choice(DecisionKind, required=True, missing="Choose what was decided.")
    defendant_id = RecordId(required=True)
    charge_id = RecordId(**_OPTIONAL)
    result = choice(Result, **_OPTIONAL)
    months = fields.Integer(strict=False, **_OPTIONAL)
    amount = Pounds(**_OPTIONAL)
    on_date = Day(required=True)
    note = Paragraph(**_OPTIONAL)


class NewPaymentSchema(Typed):
    """Compensation that was paid."""

    value = court_rules.NewPayment
    order_id = RecordId(required=True)
    amount = Pounds(required=True)
    on_date = Day(required=True)
    method = choice(Method, **_OPTIONAL)


class TakingBackSchema(Typed):
    """A record to take back, and why."""

    value = rules.TakingBack
    record = choice(Record, required=True)
    record_id = RecordId(required=True)
    reason = Paragraph(required=True, longest=1000, error_messages={"required": "Say why it was wrong."})


class MineSchema(Strict):
    """Whose deadlines a page shows."""

    everybody = YesNo(load_default=False)


class AheadAsked(MineSchema):
    """Whose deadlines and hearings are wanted, and where the page of each list begins."""

    deadlines = ListPlace(load_default=None, metadata={"description": "The ``next_deadlines`` of the page before."})
    hearings = ListPlace(load_default=None, metadata={"description": "The ``next_hearings`` of the page before."})
