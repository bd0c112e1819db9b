"""Carrying on with what was approved and started, as the timetable does."""

from datetime import datetime

from sqlalchemy import select

from tsalert.core.actors import SERVICE
from tsalert.db import db
from tsalert.retention.models import ErasureRun
from tsalert.retention.vocabulary import RunState

_IN_ONE_GO = 20


def continue_runs(now: datetime) -> int:
    """Carry on with the run that was started, if there is one; returns how many batches were done."""
    run_id = db.session.scalar(select(ErasureRun.id).where(ErasureRun.state == RunState.RUNNING).limit(1))
    return 0 if run_id is None else _continue(run_id, now)


def _continue(run_id: int, now: datetime) -> int:
    from tsalert.retention.erasing import erase_batch  # noqa: PLC0415 - it is large, and on most days nothing is erased

    done = 0
    while done < _IN_ONE_GO and erase_batch(run_id, actor=SERVICE, now=now):
        done += 1
    return done
