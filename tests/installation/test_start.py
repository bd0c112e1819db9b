"""Nothing starts on what could lose or leak data."""

import stat
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import time_machine
from flask import Flask
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.whole import create_app
from tsalert.config import Settings, SettingsError, TwilioSettings
from tsalert.core.clock import utc_now
from tsalert.db import transaction
from tsalert.installation import rules, service
from tsalert.mail_settings import SmtpSettings
from tsalert.notify_settings import NotifySettings

MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/share /mnt/council\\040files nfs4 rw 0 0
tmpfs /mnt/council\\040files/scratch tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/tsalert.db", "ext4"),
        ("/mnt/council files/tsalert.db", "nfs4"),
        ("/mnt/council files/scratch/tsalert.db", "tmpfs"),
        ("/mnt/council files2/tsalert.db", "ext4"),
    ],
)
def test_the_disk_of_a_file_is_its_nearest_mount(path: str, kind: str) -> None:
    assert rules.file_system_of(PurePosixPath(path), MOUNTS) == kind


def test_a_database_file_on_a_network_disk_is_refused() -> None:
    assert rules.file_system_of(PurePosixPath("/mnt/council files/x"), MOUNTS) in rules.NETWORK_FILE_SYSTEMS


def test_a_database_file_is_looked_for_where_a_link_leads(
    app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "NETWORK_FILE_SYSTEMS", {"proc"})
    (tmp_path / "link").symlink_to("/proc/self")
    linked = replace(chosen(app), database_url=f"sqlite:///{tmp_path / 'link' / 'tsalert.db'}")
    assert service.start_faults(linked)[0].startswith("TSALERT_DATABASE_URL is a SQLite file on a network disk (proc)")


def chosen(app: Flask) -> Settings:
    configured: Settings = app.extensions["tsalert_settings"]
    return configured


def test_a_database_file_is_made_for_its_owner_alone(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    create_app(replace(chosen(app), database_url=f"sqlite:///{folder / 'tsalert.db'}"))
    assert stat.S_IMODE((folder / "tsalert.db").stat().st_mode) == 0o600
    beneath_a_file = replace(chosen(app), database_url=f"sqlite:///{folder / 'tsalert.db' / 'tsalert.db'}")
    with pytest.raises(SettingsError, match=r"tsalert\.db/tsalert\.db cannot be made: (File exists|Not a directory)"):
        create_app(beneath_a_file)


def test_a_sound_installation_starts_again_and_again(app: Flask, session: Session) -> None:
    service.check_start(chosen(app))
    service.check_start(chosen(app))


def test_another_address_key_is_refused(app: Flask, session: Session) -> None:
    service.check_start(chosen(app))
    with pytest.raises(SettingsError, match="TSALERT_ADDRESS_KEY"):
        service.check_start(replace(chosen(app), address_key="b" * 40))


def test_a_folder_for_files_that_cannot_be_written_is_refused(app: Flask, session: Session, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    with pytest.raises(SettingsError, match="TSALERT_FILES"):
        service.check_start(replace(chosen(app), files=blocked))


def test_the_files_folder_is_left_as_it_was(app: Flask, session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    service.check_start(replace(chosen(app), files=folder))
    assert list(folder.iterdir()) == []


NOTIFY = NotifySettings("key", "token", email_template="one")
ELSEWHERE = TwilioSettings("AC1", "t", sender="BromleyTS", api_url="https://api.example.org")
HERE = TwilioSettings("AC1", "t", sender="BromleyTS", api_url="http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({"smtp": SmtpSettings("mail.example.org", 25, "none")}, "TSALERT_EMAIL", id="a-mail-server"),
        pytest.param({"twilio": replace(ELSEWHERE, api_url=None)}, "TSALERT_SMS", id="twilio-itself"),
        pytest.param({"twilio": ELSEWHERE}, "TSALERT_SMS", id="a-stand-in-elsewhere"),
        pytest.param({"notify": NOTIFY}, "TSALERT_EMAIL", id="mail-by-notify"),
        pytest.param({"notify": replace(NOTIFY, email_template=None, sms_template="two")}, "TSALERT_SMS", id="texts"),
    ],
)
def test_a_demonstration_never_speaks_to_other_machines(
    app: Flask, session: Session, changes: dict[str, Any], fault: str
) -> None:
    with transaction() as work:
        service.mark_demo(work)
    assert service.is_demo()
    with pytest.raises(SettingsError, match=fault):
        service.check_start(replace(chosen(app), **changes))


def test_a_demonstration_may_use_this_machine(app: Flask, session: Session) -> None:
    with transaction() as work:
        service.mark_demo(work)
    service.check_start(replace(chosen(app), smtp=SmtpSettings("127.0.0.1", 25, "none"), twilio=HERE))
    notify = replace(NOTIFY, sms_template="two", api_url="http://127.0.0.1:9")
    service.check_start(replace(chosen(app), notify=notify))


@pytest.mark.parametrize(("ahead", "words"), [(60, "ahead of"), (-60, "behind")])
def test_a_machine_whose_clock_is_a_minute_off_does_not_start(
    app: Flask, session: Session, ahead: int, words: str
) -> None:
    with time_machine.travel(utc_now() + timedelta(seconds=ahead)), pytest.raises(SettingsError, match=words):
        service.check_start(chosen(app))


@pytest.mark.parametrize("ahead", [-5, 5])
def test_a_clock_that_is_a_few_seconds_off_is_good_enough(app: Flask, session: Session, ahead: int) -> None:
    with time_machine.travel(utc_now() + timedelta(seconds=ahead)):
        service.check_start(chosen(app))
