"""Everything that is held is known, and what becomes of it."""

import tsalert.app  # noqa: F401 - it knows every table
from tsalert.db import Base
from tsalert.retention.held.register import faults


def test_every_column_that_could_name_somebody_is_classified() -> None:
    found = list(faults(Base.metadata))
    assert found == [], "\n" + "\n".join(found)
