"""The shapes of rules, holds, lists and what became of them, for pages and JSON alike."""

from marshmallow import Schema, fields

from tsalert.retention.vocabulary import RuleKind
from tsalert.web.fields import Day, Instant, Line, Paragraph, Strict, choice

_WHY = {"required": "Say why."}


class NewRetentionRuleSchema(Strict):
    """How long records of one kind are to be kept, from which day on, and why."""

    kind = choice(RuleKind, required=True)
    months = fields.Integer(
        required=True,
        error_messages={"required": "Give a number of months.", "invalid": "Give a whole number of months."},
    )
    effective_from = Day(required=True)
    reason = Paragraph(required=True, longest=1000, error_messages=_WHY)


class RetentionRuleSchema(Schema):
    """One version of a rule; it holds from its day on once it is approved."""

    id = fields.Integer()
    kind = fields.String()
    version = fields.Integer()
    months = fields.Integer()
    effective_from = Day()
    reason = fields.String()
    written_by = fields.Integer(allow_none=True)
    written_at = Instant()
    approved_by = fields.Integer(allow_none=True)
    approved_at = Instant(allow_none=True)


class RetentionKindSchema(Schema):
    """What holds for one kind of record today, and every version of the rule."""

    kind = fields.String()
    in_force = fields.Nested(RetentionRuleSchema, allow_none=True)
    versions = fields.List(fields.Nested(RetentionRuleSchema))


class NewLegalHoldSchema(Strict):
    """What is held, why, and when somebody looks at it again."""

    record = Line(required=True, longest=40, error_messages={"required": "Give a reference."})
    reason = Paragraph(required=True, longest=1000, error_messages=_WHY)
    review_on = Day(required=True)


class HoldLiftSchema(Strict):
    """Why a record need not be held any more."""

    reason = Paragraph(required=True, longest=1000, error_messages=_WHY)


class LegalHoldSchema(Schema):
    """One hold, in force or lifted."""

    id = fields.Integer()
    subject = fields.String()
    subject_id = fields.Integer()
    reason = fields.String(allow_none=True)
    placed_by = fields.Integer(allow_none=True)
    placed_at = Instant()
    review_on = Day()
    lifted_by = fields.Integer(allow_none=True)
    lifted_at = Instant(allow_none=True)
    lift_reason = fields.String(allow_none=True)


class RetentionApprovalSchema(Schema):
    """Who approved a list, and whether as the data protection officer."""

    officer_id = fields.Integer()
    is_protection_officer = fields.Boolean()
    digest = fields.String()
    approved_at = Instant()


class RetentionCountSchema(Schema):
    """How many records of a list fell under one rule and came to one state."""

    rule = fields.String()
    state = fields.String()
    count = fields.Integer()


class RetentionRunSchema(Schema):
    """A list of what was due, who approved it, and how far it is carried out."""

    id = fields.Integer()
    state = fields.String()
    as_of = Instant()
    digest = fields.String()
    made_by = fields.Integer(allow_none=True)
    made_at = Instant()
    started_at = Instant(allow_none=True)
    ended_at = Instant(allow_none=True)
    certificate_digest = fields.String(allow_none=True)
    approvals = fields.List(fields.Nested(RetentionApprovalSchema))
    counts = fields.List(fields.Nested(RetentionCountSchema))


class TableHeldSchema(Schema):
    """A table that names people: whether its rows are deleted, else what becomes of its columns."""

    name = fields.String()
    rows_go = fields.Boolean()
    columns = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class RetentionRegisterSchema(Schema):
    """What is held of people, table by table."""

    items = fields.List(fields.Nested(TableHeldSchema))


class RetentionItemSchema(Schema):
    """One record of a list, by its reference, and what became of it."""

    subject = fields.String()
    subject_id = fields.Integer()
    reference = fields.String()
    rule = fields.String()
    due_on = Day()
    state = fields.String()
    hold_id = fields.Integer(allow_none=True)
    why = fields.String(allow_none=True)


class RetentionCertificateSchema(Schema):
    """What a run removed, in counts and digests; ``digest`` is SHA-256 of the certificate as canonical JSON."""

    certificate = fields.Dict(keys=fields.String())
    digest = fields.String()
