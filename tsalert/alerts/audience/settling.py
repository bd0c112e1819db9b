"""Whom an officer means an alert for, in words that somebody typed: wards, kinds of partners, people by name. Steps."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.alerts import queries, rules
from tsalert.alerts.audience.choosing import choice_of
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Draft
from tsalert.core.errors import RuleViolation, blame
from tsalert.places import adjoining
from tsalert.places.queries import ward_names
from tsalert.subscribers.choice import EVERYBODY
from tsalert.subscribers.kinds import kind_names
from tsalert.subscribers.pointed_out import find_pointed_out, lines_of, names_of


def settle(session: Session, draft: Draft) -> Draft:
    """Return a draft whose wards are as they are stored, with those next to them, and whose people are numbers.

    :raises RuleViolation: a ward, a kind or somebody named is not on our lists; an alert must not silently miss them.
    """
    if set(draft.partner_kinds) - kind_names(session).keys():
        raise RuleViolation("Choose kinds of partners from the list.", field="partner_kinds")
    wards, but_wards = _wards_of(session, draft)
    named, left_out = _people_of(session, draft)
    return replace(draft, with_neighbours=False, wards=wards, but_wards=but_wards, named=named, left_out=left_out)


def say_choice(session: Session, alert: Alert) -> list[tuple[str, str]]:
    """Return for whom an alert is beside its topic, wards and channels, in words; nothing where it is for everybody."""
    if choice_of(alert) == EVERYBODY:
        return []
    kinds, wards = kind_names(session), ward_names(session)
    called = names_of(session, {*alert.named, *alert.left_out})
    said = (
        ("Partners only", _listed(kinds.get(each, "?") for each in alert.partner_kinds)),
        ("Not to people of", _listed(wards.get(each, each) for each in alert.but_wards)),
        ("Also to", _listed(called[each] for each in alert.named)),
        ("Not to", _listed(called[each] for each in alert.left_out)),
    )
    return [(label, words) for label, words in said if words]


def filled_choice(session: Session, alert: Alert) -> dict[str, Any]:
    """Return what the fields of a form hold where an alert is for some alone."""
    return {
        "partner_kinds": alert.partner_kinds,
        "but_wards": alert.but_wards,
        "named": "\n".join(lines_of(session, alert.named)),
        "left_out": "\n".join(lines_of(session, alert.left_out)),
    }


def _wards_of(session: Session, draft: Draft) -> tuple[tuple[str, ...], tuple[str, ...]]:
    known = queries.known_wards(session)
    wards = rules.settle_wards(draft.wards, known)
    if draft.with_neighbours:
        wards = _with_neighbours(session, wards)
    with blame("but_wards"):
        but_wards = rules.settle_wards(draft.but_wards, known)
    left = tuple(ward for ward in wards if ward not in but_wards)
    if wards and not left:
        raise RuleViolation("No ward is left: those chosen are left out too.", field="but_wards")
    return left, but_wards


def _with_neighbours(session: Session, wards: tuple[str, ...]) -> tuple[str, ...]:
    if not wards:
        raise RuleViolation("Choose the wards whose neighbours are meant.", field="with_neighbours")
    if not adjoining.lie_somewhere(session):
        raise RuleViolation(
            "We do not know which wards lie next to them: choose each, or import the directory of postcodes.",
            field="with_neighbours",
        )
    return tuple(sorted({*wards, *adjoining.wards_next_to(session, wards)}))


def _people_of(session: Session, draft: Draft) -> tuple[tuple[str, ...], tuple[str, ...]]:
    named, left_out = (_pointed_out(session, draft, field) for field in ("named", "left_out"))
    if both := {*named} & {*left_out}:
        called = _listed(names_of(session, {int(each) for each in both}).values())
        raise RuleViolation(f"Either include or leave out: {called}.", field="left_out")
    return named, left_out


def _pointed_out(session: Session, draft: Draft, field: str) -> tuple[str, ...]:
    found: dict[int, None] = {}
    with blame(field):
        for line in getattr(draft, field):
            found |= dict.fromkeys(find_pointed_out(session, line))
    return tuple(map(str, found))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
