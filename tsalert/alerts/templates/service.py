"""Writing templates of alerts anew, and withdrawing them; what was is kept."""

from datetime import datetime

from msgspec.structs import asdict
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.alerts import proof
from tsalert.alerts.link_rules import check_links
from tsalert.alerts.templates import queries, rules
from tsalert.alerts.templates.models import AlertTemplate
from tsalert.alerts.templates.queries import Template
from tsalert.alerts.templates.rules import Words
from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import transaction
from tsalert.subscribers.queries import topics

_OVERTAKEN = "Somebody has changed this template meanwhile. Load it again."
_AGAIN = ("load the page again",)


def add_template(words: Words, reason: str, *, actor: Actor, now: datetime) -> str:
    """Write a template of one's own; returns its name.

    :raises RuleViolation: a placeholder is not on the list, or another template has this title.
    """
    actor.require(Permission.MANAGE_TEMPLATES)
    name = rules.name_of(words.title)
    with transaction() as session:
        if queries.find_template(session, name):
            raise RuleViolation("There is a template with this title already.", field="title")
        _check(session, words)
        _add(session, Template(name, 1, words), reason, actor=actor, now=now)
    return name


def save_template(name: str, words: Words, reason: str, *, after: int, actor: Actor, now: datetime) -> int:
    """Write a further version of a template, which brings a withdrawn one back; returns its number.

    :param after: the version that the writer saw.
    :raises NotFound: there is no such template.
    :raises RuleViolation: a placeholder is not on the list.
    :raises Conflict: somebody wrote another version meanwhile.
    """
    actor.require(Permission.MANAGE_TEMPLATES)
    with transaction() as session:
        _require_latest(session, name, after)
        _check(session, words)
        _add(session, Template(name, after + 1, words), reason, actor=actor, now=now)
    return after + 1


def withdraw_template(name: str, reason: str, *, after: int, actor: Actor, now: datetime) -> None:
    """Offer a template no more; its versions stay.

    :raises NotFound: there is no such template.
    :raises Conflict: it is withdrawn, or somebody wrote another version meanwhile.
    """
    actor.require(Permission.MANAGE_TEMPLATES)
    with transaction() as session:
        standing = _require_latest(session, name, after)
        if standing.is_withdrawn:
            raise Conflict("This template is withdrawn already.", legal=("change it, which brings it back",))
        gone = Template(name, after + 1, standing.words, is_withdrawn=True)
        _add(session, gone, reason, actor=actor, now=now)


def _require_latest(session: Session, name: str, after: int) -> Template:
    standing = queries.get_template(session, name)
    if standing.version != after:
        raise Conflict(_OVERTAKEN, legal=_AGAIN)
    return standing


def _check(session: Session, words: Words) -> None:
    rules.check_words(words, topics=dict(topics(session)))
    check_links(words.body, words.advice, public_url=proof.letterhead().public_url)


def _add(session: Session, new: Template, reason: str, *, actor: Actor, now: datetime) -> None:
    row = AlertTemplate(name=new.name, version=new.version, **asdict(new.words), reason=reason)
    row.is_withdrawn, row.made_by, row.made_at = new.is_withdrawn, actor.officer_id, now
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(_OVERTAKEN, legal=_AGAIN) from error
    action = "template withdrawn" if new.is_withdrawn else "template changed"
    audit.record(session, actor, action, "alert template", row.id, now=now, name=new.name, version=new.version)
