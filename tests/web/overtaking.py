"""Two who change the same record, each with the page open that shows it as it was before."""

import re
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient


def mark_in(page: str) -> str:
    """Return the mark of what a form showed."""
    return str(re.findall(r'name="seen" value="(\w+)"', page)[0])


def refused_for_second(browser: FlaskClient, place: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    """Save what the first wrote, then what the second did who did not see it; returns the page that comes back."""
    seen = {"seen": mark_in(browser.get(place).text)}
    assert browser.post(place, data={**first, **seen}).status_code == 303
    refused = browser.post(place, data={**second, **seen})
    assert refused.status_code == 422
    return refused.text
