"""What a writer may use, and what becomes of all else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents.examples import MADE
from tsalert.core.errors import RuleViolation
from tsalert.documents.description import Document, Heading, Passage, Points, Span
from tsalert.quarterly.writing.markdown import LONGEST, blocks_of, check, plain
from tsalert.quarterly.writing.prose import html_of

LINK = '<a class="govuk-link" href="https://www.gov.uk/scams" rel="noopener noreferrer">the letter</a>'
TEXT = """## What changed

Calls **rose** in *May*,
after [the letter](https://www.gov.uk/scams).

- one **call**
- two

  more

### Why

3. third
4. fourth
"""


def test_text_becomes_the_parts_of_a_document() -> None:
    assert blocks_of(TEXT, 2) == (
        Heading("What changed", 2),
        Passage(
            (
                Span("Calls "),
                Span("rose", is_strong=True),
                Span(" in "),
                Span("May", is_emphasised=True),
                Span(", after "),
                Span("the letter", address="https://www.gov.uk/scams"),
                Span(" (https://www.gov.uk/scams)"),
                Span("."),
            )
        ),
        Points(((Span("one "), Span("call", is_strong=True)), (Span("two"), Span("\n"), Span("more")))),
        Heading("Why", 3),
        Points(((Span("third"),), (Span("fourth"),)), is_numbered=True, first=3),
    )


def test_text_becomes_html_under_the_heading_that_it_stands_under() -> None:
    assert html_of(TEXT, 3).split("\n") == [
        '<h3 class="govuk-heading-m">What changed</h3>',
        f'<p class="govuk-body">Calls <strong>rose</strong> in <em>May</em>, after {LINK}.</p>',
        '<ul class="govuk-list govuk-list--bullet"><li>one <strong>call</strong></li><li>two<br>more</li></ul>',
        '<h4 class="govuk-heading-s">Why</h4>',
        '<ol class="govuk-list govuk-list--number" start="3"><li>third</li><li>fourth</li></ol>',
    ]


def test_words_are_read_without_their_marks() -> None:
    assert plain("# Head\n\n**Bold** [there](https://a.example)\n\n- point") == "Head\nBold there\npoint"


@pytest.mark.parametrize("text", [TEXT, "", "3 < 5 and 7 > 2", "    begins with a space", "5 * 3 * 2", "a_b_c"])
def test_what_the_subset_has_is_taken(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("Look: <script>alert(1)</script>", "takes no HTML .near <script>", id="a-script"),
        pytest.param("<div>\nthere", "takes no HTML", id="a-box"),
        pytest.param("<!-- hidden -->", "takes no HTML", id="a-comment"),
        pytest.param("![cat](https://example.org/cat.png)", "takes no pictures", id="a-picture"),
        pytest.param("a | b\n--|--\n1 | 2", "takes no tables", id="a-table"),
        pytest.param("```\nrm\n```", "takes no code", id="a-block-of-code"),
        pytest.param("run `rm`", "takes no code", id="code-in-a-line"),
        pytest.param("> he said", "takes no indented quotations", id="a-quotation"),
        pytest.param("one\n\n* * *\n\ntwo", "takes no lines across", id="a-line"),
        pytest.param("- one\n  - within", "takes no lists within lists", id="a-list-in-a-list"),
        pytest.param("[go](http://example.org)", "leads to an https:// address; http://", id="a-plain-link"),
        pytest.param("[go](javascript:alert(1))", "leads to an https:// address", id="a-script-in-a-link"),
        pytest.param("x" * (LONGEST + 1), "Use 20,000 characters or fewer; these are 20,001", id="too-long"),
    ],
)
def test_what_a_report_cannot_show_is_refused_by_its_name(text: str, said: str) -> None:
    with pytest.raises(RuleViolation, match=said):
        check(text, field="text")


def test_half_a_pair_is_refused_since_no_file_can_carry_it() -> None:
    with pytest.raises(RuleViolation, match="cannot be written"):
        check("Calls \ud83d rose", field="body")


def test_what_was_never_checked_is_shown_as_it_was_typed() -> None:
    hostile = '<img src=x onerror=alert(1)> [go](javascript:alert(1)) "quoted" \u202eturned'
    assert blocks_of(hostile, 2) == (Passage((Span(hostile.replace("\u202e", "")),)),)
    assert "<img" not in html_of(hostile, 2)
    assert "href" not in html_of(hostile, 2)


def test_a_list_that_goes_on_after_another_counts_on() -> None:
    assert [type(block) for block in blocks_of("1. one\n   - within\n2. two", 2)] == [Points, Points, Points]
    assert blocks_of("1. one\n   - within\n2. two", 2)[2] == Points(((Span("two"),),), is_numbered=True, first=2)


@given(st.text("#-*_1. \n[]()<>ahttps:/`|&;\\", max_size=60))
def test_no_text_makes_a_document_that_skips_a_heading(text: str) -> None:
    Document("A report", "An officer", MADE, (Heading("A section"), *blocks_of(text, 2)))
    html_of(text, 3)
