"""How fast a quarter's report is written as PDF, Word, Excel and JSON, how large it is, and the memory it takes.

``python -m tests.benchmarks.board_report`` prints JSON lines; exit 1 where a promise is broken. A usual report is that
of the tests with as many tables and charts as a quarter has; a long one also has a hundred pages of text. Neither asks
a database: what the figures take is measured with the dashboard. The yardstick is a page with one line.
"""

import json
from collections.abc import Callable, Iterator
from time import perf_counter

from msgspec.structs import asdict, replace

from tests.benchmarks.databases import most_memory
from tests.benchmarks.savings import Result
from tests.quarterly.samples import REPORT, saying
from tsalert.core.clock import utc_now
from tsalert.documents.description import Document, Paragraph
from tsalert.documents.pdf import write_pdf
from tsalert.documents.word import write_word
from tsalert.quarterly.content import Block, Chart, Report, Table
from tsalert.quarterly.writing.data import json_of
from tsalert.quarterly.writing.document import document_of
from tsalert.quarterly.writing.workbook import write_workbook

COPIES, TIMES = 4, 5
MOST_PDF, MOST_BYTES, MOST_MEMORY = 2000, 2, 250


def main() -> int:
    """Measure, print, and say whether every promise was kept."""
    results = []
    for result in _measure():
        print(json.dumps(asdict(result)), flush=True)
        results.append(result)
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def usual() -> Report:
    """Return a report with as many tables and charts as a quarter has."""
    sections = tuple(
        replace(section, blocks=tuple(_copied(block, copy) for copy in range(COPIES) for block in section.blocks))
        for section in REPORT.sections
    )
    return replace(REPORT, sections=sections)


def long() -> Report:
    """Return one with a hundred pages of text too."""
    texts = saying("\n\n".join(f"**{number}** {'words that go on and on ' * 20}" for number in range(700))).sections[:1]
    return replace(usual(), sections=(*texts, *usual().sections))


def _copied(block: Block, copy: int) -> Block:
    """Return a block under keys of its own."""
    match block:
        case Table():
            return replace(block, key=f"{block.key}_{copy}")
        case Chart():
            return replace(block, key=f"{block.key}_{copy}", table=f"{block.table}_{copy}")
    return block


def _measure() -> Iterator[Result]:
    line = Document("A line", "Nobody", utc_now(), (Paragraph("One line."),))
    yield _timed("a page with one line as PDF", None, lambda: write_pdf(line))
    for name, report, most in (("a usual report", usual(), MOST_PDF), ("a hundred pages", long(), None)):
        document = document_of(report)
        yield _timed(f"{name} as PDF", most, lambda report=report: write_pdf(document_of(report)))  # type: ignore[misc]
        yield Result(f"{name}: size of the PDF", "MB", round(len(write_pdf(document)) / 1e6, 2), MOST_BYTES)
        yield Result(f"{name}: most memory with its PDF", "MB", most_memory(), most and MOST_MEMORY)
        yield _timed(f"{name} as Word", None, lambda document=document: write_word(document))  # type: ignore[misc]
        yield _timed(f"{name} as Excel", None, lambda report=report: write_workbook(report))  # type: ignore[misc]
        yield _timed(f"{name} as JSON", None, lambda report=report: json_of(report))  # type: ignore[misc]
        yield Result(f"{name}: most memory with the other formats", "MB", most_memory())


def _timed(name: str, most: float | None, act: Callable[[], object]) -> Result:
    """Return the slowest of a few times, the first one with cold fonts left out."""
    act()
    taken = []
    for _ in range(TIMES):
        started = perf_counter()
        act()
        taken.append((perf_counter() - started) * 1000)
    return Result(name, "ms", round(max(taken), 1), most)


if __name__ == "__main__":
    raise SystemExit(main())
