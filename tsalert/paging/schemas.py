"""The shape of a paging policy and of what paging did; what must hold of a policy is in rules.py."""

import re
from datetime import timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load
from marshmallow.validate import Length, Range

from tsalert.core.errors import RuleViolation
from tsalert.delivery.rules import Channel
from tsalert.paging.rules import MOST_STEPS, WELFARE_CHAIN, Policy, PolicyStep, check_policy
from tsalert.paging.vocabulary import Purpose
from tsalert.rota.vocabulary import Duty
from tsalert.web.fields import Instant, Paragraph, Strict, choice

_CHANNEL_WORDS = {"text": Channel.SMS, "call": Channel.VOICE, "email": Channel.EMAIL}
_WORD_OF = {channel: word for word, channel in _CHANNEL_WORDS.items()}
_LINE = re.compile(r"(\d{1,3}):([0-5]\d)\s+(primary|backup|manager)\s+(text|call|email)", re.IGNORECASE | re.ASCII)
_HOUR = 3600


def _whole(least: int, most: int, unit: str) -> fields.Integer:
    """Return a required field for a whole number; whatever is wrong with it, one sentence says what may be."""
    told = f"Enter {least} to {most} {unit}."
    return fields.Integer(
        required=True, validate=Range(least, most, error=told), error_messages={"required": told, "invalid": told}
    )


class Steps(Paragraph):
    """Steps as a manager writes them, one a line: ``5:00 backup text``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        return [self._step(line) for line in text.splitlines() if line.strip()]

    def _step(self, line: str) -> PolicyStep:
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise ValidationError(f"“{line.strip()[:60]}” is no step. Write each like: 5:00 backup text")
        after = timedelta(minutes=int(found[1]), seconds=int(found[2]))
        return PolicyStep(after, Duty.of(found[3].lower()), _CHANNEL_WORDS[found[4].lower()])


class Chain(Paragraph):
    """Who is rung one after the other, as a manager writes it, one a line."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        return [self._duty(line.strip()) for line in text.splitlines() if line.strip()]

    def _duty(self, line: str) -> Duty:
        if line.lower() not in set(Duty):
            raise ValidationError(f"“{line[:60]}” is nobody to ring. Write manager, backup or primary.")
        return Duty.of(line.lower())


class PolicyFormSchema(Strict):
    """A policy as the page's form has it: steps by line, waits in minutes."""

    steps = Steps(required=True, longest=2000, error_messages={"required": "Write at least one step."})
    repeat_after = _whole(1, 60, "minutes")
    repage_after = _whole(1, 120, "minutes")
    welfare_after = _whole(5, 240, "minutes")
    welfare_answer = _whole(1, 60, "minutes")
    welfare_misses = _whole(1, 10, "missed answers")
    welfare_chain = Chain(required=True, longest=400, error_messages={"required": "Write whom to ring."})
    down_after = _whole(5, 600, "seconds")
    effective_from = Instant(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hand over a policy and when it begins."""
        minutes = ("repeat_after", "repage_after", "welfare_after", "welfare_answer")
        waits = {name: timedelta(minutes=data[name]) for name in minutes}
        return _checked(data, down_after=timedelta(seconds=data["down_after"]), **waits)


class NewPageStepSchema(Strict):
    """One step of a policy."""

    after_seconds = _whole(0, 2 * _HOUR, "seconds")
    duty = choice(Duty, required=True)
    channel = choice(Channel, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> PolicyStep:
        """Hand over a typed step."""
        return PolicyStep(timedelta(seconds=data["after_seconds"]), data["duty"], data["channel"])


class NewPagingPolicySchema(Strict):
    """A version of the policy as the JSON interface takes it."""

    steps = fields.List(
        fields.Nested(NewPageStepSchema),
        required=True,
        validate=Length(1, MOST_STEPS, error=f"Give 1 to {MOST_STEPS} steps."),
        error_messages={"required": "Write at least one step."},
    )
    repeat_after_seconds = _whole(60, _HOUR, "seconds")
    repage_after_seconds = _whole(60, 2 * _HOUR, "seconds")
    welfare_after_seconds = _whole(300, 4 * _HOUR, "seconds")
    welfare_answer_seconds = _whole(60, _HOUR, "seconds")
    welfare_misses = _whole(1, 10, "missed answers")
    welfare_chain = fields.List(
        choice(Duty),
        load_default=lambda: list(WELFARE_CHAIN),
        metadata={"description": "Who is rung about a silent officer, one after the other; then everybody is told."},
    )
    down_after_seconds = _whole(5, 600, "seconds")
    effective_from = Instant(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hand over a policy and when it begins."""
        names = ("repeat_after", "repage_after", "welfare_after", "welfare_answer", "down_after")
        return _checked(data, **{name: timedelta(seconds=data[f"{name}_seconds"]) for name in names})


class PageStepSchema(Schema):
    """One step of a policy as it is given out."""

    after_seconds = fields.Function(lambda step: int(step.after.total_seconds()), metadata={"type": "integer"})
    duty = fields.String()
    channel = fields.String()


class PagingPolicySchema(Schema):
    """One version of the policy."""

    id = fields.Integer()
    effective_from = fields.DateTime()
    made_by = fields.Integer(allow_none=True)
    made_at = fields.DateTime()
    steps = fields.List(fields.Nested(PageStepSchema), attribute="policy.steps")
    repeat_after_seconds = fields.TimeDelta("seconds", attribute="policy.repeat_after")
    repage_after_seconds = fields.TimeDelta("seconds", attribute="policy.repage_after")
    welfare_after_seconds = fields.TimeDelta("seconds", attribute="policy.welfare_after")
    welfare_answer_seconds = fields.TimeDelta("seconds", attribute="policy.welfare_answer")
    welfare_misses = fields.Integer(attribute="policy.welfare_misses")
    welfare_chain = fields.List(fields.String(), attribute="policy.welfare_chain")
    down_after_seconds = fields.TimeDelta("seconds", attribute="policy.down_after")


class PagingPolicyListSchema(Schema):
    """Every version, the newest date first."""

    items = fields.List(fields.Nested(PagingPolicySchema))


class PageAttemptSchema(Schema):
    """One attempt to reach an officer, and what became of it."""

    id = fields.Integer()
    purpose = choice(Purpose)
    officer_id = fields.Integer()
    duty = fields.String(allow_none=True)
    channel = fields.String()
    made_at = fields.DateTime()
    status = fields.String()
    said = fields.String()
    pressed = fields.String(allow_none=True)


class PageRunSchema(Schema):
    """One run of pages for an incident."""

    id = fields.Integer()
    incident_id = fields.Integer()
    policy_id = fields.Integer()
    started_at = fields.DateTime()
    round = fields.Integer()
    next_due_at = fields.DateTime(allow_none=True)
    is_overdue = fields.Boolean(metadata={"description": "What was due next has not been done: ring by hand."})
    acknowledged_by = fields.Integer(allow_none=True)
    acknowledged_at = fields.DateTime(allow_none=True)
    ended_at = fields.DateTime(allow_none=True)
    end_reason = fields.String(allow_none=True)
    attempts = fields.List(fields.Nested(PageAttemptSchema))


class PageRunListSchema(Schema):
    """Runs of pages, the newest first."""

    items = fields.List(fields.Nested(PageRunSchema))


def write_steps(policy: Policy) -> str:
    """Write a policy's steps as a manager does, one a line."""
    lines = []
    for step in policy.steps:
        minutes, seconds = divmod(int(step.after.total_seconds()), 60)
        lines.append(f"{minutes}:{seconds:02} {step.duty} {_WORD_OF[step.channel]}")
    return "\n".join(lines)


def _checked(data: dict[str, Any], **waits: timedelta) -> dict[str, Any]:
    chain = tuple(data["welfare_chain"])
    policy = Policy(steps=tuple(data["steps"]), welfare_misses=data["welfare_misses"], welfare_chain=chain, **waits)
    try:
        check_policy(policy)
    except RuleViolation as error:
        raise ValidationError(error.message, error.field or "steps") from error
    return {"policy": policy, "effective_from": data["effective_from"]}
