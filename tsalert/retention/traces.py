"""What the program keeps of its use: forms, look-ups, texts like STOP, failed sign-ins, tokens, old trail entries."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from tsalert.audit import checkpoints
from tsalert.core.clock import london_midnight
from tsalert.core.words import counted
from tsalert.retention import messages, rules
from tsalert.retention.finding_due import DueRecord
from tsalert.retention.reaching import changed, table
from tsalert.retention.rules import Due
from tsalert.retention.vocabulary import Root, RuleKind


def due_traces(session: Session, months: Mapping[RuleKind, int], today: date) -> Iterator[DueRecord]:
    """Yield one line for traces that are old enough, and one for entries of the trail, numbered by its last one."""
    if RuleKind.TRACES in months:
        before = _before(months[RuleKind.TRACES], today)
        count = sum(session.scalar(select(func.count()).where(old)) or 0 for _, old in _old(before))
        count += messages.count_old(session, before)
        if count:
            yield DueRecord(
                Root.TRACES, 1, counted(count, "trace of use", "traces of use"), Due(RuleKind.TRACES, today)
            )
    if RuleKind.TRAIL in months:
        last = old_entries(session, _before(months[RuleKind.TRAIL], today))
        if last:
            yield DueRecord(Root.TRAIL, last, f"Entries up to {last:,}", Due(RuleKind.TRAIL, today))


def old_entries(session: Session, before: datetime) -> int:
    """Return the last of the entries, from the trail's beginning on, that are all older than an instant; 0 for none."""
    entry = table("audit_event")
    first_young = session.scalar(select(func.min(entry.c.id)).where(entry.c.at >= before))
    last = first_young - 1 if first_young else session.scalar(select(func.max(entry.c.id))) or 0
    return int(last) if session.scalar(select(entry.c.id).where(entry.c.id == last)) else 0


def delete_traces(session: Session, months: int, *, today: date) -> dict[str, int]:
    """Delete traces of use that are old enough; a step. Returns how many rows went, by table.

    Of messages that led to no call it is forgotten whose they are.
    """
    before = _before(months, today)
    found = messages.forget_old(session, before)
    for name, old in _old(before):
        gone = changed(session, delete(table(name)).where(old))
        found |= {name: gone} if gone else {}
    return found


def place_checkpoint(session: Session, last: int, *, now: datetime) -> dict[str, int]:
    """Let a signed checkpoint stand for the trail's entries up to one; a step. Returns how many went."""
    return {"audit_event": checkpoints.place(session, last, now=now)}


def _before(months: int, today: date) -> datetime:
    return london_midnight(rules.months_before(today, months))


def _old(before: datetime) -> Iterator[tuple[str, ColumnElement[bool]]]:
    for name, column in (
        ("submission", "made_at"), ("party_look_up", "at"), ("sign_in_failure", "at"), ("mobile_code", "sent_at"),
        ("wrong_page_code", "at"), ("sign_in", "expires_at"),
    ):  # fmt: skip
        yield name, table(name).c[column] < before
    looked_for = table("case_filter").c
    yield "case_filter", (looked_for.changed_at < before) & looked_for.wanted["text"].as_string().is_not(None)
    token = table("api_token").c
    yield "api_token", or_(token.expires_at < before, token.revoked_at < before)
