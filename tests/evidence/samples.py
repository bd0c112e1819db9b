"""Small files of every kind that is taken, made here, and of some that are not."""

import io
import wave
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from tsalert.evidence.vocabulary import Kind

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 40 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
MAIL = b"From: Ada Example <ada@example.org>\r\nSubject: The roof\r\n\r\nThey want 4,000 pounds.\r\n"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 60


def box(brand: bytes) -> bytes:
    """Return the beginning of a film, sound or picture of the MP4 family."""
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x00\x00" + brand + b"mp42" + b"\x00" * 64


def sound() -> bytes:
    """Return a short silence as WAV."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * 80)
    return written.getvalue()


def archive(members: dict[str, bytes], *, packed: bool = True) -> bytes:
    """Return a ZIP file."""
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED if packed else ZIP_STORED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return written.getvalue()


def office(folder: str, *, has_macros: bool = False) -> bytes:
    """Return what a Word document or an Excel workbook looks like from outside."""
    members = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"", f"{folder}/main.xml": b"<w/>"}
    return archive(members | ({f"{folder}/vbaProject.bin": b"x"} if has_macros else {}))


def open_document(word: str) -> bytes:
    """Return what an OpenDocument file looks like from outside."""
    kind = f"application/vnd.oasis.opendocument.{word}".encode()
    return archive({"mimetype": kind, "content.xml": b"<c/>"}, packed=False)


def bomb() -> bytes:
    """Return a ZIP file of some kilobytes that would become 64 MB."""
    return archive({f"{number}.txt": bytes(8 * 2**20) for number in range(8)})


SAMPLES = {
    ("statement.pdf", Kind.PDF): PDF,
    ("door.JPG", Kind.JPEG): JPEG,
    ("screen.png", Kind.PNG): PNG,
    ("IMG_0001.HEIC", Kind.HEIC): box(b"heic"),
    ("doorbell.mp4", Kind.MP4): box(b"isom"),
    ("drive.mov", Kind.MOV): box(b"qt  "),
    ("old.mov", Kind.MOV): b"\x00\x00\x00\x08wide\x00\x00\x00\x10mdat",
    ("call.mp3", Kind.MP3): b"ID3\x04\x00\x00\x00\x00\x00\x00",
    ("bare.mp3", Kind.MP3): b"\xff\xfb\x90\x64" + b"\x00" * 100,
    ("call.wav", Kind.WAV): sound(),
    ("memo.m4a", Kind.M4A): box(b"M4A "),
    ("memo of a phone.m4a", Kind.M4A): box(b"mp42"),
    ("note.txt", Kind.TEXT): "He said: “£4,000 — today”.\r\n".encode(),
    ("old note.txt", Kind.TEXT): "£4,000".encode("cp1252"),
    ("wide note.txt", Kind.TEXT): "£4,000, today".encode("utf-16"),
    ("payments.csv", Kind.CSV): b"day,amount\r\n2026-05-03,4000\r\n",
    ("letter.doc", Kind.DOC): b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100,
    ("letter.docx", Kind.DOCX): office("word"),
    ("book.xls", Kind.XLS): b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100,
    ("book.xlsx", Kind.XLSX): office("xl"),
    ("letter.odt", Kind.ODT): open_document("text"),
    ("book.ods", Kind.ODS): open_document("spreadsheet"),
    ("talk.odp", Kind.ODP): open_document("presentation"),
    ("offer.eml", Kind.EML): MAIL,
    ("phone.zip", Kind.ZIP): archive({"photo.jpg": JPEG}),
    ("empty.zip", Kind.ZIP): archive({}),
    ("bomb.zip", Kind.ZIP): bomb(),
    ("without an ending", Kind.PDF): PDF,
    ("Statement of J. Smith", Kind.PDF): PDF,
}
