"""Charts as SVG without style or script: titled, described, labelled where they lie, patterned too. Pure."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from html import escape

from msgspec import Struct

WIDTH = 340
_TEXT, _SMALL, _ROW = 14, 12, 44
_PLOT, _LEFT, _RIGHT, _TOP = 150, 8, 8, 34
_YEAR = 50  # how much room a year takes under its quarter
# Colours and dashes of lines; what comes fifth is told in the table alone.
_LINES = (("#1d70b8", ""), ("#d4351c", "7 4"), ("#00703c", "2 3"), ("#4c2c92", "9 3 2 3"))
_MOST_LINES = len(_LINES)
# What fills the parts of a bar: a colour, and how strokes of white lie on it.
_FILLS = (
    ("#1d70b8", ""),
    ("#00703c", "M0 8L8 0"),
    ("#4c2c92", "M0 4H8"),
    ("#b45309", "M4 0V8"),
    ("#505a5f", "M0 0L8 8M0 8L8 0"),
)
Write = Callable[[Decimal], str]


class Series(Struct, frozen=True):
    """One row of figures, a place each; None where there is no figure."""

    name: str
    values: tuple[Decimal | None, ...]


class Bar(Struct, frozen=True):
    """A bar and the figure at its end; one without a value has the words alone."""

    value: Decimal | None
    shown: str


class Chart(Struct, frozen=True):
    """A drawing with the table that tells the same.

    :param title: what the figures show, as a sentence.
    """

    title: str
    description: str
    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    height: int = WIDTH


class Subject(Struct, frozen=True):
    """What a chart is called, and how its figures are written.

    :param slug: what its parts are named by; unlike any other chart's on the page.
    """

    slug: str
    title: str
    description: str
    write: Write
    of: str = ""


def bars(subject: Subject, parts: Sequence[tuple[str, Decimal]]) -> Chart:
    """Draw one bar for each category, its name above it and its figure at its end."""
    most = max((max(value, Decimal(0)) for _, value in parts), default=Decimal(0))
    drawn = []
    for place, (name, value) in enumerate(parts):
        top = place * _ROW
        text = subject.write(value)
        room = WIDTH - _LEFT - _RIGHT - _length(text)
        drawn += [
            _label(_LEFT, top + 14, name),
            _rect(_LEFT, top + 20, _scaled(value, most, room), "#1d70b8"),
            _label(_LEFT + _scaled(value, most, room) + 6, top + 34, text, is_bold=True),
        ]
    rows = tuple((name, subject.write(value)) for name, value in parts)
    return _chart(subject, drawn, max(len(parts), 1) * _ROW, ("Category", subject.of or "Figure"), rows)


def grouped_bars(subject: Subject, names: Sequence[str], series: Sequence[tuple[str, Sequence[Bar]]]) -> Chart:
    """Draw for each name a bar of each series, one under the other, each with its figure as it is shown."""
    known = [bar.value for _, each in series for bar in each if bar.value is not None]
    most, height = max((*known, Decimal(0))), 22 * len(series) + 24
    drawn = [_patterns(subject.slug)]
    for place, name in enumerate(names):
        drawn.append(_label(_LEFT, place * height + 14, name))
        for number, (_, each) in enumerate(series):
            bar, top = each[place], place * height + 20 + 22 * number
            long = _scaled(bar.value or Decimal(0), most, WIDTH - _LEFT - _RIGHT - _length(bar.shown))
            drawn += [
                _rect(_LEFT, top, long, _fill(subject.slug, number)),
                _label(_LEFT + long + (6 if long else 0), top + 14, bar.shown, is_bold=True),
            ]
    foot = height * len(names) + 6
    keys = [name for name, _ in series] if len(series) > 1 else []
    drawn += _patterned_keys(subject.slug, keys, foot)
    rows = tuple((name, *(each[place].shown for _, each in series)) for place, name in enumerate(names))
    return _chart(subject, drawn, foot + 22 * len(keys), ("", *(name for name, _ in series)), rows)


def stacked_bars(subject: Subject, names: Sequence[str], series: Sequence[Series]) -> Chart:
    """Draw one bar for each name, made of a part for each series, with the total at its end."""
    totals = [sum((each.values[place] or Decimal(0) for each in series), Decimal(0)) for place in range(len(names))]
    most = max(totals, default=Decimal(0))
    drawn = [_patterns(subject.slug)]
    for place, name in enumerate(names):
        drawn += _stack(subject, place, name, totals[place], most, series)
    foot = len(names) * _ROW + 6
    drawn += _patterned_keys(subject.slug, [each.name for each in series], foot)
    rows = tuple(
        (name, *(_told(subject, each.values[place]) for each in series), subject.write(totals[place]))
        for place, name in enumerate(names)
    )
    head = ("", *(each.name for each in series), "Total")
    return _chart(subject, drawn, foot + 22 * len(series), head, rows)


def lines(subject: Subject, places: Sequence[str], series: Sequence[Series]) -> Chart:
    """Draw one line for each series, from the left to the right, its last figure at its end and its name beneath."""
    shown = series[:_MOST_LINES]
    known = [value for each in shown for value in each.values if value is not None]
    most = max((*known, Decimal(0)))
    drawn = [_axis(most, subject.write), *_ticks(places)]
    for place, each in enumerate(shown):
        drawn += _line(each, most, *_LINES[place])
    drawn += _ends(shown, most, subject.write)
    foot = _TOP + _PLOT + 44
    for place, each in enumerate(shown):
        drawn += _key(each, foot + 22 * place, *_LINES[place])
    rows = tuple((name, *(_told(subject, each.values[place]) for each in series)) for place, name in enumerate(places))
    return _chart(subject, drawn, foot + 22 * len(shown), ("Quarter", *(each.name for each in series)), rows)


def _chart(
    subject: Subject, drawn: Sequence[str], height: int, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> Chart:
    title_id, text_id = f"{subject.slug}-title", f"{subject.slug}-desc"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{title_id} {text_id}" font-family="Arial, sans-serif" font-size="{_TEXT}" '
        f'fill="currentColor"><title id="{title_id}">{escape(subject.title)}</title>'
        f'<desc id="{text_id}">{escape(subject.description)}</desc>{"".join(drawn)}</svg>'
    )
    return Chart(subject.title, subject.description, svg, head, rows, height)


def _stack(
    subject: Subject, place: int, name: str, total: Decimal, most: Decimal, series: Sequence[Series]
) -> list[str]:
    top, text = place * _ROW, subject.write(total)
    room = WIDTH - _LEFT - _RIGHT - _length(text)
    drawn, at = [_label(_LEFT, top + 14, name)], Decimal(_LEFT)
    for number, each in enumerate(series):
        long = _scaled(each.values[place] or Decimal(0), most, room)
        if long:
            drawn.append(_rect(at, top + 20, long, _fill(subject.slug, number)))
            at += long
    return [*drawn, _label(at + 6, top + 34, text, is_bold=True)]


def _patterned_keys(slug: str, names: Sequence[str], top: int) -> list[str]:
    found = []
    for place, name in enumerate(names):
        swatch = _rect(_LEFT, top + 22 * place, Decimal(16), _fill(slug, place), height=16)
        found += [swatch, _label(_LEFT + 24, top + 22 * place + 13, name)]
    return found


def _patterns(slug: str) -> str:
    found = [
        f'<pattern id="{slug}-fill-{place}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{colour}"/><path d="{strokes}" stroke="#ffffff" stroke-width="1.5"/>'
        "</pattern>"
        for place, (colour, strokes) in enumerate(_FILLS)
    ]
    return f"<defs>{''.join(found)}</defs>"


def _fill(slug: str, place: int) -> str:
    return f"url(#{slug}-fill-{place % len(_FILLS)})"


def _axis(most: Decimal, write: Write) -> str:
    top, bottom, right = _TOP, _TOP + _PLOT, WIDTH - _RIGHT
    return (
        f'<path d="M{_LEFT} {top}H{right}M{_LEFT} {bottom}H{right}" stroke="#b1b4b6" fill="none"/>'
        + _label(_LEFT, top - 8, write(most), size=_SMALL)
        + _label(_LEFT, bottom - 4, write(Decimal(0)), size=_SMALL)
    )


def _ticks(places: Sequence[str]) -> list[str]:
    """Write the quarter under each point, and the year under its first: ``2022/23 Q1`` is told on two lines."""
    found = []
    for place, name in enumerate(places):
        year, _, quarter = name.partition(" ")
        found.append(
            _label(_across(place, len(places)), _TOP + _PLOT + 16, quarter or year, size=_SMALL, anchor="middle")
        )
    return [*found, *(_year(place, places) for place in _years_told(places))]


def _years_told(places: Sequence[str]) -> list[int]:
    """Return where a year begins; the first is left untold where the next begins too close to write both."""
    years = [name.partition(" ")[0] if " " in name else "" for name in places]
    firsts = [place for place, year in enumerate(years) if year and (not place or year != years[place - 1])]
    is_crowded = len(firsts) > 1 and _across(firsts[1], len(places)) - _across(firsts[0], len(places)) < _YEAR
    return firsts[1:] if is_crowded else firsts


def _year(place: int, places: Sequence[str]) -> str:
    at, year = _across(place, len(places)), places[place].partition(" ")[0]
    anchor = "end" if place and place == len(places) - 1 else "middle"
    return _label(at + (12 if anchor == "end" else 0), _TOP + _PLOT + 32, year, size=_SMALL, anchor=anchor)


def _ends(series: Sequence[Series], most: Decimal, write: Write) -> list[str]:
    """Write each line's last figure over its end."""
    lasts = [each.values[-1] for each in series if each.values]
    ranked = sorted((last for last in lasts if last is not None), reverse=True)
    heights = _apart([int(_up(last, most)) - 8 for last in ranked])
    at = WIDTH - _RIGHT
    return [_label(at, y, write(last), anchor="end", is_bold=True) for y, last in zip(heights, ranked, strict=True)]


def _apart(wanted: Sequence[int]) -> list[int]:
    """Return heights, from the top down, a line apart: crowded ones are moved up, or down where the top is reached."""
    found, line = list(wanted), _TEXT + 2
    for place in reversed(range(len(found) - 1)):
        found[place] = min(found[place], found[place + 1] - line)
    for place in range(len(found)):
        found[place] = max(found[place], found[place - 1] + line if place else line)
    return found


def _line(series: Series, most: Decimal, colour: str, dashes: str) -> list[str]:
    points = [
        (_across(place, len(series.values)), _up(value, most))
        for place, value in enumerate(series.values)
        if value is not None
    ]
    joined = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    line = f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2.5"{dashed}/>'
    dots = [f'<circle cx="{_number(x)}" cy="{_number(y)}" r="3.5" fill="{colour}"/>' for x, y in points]
    return [line, *dots]


def _key(series: Series, top: int, colour: str, dashes: str) -> list[str]:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    stroke = f'<path d="M{_LEFT} {top + 8}h28" stroke="{colour}" stroke-width="2.5" fill="none"{dashed}/>'
    return [stroke, _label(_LEFT + 36, top + 13, series.name)]


def _across(place: int, number: int) -> Decimal:
    room = Decimal(WIDTH - _LEFT - _RIGHT - 46)
    return _LEFT + 34 + (room * place / (number - 1) if number > 1 else room / 2)


def _up(value: Decimal, most: Decimal) -> Decimal:
    return _TOP + _PLOT - _scaled(value, most, _PLOT)


def _scaled(value: Decimal, most: Decimal, room: int) -> Decimal:
    return max(value, Decimal(0)) * room / most if most else Decimal(0)


def _rect(x: Decimal | int, y: int, width: Decimal, fill: str, *, height: int = 18) -> str:
    return f'<rect x="{_number(x)}" y="{y}" width="{_number(width)}" height="{height}" fill="{fill}"/>'


def _label(
    x: Decimal | int, y: int, text: str, *, size: int = _TEXT, anchor: str = "start", is_bold: bool = False
) -> str:
    weight = ' font-weight="bold"' if is_bold else ""
    return (
        f'<text x="{_number(x)}" y="{y}" font-size="{size}" text-anchor="{anchor}"{weight} stroke="none">'
        f"{escape(text)}</text>"
    )


def _length(text: str) -> int:
    """Return about how wide a bold figure is, with a little room."""
    return 9 * len(text) + 10


def _number(value: Decimal | int) -> str:
    return f"{Decimal(value):.1f}".removesuffix(".0")


def _told(subject: Subject, value: Decimal | None) -> str:
    return "not available" if value is None else subject.write(value)
