"""What a web process makes ready before it answers anybody."""

import gc
import runpy
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from flask import Flask

pytestmark = pytest.mark.any_database


@pytest.fixture
def served(fresh_app: Flask) -> Iterator[Flask]:
    """The program as gunicorn makes it ready in each of its processes."""
    before = sys.getswitchinterval()
    gc.unfreeze()  # the tests leave themselves alone too
    hooks, worker = runpy.run_path("gunicorn.conf.py"), SimpleNamespace(wsgi=fresh_app)
    hooks["post_worker_init"](worker)
    yield fresh_app
    hooks["worker_exit"](None, worker)
    sys.setswitchinterval(before)


def test_nobody_waits_while_the_whole_program_is_searched_for_garbage(served: Flask) -> None:
    served.test_client().get("/sign-in")
    searched, left_alone = len(gc.get_objects()), gc.get_freeze_count()
    assert searched < left_alone / 10


def test_every_page_stays_compiled(served: Flask) -> None:
    compiled = served.jinja_env.cache
    assert compiled is not None
    assert len(compiled) == len(served.jinja_env.list_templates())


def test_the_page_that_everybody_opens_after_an_alert_is_drawn_before_anybody_asks(served: Flask) -> None:
    def draw_nothing() -> str:
        raise AssertionError("it was not drawn before")

    answer = served.test_client().get("/at-the-door")
    drawings = served.extensions["tsalert_drawings"]
    mark = answer.headers["ETag"].removeprefix("W/").strip('"')
    assert drawings.recall("/at-the-door", mark, draw_nothing) == answer.text


def test_a_save_waits_no_longer_than_a_millisecond_each_time_that_somebody_else_draws(served: Flask) -> None:
    assert sys.getswitchinterval() == pytest.approx(0.001)
