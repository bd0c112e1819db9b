"""Searching as a use case: what is shown stands in the trail first."""

from datetime import datetime

from tsalert.audit import service as audit
from tsalert.core.actors import Actor
from tsalert.db import db, transaction
from tsalert.finding.rules import Answer
from tsalert.finding.search import search
from tsalert.fulltext.vocabulary import Found


def look_for(text: str, *, only: Found | None = None, is_demo: bool, actor: Actor, now: datetime) -> Answer:
    """Return what a text leads to, once the trail says which records its reader was shown; what was typed is not kept.

    :raises RuleViolation: it holds nothing to look for.
    """
    answer = search(db.session(), text, only=only, is_demo=is_demo, actor=actor, now=now)
    with transaction() as session:
        audit.record(session, actor, "searched", "search", None, now=now, words=len(answer.terms), **answer.read())
    return answer
