"""What a web process makes ready before it answers anybody."""

import gc
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, template_rendered

from tsalert.serving import make_ready
from tsalert.web.compiled import CompiledPages

pytestmark = pytest.mark.any_database


@pytest.fixture
def served(fresh_app: Flask) -> Iterator[Flask]:
    """The program as gunicorn makes it ready in each of its processes."""
    before = sys.getswitchinterval()
    gc.unfreeze()  # the tests leave themselves alone too
    hooks, worker = runpy.run_path("gunicorn.conf.py"), SimpleNamespace(wsgi=fresh_app)
    make_ready(fresh_app)
    hooks["post_worker_init"](worker)
    yield fresh_app
    hooks["worker_exit"](None, worker)
    sys.setswitchinterval(before)


def test_nobody_waits_while_the_whole_program_is_searched_for_garbage(served: Flask) -> None:
    served.test_client().get("/sign-in")
    searched, left_alone = len(gc.get_objects()), gc.get_freeze_count()
    assert searched < left_alone / 10


def test_every_page_is_compiled_before_anybody_asks_and_stays_so(served: Flask) -> None:
    pages = served.jinja_env
    kept, loader, names = pages.bytecode_cache, pages.loader, pages.list_templates()
    assert isinstance(kept, CompiledPages)
    assert loader is not None
    assert [name for name in names if not kept.holds(name, Path(loader.get_source(pages, name)[1] or ""))] == []
    for name in names:
        pages.get_template(name)
    assert len(pages.cache or ()) == len(names)


def test_the_page_that_everybody_opens_after_an_alert_is_drawn_before_anybody_asks(served: Flask) -> None:
    drawn: list[object] = []

    def note(_: object, **drawing: object) -> None:
        drawn.append(drawing["template"])

    with template_rendered.connected_to(note, served):
        assert served.test_client().get("/at-the-door").status_code == 200
    assert drawn == []


def test_a_save_waits_no_longer_than_a_millisecond_each_time_that_somebody_else_draws(served: Flask) -> None:
    assert sys.getswitchinterval() == pytest.approx(0.001)
