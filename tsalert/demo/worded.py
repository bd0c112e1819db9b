"""Words that alerts begin with: one template that the manager wrote, and a form that an officer began and left."""

from datetime import datetime, timedelta

from tsalert.alerts.templates import service as templates
from tsalert.alerts.templates.rules import Words
from tsalert.alerts.unsaved import service as unsaved
from tsalert.alerts.unsaved.rules import Copy
from tsalert.demo.past import Crew

_KEY = "de" * 16
_OWN = Words(
    title="Sellers with a card on a string",
    topic="doorstep-crime",
    headline="Young sellers at the door in {ward}",
    body="Young people sell dusters {approach} {time_of_day}. They show a card. It is not a real licence.\n\n"
    "Some look whether anybody is at home.",
    advice="- Say no and shut the door.\n- Tell us when and where: ring {telephone}.\n- If you are afraid, ring 999.",
    sms="Young sellers knock in {ward} with a card that is no licence. Say no and shut the door.",
)
_BEGUN = {
    "headline": ["Texts that promise a tax refund"],
    "body": ["Texts say that a tax refund waits."],
    "channels": ["sms"],
}


def load_words(team: Crew, now: datetime) -> None:
    """Load them, as they would have been written this month."""
    written_at = now - timedelta(days=20)
    templates.add_template(_OWN, "They come every autumn.", actor=team.manager, now=written_at)
    unsaved.keep(Copy(_KEY, _BEGUN), actor=team.officer, now=now - timedelta(hours=1))
