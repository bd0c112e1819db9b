"""Cases to read the timeline of; all of them invented."""

from tests.enforcement.conftest import actor, case_id, charged, incident, open_case

__all__ = ["actor", "case_id", "charged", "incident", "open_case"]
