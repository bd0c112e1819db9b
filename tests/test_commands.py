"""What every command promises: what somebody gave it that is not good comes back in words they can act on."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

pytestmark = pytest.mark.any_database
Run = Callable[..., CompletedProcess[str]]

# With what else each needs to begin.
READ_CSV = (
    ("activities", "import"),
    ("cases", "helpline"),
    ("places", "import", "--edition", "2026-08"),
    ("places", "import-names"),
    ("places", "wards"),
    ("subscribers", "import"),
)


def test_a_workbook_or_another_encoding_is_refused_with_how_to_save_it(run_command: Run, tmp_path: Path) -> None:
    workbook, wide = tmp_path / "workbook.csv", tmp_path / "wide.csv"
    workbook.write_bytes(b"PK\x03\x04\x14\x00\x06\x00\x08\x00\n")
    wide.write_bytes("code,name\n".encode("utf-16"))
    for command in READ_CSV:
        for file in (workbook, wide):
            told = run_command(*command, str(file))
            assert (told.returncode, "choose Save As" in told.stderr) == (1, True), (command, file.name, told.stderr)
