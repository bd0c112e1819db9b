"""An alert on paper: a poster, large print, and words for a newsletter. Nothing here is anybody's own."""

import re
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from tsalert.alerts.printed.cutting import cut, sentences, shortened
from tsalert.alerts.rules import LONGEST_HEADLINE, last_day
from tsalert.alerts.wording import Letterhead, Notice, check_url
from tsalert.documents.codes import draw_code
from tsalert.documents.description import Block, Document, Heading, Image, Items, Look, Paragraph, Passage, Span

PROOF = "PROOF. This alert has not been approved. Do not pass it on."
_POINTS, _LONGEST_POINT = 3, 140
_LARGE_BODY, _LARGE_ADVICE, _LARGE_POINTS = 240, 180, 3
_NEWSLETTER_WORDS, _SHARE_OF_BODY = 120, 0.6
_LETTERS_A_WORD = 6
_EMOJI = r"\u231a\u231b\u23e9-\u23fa\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001faff"
# With the space before them; marks that choose their colours, join them or name the country of a flag go with them.
_PICTURES = re.compile(rf" ?[{_EMOJI}][{_EMOJI}\ufe0f\u200d\U000e0020-\U000e007f]*")
_POSTER_PT, _LARGE_PT = 30, 26
_POSTER_CODE_MM, _LARGE_CODE_MM = 50, 32


class Form(StrEnum):
    """A form in which an alert is printed, each one A4 page."""

    POSTER = "poster"
    LARGE_PRINT = "large-print"


class Copy(Struct, frozen=True):
    """An alert that goes to the printer; a proof says that it is one."""

    notice: Notice
    head: Letterhead
    made_at: datetime
    is_proof: bool


def draw(form: Form, copy: Copy) -> Document:
    """Return an alert as one A4 page; what there is no room for is read on its page, where its little pictures are."""
    said = copy.notice
    drawn = replace(
        copy,
        notice=replace(
            said,
            headline=_without_pictures(said.headline),
            body=_without_pictures(said.body),
            advice=_without_pictures(said.advice),
        ),
    )
    return _poster(drawn) if form is Form.POSTER else _large_print(drawn)


def newsletter(notice: Notice, head: Letterhead, *, join: str | None = None) -> str:
    """Return an alert as about 120 words of plain text, for a parish newsletter.

    :param join: where its readers sign up, if not where everybody does.
    """
    join = join or f"{head.public_url}/join"
    foot = [
        *_numbers(head),
        " ".join([f"This warning is from {head.authority}.", *_until(notice)]),
        f"Read all of it, and check that it is real, at {check_url(notice.reference, head)}",
        f"Free warnings like this: {join}",
    ]
    lead = f"{notice.follow_up} " if notice.follow_up else ""
    room = max(_NEWSLETTER_WORDS - len(f"{notice.headline} {lead} {' '.join(foot)}".split()), 20)
    said = sentences(notice.advice)
    body = cut(sentences(notice.body), longest=round(room * (_SHARE_OF_BODY if said else 1)) * _LETTERS_A_WORD)
    advice = cut(said, longest=max(room - len(body.text.split()), 10) * _LETTERS_A_WORD)
    parts = [notice.headline, f"{lead}{body.text}", *([f"What to do: {advice.text}"] if said else [])]
    return "\n\n".join([*parts, "\n".join(foot)]) + "\n"


def _without_pictures(text: str) -> str:
    """Return a text without emoji, which no font for print has and whose names in words would stand in their places."""
    return _PICTURES.sub("", text).strip() or text


def _poster(copy: Copy) -> Document:
    points, is_all = _short_points(copy.notice)
    blocks: list[Block] = [*_told_first(copy), Items(points)]
    blocks += [Paragraph(line, Look.LEAD) for line in _numbers_on_paper(copy.head)]
    blocks += _way_on(copy, _POSTER_CODE_MM, is_all=is_all)
    return _page(copy, blocks, largest_pt=_POSTER_PT, is_centred=True)


def _large_print(copy: Copy) -> Document:
    body = cut(sentences(copy.notice.body), longest=_LARGE_BODY)
    advice = cut(sentences(copy.notice.advice), longest=_LARGE_ADVICE, most=_LARGE_POINTS)
    blocks: list[Block] = [*_told_first(copy), Paragraph(body.text)]
    if advice.sentences:
        blocks += [Heading("What to do"), Items(advice.sentences)]
    blocks += [Paragraph(" ".join(_numbers_on_paper(copy.head)))]
    blocks += _way_on(copy, _LARGE_CODE_MM, is_all=body.is_all and advice.is_all)
    return _page(copy, blocks, largest_pt=_LARGE_PT, is_centred=False)


def _short_points(notice: Notice) -> tuple[tuple[str, ...], bool]:
    """Return what happens and then what to do about it, in three points, and whether that is all."""
    body, advice = sentences(notice.body), sentences(notice.advice)
    of_body = max(1, _POINTS - len(advice))
    said = [*body[:of_body], *advice[: _POINTS - min(of_body, len(body))]]
    points = tuple(shortened(each, _LONGEST_POINT) for each in said)
    return points, len(said) == len(body) + len(advice) and points == tuple(said)


def _told_first(copy: Copy) -> list[Block]:
    first: list[Block] = [Passage((Span(PROOF, is_strong=True),))] if copy.is_proof else []
    return first + ([Paragraph(copy.notice.follow_up)] if copy.notice.follow_up else [])


def _numbers(head: Letterhead) -> list[str]:
    own = [f"Is it happening to you now? Ring {head.rapid_response_number}."] if head.rapid_response_number else []
    return [*own, "In danger, ring 999."]


def _numbers_on_paper(head: Letterhead) -> list[str]:
    """Return the same with each number on one line."""
    return _numbers(replace(head, rapid_response_number=head.rapid_response_number.replace(" ", "\u00a0")))


def _way_on(copy: Copy, width_mm: int, *, is_all: bool) -> list[Block]:
    """Return the code, the address for those who type, and until when all this holds."""
    address = check_url(copy.notice.reference, copy.head)
    typed = address.removeprefix("https://").removeprefix("http://")
    ask = "Is it real? Check" if is_all else "Read on, and check that it is real:"
    return [
        Image(draw_code(address, "png"), f"A code to scan that leads to {address}", width_mm),
        Passage((Span(f"{ask}\n"), Span(typed, is_strong=True, address=address))),
        *[Paragraph(said) for said in _until(copy.notice)],
    ]


def _page(copy: Copy, blocks: list[Block], *, largest_pt: int, is_centred: bool) -> Document:
    service = f"{copy.head.authority} Trading Standards"
    return Document(
        title=shortened(copy.notice.headline, LONGEST_HEADLINE),
        author=service,
        made_at=copy.made_at,
        blocks=tuple(blocks),
        footer=f"{service}, {copy.notice.reference}",
        is_centred=is_centred,
        largest_pt=largest_pt,
    )


def _until(notice: Notice) -> list[str]:
    """Return until when all this holds; what says that another alert is over has no end."""
    if notice.expires_at is None:
        return []
    ends = last_day(notice.expires_at)
    return [f"It applies until {ends:%A} {ends.day} {ends:%B %Y}."]
