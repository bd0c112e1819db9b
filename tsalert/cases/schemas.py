"""The shapes of cases, money lines and notes, for pages and JSON alike; what may be is decided in rules.py."""

from typing import Any

from marshmallow import Schema, fields

from tsalert.cases.rules import NewCase, NewMoneyLine, NewNote, Progress
from tsalert.cases.vocabulary import (
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
from tsalert.response.vocabulary import Category
from tsalert.web.fields import Day, Instant, Line, Paragraph, Postcode, Pounds, RecordId, Strict, Typed, YesNo, choice

_OPTIONAL: dict[str, Any] = {"load_default": None, "allow_none": True}


class NewCaseSchema(Typed):
    """A case to open; with an incident, what is left out is copied from it."""

    value = NewCase
    summary = Paragraph(required=True, error_messages={"required": "Say what the case is about."})
    category = choice(Category, **_OPTIONAL)
    channel = choice(Channel, load_default=Channel.UNKNOWN)
    kind = Line(**_OPTIONAL)
    source = choice(Source, load_default=Source.OTHER)
    victim_name = Line(**_OPTIONAL)
    address = Line(longest=500, **_OPTIONAL)
    postcode = Postcode(**_OPTIONAL)
    ward_code = Line(longest=20, **_OPTIONAL)
    chosen_for_vulnerability = YesNo(load_default=False)
    opened_at = Instant(**_OPTIONAL)
    officer_id = RecordId(**_OPTIONAL)
    incident_id = RecordId(**_OPTIONAL)


class AmendedCaseSchema(NewCaseSchema):
    """What is set right in a case; its incidents are linked elsewhere."""

    class Meta(Typed.Meta):
        exclude = ("incident_id",)


class ProgressSchema(Typed):
    """Where a case stands."""

    value = Progress
    status = choice(Status, required=True, missing="Choose the status.")
    waiting_for = choice(WaitingFor, **_OPTIONAL)
    outcome = choice(Outcome, **_OPTIONAL)
    impact = choice(Impact, **_OPTIONAL)
    reason = Paragraph(longest=1000, **_OPTIONAL)


class NewMoneyLineSchema(Typed):
    """One sum to record."""

    value = NewMoneyLine
    kind = choice(MoneyKind, required=True, missing="Choose what happened to the money.")
    amount = Pounds(required=True)
    evidence = choice(Evidence, required=True, missing="Choose what shows it.")
    certainty = choice(Certainty, load_default=Certainty.CONFIRMED)
    method = choice(Method, **_OPTIONAL)
    on_date = Day(**_OPTIONAL)
    note = Paragraph(longest=1000, **_OPTIONAL)
    visit = RecordId(error_messages={"invalid": "Enter the number of the visit, 1 for the first."}, **_OPTIONAL)
    supersedes = RecordId(**_OPTIONAL)


class NewNoteSchema(Typed):
    """One entry for a case's log."""

    value = NewNote
    kind = choice(NoteKind, required=True, missing="Choose what sort of entry it is.")
    text = Paragraph(required=True, longest=10_000, error_messages={"required": "Write the note."})
    occurred_at = Instant(**_OPTIONAL)
    supersedes = RecordId(**_OPTIONAL)
    reason = Paragraph(longest=1000, **_OPTIONAL)


class LinkSchema(Strict):
    """An incident to attach to a case, by its reference."""

    incident = Line(required=True, error_messages={"required": "Enter the incident's reference."})


class LinkedIncidentSchema(Schema):
    """An incident that is attached to a case."""

    id = fields.Integer()
    reference = fields.String()


class LinkedIncidentListSchema(Schema):
    """The incidents that are attached to a case."""

    items = fields.List(fields.Nested(LinkedIncidentSchema))


class CaseRowSchema(Schema):
    """A case as lists give it out: nothing of the victim, and no kind where it is restricted to the reader."""

    id = fields.Integer()
    reference = fields.String()
    category = fields.String()
    kind = fields.String(allow_none=True)
    status = fields.String()
    waiting_for = fields.String(allow_none=True)
    ward_code = fields.String(allow_none=True)
    opened_at = Instant()
    officer_id = fields.Integer(allow_none=True)
    continued_in_id = fields.Integer(allow_none=True)


class CaseSchema(CaseRowSchema):
    """A case as it is given out."""

    channel = fields.String()
    source = fields.String()
    outcome = fields.String(allow_none=True)
    impact = fields.String(allow_none=True)
    summary = fields.String()
    victim_name = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    chosen_for_vulnerability = fields.Boolean()
    closed_at = Instant(allow_none=True)


class ListedCaseSchema(CaseRowSchema):
    """A case in a list."""

    is_restricted = fields.Boolean()


class MoneyLineSchema(Schema):
    """One money line as it is given out; the line that names it in ``supersedes_id`` took its place."""

    id = fields.Integer()
    kind = fields.String()
    amount = Pounds()
    method = fields.String(allow_none=True)
    on_date = fields.Date(allow_none=True)
    evidence = fields.String()
    certainty = fields.String()
    note = fields.String(allow_none=True)
    visit = fields.Integer(allow_none=True)
    supersedes_id = fields.Integer(allow_none=True)
    recorded_by = fields.Integer(allow_none=True)
    recorded_at = Instant()


class LedgerSchema(Schema):
    """Every money line of a case, and what those that stand add up to."""

    items = fields.List(fields.Nested(MoneyLineSchema), attribute="lines")
    detriment = Pounds(attribute="totals.detriment")
    net_detriment = Pounds(attribute="totals.net_detriment")
    prevented = fields.Function(lambda ledger: f"{ledger.totals.of(MoneyKind.PREVENTED):.2f}")
    visits = fields.Integer()
    charge = fields.String(allow_none=True)


class MadeSchema(Schema):
    """The number of what was made."""

    id = fields.Integer()
