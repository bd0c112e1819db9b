"""Pages are compiled once, not at every start."""

import resource
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import DictLoader, Environment, FileSystemLoader

from tsalert.web.compiled import PageEnvironment, compile_changed, jinja_options


class Counted(Environment):
    """Counts what it compiles."""

    compiled = 0

    def compile(self, *args: Any, **kwargs: Any) -> Any:
        self.compiled += 1
        return super().compile(*args, **kwargs)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page.html").write_text("Good morning", encoding="utf-8")
    return folder


def started(templates: Path, kept: Path) -> Counted:
    return Counted(loader=FileSystemLoader(templates), autoescape=True, **jinja_options(kept))


def test_the_next_start_takes_a_page_as_it_was_compiled_and_compiles_what_changed(
    templates: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    for written, compiled in (("Good morning", 1), ("Good morning", 0), ("Good night", 1), ("Good night", 0)):
        (templates / "page.html").write_text(written, encoding="utf-8")
        program = started(templates, kept)
        assert program.get_template("page.html").render() == written
        assert program.compiled == compiled


def test_before_anybody_is_served_what_changed_is_compiled_and_nothing_else_is_read(
    templates: Path, tmp_path: Path
) -> None:
    (templates / "other.html").write_text("Good afternoon", encoding="utf-8")
    for written, compiled in (("Good morning", 2), ("Good morning", 0), ("Good night", 1), ("Good night", 0)):
        if (templates / "page.html").read_text(encoding="utf-8") != written:
            (templates / "page.html").write_text(written, encoding="utf-8")
        program = started(templates, tmp_path / "kept")
        compile_changed(program)
        assert (program.compiled, len(program.cache or ())) == (compiled, compiled)
        assert program.get_template("page.html").render() == written


def test_pages_that_somebody_else_compiled_are_taken_where_nothing_can_be_written(
    templates: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    started(templates, kept).get_template("page.html")
    assert {path.stat().st_mode & 0o777 for path in kept.iterdir()} == {0o644}
    kept.chmod(0o500)
    program = started(templates, kept)
    assert program.get_template("page.html").render() == "Good morning"
    assert program.compiled == 0


def test_where_nothing_can_be_written_pages_are_drawn_all_the_same(templates: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "in-the-way"
    in_the_way.touch()
    assert started(templates, in_the_way).get_template("page.html").render() == "Good morning"
    program, (soft, hard) = started(templates, tmp_path / "kept"), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        assert program.get_template("page.html").render() == "Good morning"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list((tmp_path / "kept").glob("*.compiled"))


def test_macros_that_a_page_imports_see_what_all_pages_share(app: Flask) -> None:
    environment = PageEnvironment(app, loader=DictLoader({"macros": "{% macro greet() %}{{ word() }}{% endmacro %}"}))
    page = environment.from_string('{% from "macros" import greet %}{{ greet() }}')
    environment.globals["word"] = lambda: "Good morning"
    assert page.render(word=None) == "Good morning"
    assert page.render() == "Good morning"
