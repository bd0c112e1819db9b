"""A signature stands for what was read, whatever signing and publishing add to it, and for nothing else."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import NOW
from tests.quarterly.test_keeping import REPORT
from tsalert.quarterly import keeping, signing
from tsalert.quarterly.content import Figure, Prose, Report, Row, Section
from tsalert.quarterly.models import BoardReport
from tsalert.quarterly.vocabulary import Edition, SectionKey, Status

WORDS = st.text(max_size=40)
AMOUNTS = st.integers(-(10**9), 10**9).map(lambda pence: Decimal(pence) / 100)
ROW = BoardReport(author_id=1, locked_at=NOW)


def told(words: str, amount: Decimal) -> Report:
    """Return a report of one text and one table."""
    (table,) = REPORT.tables()
    row = Row("scam", "Scams", (Figure("1", 1), Figure(f"£{amount}", amount, 3)))
    return Report(REPORT.head, (Section(SectionKey.DEMAND, (Prose(words), replace(table, rows=(row,)))),))


def editions_of(report: Report) -> dict[Edition, Report]:
    """Return it in both editions."""
    return {edition: replace(report, head=replace(report.head, edition=edition)) for edition in Edition}


def published(report: Report) -> Report:
    """Return it as it is frozen."""
    head = replace(report.head, status=Status.PUBLISHED, published_on=date(2022, 7, 13), signatures=("Pat, author",))
    return replace(report, head=head)


@given(WORDS, AMOUNTS)
def test_what_was_signed_is_proved_from_what_was_published(words: str, amount: Decimal) -> None:
    read = editions_of(told(words, amount))
    frozen = keeping.freeze({edition.value: published(each) for edition, each in read.items()})
    kept = BoardReport(author_id=1, locked_at=NOW, frozen=frozen)
    assert signing.digest_of_published(kept) == signing.digest_of(read, ROW)
    assert keeping.digest(keeping.freeze(keeping.thaw(frozen, dict))) == keeping.digest(frozen)


@given(WORDS, WORDS, AMOUNTS, AMOUNTS)
def test_other_words_or_another_amount_are_another_report(
    words: str, others: str, amount: Decimal, another: Decimal
) -> None:
    first, second = (signing.digest_of(editions_of(told(*each)), ROW) for each in ((words, amount), (others, another)))
    assert (first == second) == ((words, amount) == (others, another))


def test_another_lock_or_author_is_another_report() -> None:
    read = editions_of(REPORT)
    rows = (
        ROW,
        BoardReport(author_id=2, locked_at=NOW),
        BoardReport(author_id=1, locked_at=NOW + timedelta(seconds=1)),
    )
    assert len({signing.digest_of(read, row) for row in rows}) == 3
