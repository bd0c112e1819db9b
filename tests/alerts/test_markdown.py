from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tsalert.alerts.markdown import from_plain, links, to_html, to_text


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='https://evil.example'>click</a>",
        "<!-- hidden --> <svg/onload=alert(1)>",
        "[press](javascript:alert(1))",
        "[press](data:text/html;base64,PHNjcmlwdD4=)",
        "![picture](https://tracker.example/pixel.gif)",
        '[a](https://x.example "onmouseover=alert(1)")',
        "<https://x.example/\"onmouseover='alert(1)'>",
    ],
)
def test_html_and_scripts_come_out_as_words(source: str) -> None:
    reader = _Reader()
    reader.feed(to_html(source))
    assert reader.tags <= {"p", "a"}
    for name, value in reader.attributes:
        assert name in {"href", "rel"}
        assert name == "rel" or (value or "").startswith("https://")


@given(st.text(alphabet="<>&\"'()[]!#*-_`:/ \nahref=scriptxonload.", max_size=200))
def test_no_text_yields_a_tag_outside_the_list(source: str) -> None:
    reader = _Reader()
    reader.feed(to_html(source))
    allowed = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "br", "blockquote", "code", "pre", "hr"}
    assert reader.tags <= allowed
    assert {name for name, _ in reader.attributes} <= {"href", "rel"}


def test_a_link_shows_where_it_leads() -> None:
    source = "Read [our page](https://council.example/x) or <https://other.example>."
    assert "our page</a> (https://council.example/x)" in to_html(source)
    assert to_text(source) == "Read our page (https://council.example/x) or https://other.example."


def test_every_link_is_found_wherever_it_stands() -> None:
    source = "# [a](https://a.example)\n\n- <https://b.example>\n\n> *[c][1]* www.d.example `<https://e.example>`"
    source += "\n\n[1]: //c.example"
    assert links(source) == ["https://a.example", "https://b.example", "//c.example"]


def test_an_address_written_as_words_stays_as_it_is_and_is_no_link() -> None:
    source = "Go to www.example.org/a_b or ring us."
    assert to_text(source) == source
    assert to_html(source) == f"<p>{source}</p>\n"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Say no.\n\nلا تدفع.", '<p dir="ltr">Say no.</p>\n<p dir="rtl">لا تدفع.</p>\n'),  # noqa: RUF001 - Arabic
        ("# 12 لا", '<h2 dir="rtl">12 لا</h2>\n'),
        ("- لا\n- No", '<ul dir="rtl">\n<li dir="rtl">لا</li>\n<li dir="ltr">No</li>\n</ul>\n'),
        ("> שלום\n\nটাকা", '<blockquote dir="rtl">\n<p dir="rtl">שלום</p>\n</blockquote>\n<p dir="ltr">টাকা</p>\n'),
        ("টাকা দেবেন না।", "<p>টাকা দেবেন না।</p>\n"),
        ("No لا", "<p>No لا</p>\n"),
    ],
)
def test_words_that_are_read_from_the_right_are_set_from_there(source: str, html: str) -> None:
    assert to_html(source) == html


def test_a_heading_never_outranks_the_headline() -> None:
    assert to_html("# Big") == "<h2>Big</h2>\n"
    assert to_html("###### Small") == "<h4>Small</h4>\n"


def test_plain_text_keeps_paragraphs_and_lists() -> None:
    source = "# Look out\n\nThey *knock*.\n\n1. Stop\n2. Ring\n   - us\n   - 999\n\nThank you\\\nall"
    expected = "Look out\n\nThey knock.\n\n1. Stop\n2. Ring\n  - us\n  - 999\n\nThank you\nall"
    assert to_text(source) == expected


def test_a_list_of_long_points_stays_apart() -> None:
    assert to_text("- one\n\n  more of one\n\n- two") == "- one\n\n  more of one\n\n- two"


@pytest.mark.parametrize("source", ["[" * 20000, "- " * 10000, "> " * 10000, "*a **a " * 2800, "`" * 20000])
def test_a_text_made_to_be_hard_to_read_is_read(source: str) -> None:
    assert isinstance(to_html(source), str)
    assert isinstance(to_text(source), str)


@given(st.lists(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=30), max_size=4))
@example(["1. We were wrong", "- twice", "# and *again*", "=", "<https://example.org> &amp; [x](y)"])
def test_plain_words_are_said_as_they_are(lines: list[str]) -> None:
    said = "\n".join(stripped for line in lines if (stripped := line.strip()))
    assert to_text(from_plain(said)) == said
    assert links(from_plain(said)) == []
