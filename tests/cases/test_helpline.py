"""The consumer helpline's file, and what it amounts to."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.cases.conftest import OPENED
from tsalert.cases import queries
from tsalert.cases.figures import HelplineFigures, helpline_figures
from tsalert.cases.helpline import HEADER, HelplineReport, import_contacts
from tsalert.cases.models import HelplineContact
from tsalert.core.actors import Actor
from tsalert.core.errors import NotAllowed, RuleViolation
from tsalert.core.periods import Period
from tsalert.staff.rules import RoleName

HEAD = ",".join(HEADER)
GOOD = "CA-1,2021-04-06,referral,scam,investment,46928,"
APRIL_AND_MAY = Period("April and May 2021", date(2021, 4, 1), date(2021, 5, 31))
Import = Callable[..., tuple[HelplineReport, list[str]]]


@pytest.fixture
def load(session: Session, actor: Actor) -> Import:
    """Import rows under the header; returns the report and what was said of bad rows."""

    def run(*rows: str, head: str = HEAD) -> tuple[HelplineReport, list[str]]:
        faults: list[str] = []
        lines = [f"{row}\r\n" for row in (head, *rows)]
        told = lambda line, reason: faults.append(f"{line}: {reason}")  # noqa: E731 - one expression
        return import_contacts(lines, actor=actor, now=OPENED, on_fault=told), faults

    return run


def kept(session: Session) -> int:
    """Return how many complaints are in the database."""
    return session.scalar(select(func.count()).select_from(HelplineContact)) or 0


def test_april_and_may_2021_are_as_published(session: Session, load: Import) -> None:
    """676 complaints, 139 transferred, 43 of them scams or doorstep crime, 36% of scam complaints investment fraud."""
    scams = [("referral", "scam", "investment", str(46_928 + 1000 * (place - 4))) for place in range(9)]
    scams += [("referral", "scam", "purchase", "")] * 16
    doorstep = [("referral", "doorstep_crime", "", str(1_696 + place)) for place in range(-4, 5)]
    doorstep += [("referral", "doorstep_crime", "", "")] * 9
    others = [("referral", "other", "", "")] * (139 - 43) + [("notification", "other", "", "")] * (676 - 139)
    every = [*scams, *doorstep, *others]
    rows = [
        f"CA-{place},{date(2021, 4, 1) + timedelta(days=place % 61)},{','.join(row)},"
        for place, row in enumerate(every)
    ]
    report, faults = load(*rows)
    assert (report.added, faults) == (676, [])
    figures = helpline_figures(session, APRIL_AND_MAY)
    assert (figures.complaints, figures.transferred, figures.scam_or_doorstep) == (676, 139, 43)
    assert figures.investment_share == Decimal("0.36")
    means = {loss.label: (loss.number, loss.mean) for loss in figures.mean_losses}
    assert means == {"Scam: investment": (9, Decimal(46_928)), "Doorstep crime": (9, Decimal(1_696))}


def test_an_empty_period_has_no_share_and_no_means(session: Session) -> None:
    assert helpline_figures(session, APRIL_AND_MAY) == HelplineFigures(0, 0, 0, 0, 0, ())
    assert helpline_figures(session, APRIL_AND_MAY).investment_share is None


def test_a_complaint_is_known_by_the_helplines_reference(session: Session, load: Import) -> None:
    load(GOOD)
    again, _ = load(GOOD)
    assert (again.added, again.unchanged) == (0, 1)
    corrected, _ = load(GOOD.replace("46928", '"£46,929.50"'))
    assert (corrected.added, corrected.changed, kept(session)) == (0, 1, 1)
    assert session.scalar(select(HelplineContact.loss)) == Decimal("46929.50")


def test_a_complaint_names_the_case_it_became(session: Session, load: Import, open_case: Callable[..., int]) -> None:
    case_id = open_case()
    reference = queries.get_case(session, case_id).reference
    load(GOOD + reference.lower())
    assert session.scalar(select(HelplineContact.case_id)) == case_id


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        pytest.param(",2021-04-06,referral,scam,,,", "reference: Give", id="no-reference"),
        pytest.param("x" * 101 + ",2021-04-06,referral,scam,,,", "reference: Give", id="a-reference-that-is-a-book"),
        pytest.param("CA-2,06-04-2021,referral,scam,,,", "received_on: Give a day", id="a-day-in-another-form"),
        pytest.param("CA-2,2999-04-06,referral,scam,,,", "received_on: This day", id="a-day-far-ahead"),
        pytest.param("CA-2,1869-04-06,referral,scam,,,", "received_on: Check", id="a-day-long-ago"),
        pytest.param("CA-2,2021-04-06,letter,scam,,,", "kind: Give one of: referral", id="a-kind-that-is-none"),
        pytest.param("CA-2,2021-04-06,referral,theft,,,", "category: Give one of", id="a-category-that-is-none"),
        pytest.param("CA-2,2021-04-06,referral,scam,magic,,", "scam_type: Give one of", id="a-scam-that-is-none"),
        pytest.param("CA-2,2021-04-06,referral,other,romance,,", "scam_type: Only a scam", id="a-scams-type-elsewhere"),
        pytest.param("CA-2,2021-04-06,referral,scam,,-1,", "loss: Enter an amount", id="a-loss-below-nothing"),
        pytest.param("CA-2,2021-04-06,referral,scam,,lots,", "loss: Enter an amount", id="a-loss-in-words"),
        pytest.param("CA-2,2021-04-06,referral,scam,,,D21-99999-A", "case: There is no case", id="a-case-that-is-none"),
        pytest.param("CA-2,2021-04-06,referral,scam", "4 values", id="too-few-values"),
        pytest.param("CA-2,2021-04-06,referral,scam,,,,", "8 values", id="too-many-values"),
        pytest.param("CA\x00-2,2021-04-06,referral,scam,,,", "cannot be seen", id="binary"),
        pytest.param("CA\udce9-2,2021-04-06,referral,scam,,,", "not UTF-8", id="another-encoding"),
        pytest.param('"CA-2,2021-04-06,referral,scam,,,', "quotation mark", id="a-quotation-mark-never-closed"),
        pytest.param("CA-1,2021-04-06,referral,scam,,,", "is on line 2", id="the-same-reference-twice"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_spoils_no_other(
    session: Session, load: Import, row: str, fault: str
) -> None:
    report, faults = load(GOOD, row, "CA-3,07/04/2021,notification,doorstep_crime,,,")
    assert (report.added, report.bad) == (2, 1)
    assert len(faults) == 1
    assert faults[0].startswith("3: ")
    assert fault in faults[0]


@pytest.mark.parametrize("head", ["", "reference,date", f"{HEAD},notes", "Name,Email"])
def test_a_file_of_another_layout_is_refused_with_the_columns_expected(
    session: Session, load: Import, head: str
) -> None:
    with pytest.raises(RuleViolation, match=HEAD):
        load(GOOD, head=head)
    assert kept(session) == 0


def test_a_byte_order_mark_and_capitals_in_the_header_do_no_harm(load: Import) -> None:
    report, _ = load(GOOD.replace("referral", "Referral"), head="\ufeff" + HEAD.upper())
    assert report.added == 1


def test_an_administrator_imports_no_complaints(officer: Callable[..., Actor]) -> None:
    with pytest.raises(NotAllowed):
        import_contacts([], actor=officer(RoleName.ADMINISTRATOR), now=OPENED)


def test_the_command_keeps_good_rows_and_fails_for_the_bad_ones(
    run_command: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    file = tmp_path / "helpline.csv"
    file.write_bytes(f"{HEAD}\r\n{GOOD}\r\nCA-2,2021-04-06,referral,caf\xe9,,,\r\n".encode("latin-1"))
    first = run_command("cases", "helpline", str(file))
    assert (first.returncode, first.stdout) == (1, "1 added, 0 changed, 0 as before, 1 bad.\n")
    assert first.stderr == "line 3: This row holds characters that cannot be seen or are not UTF-8.\n"
    second = run_command("cases", "helpline", str(file))
    assert second.stdout == "0 added, 0 changed, 1 as before, 1 bad.\n"


def test_the_command_names_the_columns_of_a_wrong_file(
    run_command: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text("name,email\n", encoding="utf-8")
    told = run_command("cases", "helpline", str(file))
    assert (told.returncode, told.stderr) == (1, f"Error: The first line must be: {HEAD}\n")
