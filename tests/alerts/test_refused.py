"""Of the several forms on an alert's page only the one that was refused comes back with what was typed and is wrong."""

import re
from datetime import timedelta

import pytest
import time_machine

from tests.alerts.conftest import shown
from tests.alerts.test_views import SignIn, digest_on, write
from tests.conftest import NOW
from tsalert.staff.rules import RoleName

pytestmark = pytest.mark.db
LATER = f"{NOW + timedelta(days=1):%Y-%m-%dT%H:%M}"
WHY = "They are at doors in our wards now."


def forms_of(page: str) -> dict[str, str]:
    """Return the forms of a page by the last word of their address."""
    found = re.findall(r'<form method="post" action="[^"]*/([\w-]+)"(.*?)</form>', page, re.DOTALL)
    return {name: body for name, body in found if name != "sign-out"}


@pytest.mark.parametrize(
    ("action", "sent", "field"),
    [
        ("approve", {}, "password"),
        ("schedule", {"starts_at": LATER}, "password"),
        ("return", {}, "reason"),
        ("reject", {}, "reason"),
    ],
)
def test_the_summary_leads_into_the_form_that_was_refused(
    signed_in: SignIn, pending: int, action: str, sent: dict[str, str], field: str
) -> None:
    with time_machine.travel(NOW, tick=False):
        desk = signed_in(RoleName.DUTY_OFFICER)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        answer = desk.post(f"/alerts/{pending}/{action}", data={"digest": shown(pending)} | sent)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    forms = forms_of(answer.text)
    at_fault = {name for name, body in forms.items() if "govuk-error-message" in body}
    assert at_fault == {"return" if action == "reject" else action}
    assert f'id="{field}"' in forms[at_fault.pop()]
    ids = re.findall(r' id="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids))


def test_sending_alone_leads_into_its_own_form(signed_in: SignIn, people: None) -> None:
    with time_machine.travel(NOW, tick=False):
        desk = signed_in(RoleName.LONE_SENDER, RoleName.DUTY_OFFICER)
        place = write(desk)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        digest = digest_on(desk.get(place).text)
        answer = desk.post(f"{place}/send-alone", data={"digest": digest, "reason": WHY})
    forms = forms_of(answer.text)
    assert answer.status_code == 422
    assert 'id="password"' in forms["send-alone"]
    assert WHY in forms["send-alone"]


def test_what_was_typed_against_an_alert_stands_in_no_other_form(signed_in: SignIn, sending: int) -> None:
    desk = signed_in(RoleName.MANAGER)
    page = desk.get(f"/alerts/{sending}").text
    assert "checked" in forms_of(page)["withdraw"]
    refused = desk.post(f"/alerts/{sending}/tests", data={"channel": "pigeon", "reason": WHY})
    assert refused.status_code == 422
    assert WHY not in forms_of(refused.text)["withdraw"]
    assert "checked" in forms_of(refused.text)["withdraw"]
