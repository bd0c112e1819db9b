"""The shape of parties, matches, decisions and warnings, as forms and the API send them."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length

from tsalert.core.errors import RuleViolation
from tsalert.core.keys import is_id
from tsalert.core.postcodes import read_postcode
from tsalert.intelligence.schemas import HeldSchema
from tsalert.parties.rules import Decided, Sought
from tsalert.parties.vocabulary import Verdict
from tsalert.web.fields import Day, Instant, Line, Paragraph, Postcode, RecordId, Strict, Typed, choice

_LONGEST_TYPED = 400
_TYPED = ("phone", "caller_name", "address", "trader")
_NUMBER = re.compile(r"\d{1,10}", re.ASCII)


class ChosenSchema(Schema):
    """Whom the officer took the caller and the trader for, and whom not."""

    same_as = RecordId(load_default=None)
    different_from = fields.List(RecordId(), load_default=list, validate=Length(max=20))
    trader_same_as = RecordId(load_default=None)
    trader_different_from = fields.List(RecordId(), load_default=list, validate=Length(max=20))


def pop_chosen(data: dict[str, Any]) -> dict[str, Decided]:
    """Take what was chosen of the parties out of a loaded call, as the call holds it."""
    return {
        "caller_is": Decided(data.pop("same_as"), tuple(data.pop("different_from"))),
        "trader_is": Decided(data.pop("trader_same_as"), tuple(data.pop("trader_different_from"))),
    }


def read_typed(typed: Mapping[str, str]) -> Sought:
    """Return what stands in a call's form while it is typed; what is not whole yet is left out, never refused."""
    told = {name: typed.get(name, "").strip()[:_LONGEST_TYPED] or None for name in _TYPED}
    chosen = (typed.get(name, "") for name in ("same_as", "trader_same_as"))
    numbers = tuple(int(text) for text in chosen if _NUMBER.fullmatch(text) and is_id(int(text)))
    return Sought(**told, postcode=_whole_postcode(typed.get("postcode", "")), same_as=numbers)


def _whole_postcode(text: str) -> str | None:
    try:
        return read_postcode(text)
    except RuleViolation:
        return None


class SoughtSchema(Typed):
    """What to look for."""

    value = Sought
    phone = Line(longest=40, load_default=None)
    caller_name = Line(load_default=None)
    address = Line(longest=300, load_default=None)
    postcode = Postcode(load_default=None)
    trader = Line(longest=400, load_default=None)
    vehicle = Line(longest=20, load_default=None)


class SearchSchema(Strict):
    """A name, number, registration, address or reference; without one the newest parties are listed."""

    q = Line(longest=200, load_default=None)
    after = RecordId(load_default=None)


class NewDecisionSchema(Strict):
    """What an officer decides of a party and another."""

    other_id = RecordId(required=True, error_messages={"required": "Choose the other party."})
    verdict = choice(Verdict, required=True)


class NewWarningSchema(Strict):
    """What officers must know, and when somebody looks whether it still holds."""

    text = Paragraph(longest=1000, required=True, error_messages={"required": "Say what officers must know."})
    review_on = Day(required=True, error_messages={"required": "Choose when to review it."})


class ReviewSchema(Strict):
    """A warning that still holds."""

    review_on = Day(required=True, error_messages={"required": "Choose when to review it again."})


class EndSchema(Strict):
    """Why a warning holds no longer."""

    reason = Line(longest=400, required=True, error_messages={"required": "Say why it ends."})


class WarningSchema(Schema):
    """A warning as it stands today."""

    id = fields.Integer()
    party_id = fields.Integer()
    text = fields.String()
    written_at = Instant()
    review_on = Day()
    is_overdue = fields.Boolean(metadata={"description": "Past its review; it shows until somebody ends it."})
    ended_at = Instant(allow_none=True)
    end_reason = fields.String(allow_none=True)


class IdentifierSchema(Schema):
    """Something by which a party can be known again."""

    kind = fields.String(attribute="kind.value")
    raw = fields.String()
    normal = fields.String()
    first_seen_at = Instant()


class DecisionSchema(Schema):
    """A decision of two parties, current or undone."""

    id = fields.Integer()
    party_ids = fields.List(fields.Integer(), attribute="pair")
    verdict = fields.String(attribute="verdict.value")
    decided_by = fields.Integer(allow_none=True)
    decided_at = Instant()
    undone_by = fields.Integer(allow_none=True)
    undone_at = Instant(allow_none=True)


class PartOfCallSchema(Schema):
    """A party's part in a call."""

    call_id = fields.Integer()
    reference = fields.String()
    role = fields.String(attribute="role.value")
    received_at = Instant()
    party_id = fields.Integer()
    incident_id = fields.Integer(allow_none=True)
    incident = fields.String(allow_none=True)


class PartySchema(Schema):
    """A party with all that is known of it and of those held to be the same."""

    id = fields.Integer(attribute="record.id")
    kind = fields.String(attribute="record.kind.value")
    name = fields.String(attribute="record.name", allow_none=True)
    identity = fields.Integer(attribute="record.identity")
    members = fields.Function(lambda shown: sorted(shown.record.members), metadata={"type": "array"})
    names = fields.List(fields.String(), attribute="record.names")
    identifiers = fields.List(fields.Nested(IdentifierSchema), attribute="record.identifiers")
    warnings = fields.List(fields.Nested(WarningSchema))
    decisions = fields.List(fields.Nested(DecisionSchema))
    calls = fields.List(fields.Nested(PartOfCallSchema))


class ListedPartySchema(Schema):
    """A party in a list."""

    id = fields.Integer()
    kind = fields.String()
    name = fields.String(allow_none=True)
    created_at = Instant()


class PartySoughtSchema(Strict):
    """A name, number, registration, address or reference."""

    q = Line(longest=200, required=True, error_messages={"required": "Write who or what you are looking for."})


class PartyFoundSchema(Schema):
    """A party that was found, and why."""

    id = fields.Integer()
    kind = fields.String()
    name = fields.String(allow_none=True)
    reason = fields.String(attribute="words")


class PartiesFoundSchema(Schema):
    """The parties that were found."""

    items = fields.List(fields.Nested(PartyFoundSchema))


class MatchSchema(Schema):
    """Somebody who may be meant, and why; the name only where it is a reason."""

    party_id = fields.Integer(attribute="line.match.identity")
    side = fields.String(attribute="line.match.side.value")
    kind = fields.String(attribute="line.match.kind.value")
    name = fields.String(attribute="line.match.name", allow_none=True)
    reasons = fields.List(fields.String(), attribute="line.match.reasons")
    words = fields.String(attribute="line.words")
    is_certain = fields.Boolean(
        attribute="line.match.is_certain",
        metadata={"description": "A call with this name and number is taken for theirs unless it says otherwise."},
    )
    warnings = fields.List(fields.Nested(WarningSchema), attribute="line.warnings")
    intelligence = fields.List(fields.Nested(HeldSchema), attribute="held")


class OpenIncidentSchema(Schema):
    """An open incident at the same place, or with the same people."""

    id = fields.Integer()
    reference = fields.String()
    category = fields.String(attribute="category.value")
    grade = fields.String(allow_none=True)
    ward = fields.String(allow_none=True)
    received_at = Instant()
    reason = fields.String(attribute="reason.value")


class MatchesSchema(Schema):
    """Whom and what we know already."""

    parties = fields.List(fields.Nested(MatchSchema), attribute="lines")
    incidents = fields.List(fields.Nested(OpenIncidentSchema))
    intelligence = fields.List(
        fields.Nested(HeldSchema),
        attribute="held",
        metadata={"description": "Held of a vehicle, number or website in the call, where no match shows it."},
    )
