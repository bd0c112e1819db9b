"""The shapes of runs, their lines, verdicts and differences, for pages and JSON alike. Money is in strings."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load

from tsalert.runs.rules import LONGEST_NOTE, Question, RunState
from tsalert.runs.tally import Place
from tsalert.savings.figures.schemas import ContributionSchema
from tsalert.savings.valuing.methods import Basis
from tsalert.savings.valuing.profiles import PUBLISHED, get_profile
from tsalert.savings.valuing.recognition import Recognition
from tsalert.web.fields import Instant, Line, Paragraph, RecordId, SpanLabel, Strict, choice


class NewRunSchema(Strict):
    """What a run is asked; without ``as_of`` it reads what stands now."""

    period = SpanLabel(required=True)
    profile = Line(load_default=PUBLISHED, longest=40)
    basis = choice(Basis, load_default=Basis.PUBLISHED, unknown="Choose one of: {choices}.")
    recognition = choice(Recognition, load_default=Recognition.WHOLE_TERM, unknown="Choose one of: {choices}.")
    as_of = Instant(load_default=None, allow_none=True)
    note = Paragraph(load_default=None, allow_none=True, longest=LONGEST_NOTE)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hand the service a question, its instant and its note."""
        profile = get_profile(data["profile"]).slug
        question = Question(data["period"], profile, data["basis"].value, data["recognition"].value)
        return {"question": question, "as_of": data["as_of"], "note": data["note"]}


class RunSupersessionSchema(Strict):
    """The newer run that takes a published one's place, and why."""

    by = RecordId(required=True)
    reason = Paragraph(required=True, longest=LONGEST_NOTE, error_messages={"required": "Say why."})


class RunFilterSchema(Schema):
    """What a list of runs is narrowed to."""

    class Meta:
        unknown = EXCLUDE

    state = choice(RunState, unknown="Choose one of: {choices}.")
    period = SpanLabel()
    after = RecordId()


class LinesQuery(Schema):
    """Where a page of lines starts: after the record of this reference."""

    class Meta:
        unknown = EXCLUDE

    after = Line(longest=40, load_default=None)


class DifferenceQuery(LinesQuery):
    """The run that another is compared with."""

    other = RecordId(required=True, data_key="with")


class RunTotalSchema(Schema):
    """One total, exactly and as shown; in the row ``class`` a value class, in ``bank`` a bank's losses."""

    row = fields.String()
    column = fields.String()
    exact = fields.String()
    shown = fields.String()


class _RunStepSchema(Schema):
    by = fields.Integer(allow_none=True)
    at = fields.DateTime()


class RunSchema(Schema):
    """A calculation run."""

    id = fields.Integer()
    state = fields.String()
    period = fields.String(attribute="question.period.label")
    first_day = fields.Date(attribute="question.period.first_day")
    last_day = fields.Date(attribute="question.period.last_day")
    profile = fields.String(attribute="question.profile")
    basis = fields.String(attribute="question.basis")
    recognition = fields.String(attribute="question.recognition")
    as_of = fields.DateTime()
    form = fields.Integer()
    rate_sets = fields.List(fields.String())
    records = fields.Integer()
    lines = fields.Integer()
    digest_of_inputs = fields.String()
    digest_of_results = fields.String()
    total = fields.Nested(RunTotalSchema)
    totals = fields.List(fields.Nested(RunTotalSchema))
    note = fields.String(allow_none=True)
    made = fields.Nested(_RunStepSchema)
    signed = fields.Nested(_RunStepSchema, allow_none=True)
    published = fields.Nested(_RunStepSchema, allow_none=True)
    superseded_at = fields.DateTime(allow_none=True)
    superseded_by = fields.Integer(attribute="superseded_by_id", allow_none=True)
    reason = fields.String(allow_none=True)


class _RunEffectSchema(RunTotalSchema):
    """By how much a total moves."""

    class Meta:
        exclude = ("shown",)


def effects_of(amounts: dict[Place, Any]) -> list[dict[str, Any]]:
    """Return by how much totals move, for JSON."""
    return [{"row": row, "column": column, "exact": amount} for (row, column), amount in amounts.items()]


class RunVerdictSchema(Schema):
    """What working a run out again came to; ``is_same`` only where every bit is."""

    is_same = fields.Boolean()
    has_same_inputs = fields.Boolean()
    has_same_results = fields.Boolean()
    digest_of_inputs = fields.String(attribute="outcome.digest_of_inputs")
    digest_of_results = fields.String(attribute="outcome.digest_of_results")
    differences = fields.Function(lambda verdict: _RunEffectSchema(many=True).dump(effects_of(verdict.differences)))


class _RunLineSchema(Schema):
    on = fields.Date()
    moment = fields.String()
    row = fields.String(allow_none=True)
    column = fields.String(allow_none=True)
    contribution = fields.Nested(ContributionSchema, attribute="part")


class WorkedSchema(Schema):
    """A record that a run read, and its lines."""

    reference = fields.String(attribute="stood.reference")
    version = fields.Integer(attribute="stood.number")
    type = fields.String(attribute="stood.type")
    on_date = fields.Date(attribute="stood.on_date")
    units = fields.Integer(attribute="stood.units")
    counted_units = fields.Integer(attribute="stood.counted_units")
    not_counted = fields.String(attribute="stood.not_counted", allow_none=True)
    lines = fields.List(fields.Nested(_RunLineSchema))


class WorkedPageSchema(Schema):
    """A page of a run's records; ``next`` is the ``after`` of the following page."""

    items = fields.List(fields.Nested(WorkedSchema))
    next = fields.String(allow_none=True)


class _RunDifferenceSchema(Schema):
    reference = fields.String()
    kind = fields.String()
    causes = fields.List(fields.String())
    effects = fields.Function(lambda found: _RunEffectSchema(many=True).dump(effects_of(found.effects)))


class RunComparisonSchema(Schema):
    """Why two runs differ, record by record; ``explained`` adds up every record's effect."""

    first = fields.Integer(attribute="first.id")
    second = fields.Integer(attribute="second.id")
    questions = fields.List(fields.String())
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    differences = fields.Function(lambda told: _RunEffectSchema(many=True).dump(effects_of(told.differences)))
    explained = fields.Function(lambda told: _RunEffectSchema(many=True).dump(effects_of(told.explained)))
    adds_up = fields.Boolean()
    items = fields.List(fields.Nested(_RunDifferenceSchema))
    next = fields.String(allow_none=True)
