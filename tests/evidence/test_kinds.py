"""A file is what it holds, whatever its name says."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.samples import (
    JPEG,
    MAIL,
    PDF,
    PROGRAM,
    SAMPLES,
    archive,
    bomb,
    box,
    office,
    sound,
)
from tsalert.core.errors import RuleViolation
from tsalert.evidence.kinds import ENDINGS, HEAD, MEDIA_TYPES, TAIL, Content, TextProbe, kinds_of, read_kind, zip_names
from tsalert.evidence.vocabulary import Kind


def content(whole: bytes, *, piece: int = 4096) -> Content:
    probe = TextProbe()
    for start in range(0, len(whole), piece):
        probe.feed(whole[start : start + piece])
    return Content(whole[:HEAD], whole[-TAIL:], probe.is_text)


@pytest.mark.parametrize(("name", "kind"), SAMPLES, ids=str)
def test_every_kind_that_we_take_is_known_by_its_content(name: str, kind: Kind) -> None:
    assert read_kind(name, content(SAMPLES[name, kind])) is kind


def test_every_kind_has_an_ending_and_a_media_type() -> None:
    assert set(Kind) == set(ENDINGS.values()) == set(MEDIA_TYPES)


@pytest.mark.parametrize(
    ("name", "holds", "said"),
    [
        pytest.param("photo.jpg", PDF, "Its name says JPEG picture, but its content says PDF document", id="pdf"),
        pytest.param("statement.pdf", JPEG, "its content says JPEG picture", id="picture"),
        pytest.param("statement.pdf", b"<html><script>alert(1)</script>", "its content says plain text", id="page"),
        pytest.param("letter.docx", archive({"virus.exe": PROGRAM}), "its content says ZIP archive", id="archive"),
        pytest.param("letter.docx", office("word", has_macros=True), "its content says ZIP archive", id="macros"),
        pytest.param("letter.docx", office("xl"), "its content says Excel workbook", id="workbook"),
        pytest.param("film.mp4", sound(), "its content says WAV sound", id="sound"),
        pytest.param("picture.heic", box(b"isom"), "its content says MP4 film", id="film"),
        pytest.param("note.txt", PDF, "its content says PDF document", id="document-as-text"),
        pytest.param("photo.jpg", PROGRAM, "We do not take this kind of file", id="program"),
        pytest.param("setup", PROGRAM, "We do not take this kind of file", id="program-without-ending"),
        pytest.param("page.html", b"<html></html>", "no files whose names end in .html", id="html"),
        pytest.param("drawing.svg", b"<svg/>", "no files whose names end in .svg", id="svg"),
        pytest.param("statement.pdf.exe", PDF, "no files whose names end in .exe", id="two-endings"),
        pytest.param("list.csv", b"a,b\x00c", "We do not take this kind of file", id="binary-table"),
        pytest.param("wide.txt", b"\xff\xfe\x00\xd8\x00\x00", "We do not take this kind of file", id="broken-utf-16"),
        pytest.param("anim.mp4", box(b"avif"), "We do not take this kind of file", id="unknown-brand"),
    ],
)
def test_a_file_that_lies_about_its_kind_is_refused_in_a_sentence(name: str, holds: bytes, said: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        read_kind(name, content(holds))
    assert said in refused.value.message
    assert refused.value.field == "file"


def test_text_may_be_a_note_a_table_or_a_mail_by_its_name() -> None:
    assert [read_kind(name, content(MAIL)) for name in ("a.eml", "a.txt", "a.csv")] == [Kind.EML, Kind.TEXT, Kind.CSV]


def test_binary_far_behind_a_beginning_of_text_is_no_text() -> None:
    assert kinds_of(content(b"x" * 100_000 + b"\x00")) == ()


def test_an_archive_stays_shut_so_that_a_bomb_is_a_small_file_like_any_other() -> None:
    packed = bomb()
    assert len(packed) < 100_000
    assert read_kind("bomb.zip", content(packed)) is Kind.ZIP


def test_a_list_of_names_that_says_it_is_longer_than_it_is_is_not_believed() -> None:
    whole = bytearray(archive({"[Content_Types].xml": b"", "word/document.xml": b""}))
    end = whole.rfind(b"PK\x05\x06")
    struct.pack_into("<H", whole, end + 10, 65_535)
    assert zip_names(bytes(whole)) == frozenset()
    assert kinds_of(content(bytes(whole))) == (Kind.ZIP,)


@given(st.binary(max_size=300))
def test_no_content_whatever_breaks_the_reading(whole: bytes) -> None:
    for beginning in (b"", b"PK\x03\x04", b"PK\x05\x06", b"\xff\xfe", b"\x00\x00\x00\x18ftyp"):
        assert isinstance(kinds_of(content(beginning + whole)), tuple)
    zip_names(b"PK\x01\x02" + whole + b"PK\x05\x06" + whole)


@given(st.binary(max_size=2000), st.integers(1, 64))
def test_the_kind_does_not_depend_on_how_the_file_was_cut_on_its_way(whole: bytes, piece: int) -> None:
    if not whole.startswith((b"\xff\xfe", b"\xfe\xff")) or piece > 1:
        assert content(whole, piece=piece).is_text is content(whole, piece=5000).is_text
