"""Certificates: what a run removed, in counts and digests, naming nobody whose record it was."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.retention import rules, runs
from tsalert.retention.models import ErasureRun
from tsalert.retention.vocabulary import RunState


def certify(session: Session, run: ErasureRun, *, now: datetime) -> None:
    """Write a run's certificate and end it; a step."""
    items = [(each.rule, each.state.value, each.count) for each in runs.tallied(session, run.id)]
    run.certificate = rules.certificate(_run(session, run, now), items, run.tally)
    run.certificate_digest = rules.digest_of(run.certificate)
    run.state, run.ended_at = RunState.DONE, now


def _run(session: Session, run: ErasureRun, now: datetime) -> dict[str, Any]:
    given = runs.approvals(session, run.id)
    return {
        "form": 1,
        "run": run.id,
        "as_of": _instant(run.as_of),
        "rules_in_months": run.rules,
        "list_digest": run.digest,
        "list_made_by": run.made_by,
        "approvals": [
            {
                "officer": each.officer_id,
                "as_data_protection_officer": each.is_protection_officer,
                "at": _instant(each.approved_at),
            }
            for each in given
        ],
        "started_at": _instant(run.started_at) if run.started_at else None,
        "ended_at": _instant(now),
    }


def _instant(at: datetime) -> str:
    return as_utc(at).isoformat(timespec="seconds")
