"""Where what the tests write lies: in memory, where there is room for it."""

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY, _ROOM = Path("/dev/shm"), 4 * 2**30


def write_into_memory() -> None:
    """Let this process and all that it starts keep temporary files in memory, unless ``TMPDIR`` says where.

    Nothing a test promises rests on a disk: processes die in tests, the machine does not. A copy of a PostgreSQL is
    1,700 files, and some file systems look at every file that was lately deleted before they make another.
    """
    if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # it is asked for anew
