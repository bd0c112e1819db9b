"""What about a file may harm whoever opens it. Pure; no evidence is refused for it, and nothing is ever unpacked."""

import re

from tsalert.evidence.kinds import Content
from tsalert.evidence.vocabulary import Care, Kind
from tsalert.evidence.zips import Member, read_members

_ZIP = b"PK"
# Text packs ten to one, and an empty table perhaps fifty to one; what is worth nothing packs a thousand to one.
_ABSURD, _HARMLESS = 100, 16 * 2**20
_TOO_MUCH = 32 * 2**30
_ARCHIVES = frozenset(b"zip zipx rar 7z gz tgz bz2 tbz xz txz tar cab ace arj lzh zst iso img vhd vhdx dmg wim".split())
_PROGRAMS = frozenset(
    b"exe com scr pif bat cmd ps1 psm1 vbs vbe js jse wsf wsh hta msi msp msix appx dll cpl sys lnk url reg chm jar "
    b"apk ipa app pkg deb rpm sh command scf inf application gadget one xll".split()
)
_MACROS = frozenset(b"docm dotm xlsm xltm xlam pptm potm ppam".split())
_OLD_OFFICE = frozenset({Kind.DOC, Kind.XLS})
_ENDING = re.compile(rb"\.([a-z0-9]{1,12})$")
# After a mark that turns the direction of writing, a name may end otherwise than it reads.
_TURNED = ("\u202e".encode(), "\u2067".encode())
_RUNS_IN_PDF = re.compile(rb"/(JavaScript|JS|Launch|RichMedia)\b")
_LOCKED_PDF = re.compile(rb"/Encrypt\b")


def cares_of(kind: Kind, content: Content, size: int) -> tuple[Care, ...]:
    """Return what is to be minded before a file is opened; empty where nothing about it stands out.

    :param size: how many bytes it has.
    """
    if content.head.startswith(_ZIP):
        found = _of_archive(read_members(content.tail), size)
    elif kind is Kind.PDF:
        found = _of_pdf(content)
    else:
        found = {Care.RUNS} if kind in _OLD_OFFICE else set()
    return tuple(care for care in Care if care in found)


def _of_archive(members: list[Member] | None, size: int) -> set[Care]:
    if members is None:
        return {Care.UNREAD}
    endings = {_ending(member.name) for member in members}
    unpacked = sum(member.unpacked for member in members)
    swells = unpacked > max(_HARMLESS, _ABSURD * size) or unpacked > _TOO_MUCH
    said = {
        Care.SWELLS: swells,
        Care.NESTED: bool(endings & _ARCHIVES),
        Care.LOCKED: any(member.is_locked for member in members),
        Care.PROGRAM: bool(endings & _PROGRAMS) or any(mark in member.name for member in members for mark in _TURNED),
        Care.RUNS: bool(endings & _MACROS) or any(member.name.endswith(b"vbaProject.bin") for member in members),
    }
    return {care for care, is_so in said.items() if is_so}


def _ending(name: bytes) -> bytes:
    """Return how a member's name ends; blanks and dots behind that say nothing to the system that opens it."""
    found = _ENDING.search(name.lower().rstrip(b" ."))
    return found[1] if found else b""


def _of_pdf(content: Content) -> set[Care]:
    parts = (content.head, content.tail)
    locked = any(_LOCKED_PDF.search(part) for part in parts)
    runs = any(_RUNS_IN_PDF.search(part) for part in parts)
    return ({Care.LOCKED} if locked else set()) | ({Care.RUNS} if runs else set())
