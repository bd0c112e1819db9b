"""The shape of a grade's versions, as the form and the API send and show them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Range

from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.response.changing_grades import (
    LONGEST_TARGET,
    NewVersion,
    check_paging,
    check_target,
    start_of_version,
)
from tsalert.response.grade_versions import GradeRules
from tsalert.response.vocabulary import GradeName, RemoteResolution, StartRule
from tsalert.web.fields import Instant, Line, Strict, YesNo, choice

_MOST_MINUTES = int(LONGEST_TARGET.total_seconds()) // 60


class WantedGradeSchema(Schema):
    """Which grade the form is for."""

    class Meta:
        unknown = EXCLUDE

    name = choice(GradeName, load_default=GradeName.IMMEDIATE)


class NewVersionSchema(Strict):
    """A version of a grade to add."""

    name = choice(GradeName, required=True)
    target_minutes = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=Range(1, _MOST_MINUTES, error=f"Give whole minutes from 1 to {_MOST_MINUTES}."),
        error_messages={"invalid": "Give the target in whole minutes, like 120."},
        metadata={"description": "Until somebody must be there; none sets no clock going.", "example": 120},
    )
    start_rule = choice(StartRule, load_default=StartRule.FIRST_CALL)
    stopped_by = fields.List(choice(RemoteResolution), load_default=list)
    pages = YesNo(
        required=True,
        error_messages={"required": "Say whether officers are woken for it."},
        metadata={"description": "Whether officers are paged for an incident of this grade."},
    )
    effective_from = Instant(load_default=None, metadata={"description": "From now or later; none means now."})
    reason = Line(longest=400, required=True, error_messages={"required": "Say why it changes."})

    @validates_schema(skip_on_field_errors=False)
    def tell_every_fault(self, data: dict[str, Any], **_: Any) -> None:
        """Say what contradicts what beside what cannot be read, so that nobody mends one fault to hear of the next."""
        faults: dict[str, str] = {}
        for needed, check in _CHECKS:
            try:
                if needed <= data.keys():
                    check(data)
            except RuleViolation as error:
                faults[error.field or ""] = error.message
        if faults:
            raise ValidationError(faults)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewVersion:
        """Return the version."""
        rules = GradeRules(_target(data), data["start_rule"], frozenset(data["stopped_by"]), data["pages"])
        return NewVersion(data["name"], rules, data["reason"], data["effective_from"])


def _target(data: dict[str, Any]) -> timedelta | None:
    minutes = data["target_minutes"]
    return None if minutes is None else timedelta(minutes=minutes)


_CHECKS: tuple[tuple[set[str], Callable[[dict[str, Any]], object]], ...] = (
    ({"name", "target_minutes"}, lambda data: check_target(data["name"], _target(data))),
    ({"target_minutes", "pages"}, lambda data: check_paging(_target(data), pages=data["pages"])),
    ({"effective_from"}, lambda data: start_of_version(data["effective_from"], now=utc_now())),
)


class GradeVersionSchema(Schema):
    """One version of a grade."""

    id = fields.Integer()
    name = fields.String(attribute="name.value")
    target_seconds = fields.Function(
        lambda version: None if version.rules.target is None else int(version.rules.target.total_seconds()),
        metadata={"type": ["integer", "null"]},
    )
    start_rule = fields.String(attribute="rules.start_rule.value")
    stopped_by = fields.List(
        fields.String(),
        attribute="stops",
        metadata={"description": "What stops the clock besides an officer on scene, which always does."},
    )
    pages = fields.Boolean(attribute="rules.pages", metadata={"description": "Whether officers are paged for it."})
    effective_from = Instant()
    until = Instant(allow_none=True)
    reason = fields.String(allow_none=True)


class GradeVersionsSchema(Schema):
    """Every version of every grade."""

    items = fields.List(fields.Nested(GradeVersionSchema))
