"""A message is kept for 90 days, or as long as it is evidence; its row stays for good."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.standins.telephone import Recordings, tone
from tests.telephone.conftest import message_left, recording
from tests.telephone.test_fetching import files
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound
from tsalert.retention import holding, recordings
from tsalert.retention.vocabulary import Root
from tsalert.staff.rules import RoleName
from tsalert.telephone import retention
from tsalert.telephone.fetching import fetch_recordings

DAYS = timedelta(days=90)
SECOND = timedelta(seconds=1)


@pytest.fixture
def call_id(house: Flask, provider: Recordings) -> int:
    """A call whose message is at home."""
    made, _ = message_left(provider)
    fetch_recordings(NOW)
    return made


def test_a_message_is_deleted_after_90_days_and_its_hash_and_times_stay(
    house: Flask, provider: Recordings, officer: Callable[..., Actor]
) -> None:
    call_id, reference = message_left(provider)
    fetch_recordings(NOW)
    assert retention.delete_old_recordings(NOW + DAYS - SECOND) == 0
    assert retention.delete_old_recordings(NOW + DAYS) == 1
    assert retention.delete_old_recordings(NOW + DAYS) == 0
    row = recording(reference)
    assert files(house) == []
    assert (row.deleted_at, row.fetched_at) == (NOW + DAYS, NOW)
    assert row.sha256
    with pytest.raises(NotFound, match="deleted after its time"):
        retention.open_recording(call_id, actor=officer(), now=NOW + DAYS)
    with pytest.raises(Conflict, match="deleted after its time"):
        retention.hold_recording(call_id, "Too late", actor=officer(), now=NOW + DAYS)


def test_evidence_is_kept_until_it_is_let_go(
    house: Flask, session: Session, call_id: int, officer: Callable[..., Actor]
) -> None:
    actor = officer()
    retention.hold_recording(call_id, "The threat is on it", actor=actor, now=NOW)
    assert retention.delete_old_recordings(NOW + 4 * DAYS) == 0
    assert len(files(house)) == 1
    retention.release_recording(call_id, actor=actor, now=NOW + 4 * DAYS)
    assert retention.delete_old_recordings(NOW + 4 * DAYS) == 1
    noted = select(AuditEvent.action).where(AuditEvent.subject == "recording").order_by(AuditEvent.id)
    assert session.scalars(noted).all() == ["fetched", "deleted at the provider", "held", "released", "deleted"]


def test_a_legal_hold_keeps_the_message_until_it_is_lifted(
    house: Flask, call_id: int, officer: Callable[..., Actor]
) -> None:
    manager, later = officer(RoleName.MANAGER), NOW + 4 * DAYS
    hold = holding.place_hold(
        Root.CALL, call_id, reason="A claim", review_on=later.date(), actor=manager, now=NOW + DAYS - SECOND
    )
    assert recordings.delete_old_recordings(later) == 0
    assert len(files(house)) == 1
    holding.lift_hold(hold, reason="It is settled", actor=manager, now=later)
    assert recordings.delete_old_recordings(later) == 1
    assert files(house) == []


def test_a_message_whose_file_is_gone_already_counts_as_deleted(house: Flask, call_id: int) -> None:
    for path in files(house):
        path.unlink()
    assert retention.delete_old_recordings(NOW + DAYS) == 1


def test_one_that_never_came_home_is_deleted_at_the_provider_after_its_time(
    house: Flask, provider: Recordings, officer: Callable[..., Actor]
) -> None:
    call_id, reference = message_left(provider, sound=b"<html>")
    fetch_recordings(NOW)
    assert provider.deleted == []
    with pytest.raises(Conflict, match="not fetched in its time"):
        retention.hold_recording(call_id, "Too late", actor=officer(), now=NOW + DAYS)
    fetch_recordings(NOW + DAYS)
    assert provider.deleted == [reference]
    row = recording(reference)
    assert (row.due_at, row.fetched_at, row.deleted_at) == (None, None, NOW + DAYS)
    with pytest.raises(NotFound, match="deleted after its time"):
        retention.open_recording(call_id, actor=officer(), now=NOW + DAYS)


def test_evidence_that_never_came_home_stays_at_the_provider_and_is_asked_for_until_it_comes(
    house: Flask, provider: Recordings, officer: Callable[..., Actor]
) -> None:
    call_id, reference = message_left(provider, sound=b"<html>")
    fetch_recordings(NOW)
    retention.hold_recording(call_id, "The threat is on it", actor=officer(), now=NOW)
    fetch_recordings(NOW + DAYS)
    assert (provider.deleted, recording(reference).due_at) == ([], NOW + DAYS + timedelta(days=1))
    provider.sounds[reference] = tone()
    fetch_recordings(NOW + DAYS + timedelta(days=1))
    assert (provider.deleted, len(files(house))) == ([reference], 1)


def test_a_legal_hold_keeps_what_never_came_home_at_the_provider_until_it_is_lifted(
    house: Flask, provider: Recordings, officer: Callable[..., Actor]
) -> None:
    manager, later = officer(RoleName.MANAGER), NOW + 2 * DAYS
    call_id, reference = message_left(provider)
    provider.trouble[reference] = "500"
    recordings.fetch_recordings(NOW)
    hold = holding.place_hold(
        Root.CALL, call_id, reason="A claim", review_on=later.date(), actor=manager, now=NOW + DAYS - SECOND
    )
    recordings.fetch_recordings(later)
    assert provider.deleted == []
    holding.lift_hold(hold, reason="It is settled", actor=manager, now=later)
    provider.trouble.clear()
    recordings.fetch_recordings(later + timedelta(hours=2))
    assert (provider.deleted, files(house)) == ([reference], [])


def test_a_sound_that_was_changed_on_the_disk_is_not_handed_out(
    house: Flask, call_id: int, officer: Callable[..., Actor]
) -> None:
    (path,) = files(house)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(Conflict, match="not the one that was fetched"):
        retention.open_recording(call_id, actor=officer(), now=NOW)
    path.unlink()
    with pytest.raises(NotFound, match="not on the disk"):
        retention.open_recording(call_id, actor=officer(), now=NOW)


def test_only_who_may_read_calls_hears_a_message(house: Flask, call_id: int, officer: Callable[..., Actor]) -> None:
    administrator = officer(RoleName.ADMINISTRATOR)
    for act in (retention.open_recording, retention.release_recording):
        with pytest.raises(NotAllowed):
            act(call_id, actor=administrator, now=NOW)
