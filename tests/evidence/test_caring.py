"""Files that may harm whoever opens them are taken, and say so."""

import struct
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.evidence.conftest import NOW, Recorder
from tests.evidence.samples import JPEG, MAIL, PDF, SAMPLES, archive, bomb, office
from tests.evidence.test_kinds import content
from tsalert.audit import queries as audit
from tsalert.evidence import looking, storing
from tsalert.evidence.caring import cares_of
from tsalert.evidence.kinds import Content, read_kind
from tsalert.evidence.models import EvidenceFile
from tsalert.evidence.vocabulary import Care, Kind
from tsalert.evidence.zips import read_members
from tsalert.staff.rules import RoleName

HARMLESS = set(SAMPLES) - {("letter.doc", Kind.DOC), ("book.xls", Kind.XLS), ("bomb.zip", Kind.ZIP)}


def cares(whole: bytes, kind: Kind = Kind.ZIP) -> set[Care]:
    return set(cares_of(kind, content(whole), len(whole)))


def locked(whole: bytes) -> bytes:
    """Return an archive whose members say that they need a password."""
    changed = bytearray(whole)
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<H", changed, at + 8, 1)
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


def cut(whole: bytes) -> bytes:
    return whole[: whole.rfind(b"PK\x05\x06") - 10] + whole[whole.rfind(b"PK\x05\x06") :]


@pytest.mark.parametrize(("name", "kind"), sorted(HARMLESS), ids=str)
def test_what_people_usually_send_is_not_marked(name: str, kind: Kind) -> None:
    assert cares(SAMPLES[name, kind], kind) == set()


@pytest.mark.parametrize(
    ("whole", "kind", "care"),
    [
        pytest.param(bomb(), Kind.ZIP, Care.SWELLS, id="bomb"),
        pytest.param(archive({"more.zip": bomb()}), Kind.ZIP, Care.NESTED, id="an-archive-in-an-archive"),
        pytest.param(archive({"phone/old.TAR.GZ": b"x"}), Kind.ZIP, Care.NESTED, id="another-kind-of-archive"),
        pytest.param(locked(archive({"photo.jpg": JPEG})), Kind.ZIP, Care.LOCKED, id="password"),
        pytest.param(archive({"invoice.pdf.exe": b"MZ"}), Kind.ZIP, Care.PROGRAM, id="program"),
        pytest.param(archive({"invoice.EXE. ": b"MZ"}), Kind.ZIP, Care.PROGRAM, id="program-whose-name-goes-on"),
        pytest.param(archive({"photo\u202egpj.scr": b"MZ"}), Kind.ZIP, Care.PROGRAM, id="name-turned-round"),
        pytest.param(office("word", has_macros=True), Kind.ZIP, Care.RUNS, id="macros"),
        pytest.param(archive({"offer.docm": b"x"}), Kind.ZIP, Care.RUNS, id="a-document-with-macros-inside"),
        pytest.param(SAMPLES["letter.doc", Kind.DOC], Kind.DOC, Care.RUNS, id="word-before-2007"),
        pytest.param(cut(archive({"photo.jpg": JPEG})), Kind.ZIP, Care.UNREAD, id="broken-list"),
        pytest.param(PDF + b"<</Encrypt 5 0 R>>", Kind.PDF, Care.LOCKED, id="pdf-with-password"),
        pytest.param(PDF + b"<</S /JavaScript /JS (x)>>", Kind.PDF, Care.RUNS, id="pdf-with-script"),
        pytest.param(PDF + b"<</S /Launch>>", Kind.PDF, Care.RUNS, id="pdf-that-starts-something"),
    ],
)
def test_what_may_harm_says_how(whole: bytes, kind: Kind, care: Care) -> None:
    assert care in cares(whole, kind)


def test_a_size_too_large_for_its_place_is_read_where_it_stands(tmp_path: Any) -> None:
    path = tmp_path / "large.zip"
    with ZipFile(path, "w") as file, file.open("film.mp4", "w", force_zip64=True) as member:
        member.write(b"x" * 100)
    whole = bytearray(path.read_bytes())
    at = whole.find(b"PK\x01\x02")
    name, extra = struct.unpack_from("<HH", whole, at + 28)
    added = struct.pack("<HHQ", 1, 8, 2**42)
    struct.pack_into("<I", whole, at + 24, 0xFFFFFFFF)
    struct.pack_into("<H", whole, at + 30, extra + len(added))
    whole[at + 46 + name : at + 46 + name] = added
    end = whole.rfind(b"PK\x05\x06")
    struct.pack_into("<I", whole, end + 12, struct.unpack_from("<I", whole, end + 12)[0] + len(added))
    members = read_members(bytes(whole))
    assert members is not None
    assert [member.unpacked for member in members] == [2**42]
    assert Care.SWELLS in cares(bytes(whole))


@given(st.binary(max_size=400))
def test_no_content_whatever_breaks_the_looking(whole: bytes) -> None:
    for beginning in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02", b"%PDF-"):
        for ending in (b"", b"PK\x05\x06" + whole):
            for kind in (Kind.ZIP, Kind.PDF, Kind.DOCX):
                assert isinstance(cares_of(kind, content(beginning + whole + ending), len(whole)), tuple)


def test_the_list_says_it_beside_the_file_before_anybody_saves_it(
    signed_in: Callable[..., FlaskClient],
    client: FlaskClient,
    bearer: Callable[..., dict[str, str]],
    session: Session,
    case_id: int,
    add: Recorder,
) -> None:
    add(archive({"tool.exe": b"MZ", "more.7z": b"x"}), "phone.zip")
    add(PDF, "receipt.pdf")
    page = signed_in(RoleName.CASE_OFFICER).get(f"/cases/{case_id}/evidence").text
    assert page.count("Open with care:") == 1
    assert "One of its files is to be opened with care." in page
    assert "it holds further archives; it holds a program, or a name that hides one." in page
    told = client.get(f"/api/v1/cases/{case_id}/evidence", headers=bearer(RoleName.CASE_OFFICER)).get_json()
    assert [each["cares"] for each in told["attachments"]] == [["nested", "program"], []]


def test_files_that_came_before_are_looked_at_once(session: Session, case_id: int, add: Recorder) -> None:
    bad, good, gone = add(bomb(), "bomb.zip"), add(MAIL, "offer.eml"), add(bomb(), "gone.zip")
    session.execute(update(EvidenceFile).values(cares=None))
    session.commit()
    storing.discard(session.get_one(EvidenceFile, gone).storage_key)
    before = audit.verify_chain(session).length
    assert looking.look_through(NOW) == 3
    marks = dict(session.execute(select(EvidenceFile.id, EvidenceFile.cares)).all())
    assert marks == {bad: "swells", good: "", gone: ""}
    assert looking.look_through(NOW) == 0
    assert audit.verify_chain(session).length == before + 3


def test_a_file_that_cannot_be_read_keeps_no_other_from_being_looked_at(
    session: Session, add: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = add(MAIL, "broken.eml"), add(bomb(), "bomb.zip")
    key = session.get_one(EvidenceFile, broken).storage_key
    session.execute(update(EvidenceFile).values(cares=None))
    session.commit()
    outline = storing.outline

    def read(storage_key: str) -> Content:
        if storage_key == key:
            raise OSError("the disk is faulty")
        return outline(storage_key)

    monkeypatch.setattr(storing, "outline", read)
    with pytest.raises(ExceptionGroup):
        looking.look_through(NOW)
    assert dict(session.execute(select(EvidenceFile.id, EvidenceFile.cares)).all()) == {broken: None, good: "swells"}


def test_a_bomb_is_still_taken(session: Session, add: Recorder) -> None:
    assert read_kind("bomb.zip", content(bomb())) is Kind.ZIP
    assert session.get_one(EvidenceFile, add(bomb(), "bomb.zip")).cares == "swells"
