"""A quarter's report is built as a file with one command, whole or not at all."""

import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from click.testing import Result
from flask import Flask
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.documents.reading import opened, words
from tsalert.core.periods import quarter
from tsalert.quarterly import building, opening
from tsalert.staff.rules import RoleName

Q1 = quarter(2022, 1)
JULY = datetime(2022, 7, 8, 9, tzinfo=UTC)


@pytest.fixture
def built(command: Callable[..., Result], tmp_path: Path) -> Callable[..., tuple[Result, Path]]:
    def run(*arguments: str, kind: str = "pdf", out: Path | None = None) -> tuple[Result, Path]:
        path = out or tmp_path / f"report.{kind}"
        asked = arguments or ("2022/23", "Q1")
        return command("reports", "build", *asked, "--format", kind, "--out", str(path)), path

    return run


@pytest.mark.any_database
def test_a_report_that_nobody_opened_is_built_as_a_draft_in_every_format(
    built: Callable[..., tuple[Result, Path]],
) -> None:
    result, pdf = built("2022/23", "Q1", "--edition", "board")
    assert result.exit_code == 0, result.output
    assert "2022/23 Q1, board edition, DRAFT" in result.output
    assert "DRAFT" in words(pdf.read_bytes())
    assert str(opened(pdf.read_bytes()).Root.Lang) == "en-GB"
    made = {kind: built(kind=kind) for kind in ("docx", "json", "html", "xlsx")}
    assert [result.exit_code for result, _ in made.values()] == [0] * 4, made
    files = {kind: path.read_bytes() for kind, (_, path) in made.items()}
    assert any("DRAFT" in paragraph.text for paragraph in docx.Document(str(made["docx"][1])).paragraphs)
    assert json.loads(files["json"])["head"]["status"] == "draft"
    page = files["html"].decode()
    assert page.startswith("<!DOCTYPE html>")
    assert "2022/23 Q1" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert files["xlsx"].startswith(b"PK")


def test_building_keeps_nothing(built: Callable[..., tuple[Result, Path]], session: Session) -> None:
    built()
    result, _ = built("2022/23", "Q1", "--revision", "1")
    assert result.exit_code == 1
    assert "no such report for 2022/23 Q1" in result.output


def test_an_opened_report_is_built_as_it_is(
    built: Callable[..., tuple[Result, Path]], officer: Callable[..., Any]
) -> None:
    actor = officer(RoleName.MANAGER)
    opening.open_report(Q1, meeting_on=date(2022, 7, 20), actor=actor, now=JULY)
    said = words(built("2022/23 Q1", "--edition", "board", "--revision", "1")[1].read_bytes())
    assert "20 July 2022" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2022/23", "Q5"), "Give a quarter like 2022/23 Q1."),
        (("2022/23",), "Give a quarter like 2022/23 Q1."),
        (("2190/91", "Q1"), "2190/91 Q1 has not begun."),
    ],
)
def test_a_label_that_is_no_quarter_is_refused_in_words(
    built: Callable[..., tuple[Result, Path]], arguments: tuple[str, ...], said: str
) -> None:
    result, path = built(*arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert not path.exists()


def test_a_place_that_cannot_be_written_is_told_in_words(
    built: Callable[..., tuple[Result, Path]], tmp_path: Path
) -> None:
    result, _ = built(out=tmp_path / "nowhere" / "report.pdf")
    assert result.exit_code == 1
    assert "cannot be written: No such file or directory." in result.output


def test_a_template_that_lacks_a_heading_is_refused_by_its_name(
    built: Callable[..., tuple[Result, Path]], console: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = docx.Document()
    template.styles["Heading 2"].delete()
    template.save(str(tmp_path / "brand.docx"))
    settings = replace(console.extensions["tsalert_settings"], word_template=tmp_path / "brand.docx")
    monkeypatch.setitem(console.extensions, "tsalert_settings", settings)
    result, path = built(kind="docx")
    assert result.exit_code == 1
    assert "lacks the style: Heading 2." in result.output
    assert not path.exists()


def test_what_stood_there_stays_until_the_whole_file_is_written(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    building.put(b"first", path)
    with pytest.raises(TypeError):
        building.put("no bytes", path)  # type: ignore[arg-type]
    assert path.read_bytes() == b"first"
    building.put(b"second", path)
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("report.pdf", b"second")]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_a_link_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    file, link = tmp_path / "shared" / "report.pdf", tmp_path / "latest.pdf"
    link.symlink_to(file)
    for content in (b"first", b"second"):
        building.put(content, link)
        assert (link.is_symlink(), file.read_bytes()) == (True, content)
    assert [each.name for each in file.parent.iterdir()] == ["report.pdf"]


def test_what_is_no_ordinary_file_is_never_replaced(built: Callable[..., tuple[Result, Path]], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    link = tmp_path / "link"
    link.symlink_to(pipe)
    for place in (pipe, link):
        result, _ = built(kind="json", out=place)
        assert result.exit_code == 1
        assert "cannot be written: It is no ordinary file." in result.output
    assert (stat.S_ISFIFO(pipe.stat().st_mode), link.is_symlink()) == (True, True)
