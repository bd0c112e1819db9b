"""What the forms are drawn with on which alerts are written: begun, gone on with, or overtaken by somebody else."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import g, request

from tsalert.alerts import presenting
from tsalert.alerts.audience.parties import known_kinds, parties_of
from tsalert.alerts.models import Alert
from tsalert.alerts.presenting import page_number
from tsalert.alerts.proof import pull_proof
from tsalert.alerts.templates import filling
from tsalert.alerts.templates.queries import list_templates
from tsalert.alerts.unsaved import queries as unsaved
from tsalert.alerts.unsaved.rules import as_filled
from tsalert.core.actors import Actor
from tsalert.core.errors import Overtaken
from tsalert.core.keys import read_id
from tsalert.db import db
from tsalert.web.filters import moment
from tsalert.web.forms import Form
from tsalert.web.once import new_submission

# What of an alert two who write at once may have written otherwise, in the order of the form.
_COMPARED = (
    ("headline", "Headline"),
    ("body", "What is happening"),
    ("advice", "What to do"),
    ("sms", "Text message"),
    ("voice", "Words of the call"),
    ("named", "Include"),
    ("left_out", "Leave out"),
)
# The same for what is ticked, each with the choices of the page that give it its words.
_TICKED = (
    ("wards", "Wards", "wards"),
    ("channels", "Send by", "channels"),
    ("partner_kinds", "Only partners of these kinds", "kinds_of_partners"),
    ("but_wards", "Leave out the people of these wards", "wards"),
    ("topic", "Topic", "topics"),
    ("urgency", "How urgent", "urgencies"),
)
Page = dict[str, Any]


def new_form(actor: Actor, now: datetime) -> Page:
    """Return the form of a new alert: from the case and the template that the address bar names, if any."""
    page = presenting.new_form()
    case_id, template = page_number("case_id"), request.args.get("template")
    page["filled"] |= filling.begin(db.session(), case_id=case_id, template=template, actor=actor, now=now)
    page["templates"] = list_templates(db.session())
    return _with_parties(_with_copy(page, actor), actor, now)


def edit_form(alert_id: int, actor: Actor, now: datetime, *, overtaken: bool = False) -> Page:
    """Return the form of a written alert; where somebody overtook its writer, with what they saved instead."""
    page = presenting.edit_form(alert_id)
    page["theirs"] = [*_written_by_them(page), *_ticked_by_them(page)] if overtaken else []
    return _with_parties(_with_copy(page, actor, alert=page["alert"], overtaken=overtaken), actor, now)


def follow_up_form(alert_id: int, actor: Actor, now: datetime) -> Page:
    """Return the form of an update or an all-clear; one of an alert that has ended applies as long as a new alert."""
    page = presenting.follow_up_form(alert_id)
    if page["original"].expires_at <= now:
        page["filled"] |= {"expires_at": filling.usual_end(now)}
    return _with_copy(page, actor)


def overtaken_form(alert_id: int, refusal: Overtaken, actor: Actor, now: datetime) -> Page:
    """Return the form of an alert that somebody else changed meanwhile, with what was typed."""
    g.form = Form(request.form, message=f"{refusal.message} Bring the two together here; saving then replaces theirs.")
    return edit_form(alert_id, actor, now, overtaken=True)


def _with_copy(page: Page, actor: Actor, *, alert: Alert | None = None, overtaken: bool = False) -> Page:
    """Add what the form says of itself: which copy of it is kept, and the digest of the alert that it shows."""
    copy = unsaved.find_copy(db.session(), request.args.get("copy"), actor=actor)
    if copy is not None:
        page["filled"] = page["filled"] | as_filled(copy.fields)
    return page | {
        "copy": copy,
        "copy_key": copy.key if copy else new_submission(),
        "seen": pull_proof(alert).digest if alert else "",
        "is_overtaken": overtaken,
    }


def _with_parties(page: Page, actor: Actor, now: datetime) -> Page:
    """Say where partners are chosen which bodies know of the case already, and which kinds they seem to be of."""
    case_id = read_id(request.form.get("case_id") or str(page["filled"].get("case_id") or ""))
    parties = parties_of(db.session(), case_id, actor=actor, now=now) if case_id else []
    known = known_kinds(dict(page["kinds_of_partners"]), parties)
    kinds = [(number, name, *filter(None, [known.get(number)])) for number, name in page["kinds_of_partners"]]
    return page | {"parties": parties, "kinds_of_partners": kinds}


def _written_by_them(page: Page) -> Iterator[tuple[str, str]]:
    """Yield what is saved by now where it is not what was typed."""
    filled = page["filled"]
    for name, label in _COMPARED:
        saved = filled.get(name) or ""
        if saved.split() != request.form.get(name, "").split():
            yield label, saved or "Nothing"
    if filled["expires_at"] != request.form.get("expires_at", ""):
        yield "Applies until", moment(page["alert"].expires_at)


def _ticked_by_them(page: Page) -> Iterator[tuple[str, str]]:
    """Yield what is ticked by now where it is not what was ticked here."""
    for name, label, choices in _TICKED:
        held = page["filled"].get(name) or []
        saved = {str(each) for each in ([held] if isinstance(held, str) else held)}
        if saved != set(request.form.getlist(name)):
            yield label, ", ".join(words for value, words, *_ in page[choices] if str(value) in saved) or "None"
