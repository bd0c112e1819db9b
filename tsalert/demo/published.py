"""The figures that the demonstration's records add up to, read from a file; another service may bring its own.

How a total divides into records is invented. Of the 43 scam and doorstep cases of April and May 2021 the file that
comes with the service takes 25 as scams, 9 of them investment fraud: 36%.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate
from marshmallow.exceptions import SCHEMA
from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.savings.figures.claims import Claim
from tsalert.web.fields import Pounds
from tsalert.web.forms import errors_by_field

BROMLEY = Path(__file__).parent / "figures" / "bromley.json"
_COUNT = validate.Range(min=0, max=100_000)
_POUNDS = validate.Range(min=0, max=100_000_000)


class YearFigures(Struct, frozen=True):
    """What one year's interventions add up to, in whole pounds and units."""

    label: str
    rapid_response_interventions: int
    single_savings: tuple[int, ...]
    scam_and_doorstep: int
    friends: int
    blockers: int


class HelplineTotals(Struct, frozen=True):
    """What the consumer helpline told of April and May 2021."""

    complaints: int
    transferred: int
    scams: int
    investment_frauds: int
    doorstep_crimes: int
    mean_investment_loss: int
    mean_doorstep_loss: int
    advice_savings: int


class QuarterFigures(Struct, frozen=True):
    """What one quarter's records add up to; the interventions are in whole pounds and units."""

    label: str
    enquiries: int
    cases: int
    detriment: Decimal
    reports: int
    immediate: int
    scams: int = 0
    doorstep_crime: int = 0
    friends: int = 0
    blockers: int = 0


class Published(Struct, frozen=True):
    """Everything that one service published, and where."""

    source: str
    year: YearFigures
    helpline: HelplineTotals
    quarters: tuple[QuarterFigures, ...]
    claim: Claim | None = None


def read_published(text: str) -> Published:
    """Read a file of published figures.

    :raises RuleViolation: it is not one, naming what is wrong.
    """
    try:
        found: Published = _PublishedSchema().loads(text)
    except ValidationError as error:
        told = "; ".join(f"{name}: {problem}" for name, problem in errors_by_field(error).items())
        said = told.removeprefix(f"{SCHEMA}: ")
        raise RuleViolation(f"This is no file of published figures. {said}", field="figures") from error
    except ValueError as error:
        raise RuleViolation("This file of published figures is not JSON.", field="figures") from error
    return found


class _Strict(Schema):
    class Meta:
        unknown = RAISE

    made: Any = dict

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Say of what is missing which it is."""
        field_obj.error_messages["required"] = f"The file does not say {field_name.replace('_', ' ')}."

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Hand over a typed value."""
        return self.made(**data)


def _count() -> fields.Integer:
    return fields.Integer(strict=True, required=True, validate=_COUNT)


def _pounds() -> fields.Integer:
    return fields.Integer(strict=True, required=True, validate=_POUNDS)


class _ClaimSchema(_Strict):
    made = Claim
    words = fields.String(required=True)
    source = fields.String(required=True)


class _YearSchema(_Strict):
    label = fields.String(required=True)
    rapid_response_interventions = _count()
    single_savings = fields.List(_pounds(), required=True)
    scam_and_doorstep = _pounds()
    friends = _count()
    blockers = _count()

    def made(self, **data: Any) -> YearFigures:
        return YearFigures(**data | {"single_savings": tuple(data["single_savings"])})


class _HelplineSchema(_Strict):
    made = HelplineTotals
    complaints = _count()
    transferred = _count()
    scams = _count()
    investment_frauds = _count()
    doorstep_crimes = _count()
    mean_investment_loss = _pounds()
    mean_doorstep_loss = _pounds()
    advice_savings = _pounds()


class _QuarterSchema(_Strict):
    made = QuarterFigures
    label = fields.String(required=True)
    enquiries = _count()
    cases = _count()
    detriment = Pounds(required=True)
    reports = _count()
    immediate = _count()
    scams = fields.Integer(strict=True, load_default=0, validate=_POUNDS)
    doorstep_crime = fields.Integer(strict=True, load_default=0, validate=_POUNDS)
    friends = fields.Integer(strict=True, load_default=0, validate=_COUNT)
    blockers = fields.Integer(strict=True, load_default=0, validate=_COUNT)


class _PublishedSchema(_Strict):
    source = fields.String(required=True)
    claim = fields.Nested(_ClaimSchema, load_default=None)
    year = fields.Nested(_YearSchema, required=True)
    helpline = fields.Nested(_HelplineSchema, required=True)
    quarters = fields.List(fields.Nested(_QuarterSchema), required=True)

    def made(self, **data: Any) -> Published:
        return Published(**data | {"quarters": tuple(data["quarters"])})
