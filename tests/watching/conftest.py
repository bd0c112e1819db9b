"""A worker that was heard of, or not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tsalert.core.clock import utc_now
from tsalert.installation import signs


@pytest.fixture
def heard(session: Session) -> Callable[[timedelta], None]:
    """Let the worker have given its last sign so long ago."""

    def give(ago: timedelta) -> None:
        signs.give_sign(utc_now() - ago)
        session.commit()

    return give
