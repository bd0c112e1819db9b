"""Notify reports on many messages at once, in any order and more than once: nothing is lost."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from msgspec.structs import replace
from sqlalchemy import func, select

from tests.conftest import NOW
from tests.hygiene.conftest import enlist, send
from tests.inbound.conftest import PUBLIC
from tsalert.db import db, transaction
from tsalert.delivery import queries
from tsalert.delivery.models import Delivery
from tsalert.delivery.naming import message_name
from tsalert.delivery.rules import Channel
from tsalert.hygiene.models import AddressReport
from tsalert.inbound import notify
from tsalert.installation.service import mark_demo

PEOPLE = 24
_FATES = ("delivered", "permanent-failure", "temporary-failure", "technical-failure")
_STATUSES = dict(zip(_FATES, ("delivered", "hard_bounced", "soft_bounced", "failed"), strict=True))


def test_reports_that_come_all_at_once_end_as_if_they_had_come_one_by_one(fresh_app: Flask) -> None:
    fresh_app.extensions["tsalert_settings"] = replace(fresh_app.extensions["tsalert_settings"], public_url=PUBLIC)
    with fresh_app.app_context():
        with transaction() as session:
            mark_demo(session)
        enlist(*(f"P{number} Example,p{number}@example.org" for number in range(PEOPLE)))
        mailing_id = send()
        numbers = list(db.session.scalars(select(Delivery.id).order_by(Delivery.id)))
        db.session.rollback()
    fates = {number: _FATES[place % len(_FATES)] for place, number in enumerate(numbers)}
    reports = [*fates.items()] * 3
    random.Random(7).shuffle(reports)

    def take(report: tuple[int, str]) -> None:
        with fresh_app.app_context():
            notify.take_receipt(Channel.EMAIL, message_name(PUBLIC, report[0]), report[1], now=NOW)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(take, reports))
    with fresh_app.app_context():
        counts = queries.progress(db.session(), mailing_id).by_channel["email"]
        assert {name: count for name, count in counts.items() if count} == Counter(
            _STATUSES[word] for word in fates.values()
        )
        assert db.session.scalar(select(func.count()).select_from(AddressReport)) == PEOPLE // 2
