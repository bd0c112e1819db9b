"""How a folder that lies on a network is known."""

from datetime import timedelta
from pathlib import PurePosixPath

import pytest

from tsalert.installation import rules

MOUNTS = """\
broken /srv
rootfs / rootfs rw 0 0
/dev/sda1 / ext4 rw 0 0
nas:/files /srv/files nfs4 rw 0 0
tmpfs /srv/files/fast tmpfs
nas:/more /srv/our\\040files cifs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv", "ext4"),
        ("/srv/files", "nfs4"),
        ("/srv/files/2026/a", "nfs4"),
        ("/srv/files2", "ext4"),
        ("/srv/files/fast/a", "tmpfs"),
        ("/srv/our files/a", "cifs"),
    ],
)
def test_a_path_lies_on_what_is_mounted_nearest_and_last(path: str, kind: str) -> None:
    assert rules.file_system_of(PurePosixPath(path), MOUNTS) == kind


def test_where_nothing_is_mounted_nothing_is_known() -> None:
    assert rules.file_system_of(PurePosixPath("/srv"), "x /else ext4 rw 0 0\n") == ""


def test_an_address_key_is_told_from_another_and_stays_what_it_was() -> None:
    check = rules.address_key_check("a" * 40)
    assert check == "e66d8116f6a4793a5afb13cd87c498b05b5920a6d29c709643a0d486d05077e5"
    assert check != rules.address_key_check("a" * 39 + "b")


@pytest.mark.parametrize(
    ("seconds", "fault"),
    [
        (10, None),
        (-10, None),
        (10.6, "11 s ahead of the database's"),
        (-12.2, "12 s behind the database's"),
    ],
)
def test_a_clock_is_wrong_by_more_than_ten_seconds_either_way(seconds: float, fault: str | None) -> None:
    assert rules.clock_fault(timedelta(seconds=seconds)) == fault
