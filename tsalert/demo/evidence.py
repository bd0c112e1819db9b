"""Evidence of one open case: a receipt, pictures of the doorbell camera, a ladder, an archive. All invented."""

import struct
import zlib
from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZipFile, ZipInfo

from tsalert.cases import service as cases
from tsalert.cases.rules import NewNote
from tsalert.cases.vocabulary import NoteKind
from tsalert.core.actors import Actor
from tsalert.evidence import disclosure, service
from tsalert.evidence.arriving import Arrival
from tsalert.evidence.rules import Decision, NewCustody, NewExhibit, NewFile
from tsalert.evidence.storing import Incoming
from tsalert.evidence.vocabulary import CustodyKind

_SIDE = 96
_RECEIPT = "Received with thanks for roof work: £4,000 cash. No name, no address, no right to cancel. Invented.\r\n"
_PAYMENTS = "day,amount,how\r\n2026-05-03,30.00,cash\r\n2026-05-03,4000.00,cash asked for\r\n"


def load_evidence(case_id: int, actor: Actor, now: datetime) -> None:
    """Load the evidence of a case as an officer would within the hour."""
    found = now - timedelta(minutes=50)
    receipt = NewExhibit("Receipt for £4,000, hand-written. Invented.", found_at=found, found_where="Kitchen table")
    first = service.record_exhibit(case_id, receipt, _file("receipt.txt", _RECEIPT.encode()), actor=actor, now=now)
    for link in _chain(found):
        service.record_custody(case_id, first, link, actor=actor, now=now)
    picture = NewExhibit(
        "Picture of the van by the doorbell camera. Invented.", found_at=found, found_where="Front door"
    )
    taken = service.record_exhibit(case_id, picture, _file("van.png", _picture(40)), actor=actor, now=now)
    brighter = NewExhibit("The same picture, brightened to read the plate. Invented.", original=taken)
    service.record_exhibit(case_id, brighter, _file("van brighter.png", _picture(160)), actor=actor, now=now)
    ladder = NewExhibit("Aluminium ladder, three parts. Invented.", found_at=found, found_where="Front garden")
    service.record_exhibit(case_id, ladder, None, actor=actor, now=now)
    note = NewFile(note="Told by the resident, typed by us. Invented.")
    service.add_file(case_id, note, _file("payments.csv", _PAYMENTS.encode()), actor=actor, now=now)
    sent = NewFile(note="Came by email with the trader's offer; nobody opened it. Invented.")
    service.add_file(case_id, sent, _file("offer.zip", _archive()), actor=actor, now=now)
    _disclose(case_id, actor, now)


def _chain(found: datetime) -> list[NewCustody]:
    minute = timedelta(minutes=1)
    return [
        NewCustody(CustodyKind.SEIZED, found, person="Given by the resident (invented)", place="Kitchen table"),
        NewCustody(CustodyKind.SEALED, found + 5 * minute, seal_number="B0012345"),
        NewCustody(CustodyKind.STORED, found + 40 * minute, place="Evidence store, shelf 4 (invented)"),
    ]


def _disclose(case_id: int, actor: Actor, now: datetime) -> None:
    """Decide on two lines of the schedule, one of them sensitive; the others wait."""
    told = NewNote(NoteKind.HEARSAY, "A neighbour, who wants no name on paper, has seen the van before. Invented.")
    cases.add_note(case_id, told, actor=actor, now=now)
    lines = disclosure.read_schedule(case_id, actor=actor, now=now)
    note = next(line.number for line in lines if line.exhibit_id is None)
    secret = Decision(
        is_sensitive=True, is_disclosed=False, reason="It would lead to a neighbour who asked not to be named."
    )
    disclosure.decide(case_id, note, secret, actor=actor, now=now)
    disclosure.decide(case_id, lines[0].number, Decision(is_sensitive=False, is_disclosed=True), actor=actor, now=now)


def _file(name: str, content: bytes) -> Arrival:
    incoming = Incoming()
    incoming.write(content)
    return Arrival(incoming, name)


def _archive() -> bytes:
    """Return an archive of which the list of files says to open it with care: what it holds is a line of text."""
    written = BytesIO()
    with ZipFile(written, "w") as file:
        file.writestr(ZipInfo("Offer for your roof.pdf.exe"), "No program: invented for a demonstration.\r\n")
    return written.getvalue()


def _picture(light: int) -> bytes:
    """Return a small grey picture with a lighter square in it, as PNG."""
    rows = b"".join(
        b"\0" + bytes(light + 60 if 30 < x < 66 and 30 < y < 66 else light for x in range(_SIDE)) for y in range(_SIDE)
    )
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 0, 0, 0, 0)
    parts = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
