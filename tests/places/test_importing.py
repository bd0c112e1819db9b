"""The postcode directory, imported: whole, in pieces, twice, and with what does not belong there."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.places.conftest import AUGUST, CLERK
from tests.places.directory_files import NEWER, OLDER, OUR_WARD, OURS, THEIR_WARD, THEIRS, Line, many, write
from tsalert.audit.queries import verify_chain
from tsalert.core.errors import RuleViolation
from tsalert.places import importing, queries
from tsalert.places.directory import DirectoryRow
from tsalert.places.finding import find_place, own_ward
from tsalert.places.importing import BATCH, ImportReport, Source, import_directory
from tsalert.places.keeping import Tally, keep_rows
from tsalert.places.models import PlaceImport, PostcodePlace
from tsalert.places.wards import import_names

MAY = date(2026, 5, 1)


def take_in(path: Path, edition: date = AUGUST, **told: Any) -> ImportReport:
    return import_directory(Source(path, edition), own=OURS, actor=CLERK, now=NOW, **told)


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(PostcodePlace)) or 0


@pytest.mark.parametrize("columns", [OLDER, NEWER], ids=["older names", "newer names"])
def test_every_postcode_is_kept_with_its_place_and_its_end(
    session: Session, tmp_path: Path, columns: tuple[str, ...]
) -> None:
    lines = [Line("ZZ1 1AA"), Line("ZZ1 1AB", THEIRS, THEIR_WARD, ended="201905")]
    assert take_in(write(tmp_path / "a.csv", lines, columns)) == ImportReport(2, 0, 0, 0)
    gone = find_place(session, "ZZ1 1AB", on=date(2026, 6, 1))
    assert gone is not None
    assert (gone.authority_code, gone.ward_code, gone.ended_on) == (THEIRS, THEIR_WARD, date(2019, 5, 1))
    assert verify_chain(session).is_whole


def test_a_file_of_several_batches_is_kept_whole_and_says_how_far_it_is(session: Session, tmp_path: Path) -> None:
    path, told = write(tmp_path / "a.csv", many(2 * BATCH + 10)), list[int]()
    assert take_in(path, on_progress=told.append).added == 2 * BATCH + 10
    assert (len(told), told[-1]) == (4, path.stat().st_size)
    assert told == sorted(told)
    assert count(session) == 2 * BATCH + 10


def test_a_run_that_was_killed_goes_on_behind_its_last_batch(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = write(tmp_path / "a.csv", many(3 * BATCH)), list[int]()

    def die(done: int) -> None:
        seen.append(done)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_in(path, on_progress=die)
    assert count(session) == 2 * BATCH
    kept: list[int] = []

    def keep(session: Session, rows: Sequence[DirectoryRow], edition: date) -> Tally:
        kept.append(len(rows))
        return keep_rows(session, rows, edition)

    monkeypatch.setattr(importing, "keep_rows", keep)
    assert take_in(path).added == 3 * BATCH
    assert (kept, count(session)) == ([BATCH], 3 * BATCH)


def test_a_file_that_was_imported_is_known_by_its_content(session: Session, tmp_path: Path) -> None:
    take_in(write(tmp_path / "a.csv", [Line("ZZ1 1AA")]))
    again = take_in(write(tmp_path / "under another name.csv", [Line("ZZ1 1AA")]))
    assert (again.was_done, again.added, count(session)) == (True, 1, 1)


def test_a_postcode_that_moved_authority_reads_as_of_a_date(session: Session, tmp_path: Path) -> None:
    take_in(write(tmp_path / "may.csv", [Line("ZZ1 1AA"), Line("ZZ1 1AB")]), MAY)
    report = take_in(write(tmp_path / "august.csv", [Line("ZZ1 1AA", THEIRS, THEIR_WARD), Line("ZZ1 1AB")]))
    assert (report.added, report.moved, report.changed) == (0, 1, 0)
    places = [find_place(session, "ZZ1 1AA", on=day) for day in (date(1979, 1, 1), date(2026, 7, 31), AUGUST)]
    assert [place and place.authority_code for place in places] == [OURS, OURS, THEIRS]


def test_what_is_put_right_within_an_edition_is_no_move(session: Session, tmp_path: Path) -> None:
    take_in(write(tmp_path / "a.csv", [Line("ZZ1 1AA", introduced="202608")]))
    moved = [Line("ZZ1 1AA", THEIRS, introduced="202608", lat="51.5")]
    assert take_in(write(tmp_path / "b.csv", moved)) == ImportReport(0, 0, 1, 0)
    assert count(session) == 1


def test_an_older_edition_is_refused_after_a_newer_one(session: Session, tmp_path: Path) -> None:
    take_in(write(tmp_path / "august.csv", [Line("ZZ1 1AA")]))
    with pytest.raises(RuleViolation, match="edition of May 2026, and that of August 2026"):
        take_in(write(tmp_path / "may.csv", [Line("ZZ1 1AB")]), MAY)


def test_bad_rows_are_told_with_their_lines_and_the_others_kept(session: Session, tmp_path: Path) -> None:
    path, faults = write(tmp_path / "a.csv", [Line("ZZ1 1AA")]), list[tuple[int, str]]()
    good = path.read_bytes().splitlines(keepends=True)[1]
    bad = [b'"never closed,1\r\n', b"\xff\xfe\x00\r\n", b"\r\n", b"x" * 250_000 + b"\r\n", b"=HYPERLINK(1)\r\n"]
    path.write_bytes(path.read_bytes() + b"".join(bad) + good.replace(b"1AA", b"1AB"))
    report = take_in(path, on_fault=lambda line, why: faults.append((line, why)))
    assert (report.added, count(session)) == (2, 2)
    assert [line for line, _ in faults][:2] == [3, 4]
    assert report.bad == len(faults)


def test_of_two_rows_of_one_postcode_the_later_counts(session: Session, tmp_path: Path) -> None:
    take_in(write(tmp_path / "a.csv", [Line("ZZ1 1AA"), Line("ZZ1 1AA", THEIRS, THEIR_WARD)]))
    place = find_place(session, "ZZ1 1AA", on=AUGUST)
    assert place is not None
    assert (place.authority_code, count(session)) == (THEIRS, 1)


@pytest.mark.parametrize("content", [b"", b"code,name\nE05000001,Example\n", b"\x00\x01", b"PK\x03\x04zip"])
def test_a_file_that_is_no_directory_is_refused_and_leaves_nothing(
    session: Session, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(RuleViolation, match=r"Expected: pcds|choose Save As"):
        take_in(path)
    assert session.scalar(select(func.count()).select_from(PlaceImport)) == 0


def test_our_wards_can_be_chosen_once_their_names_are_known(session: Session, tmp_path: Path) -> None:
    take_in(write(tmp_path / "a.csv", [Line("ZZ1 1AA"), Line("ZZ1 1AB", THEIRS, THEIR_WARD)]))
    assert own_ward(session, "ZZ1 1AA", on=AUGUST) is None
    names = ["WD26CD,WD26NM,LAD26CD,LAD26NM\n", f"{OUR_WARD},Example Park,{OURS},Ourborough\n"]
    names += [f'{THEIR_WARD},"Hill, Example",{THEIRS},Otherborough\n', "E05,short,,\n"]
    report = import_names(names, own=OURS, actor=CLERK, now=NOW)
    assert (report.names, report.wards, report.bad) == (4, 1, 1)
    assert queries.ward_names(session) == {OUR_WARD: "Example Park"}
    assert own_ward(session, "ZZ1 1AA", on=AUGUST) == OUR_WARD
    assert own_ward(session, "ZZ1 1AB", on=AUGUST) is None


def test_another_file_of_names_is_refused_with_what_is_expected(session: Session) -> None:
    with pytest.raises(RuleViolation, match="WD25CD,WD25NM"):
        import_names(["code,name\n", "E05000001,Example\n"], own=OURS, actor=CLERK, now=NOW)


@pytest.mark.parametrize(
    "content", [b"pcds\rBR1 3UH\r", b"\x93PNG\r\x1a\x00", b""], ids=["old Mac", "picture", "empty"]
)
def test_what_is_no_file_of_lines_is_refused_in_words(session: Session, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ONSPD_AUG_2026_UK.csv"
    path.write_bytes(content)
    with pytest.raises(RuleViolation, match=r"no CSV file|not the ONS Postcode Directory"):
        take_in(path)


def test_the_command_imports_says_so_and_refuses_another_layout(
    run_command: Callable[..., Any], tmp_path: Path
) -> None:
    path = write(tmp_path / "ONSPD_AUG_2026_UK.csv", many(20))
    first = run_command("places", "import", str(path))
    assert (first.returncode, first.stdout) == (0, "20 added, 0 moved, 0 put right, 0 bad.\n")
    assert "imported to its end before" in run_command("places", "import", str(path)).stdout
    other = tmp_path / "other.csv"
    other.write_text("postcode,town\n", encoding="utf-8")
    untold = run_command("places", "import", str(other))
    assert (untold.returncode, "--edition 2026-08" in untold.stderr) == (1, True)
    refused = run_command("places", "import", str(other), "--edition", "2026-08")
    assert (refused.returncode, "Expected: pcds" in refused.stderr) == (1, True)
