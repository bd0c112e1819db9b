"""Which records can be found by their words; another capability joins the search by one more line in ``SOURCES``."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from sqlalchemy import inspect

from tsalert.cases.models import CaseFile, CaseNote, CaseReferral, MoneyLine
from tsalert.db import Base
from tsalert.enforcement.models import Cancellation, CaseOffence, EnforcementAction, Prosecution
from tsalert.evidence.models import Exhibit
from tsalert.fulltext.service import Entry
from tsalert.fulltext.vocabulary import Found
from tsalert.handover.models import Handover
from tsalert.referrals.models import Referral
from tsalert.response.models import Call, Incident, Milestone

# The columns by which records say what they lead to.
_LEADING = ("case_id", "incident_id")


class Source(Struct, frozen=True):
    """One kind of record: how officers call where its words stand, its texts, and what it leads to."""

    name: str
    label: str
    model: type[Base]
    texts: tuple[str, ...]
    leads_to: Callable[[Any], tuple[Found, int]]

    def says_otherwise(self, row: Any) -> bool:
        """Tell whether what can be found of a changed record, or what it leads to, may have changed."""
        attributes = inspect(row).attrs
        told_by = {*self.texts, *_LEADING}.intersection(attributes.keys())
        return any(attributes[name].history.has_changes() for name in told_by)

    def entry(self, row: Any, *, is_gone: bool = False) -> Entry:
        """Return what of a record can be found; nothing, once it is gone."""
        subject, subject_id = self.leads_to(row)
        texts = () if is_gone else tuple(getattr(row, name) for name in self.texts)
        return Entry(self.name, row.id, subject, subject_id, texts)


def _case(row: Any) -> tuple[Found, int]:
    return Found.CASE, row.case_id


def _handed(row: Handover | Referral) -> tuple[Found, int]:
    return (Found.INCIDENT, row.incident_id) if row.incident_id is not None else (Found.CASE, row.case_id or 0)


SOURCES = (
    Source(
        "call",
        "the call",
        Call,
        ("caller_name", "phone", "address", "postcode", "happening", "trader"),
        lambda row: (Found.CALL, row.id),
    ),
    Source(
        "incident",
        "the incident",
        Incident,
        ("kind", "address", "postcode", "outcome_note"),
        lambda row: (Found.INCIDENT, row.id),
    ),
    Source("step", "a step", Milestone, ("note",), lambda row: (Found.INCIDENT, row.incident_id)),
    Source(
        "case",
        "the case",
        CaseFile,
        ("summary", "victim_name", "address", "postcode"),
        lambda row: (Found.CASE, row.id),
    ),
    Source("log", "the log", CaseNote, ("text", "reason"), _case),
    Source("money", "a money line", MoneyLine, ("note",), _case),
    Source("referral", "a partner's referral", CaseReferral, ("body_name", "their_reference", "note"), _case),
    Source("offence", "an offence", CaseOffence, ("note",), _case),
    Source("action", "an action", EnforcementAction, ("what", "trader"), _case),
    Source("prosecution", "a prosecution", Prosecution, ("court_name", "court_reference"), _case),
    Source("exhibit", "an exhibit", Exhibit, ("description", "found_where", "found_by"), _case),
    Source("passed on", "what was passed on", Referral, ("body", "message", "their_reference", "outcome"), _handed),
    Source("contract", "a contract", Cancellation, ("what",), _case),
    Source(
        "handover",
        "a handover",
        Handover,
        ("body", "facts", "risk", "actions", "told", "reason", "accepted_by", "their_reference"),
        _handed,
    ),
)
LABELS = {source.name: source.label for source in SOURCES}
BY_MODEL = {source.model: source for source in SOURCES}
