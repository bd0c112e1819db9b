"""What a file is by its own content, whatever its name says. Pure; nothing is ever unpacked.

Archives stay shut: of a ZIP file only the list of names at its end is read, and only so far that a Word
document can be told from an archive, so that a bomb in it never goes off here.
"""

import re
from codecs import getincrementaldecoder

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.evidence.vocabulary import Kind
from tsalert.evidence.zips import read_members

HEAD = 4096
TAIL = 2**20
FIELD = "file"

ENDINGS = {
    "pdf": Kind.PDF, "jpg": Kind.JPEG, "jpeg": Kind.JPEG, "png": Kind.PNG, "heic": Kind.HEIC, "heif": Kind.HEIC,
    "mp4": Kind.MP4, "m4v": Kind.MP4, "3gp": Kind.MP4, "mov": Kind.MOV, "qt": Kind.MOV, "mp3": Kind.MP3,
    "wav": Kind.WAV, "m4a": Kind.M4A, "txt": Kind.TEXT, "csv": Kind.CSV, "doc": Kind.DOC, "docx": Kind.DOCX,
    "xls": Kind.XLS, "xlsx": Kind.XLSX, "odt": Kind.ODT, "ods": Kind.ODS, "odp": Kind.ODP, "eml": Kind.EML,
    "zip": Kind.ZIP,
}  # fmt: skip
MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.HEIC: "image/heic",
    Kind.MP4: "video/mp4",
    Kind.MOV: "video/quicktime",
    Kind.MP3: "audio/mpeg",
    Kind.WAV: "audio/wav",
    Kind.M4A: "audio/mp4",
    Kind.TEXT: "text/plain",
    Kind.CSV: "text/csv",
    Kind.DOC: "application/msword",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLS: "application/vnd.ms-excel",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.ODT: "application/vnd.oasis.opendocument.text",
    Kind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    Kind.ODP: "application/vnd.oasis.opendocument.presentation",
    Kind.EML: "message/rfc822",
    Kind.ZIP: "application/zip",
}
TAKEN = "PDF, JPEG, PNG, HEIC, MP4, MOV, MP3, WAV, M4A, text, CSV, Word, Excel, OpenDocument, mail (EML) and ZIP"

_PLAIN = bytes({*range(32, 256), *b"\t\n\r\f\x1b"})
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ENDING = re.compile(r"\.([a-z0-9]{1,8})$", re.IGNORECASE | re.ASCII)
_BEGINNINGS = (
    (b"%PDF-", (Kind.PDF,)),
    (b"\xff\xd8\xff", (Kind.JPEG,)),
    (b"\x89PNG\r\n\x1a\n", (Kind.PNG,)),
    (b"ID3", (Kind.MP3,)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (Kind.DOC, Kind.XLS)),
)
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
_ODF = b"mimetypeapplication/vnd.oasis.opendocument."
_ODF_KINDS = ((b"text", Kind.ODT), (b"spreadsheet", Kind.ODS), (b"presentation", Kind.ODP))
_BRANDS = (
    (re.compile(rb"hei[cxms]|hev[cx]|mif1|msf1"), (Kind.HEIC,)),
    (re.compile(rb"qt  "), (Kind.MOV,)),
    (re.compile(rb"M4[AB] "), (Kind.M4A,)),
    (re.compile(rb"iso[m2-9]|mp4[12]|avc1|M4V |3g..|MSNV|dash|mmp4|f4v "), (Kind.MP4, Kind.M4A)),
)
_OLD_FILMS = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_MAIL = re.compile(rb"(From|To|Subject|Date|Received|Return-Path|Delivered-To|Message-ID|MIME-Version):", re.IGNORECASE)
_HEADER = re.compile(rb"[!-9;-~]+:[^\r\n]*\r?\n")


class TextProbe:
    """Tells whether everything it was fed is text: in any code of one byte a character, or in UTF-16 that says so."""

    def __init__(self) -> None:
        self.is_text = True
        self._wide = getincrementaldecoder("utf-16")()
        self._is_wide: bool | None = None

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        if self._is_wide is None:
            self._is_wide = piece.startswith(_WIDE_MARKS)
        if self.is_text:
            self.is_text = self._fits_wide(piece) if self._is_wide else not piece.translate(None, _PLAIN)

    def _fits_wide(self, piece: bytes) -> bool:
        try:
            return "\0" not in self._wide.decode(piece)
        except UnicodeDecodeError:
            return False


class Content(Struct, frozen=True):
    """What there is to tell a file by: its first ``HEAD`` and last ``TAIL`` bytes, and whether all of it is text."""

    head: bytes
    tail: bytes
    is_text: bool


def read_kind(name: str, content: Content) -> Kind:
    """Return what a file is, where its name does not say otherwise.

    :raises RuleViolation: it is none of the kinds that are taken, or its name says that it is another.
    """
    found = kinds_of(content)
    if not found:
        raise RuleViolation(f"We do not take this kind of file. We take {TAKEN}.", field=FIELD)
    ending = _ENDING.search(name)
    if ending is None:
        return found[0]
    told = ENDINGS.get(ending[1].lower())
    if told is None:
        raise RuleViolation(f"We take no files whose names end in .{ending[1]}. We take {TAKEN}.", field=FIELD)
    if told not in found:
        raise RuleViolation(
            f"Its name says {told.label}, but its content says {found[0].label}. It was not kept: look at what it is, "
            "and give it its right name.",
            field=FIELD,
        )
    return told


def kinds_of(content: Content) -> tuple[Kind, ...]:
    """Return every kind that a content may be, the likeliest first; empty where it is none that we take."""
    for beginning, kinds in _BEGINNINGS:
        if content.head.startswith(beginning):
            return kinds
    if content.head.startswith(_ZIPS):
        return _kinds_of_zip(content)
    return _kinds_of_media(content.head) or (_kinds_of_text(content.head) if content.is_text else ())


def zip_names(tail: bytes) -> frozenset[bytes]:
    """Return the names in the list at the end of a ZIP file; none where the list is broken, or longer than ``tail``."""
    return frozenset(member.name for member in read_members(tail) or ())


def _kinds_of_zip(content: Content) -> tuple[Kind, ...]:
    if content.head[30:].startswith(_ODF):
        said = content.head[30 + len(_ODF) :]
        return *(kind for word, kind in _ODF_KINDS if said.startswith(word)), Kind.ZIP
    names = zip_names(content.tail)
    # With macros it is another kind of document, which does not become harmless by its name.
    is_plain_office = b"[Content_Types].xml" in names and not any(name.endswith(b"vbaProject.bin") for name in names)
    folders = {name.partition(b"/")[0] for name in names} if is_plain_office else set()
    office = ((b"word", Kind.DOCX), (b"xl", Kind.XLSX))
    return *(kind for folder, kind in office if folder in folders), Kind.ZIP


def _kinds_of_media(head: bytes) -> tuple[Kind, ...]:
    if head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE":
        return (Kind.WAV,)
    if head[4:8] == b"ftyp":
        return next((kinds for brand, kinds in _BRANDS if brand.fullmatch(head[8:12])), ())
    if head[4:8] in _OLD_FILMS:
        return (Kind.MOV,)
    return (Kind.MP3,) if _is_mpeg_frame(head) else ()


def _is_mpeg_frame(head: bytes) -> bool:
    """Tell whether an MPEG layer III frame begins here, as in MP3 files without a title."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer, rate, frequency = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer == 1 and rate not in {0, 15} and frequency != 3


def _kinds_of_text(head: bytes) -> tuple[Kind, ...]:
    is_mail = (
        _HEADER.match(head) is not None
        and re.search(rb"^" + _MAIL.pattern, head, re.MULTILINE | re.IGNORECASE) is not None
    )
    return (Kind.EML, Kind.TEXT, Kind.CSV) if is_mail else (Kind.TEXT, Kind.CSV)
