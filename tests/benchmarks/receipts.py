"""How fast reports of providers are taken, repeated and shuffled, by Twilio of texts and by Notify of mails.

``python -m tests.benchmarks.receipts [REPORTS]`` serves each database by gunicorn as the product is, lets a process of
its own post the reports, and prints JSON lines; exit 1 where they took too long, one was refused, or any message stands
otherwise than if its reports had come once and in order.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path
from random import Random
from urllib.parse import urlencode, urlsplit

from flask import Flask
from flask_migrate import upgrade
from msgspec import Struct, field
from msgspec.structs import asdict
from sqlalchemy import select, update
from twilio.request_validator import RequestValidator

from tests.benchmarks.databases import both_databases
from tests.benchmarks.response import ROOT, served
from tests.conftest import settings
from tests.standins import notify, twilio
from tests.whole import create_app
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery import queries, service
from tsalert.delivery.counting import change_counts
from tsalert.delivery.models import Delivery
from tsalert.delivery.naming import message_name
from tsalert.delivery.rules import TWILIO_STATUSES, Channel, Content, EndpointStatus, Lane, Status, settle

REPORTS, MOST_SECONDS = 10_000, 10.0
TIMES = 2
TOKEN = "c" * 40
_NOTIFY = {
    "delivered": Status.DELIVERED,
    "temporary-failure": Status.SOFT_BOUNCED,
    "permanent-failure": Status.HARD_BOUNCED,
}
# What becomes of a message, in order; of a hundred, so many.
_FATES = {
    Channel.SMS: ((("sent", "delivered"), 95), (("sent", "undelivered"), 5)),
    Channel.EMAIL: ((("delivered",), 94), (("temporary-failure", "delivered"), 3), (("permanent-failure",), 3)),
}
_WORDS = {Channel.SMS: TWILIO_STATUSES, Channel.EMAIL: _NOTIFY}
_PROVIDERS = {Channel.SMS: "Twilio", Channel.EMAIL: "Notify"}
_ENVIRONMENT = {
    "TSALERT_EMAIL": "notify",
    "TSALERT_NOTIFY_API_KEY": notify.API_KEY,
    "TSALERT_NOTIFY_EMAIL_TEMPLATE": notify.EMAIL_TEMPLATE,
    "TSALERT_NOTIFY_CALLBACK_TOKEN": TOKEN,
    "TSALERT_NOTIFY_API_URL": "http://127.0.0.1:9",
    **twilio.environment("http://127.0.0.1:9"),
}
_Post = tuple[str, dict[str, str], str]


class Result(Struct, frozen=True):
    """How long the reports of one provider took; ``wrong`` counts messages by status that stand otherwise."""

    database: str
    provider: str
    reports: int
    seconds: float
    refused: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)

    def keeps_its_promise(self) -> bool:
        """Tell whether all were taken soon enough, and came out as in order."""
        return self.seconds <= MOST_SECONDS and not self.refused and not self.wrong


def main(reports: int) -> int:
    """Measure, print, and say whether every promise was kept."""
    with both_databases() as (folder, urls):
        results = [found for name, url in urls.items() for found in _measure(name, url, folder / name, reports)]
    for result in results:
        print(json.dumps(asdict(result)), "" if result.keeps_its_promise() else "  too slow, or wrong")
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(name: str, url: str, folder: Path, reports: int) -> list[Result]:
    folder.mkdir()
    app = create_app(settings(url, folder))
    with app.app_context():
        upgrade()
        fates = {channel: _send(channel, reports // TIMES) for channel in _FATES}
        db.session.remove()
        db.engine.dispose()
        with served("wsgi:app", app, folder / "web.log", **_ENVIRONMENT) as site:
            results = [_report(name, app, site, channel, sent) for channel, sent in fates.items()]
        db.session.remove()
        db.engine.dispose()
    return results


def _send(channel: Channel, reports: int) -> dict[int, tuple[str, ...]]:
    """Let a provider have taken as many messages as make so many reports; return what befalls each, by number."""
    kinds = [fate for fate, share in _FATES[channel] for _ in range(share)]
    fates = [kinds[place % len(kinds)] for place in range(reports * len(kinds) // sum(map(len, kinds)))]
    numbers = _taken(channel, len(fates))
    return dict(zip(numbers, fates, strict=True))


def _taken(channel: Channel, messages: int) -> Sequence[int]:
    now = utc_now()
    addresses = [f"+4477009{n:05}" if channel is Channel.SMS else f"p{n}@example.org" for n in range(messages)]
    people = [service.NewEndpoint(channel, address, EndpointStatus.ACTIVE) for address in addresses]
    content = Content(sms="Beware.") if channel is Channel.SMS else Content(subject="Roofers", text="Beware.")
    with transaction() as session:
        service.find_or_add_endpoints(session, people, now=now)
        mailing_id = service.create_mailing(session, content, lane=Lane.BULK, now=now)
        service.enqueue(session, mailing_id, queries.reachable_endpoints(), now=now)
        numbers = session.scalars(select(Delivery.id).where(Delivery.mailing_id == mailing_id)).all()
        taken = {"status": Status.ACCEPTED, "sent_at": now, "attempts": 1}
        rows = [taken | {"id": number, "provider_ref": _reference(number)} for number in numbers]
        session.execute(update(Delivery), rows)
        place = mailing_id, channel
        change_counts(session, {(*place, Status.PENDING): -messages, (*place, Status.ACCEPTED): messages})
    return numbers


def _reference(number: int) -> str:
    return f"SM{number:032}"


def _report(name: str, app: Flask, site: str, channel: Channel, fates: dict[int, tuple[str, ...]]) -> Result:
    public_url = app.extensions["tsalert_settings"].public_url
    write = _of_text if channel is Channel.SMS else _of_mail
    posts = [write(public_url, number, word) for number, fate in fates.items() for word in fate] * TIMES
    Random(7).shuffle(posts)
    command = [sys.executable, "-m", "tests.benchmarks.receipts_clients", site]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(posts), check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)
    wrong = _wrong(fates, _WORDS[channel])
    return Result(name, _PROVIDERS[channel], len(posts), found["seconds"], found["bad"], wrong)


def _wrong(fates: Mapping[int, tuple[str, ...]], statuses: Mapping[str, Status]) -> dict[str, int]:
    db.session.rollback()
    stands = dict(db.session.execute(select(Delivery.id, Delivery.status).where(Delivery.id.in_(fates))).all())
    expected = {number: _in_order([statuses[word] for word in fate]) for number, fate in fates.items()}
    return dict(Counter(stands[number] for number in fates if stands[number] != expected[number]))


def _in_order(reported: Sequence[Status]) -> Status:
    return reduce(settle, reported, Status.ACCEPTED)


def _of_text(public_url: str, number: int, word: str) -> _Post:
    path, form = "/webhooks/twilio/status", {"MessageSid": _reference(number), "MessageStatus": word}
    signature = RequestValidator(twilio.TOKEN).compute_signature(f"{public_url}{path}", form)
    kind = "application/x-www-form-urlencoded"
    return path, _headers(public_url, kind) | {"X-Twilio-Signature": signature}, urlencode(form)


def _of_mail(public_url: str, number: int, word: str) -> _Post:
    told = {"reference": message_name(public_url, number), "status": word, "notification_type": "email"}
    headers = _headers(public_url, "application/json") | {"Authorization": f"Bearer {TOKEN}"}
    return "/webhooks/notify/status", headers, json.dumps(told)


def _headers(public_url: str, kind: str) -> dict[str, str]:
    return {"Host": urlsplit(public_url).netloc, "Content-Type": kind}


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS))
