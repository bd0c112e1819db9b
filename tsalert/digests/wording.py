"""A digest in words: the headlines and advice of several alerts, each with the page that vouches for it."""

from collections.abc import Sequence

from msgspec import Struct

from tsalert.alerts import markdown
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Edition, Kind, follow_up_of
from tsalert.alerts.segments import plain_marks
from tsalert.alerts.wording import Letterhead, check_url, safe_html
from tsalert.core.words import counted
from tsalert.delivery.rules import Content
from tsalert.digests.rules import Tells
from tsalert.subscribers.rules import Frequency
from tsalert.web.mails import mail_template

_NAMES = {
    Edition.PARTNER: "digest_partner",
    Edition.LARGE_PRINT: "digest_large_print",
    Edition.ORDINARY: "digest",
}
_OFTEN = {Frequency.DAILY: "once a day", Frequency.WEEKLY: "once a week"}


class Line(Struct, frozen=True):
    """One alert of a digest, and what is said of it."""

    alert: Alert
    tells: Tells


def word(lines: Sequence[Line], head: Letterhead, frequency: Frequency, edition: Edition) -> Content:
    """Write one edition of a digest as mail, and the ordinary one as a text too.

    A text has no room for several alerts, so it says how many there are and where they stand.
    """
    new = [one.alert for one in lines if one.tells is Tells.NEW]
    withdrawn = [one.alert for one in lines if one.tells is Tells.WITHDRAWN]
    title = _title(len(new), len(withdrawn))
    shared = {
        "title": title,
        "new": new,
        "withdrawn": withdrawn,
        "head": head,
        "often": _OFTEN[frequency],
        "check_urls": {one.alert.id: check_url(one.alert.reference, head) for one in lines},
        "follow_ups": {one.id: follow_up_of(one.original.reference, Kind(one.kind)) for one in new if one.original},
        "pass_on_urls": {one.id: f"{head.public_url}/pass-on/{one.reference}{head.partner_mark}" for one in new},
        "passed_on_urls": {one.id: f"{head.acknowledge_url}/{one.reference}" for one in new},
        "join_url": f"{head.public_url}/join{head.partner_mark}",
    }
    text = plain_marks(f"{head.authority}: {title}. {head.public_url}/alerts/published") + f"\n{head.sms_stop}"
    name = _NAMES[edition]
    return Content(
        subject=f"{head.authority}: {title}",
        text=mail_template(f"{name}.txt").render(shared, said=markdown.to_text),
        html=mail_template(f"{name}.html").render(shared, said=safe_html),
        sms=text if edition is Edition.ORDINARY else None,
    )


def _title(new: int, withdrawn: int) -> str:
    counts = ((new, "new scam alert"), (withdrawn, "withdrawn alert"))
    return " and ".join(counted(count, words) for count, words in counts if count)
