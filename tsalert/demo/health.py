"""The health of the list: an alert that came back twice, mail nobody could read, one who came twice, the months."""

from datetime import datetime, timedelta
from email.message import EmailMessage

from flask import current_app
from sqlalchemy import select

from tsalert.config import Settings
from tsalert.db import db
from tsalert.delivery.models import Delivery
from tsalert.delivery.rules import Channel, Status
from tsalert.delivery.tokens import make_signer
from tsalert.demo.past import Crew
from tsalert.hygiene import canaries, doubles, months
from tsalert.hygiene.rules import Because, Verdict
from tsalert.inbound.mail.service import take_mail

_CAME_BACK = 2
_MONTHS = 3  # how many runs of the timetable's job count every month of the demonstration


def load_health(team: Crew, now: datetime) -> None:
    """Load what the mail server handed over, and count the list as the timetable does."""
    latest = select(Delivery.id).where(Delivery.channel == Channel.EMAIL, Delivery.status == Status.ACCEPTED)
    for place, number in enumerate(db.session().scalars(latest.order_by(Delivery.id.desc()).limit(_CAME_BACK)).all()):
        take_mail(_full_mailbox(number), now=now - timedelta(days=5, minutes=place))
    take_mail(_nothing_known(), now=now - timedelta(days=5))
    canaries.add_canary("our.own.mailbox@example.net", actor=team.manager, now=now - timedelta(days=30))
    doubles.look_for_doubles(now)
    for pair in [each for each in doubles.open_doubles(db.session()).items if each.because is Because.NAME]:
        doubles.decide(pair.id, Verdict.SAME, actor=team.manager, now=now - timedelta(days=1))
    for _ in range(_MONTHS):
        months.keep_months(now)


def _full_mailbox(delivery_id: int) -> bytes:
    """Write what a mail server says of a mailbox that is full."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    token = make_signer("message", (settings.secret_key,)).sign(delivery_id)
    return (
        f"From: MAILER-DAEMON@example.net\nMessage-ID: <full-{delivery_id}@example.net>\n"
        "Subject: Undelivered\nAuto-Submitted: auto-replied\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example.net\n\n"
        "Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 Mailbox full\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{token}@localhost>\n\n--b--\n"
    ).encode()


def _nothing_known() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "postmaster@example.net", "About your message"
    mail["Message-ID"] = "<note-1@example.net>"
    mail.set_content("Your message was looked at by our gateway. Reference 4711 (invented).")
    return mail.as_bytes()
