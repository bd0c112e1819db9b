"""Versions at the JSON interface: taken from the body or If-Match, told as ETag, and both told where they differ."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast

from flask import request
from msgspec.structs import replace

from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.keys import read_id
from tsalert.db import db
from tsalert.response import overlapping, queries, rows
from tsalert.response.board import reading_of
from tsalert.response.clock import Reading
from tsalert.response.correcting_times import NewTime
from tsalert.response.dispatching import Resolution
from tsalert.response.facts import Correction
from tsalert.response.handing_over import Acceptance
from tsalert.response.overlapping import Overlap
from tsalert.response.queries import IncidentRecord
from tsalert.response.rules import GradeDecision
from tsalert.response.schemas import IncidentSchema
from tsalert.response.step_schemas import ChangeSchema
from tsalert.response.timeline import changes_since
from tsalert.response.vocabulary import GradeName
from tsalert.web.access import note_shown
from tsalert.web.errors import answer

Told = TypeVar("Told", GradeDecision, Resolution, Acceptance, Correction, NewTime)
Operation = TypeVar("Operation", bound=Callable[..., Any])


class Shown(NamedTuple):
    """An incident with its clock as it stands now; the rest is left out of lists."""

    record: IncidentRecord
    reading: Reading
    proposed: GradeName | None = None
    overlaps: Sequence[Overlap] = ()


def shown(incident_id: int) -> Shown:
    """Return an incident as it stands.

    :raises NotFound: there is none.
    """
    record = queries.get_incident(db.session(), incident_id)
    session = db.session()
    proposed, overlaps = rows.proposed_grade(session, incident_id), overlapping.overlaps_of(session, incident_id)
    return Shown(record, reading_of(record, utc_now()), proposed, overlaps)


def as_seen(told: Told) -> Told:
    """Return a step on the version that its body names, else on the one that the header names."""
    return told if told.seen is not None else replace(told, seen=_if_match())


def with_seen(told: dict[str, Any]) -> dict[str, Any]:
    """Return a step's values on the version that its body names, else on the one that the header names."""
    return told if told["seen"] is not None else {**told, "seen": _if_match()}


def tells_state(operation: Operation) -> Operation:
    """Answer a refused step with the incident as it is and with what was done since the version that was seen."""

    @wraps(operation)
    def run(*args: Any, incident_id: int, **kwargs: Any) -> Any:
        try:
            return operation(*args, incident_id=incident_id, **kwargs)
        except Conflict as refusal:
            note_shown("incident", incident_id)
            return answer(409, refusal.message, {"legal": list(refusal.legal), **_state(incident_id)})

    return cast(Operation, run)


def _state(incident_id: int) -> dict[str, Any]:
    seen = _seen()
    changes = changes_since(db.session(), incident_id, seen, now=utc_now()) if seen is not None else []
    told: list[Any] = ChangeSchema().dump(changes, many=True)
    return {"current": IncidentSchema().dump(shown(incident_id)), "changes": told}


def _seen() -> int | None:
    """Return the version that a request names, once it has been found to be one."""
    body = request.get_json(silent=True)
    version = body.get("version") if isinstance(body, dict) else None
    return int(version) if version is not None else _if_match()


def _if_match() -> int | None:
    """Return the version in the header ``If-Match: "7"``; None where there is none, or any will do.

    :raises RuleViolation: it holds something else.
    """
    tags = request.if_match
    if not tags or tags.star_tag:
        return None
    given = sorted(tags.as_set(include_weak=True))
    tag = given[0] if len(given) == 1 else ""
    version = read_id(tag)
    if version is None:
        raise RuleViolation('Give one version, as the ETag of the incident has it, like "7".', field="If-Match")
    return version
