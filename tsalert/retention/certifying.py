"""Certificates: what a run removed, in counts and digests, naming nobody whose record it was."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.core.errors import NotFound
from tsalert.retention import rules, runs
from tsalert.retention.models import ErasureRun
from tsalert.retention.vocabulary import ItemState, RuleKind, RunState


def certify(session: Session, run: ErasureRun, *, now: datetime) -> None:
    """Write a run's certificate and end it; a step."""
    items = [(each.rule, each.state.value, each.count) for each in runs.tallied(session, run.id)]
    run.certificate = rules.certificate(_run(session, run, now), items, run.tally)
    run.certificate_digest = rules.digest_of(run.certificate)
    run.state, run.ended_at = RunState.DONE, now


class Certificate(Struct, frozen=True):
    """A certificate as it was kept, with its seal."""

    told: dict[str, Any]
    digest: str

    @property
    def is_whole(self) -> bool:
        """True where it is what was sealed."""
        return rules.digest_of(self.told) == self.digest


def get_certificate(session: Session, run_id: int) -> Certificate:
    """Return a run's certificate.

    :raises NotFound: there is no such run, or it is not done.
    """
    run = runs.get_run(session, run_id)
    if run.certificate is None or run.certificate_digest is None:
        raise NotFound("This run is not done, so there is no certificate yet.")
    return Certificate(run.certificate, run.certificate_digest)


def as_text(found: Certificate, officers: Mapping[int, str]) -> str:
    """Write a certificate as plain text to keep."""
    told = found.told
    approved = [
        f"  {officers.get(each['officer'], each['officer'])}, {each['at']}"
        + (", as data protection officer" if each["as_data_protection_officer"] else "")
        for each in told["approvals"]
    ]
    records = [
        f"  {RuleKind.of(rule).label}: "
        + ", ".join(f"{count:,} {ItemState.of(state).label.lower()}" for state, count in by.items())
        for rule, by in sorted(told["records"].items())
    ]
    removed = [f"  {name}: {count:,}" for name, count in sorted(told["removed"].items())]
    return "\n".join(
        [
            f"CERTIFICATE OF RETENTION RUN {told['run']}",
            f"List as of {told['as_of']}, digest {told['list_digest']}",
            f"Carried out from {told['started_at']} to {told['ended_at']}",
            "Approved by:", *approved,
            "Records:", *(records or ["  none were due"]),
            "Rows changed or deleted, by table, and files:", *(removed or ["  none"]),
            f"Digest of this certificate: {found.digest}", "",
        ]
    )  # fmt: skip


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
