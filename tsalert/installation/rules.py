"""The pure part of the start checks."""

import hmac
from datetime import timedelta
from hashlib import sha256
from pathlib import PurePosixPath

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "fuse.glusterfs", "lustre"}
)

# Where, in the folder of files, those of a backup wait for their turn.
RESTORING = ".restore"

# A breach is kept for good, and calls and arrivals are timed by whichever machine takes them.
CLOCK_TOLERANCE = timedelta(seconds=10)


def clock_fault(ahead: timedelta) -> str | None:
    """Say how a machine's clock is off, as in ``12 s behind the database's``; None where it is right enough.

    :param ahead: how far it is ahead of the database's.
    """
    if abs(ahead) <= CLOCK_TOLERANCE:
        return None
    way = "ahead of" if ahead > timedelta(0) else "behind"
    return f"{round(abs(ahead).total_seconds())} s {way} the database's"


def address_key_check(address_key: str) -> str:
    """Return a value that tells one address key from another without giving it away."""
    return hmac.new(address_key.encode(), b"tsalert address key check", sha256).hexdigest()


def file_system_of(path: PurePosixPath, mounts: str) -> str:
    """Return the kind of file system a path lies on, by the text of /proc/mounts; '' where unknown."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = PurePosixPath(fields[1].replace("\\040", " "))
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    return kind
