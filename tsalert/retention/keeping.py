"""Rules of keeping: proposed with a reason, approved by the data protection officer, in force from a day on."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.db import transaction
from tsalert.retention import rules
from tsalert.retention.models import KeepingRule
from tsalert.retention.vocabulary import RuleKind


class RuleOfKind(Struct, frozen=True):
    """What holds for one kind of record on a day, and its versions, the newest first."""

    kind: RuleKind
    in_force: KeepingRule | None
    versions: Sequence[KeepingRule]


def propose_rule(kind: RuleKind, *, months: int, effective_from: date, reason: str, actor: Actor, now: datetime) -> int:
    """Write down how long records of a kind are to be kept from a day on; returns its id. It waits for approval.

    :raises RuleViolation: there is no reason, or the time is none.
    """
    actor.require(Permission.RUN_RETENTION)
    rules.require_months(months)
    rules.require_reason(reason)
    with transaction() as session:
        # Of two people who propose at once, one waits here for the other and takes the next number.
        session.scalars(select(KeepingRule.id).where(KeepingRule.kind == kind).with_for_update()).all()
        newest = session.scalar(select(func.max(KeepingRule.version)).where(KeepingRule.kind == kind)) or 0
        rule = KeepingRule(
            kind=kind, version=newest + 1, months=months, effective_from=effective_from, reason=reason.strip(),
            written_by=actor.officer_id, written_at=now,
        )  # fmt: skip
        session.add(rule)
        session.flush()
        audit.record(session, actor, "proposed", "retention rule", rule.id, now=now, kind=kind, months=months)
        return rule.id


def approve_rule(rule_id: int, *, actor: Actor, now: datetime) -> None:
    """Let a rule hold from its day on, as the data protection officer and not as its writer.

    :raises NotFound: there is no such rule.
    :raises Conflict: it was approved already.
    :raises RuleViolation: its writer would approve it.
    """
    actor.require(Permission.APPROVE_RETENTION)
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can approve a rule.")
    with transaction() as session:
        rule = get_by_id(session, KeepingRule, rule_id, "There is no such rule.", lock=True)
        if rule.approved_at is not None:
            raise Conflict("This rule was approved already.")
        if rule.written_by == actor.officer_id:
            raise RuleViolation("The person who wrote a rule cannot approve it.")
        rule.approved_by, rule.approved_at = actor.officer_id, now
        audit.record(session, actor, "approved", "retention rule", rule.id, now=now, kind=rule.kind)


def list_rules(session: Session, day: date) -> list[RuleOfKind]:
    """Return every kind of record with the rule that holds on a day, if one was approved."""
    found = session.scalars(select(KeepingRule).order_by(KeepingRule.version.desc())).all()
    return [_of_kind(kind, [rule for rule in found if rule.kind == kind], day) for kind in RuleKind]


def months_in_force(session: Session, day: date) -> dict[RuleKind, int]:
    """Return for how many months records of each kind are kept on a day; without an approved rule, of none."""
    return {each.kind: each.in_force.months for each in list_rules(session, day) if each.in_force}


def _of_kind(kind: RuleKind, versions: list[KeepingRule], day: date) -> RuleOfKind:
    holding = [rule for rule in versions if rule.approved_at is not None and rule.effective_from <= day]
    newest = max(holding, key=lambda rule: (rule.effective_from, rule.version), default=None)
    return RuleOfKind(kind, newest, versions)
