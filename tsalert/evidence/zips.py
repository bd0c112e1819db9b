"""What a ZIP file says of itself in the list at its end. Pure; nothing is ever unpacked."""

import struct

from msgspec import Struct

_END, _ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_LOCKED = 1  # bit of the flags: the member needs a password
_ELSEWHERE = 0xFFFFFFFF  # the size is too large for its place and stands in the extra field
_LARGE = 1  # the number of that extra field


class Member(Struct, frozen=True):
    """One member as the list tells of it; ``unpacked`` is the size that it says it has."""

    name: bytes
    unpacked: int
    is_locked: bool


def read_members(tail: bytes) -> list[Member] | None:
    """Return the members of a ZIP file; None where the list is broken, or longer than the end that was read."""
    end = tail.rfind(_END)
    if end < 0 or end + 22 > len(tail):
        return None
    count, size = struct.unpack_from("<HI", tail, end + 10)
    at, members = end - size, []
    for _ in range(count):
        if at < 0 or at + 46 > end or tail[at : at + 4] != _ENTRY:
            return None
        flags, unpacked = struct.unpack_from("<H", tail, at + 8)[0], struct.unpack_from("<I", tail, at + 24)[0]
        name, extra, note = struct.unpack_from("<HHH", tail, at + 28)
        start = at + 46 + name
        if unpacked == _ELSEWHERE:
            unpacked = _large_size(tail[start : start + extra])
        members.append(Member(tail[at + 46 : start], unpacked, bool(flags & _LOCKED)))
        at = start + extra + note
    return members


def _large_size(extra: bytes) -> int:
    """Return the size that stands in a member's extra field; where none does, the largest that has no place there."""
    at = 0
    while at + 12 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _LARGE:
            return int(struct.unpack_from("<Q", extra, at + 4)[0])
        at += 4 + length
    return _ELSEWHERE
