"""Everything that a study must not say, found in its text. Pure."""

from dataclasses import replace

from tsalert.quarterly.studies.facts import Facts, Finding, bare, in_order, readable
from tsalert.quarterly.studies.finding_money import money_in
from tsalert.quarterly.studies.finding_numbers import numbers_in
from tsalert.quarterly.studies.finding_people import names_in
from tsalert.quarterly.studies.finding_places import places_in
from tsalert.quarterly.studies.finding_times import times_in

_CHECKS = (names_in, places_in, numbers_in, times_in, money_in)


def check(title: str, text: str, facts: Facts) -> tuple[Finding, ...]:
    """Return everything in a study's words that must be mended or answered for, in the order of the text."""
    whole, known = readable(title, text), _bare(facts)
    return in_order(each for look in _CHECKS for each in look(whole, known))


def _bare(facts: Facts) -> Facts:
    """Return what is known as the text is read: without accents."""
    return replace(
        facts,
        names=tuple(replace(each, name=bare(each.name)) for each in facts.names),
        allowed=tuple(map(bare, facts.allowed)),
        addresses=tuple(map(bare, facts.addresses)),
        wards=tuple(map(bare, facts.wards)),
    )
