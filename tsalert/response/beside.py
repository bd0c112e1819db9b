"""What two officers wrote of the same call, beside each other, in the words of the form."""

from collections.abc import Mapping
from decimal import Decimal

from marshmallow import EXCLUDE, ValidationError
from msgspec import Struct
from werkzeug.datastructures import MultiDict

from tsalert.core.errors import RuleViolation
from tsalert.core.money import parse_pounds
from tsalert.core.words import Word
from tsalert.response.models import Call
from tsalert.response.queries import IncidentRecord
from tsalert.response.rules import propose_grade
from tsalert.response.schemas import AS_PROPOSED, LATER, ProposalSchema
from tsalert.response.vocabulary import CallSource, Category, Disposition, GradeName, MoneyState
from tsalert.web.filters import pounds
from tsalert.web.forms import read_form

# In the order of the form.
_LABELS = {
    "phone": "Telephone number",
    "caller_name": "Who is calling",
    "address": "Address where it is happening",
    "postcode": "Postcode",
    "ward_code": "Ward",
    "happening": "What is happening now",
    "is_trader_on_site": "The trader is there now",
    "trader": "The trader",
    "money_state": "Money",
    "money_amount": "Amount",
    "is_vulnerable": "The resident is vulnerable",
    "has_threat": "Somebody is threatened",
    "is_work_in_progress": "Work is going on",
    "category": "What it is",
    "kind": "Kind",
    "grade": "Grade",
    "grade_reason": "Why, if not as proposed",
    "was_told_999": "Told to ring 999",
    "is_safe_to_call_back": "Safe to call back",
    "source": "Who the caller is",
    "disposition": "What becomes of the call",
    "incident": "Incident it belongs to",
}
_WORDS: Mapping[str, type[Word]] = {
    "money_state": MoneyState,
    "category": Category,
    "grade": GradeName,
    "source": CallSource,
    "disposition": Disposition,
}
_TICKS = ("is_trader_on_site", "is_vulnerable", "has_threat", "is_work_in_progress")
_TEXTS = ("phone", "caller_name", "address", "postcode", "ward_code", "trader", "source", "money_amount")
_NOT_TICKED = "Not ticked"


class WrittenUp(Struct, frozen=True):
    """A call as the other officer wrote it up, with the incident that it opened or joined."""

    call: Call
    incident: IncidentRecord | None
    grade_reason: str | None


class Beside(Struct, frozen=True):
    """One answer as it stands, and as another officer typed it; "" where there is none."""

    label: str
    stands: str
    typed: str


def beside(written: WrittenUp, typed: MultiDict[str, str], *, wards: Mapping[str, str]) -> list[Beside]:
    """Return the answers that differ, in the order of the form."""
    stands, mine = _standing(written), _typed(typed)
    rows = [
        Beside(label, _in_words(name, stands.get(name, ""), wards), _in_words(name, mine.get(name, ""), wards))
        for name, label in _LABELS.items()
    ]
    return [each for each in rows if each.stands != each.typed]


def as_correction(call: Call, typed: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return what an officer typed as the form of a correction holds it; what they left empty stays as it stands.

    What the callers said is put together, so that neither telling is lost.
    """
    told = {name: text for name in _TEXTS if (text := typed.get(name, "").strip())}
    told |= {name: "yes" for name in _TICKS if typed.get(name)}
    told |= {"happening": both} if (both := _both(call.happening or "", typed.get("happening", "").strip())) else {}
    if typed.get("is_safe_to_call_back") in {"yes", "no"}:
        told["is_safe_to_call_back"] = typed["is_safe_to_call_back"]
    if typed.get("money_state", MoneyState.NONE) != MoneyState.NONE:
        told["money_state"] = typed["money_state"]
    return MultiDict(told)


def _both(stands: str, typed: str) -> str:
    if typed in stands:
        return stands
    return typed if stands in typed else f"{stands}\n\n{typed}"


def _standing(written: WrittenUp) -> dict[str, str]:
    """Return what stands, as a form would hold it."""
    call, incident = written.call, written.incident
    held = {name: getattr(call, name) for name in _LABELS if hasattr(call, name)}
    told = {name: _as_typed(value) for name, value in held.items() if name != "incident"}
    told["was_told_999"] = _as_typed(call.told_999_at is not None)
    if call.is_safe_to_call_back is not None:
        told["is_safe_to_call_back"] = "yes" if call.is_safe_to_call_back else "no"
    if incident is None:
        return told
    if call.disposition != Disposition.NEW_INCIDENT:
        return told | {"incident": incident.reference}
    opened = {"category": incident.category, "kind": incident.kind, "grade": incident.grade or LATER}
    return told | {name: value or "" for name, value in {**opened, "grade_reason": written.grade_reason}.items()}


def _typed(typed: MultiDict[str, str]) -> dict[str, str]:
    """Return what was typed, the grade that the answers propose in place of "as proposed"."""
    told = {name: typed.get(name, "").strip() for name in _LABELS}
    told["money_amount"] = _amount(told["money_amount"])
    told["money_state"] = told["money_state"] or MoneyState.NONE.value
    if told["grade"] in {"", AS_PROPOSED}:
        told["grade"] = _proposed(typed) if told["category"] else ""
    return told


def _proposed(typed: MultiDict[str, str]) -> str:
    try:
        danger, _ = read_form(ProposalSchema(unknown=EXCLUDE), typed)
    except ValidationError:
        return ""
    return propose_grade(danger).value


def _amount(text: str) -> str:
    """Write an amount as what is held is written, if it is one."""
    try:
        return _as_typed(parse_pounds(text))
    except RuleViolation:
        return text


def _as_typed(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value or "")


def _in_words(name: str, text: str, wards: Mapping[str, str]) -> str:
    if name in {*_TICKS, "was_told_999"}:
        return "Yes" if text else _NOT_TICKED
    if name in _WORDS:
        return {**dict(_WORDS[name].options()), LATER: "Grade it later"}.get(text, text)
    if name == "ward_code":
        return wards.get(text, text)
    if name == "is_safe_to_call_back":
        return text.capitalize()
    is_amount = name == "money_amount" and text.replace(".", "", 1).isdecimal()
    return pounds(Decimal(text)) if is_amount else text
