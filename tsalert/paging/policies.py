"""The policy of paging: every version kept, each in force from its date until the next."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc
from tsalert.core.errors import NotFound, RuleViolation
from tsalert.db import transaction
from tsalert.delivery.rules import Channel
from tsalert.paging.models import PagingPolicy
from tsalert.paging.rules import Policy, PolicyStep, check_policy
from tsalert.rota.vocabulary import Duty

# A form takes a while to fill in, so "from now" may lie a little in the past when it arrives.
_JUST_NOW = timedelta(minutes=2)


class PolicyVersion(Struct, frozen=True):
    """One version; ``made_by`` is None for the one that came with the service."""

    id: int
    effective_from: datetime
    policy: Policy
    made_by: int | None
    made_at: datetime


def set_policy(policy: Policy, *, effective_from: datetime | None = None, actor: Actor, now: datetime) -> int:
    """Add a version of the policy and return its id; runs that have begun keep the version they began with.

    :param effective_from: when it comes into force; None means now.
    :raises RuleViolation: it would wake nobody, or would begin in the past.
    """
    actor.require(Permission.MANAGE_RESPONSE)
    check_policy(policy)
    begins = max(as_utc(effective_from or now), now)
    if effective_from is not None and as_utc(effective_from) < now - _JUST_NOW:
        raise RuleViolation("A policy cannot begin in the past.", field="effective_from")
    with transaction() as session:
        row = PagingPolicy(effective_from=begins, made_by=actor.officer_id, made_at=now, **_as_columns(policy))
        session.add(row)
        session.flush()
        audit.record(session, actor, "set", "paging policy", row.id, now=now, steps=len(policy.steps))
        return row.id


def policy_in_force(session: Session, *, at: datetime) -> PolicyVersion | None:
    """Return the version in force at a time; None where there was none yet."""
    newest = (PagingPolicy.effective_from.desc(), PagingPolicy.id.desc())
    begun = select(PagingPolicy).where(PagingPolicy.effective_from <= as_utc(at))
    row = session.scalar(begun.order_by(*newest).limit(1))
    return _version(row) if row else None


def get_policy(session: Session, policy_id: int) -> Policy:
    """Return one version's policy.

    :raises NotFound: there is none.
    """
    return get_version(session, policy_id).policy


def get_version(session: Session, policy_id: int) -> PolicyVersion:
    """Return one version.

    :raises NotFound: there is none.
    """
    row = session.get(PagingPolicy, policy_id)
    if row is None:
        raise NotFound("There is no such policy.")
    return _version(row)


def list_policies(session: Session) -> list[PolicyVersion]:
    """Return every version, the newest date first."""
    newest = (PagingPolicy.effective_from.desc(), PagingPolicy.id.desc())
    return [_version(row) for row in session.scalars(select(PagingPolicy).order_by(*newest))]


def _as_columns(policy: Policy) -> dict[str, Any]:
    return {
        "steps": [
            {"after": int(step.after.total_seconds()), "duty": step.duty.value, "channel": step.channel.value}
            for step in policy.steps
        ],
        "repeat_after_seconds": int(policy.repeat_after.total_seconds()),
        "repage_after_seconds": int(policy.repage_after.total_seconds()),
        "welfare_after_seconds": int(policy.welfare_after.total_seconds()),
        "welfare_answer_seconds": int(policy.welfare_answer.total_seconds()),
        "welfare_misses": policy.welfare_misses,
        "welfare_chain": [duty.value for duty in policy.welfare_chain],
        "down_after_seconds": int(policy.down_after.total_seconds()),
    }


def _version(row: PagingPolicy) -> PolicyVersion:
    steps = [
        PolicyStep(timedelta(seconds=step["after"]), Duty.of(step["duty"]), Channel(step["channel"]))
        for step in row.steps
    ]
    policy = Policy(
        steps=tuple(steps),
        repeat_after=timedelta(seconds=row.repeat_after_seconds),
        repage_after=timedelta(seconds=row.repage_after_seconds),
        welfare_after=timedelta(seconds=row.welfare_after_seconds),
        welfare_answer=timedelta(seconds=row.welfare_answer_seconds),
        welfare_misses=row.welfare_misses,
        down_after=timedelta(seconds=row.down_after_seconds),
        welfare_chain=tuple(Duty.of(code) for code in row.welfare_chain),
    )
    return PolicyVersion(row.id, row.effective_from, policy, row.made_by, row.made_at)
