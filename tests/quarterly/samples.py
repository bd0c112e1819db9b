"""A whole report with something of every kind, all of it invented."""

from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from tsalert.quarterly.content import Chart, Column, Figure, Prose, Report, Row, Section, Table, TitleBlock
from tsalert.quarterly.vocabulary import About, ChartKind, Edition, SectionKey, Status, Unit
from tsalert.savings.valuing.valuation import shown_pounds

HEAD = TitleBlock(
    board="Safer Communities Partnership Board",
    period="2022/23 Q1",
    period_prose="April to June 2022",
    first_day=date(2022, 4, 1),
    last_day=date(2022, 6, 30),
    edition=Edition.BOARD,
    status=Status.PUBLISHED,
    revision=1,
    author="Pat Example (invented)",
    meeting_on=date(2022, 7, 20),
    published_on=date(2022, 7, 21),
    signatures=(
        "Pat Example (invented), author, on 18 July 2022",
        "Sam Sample (invented), second person, on 19 July 2022",
    ),
)


def count(number: int) -> Figure:
    return Figure(f"{number:,}", number)


def money(pounds: str, records: int | None = None, largest: str | None = None) -> Figure:
    exact = Decimal(pounds)
    return Figure(shown_pounds(exact), exact, records, Decimal(largest) if largest else None)


def share(percent: str) -> Figure:
    return Figure(f"{percent}%", Decimal(percent))


def made(number: int, *pounds: str) -> tuple[Figure, ...]:
    return (count(number), *map(money, pounds))


def words(text: str) -> Figure:
    return Figure(text)


GLANCE = Table(
    "glance",
    "Performance at a glance, April to June 2022",
    "Indicator",
    (
        Column("current", "2022/23 Q1", Unit.COUNT, About.PEOPLE),
        Column("before", "2021/22 Q4", Unit.COUNT, About.PEOPLE),
        Column("last_year", "2021/22 Q1", Unit.COUNT, About.PEOPLE),
        Column("rolling", "July 2021 to June 2022", Unit.COUNT, About.PEOPLE),
        Column("change", "Change on a year before", Unit.WORDS),
        Column("target", "Target", Unit.WORDS),
        Column("rating", "Rating", Unit.WORDS),
        Column("direction", "Direction", Unit.WORDS),
    ),
    (
        Row(
            "enquiries",
            "Enquiries to the service",
            (
                count(1213),
                count(1102),
                count(1180),
                count(4567),
                words("+3%"),
                words("none"),
                words("Not rated"),
                words("Up"),
            ),
        ),
        Row(
            "met",
            "Immediate responses met within two hours",
            (
                share("97.5"),
                share("94"),
                share("95.1"),
                share("96"),
                words("+2.4 points"),
                words("95% or more"),
                words("Green"),
                words("Better"),
            ),
        ),
    ),
    notes=("Green: at or better than the target. Amber: worse, by a tenth at most. Red: beyond that.",),
)
DEMAND = Table(
    "demand_by_type",
    "Detriment by type of case",
    "Type",
    (
        Column("cases", "Cases", Unit.COUNT, About.PEOPLE),
        Column("lost", "Lost", Unit.MONEY, About.PEOPLE),
        Column("mean", "Mean", Unit.MONEY, About.PEOPLE),
        Column("share", "Share of cases", Unit.SHARE, About.PEOPLE),
    ),
    (
        Row("scam", "Scams", (count(25), money("163210.55", 19, "81000"), money("8590.03", 19), share("59.5"))),
        Row("doorstep", "Doorstep crime", (count(14), money("42800", 12, "9000"), money("3566.67", 12), share("33.3"))),
        Row("abuse", "Financial abuse", (Figure("[c]"), Figure("[c]"), Figure("[c]"), Figure("[c]"))),
        Row("total", "Total", (count(42), money("208010.55", 33), money("6303.35", 33), share("100")), is_total=True),
    ),
    notes=("Figures may not sum due to rounding.", "Means are shown where five people or more lost money."),
)
TREND = Table(
    "enquiries_by_quarter",
    "Enquiries by quarter",
    "Quarter",
    (Column("all", "Enquiries", Unit.COUNT), Column("scams", "Scams among them", Unit.COUNT)),
    tuple(
        Row(label, label, (count(total), count(scams)))
        for label, total, scams in (
            ("2021/22 Q2", 1190, 120), ("2021/22 Q3", 1062, 133), ("2021/22 Q4", 1102, 150), ("2022/23 Q1", 1213, 139),
        )
    ),
)  # fmt: skip
SAVINGS = Table(
    "published_savings",
    "Savings, estimated under the published method",
    "What was done",
    (
        Column("number", "Number", Unit.COUNT),
        Column("financial", "Financial", Unit.MONEY),
        Column("health", "Health and quality of life", Unit.MONEY),
        Column("other", "Other", Unit.MONEY),
        Column("total", "Total", Unit.MONEY, is_total=True),
    ),
    (
        Row("scams", "Scams", made(12, "31200", "14112", "0", "45312")),
        Row("doorstep", "Doorstep crime", made(7, "28350.50", "9100", "1200", "38650.50")),
        Row("friends", "Friends Against Scams", made(310, "18600", "6200", "0", "24800")),
        Row("blockers", "Call blockers", made(41, "-1000.25", "8200", "0", "7199.75")),
        Row("total", "Total", made(370, "77150.25", "37612", "1200", "115962.25"), is_total=True),
    ),
    notes=("From £98,000 (low) to £141,000 (high). Rate set sbp-2021.",),
)  # fmt: skip
PURPOSE = """The board is asked to

1. **note** what the quarter brought, and
2. *agree* to the next quarter's priorities.

See [the strategy](https://www.example.org/strategy) for why.
"""
REPORT = Report(
    HEAD,
    (
        Section(SectionKey.PURPOSE, (Prose(PURPOSE),)),
        Section(SectionKey.GLANCE, (GLANCE,)),
        Section(
            SectionKey.DEMAND,
            (
                Prose("Fewer calls, but **more** money lost: £163,211 to scams.", "What people told us"),
                Chart(
                    "lost",
                    "Scams cost victims most: £163,211",
                    "One bar for each type of case.",
                    ChartKind.BARS,
                    "demand_by_type",
                    ("lost",),
                ),
                DEMAND,
                Chart(
                    "enquiries",
                    "Enquiries rose to 1,213",
                    "Two lines over four quarters.",
                    ChartKind.LINES,
                    "enquiries_by_quarter",
                    ("all", "scams"),
                ),
                TREND,
                Prose("One household lost nearly half.", "For the board alone", is_exempt=True),
            ),
        ),
        Section(
            SectionKey.SAVINGS,
            (
                Chart(
                    "savings",
                    "Scams and doorstep crime make most of the savings",
                    "One bar for each row, a part for each kind of saving.",
                    ChartKind.STACKED,
                    "published_savings",
                    ("financial", "health", "other"),
                ),
                SAVINGS,
            ),
        ),
        Section(SectionKey.ENFORCEMENT, (Prose("Two traders are charged."),), is_exempt=True),
        Section(SectionKey.IMPLICATIONS, (Prose("## Financial\n\nNone.\n\n## Equalities\n\nNone that is new."),)),
        Section(SectionKey.METHOD, (Prose("How each figure is worked out."),)),
        Section(SectionKey.GLOSSARY, (Prose("- **Blocker**: a device\n- **Friend**: someone who learned"),)),
    ),
)
DRAFT = replace(
    REPORT,
    head=replace(HEAD, status=Status.DRAFT, signatures=(), published_on=None, meeting_on=None, is_provisional=True),
)
PUBLIC = replace(
    REPORT,
    head=replace(HEAD, edition=Edition.PUBLIC),
    sections=tuple(section for section in REPORT.sections if not section.is_exempt),
)


def saying(text: str) -> Report:
    """Return a report with a text of its own."""
    return replace(REPORT, sections=(Section(SectionKey.HEADLINES, (Prose(text),)), *REPORT.sections))
