"""Anyone can read the PDFs that leave the service: with a screen reader, in any language, whatever was typed."""

import resource
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.documents.examples import LINK, document, everything
from tests.documents.reading import alternatives, opened, tags, words
from tsalert.documents import coverage
from tsalert.documents.cleaning import clean
from tsalert.documents.description import Heading, Image, Items, Look, Paragraph, Table, weights
from tsalert.documents.glyphs import strangers
from tsalert.documents.pdf import Unprintable, unprintable, write_pdf


def test_a_screen_reader_finds_title_language_headings_lists_and_heads_of_tables() -> None:
    file = opened(write_pdf(everything()))
    assert (str(file.docinfo["/Title"]), str(file.docinfo["/Author"])) == (
        "Case D26-00031-U",
        "Testshire Trading Standards",
    )
    assert str(file.Root.Lang) == "en-GB"
    assert file.Root.MarkInfo.Marked
    assert file.Root.ViewerPreferences.DisplayDocTitle
    assert b"pdfuaid:part>1<" in file.Root.Metadata.read_bytes()
    found = tags(file)
    assert found[:2] == ["Document", "Title"]
    assert {"H1", "H2", "L", "LI", "Table", "Caption", "THead", "TBody", "TD", "P"} <= set(found)
    assert found.count("TH") == 5


def test_running_text_keeps_its_bold_words_and_its_links() -> None:
    file = opened(write_pdf(everything()))
    assert {"Strong", "Em", "Link"} <= set(tags(file))
    links = [note for page in file.pages for note in page.get("/Annots", []) if note.Subtype == "/Link"]
    assert [str(note.A.URI) for note in links if "/A" in note] == [LINK]
    assert all("/Contents" in note for note in links)


def test_a_picture_is_heard_by_its_words() -> None:
    assert alternatives(opened(write_pdf(everything()))) == ["A black circle", "A second circle"]


def test_a_board_report_may_lie_on_its_side() -> None:
    upright, lying = opened(write_pdf(everything())), opened(write_pdf(everything(is_landscape=True)))
    assert [round(float(side)) for side in upright.pages[0].mediabox][2:] == [595, 842]
    assert [round(float(side)) for side in lying.pages[0].mediabox][2:] == [842, 595]


def test_a_page_turns_for_a_wide_table_and_back() -> None:
    pages = opened(write_pdf(everything())).pages
    assert [round(float(page.mediabox[2])) for page in pages] == [595, 842, 595, 595]


def test_the_contents_lead_to_the_headings_they_name() -> None:
    file = opened(write_pdf(everything()))
    assert {"TOC", "TOCI", "Reference"} <= set(tags(file))
    assert [str(entry.title) for entry in file.open_outline().root] == ["Facts"]


def test_a_certificate_stands_in_the_middle_with_a_large_name() -> None:
    hung = document(Paragraph("Nerys Nextdoor (invented)", Look.DISPLAY), is_centred=True, is_landscape=True)
    assert "Nerys Nextdoor (invented)" in words(write_pdf(hung))
    assert write_pdf(hung) != write_pdf(replace(hung, is_centred=False))


def test_another_language_is_announced() -> None:
    assert str(opened(write_pdf(document(Paragraph("Bore da"), language="cy-GB"))).Root.Lang) == "cy-GB"


def test_the_same_document_is_the_same_file() -> None:
    assert write_pdf(everything()) == write_pdf(everything())


def test_pages_are_counted_and_carry_the_reference() -> None:
    said = words(write_pdf(everything()))
    assert "Page 1 of 4" in said
    assert said.count("D26-00031-U") == 5


def test_markup_of_every_kind_is_only_text() -> None:
    typed = "#let x = 1 *bold* $y$ <b>hi</b> <script>alert(1)</script> @ref \\ // ` = not a heading &amp; ]]>"
    said = words(write_pdf(document(Paragraph(typed), Items((typed,)), Table(typed, (typed,), ((typed,),)))))
    assert said.replace("\n", "").count("<script>alert(1)</script>") >= 2
    assert "#let x = 1 *bold* $y$" in said


def test_nothing_that_was_typed_can_read_a_file() -> None:
    typed = '#read("/etc/hostname") #include "/etc/passwd" #image("/etc/passwd")'
    assert '#read("/etc/hostname")' in words(write_pdf(document(Paragraph(typed))))


def test_letters_of_the_fonts_are_printed() -> None:
    names = "Łódź Ñandú Žižek Tiếng Việt Ελένη Мария Հայ"
    assert names in words(write_pdf(document(Paragraph(names)))).replace("\n", "")


def test_hebrew_arabic_and_hindi_are_printed() -> None:
    assert unprintable(document(Paragraph("שלום مرحبا नमस्ते"))) == frozenset()
    assert "cannot show" not in words(write_pdf(document(Paragraph("שלום مرحبا नमस्ते"))))


@pytest.mark.skipif(
    not (all(map(find_spec, coverage.PACKAGES)) and coverage.BUILT.is_dir()), reason="its fonts are not installed"
)
def test_names_in_the_scripts_of_east_and_south_asia_are_printed() -> None:
    names = "王小明 田中 김민수 রহিমা தமிழ் గీత પટેલ ਕੌਰ"
    said = document(Paragraph(names), Table("Names", ("Name", "Said"), (("王小明", "রহিমা"),)), title="王小明")
    assert unprintable(said) == frozenset()
    printed = words(write_pdf(said))
    assert "cannot show" not in printed
    assert "王小明" in printed


def test_what_no_font_has_is_named_and_never_a_box() -> None:
    typed = document(Paragraph("Said པཇབ and አበበ \U0001f600 twice"), title="አ about")
    said = words(write_pdf(typed)).replace("\n", "")
    assert "Said [Tibetan] and [Ethiopic] [grinning face] twice" in said
    assert "[Ethiopic] about" in said
    assert "Ethiopic (4), Tibetan (3), grinning face (1)" in said
    assert unprintable(typed) == frozenset("པཇབአበ\U0001f600")


def test_what_is_said_to_be_shown_is_what_the_printer_shows() -> None:
    signs = [*map(chr, range(0xA0, 0x250, 7)), *map(chr, range(0x370, 0x3000, 97)), *"中པ한አעअ♥\u2003\u00a0\u200b"]
    known = [sign for sign in signs if strangers(sign) and clean(sign) == sign]
    lacking = coverage.missing(known, None)
    assert {"པ", "አ"} <= lacking
    for sign in known:
        text = words(write_pdf(document(Paragraph(f"<{sign}>"))))
        assert ("This PDF cannot show" in text) == (sign in lacking), f"{ord(sign):x}"


def test_a_sign_drawn_like_the_mark_between_signs_is_told_too() -> None:
    assert coverage._tell(["|", "é", "|", "པ", "ü"], None) == {"|": True, "é": True, "པ": False, "ü": True}


def test_thousands_of_characters_that_no_font_has_do_not_keep_the_service_busy() -> None:
    typed = "".join(map(chr, range(0x2CEB0, 0x2CEB0 + 6000)))  # signs of old books
    before = len(coverage._seen.get(None, {}))
    lacking = len(unprintable(document(Paragraph(typed))))
    assert lacking > 5000
    assert f"Chinese ({lacking})" in words(write_pdf(document(Paragraph(typed)))).replace("\n", " ")
    assert len(coverage._seen[None]) >= max(before, 6000)


def test_an_empty_folder_of_fonts_does_no_harm(tmp_path: Path) -> None:
    assert write_pdf(document(Paragraph("plain")), fonts=tmp_path)


def test_a_long_word_breaks_instead_of_leaving_the_page() -> None:
    cells = ("https://example.org/" + "a" * 400, "b" * 300, "c")
    said = words(write_pdf(document(Paragraph("x" * 500), Table("Links", ("One", "Two", "Three"), (cells,)))))
    assert max(map(len, said.split("\n"))) < 100


def test_a_table_of_many_pages_repeats_its_head() -> None:
    rows = tuple((f"{number} May", "paid") for number in range(200))
    file = write_pdf(document(Table("Money", ("Day head", "What"), rows)))
    assert len(opened(file).pages) > 3
    assert words(file).count("Day head") == len(opened(file).pages)


def test_a_warning_of_the_printer_is_a_fault_and_not_another_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "FAMILIES", ("Nowhere Sans",))
    with pytest.raises(Unprintable, match="unknown font"):
        write_pdf(everything())


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: document(Heading("too deep", 2)),
        lambda: document(Heading("one"), Heading("three", 3)),
        lambda: document(title=" "),
        lambda: Table("", ("a",), ()),
        lambda: Table("t", ("a", "b"), (("only one",),)),
        lambda: Image(b"GIF89a", "a picture", 20),
        lambda: Image(b"<svg></svg>", " ", 20),
    ],
)
def test_what_nobody_could_read_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"^(a|no) "):
        wrong()


@given(st.text(max_size=60))
@settings(max_examples=120)
def test_whatever_is_typed_there_is_a_pdf(typed: str) -> None:
    file = write_pdf(document(Paragraph(typed), Items((typed,)), Table("t", ("h",), ((typed,),)), footer=typed))
    assert isinstance(opened(file), pikepdf.Pdf)


def test_one_certificate_counts_no_pages() -> None:
    hung = document(Paragraph("Nerys Nextdoor (invented)", Look.DISPLAY), is_centred=True, is_landscape=True)
    assert "Page 1 of 1" not in words(write_pdf(hung))
    assert "Page 1 of 1" in words(write_pdf(replace(hung, is_centred=False)))


def test_a_short_column_has_room_for_its_own_heading() -> None:
    narrow, wide = weights(Table("Exhibits", ("Exhibit", "Description"), (("RO/1", "An invented ladder " * 9),)))
    assert (narrow, wide) == (14, 52)


def test_long_documents_do_not_pile_up_in_memory() -> None:
    def held() -> int:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize()

    def print_one(number: int) -> None:
        write_pdf(document(*(Paragraph(f"{number}, {line}: {'many words ' * 60}") for line in range(200))))

    print_one(0)
    before = held()
    for number in range(1, 7):
        print_one(number)
    assert held() - before < 100 * 2**20
