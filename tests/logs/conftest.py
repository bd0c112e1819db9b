"""A log that is written somewhere to be read."""

import io
import logging
from collections.abc import Callable, Iterator

import pytest

from tsalert.logs.writing import OurHandler, line_formatter


@pytest.fixture
def written() -> Iterator[Callable[..., io.StringIO]]:
    """Write everything that is said from now on as the service would: ``written(as_json=True)``."""
    root = logging.getLogger()
    level, added = root.level, []

    def begin(*, as_json: bool = True) -> io.StringIO:
        stream = io.StringIO()
        handler = OurHandler(stream)
        handler.setFormatter(line_formatter(as_json=as_json))
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        added.append(handler)
        return stream

    yield begin
    root.setLevel(level)
    for handler in added:
        root.removeHandler(handler)
