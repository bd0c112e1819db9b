"""Everything that a study must not say, found in its text. Pure."""

from tsalert.identifying.facts import Finding, in_order
from tsalert.identifying.names import foreign_words_in, names_in
from tsalert.identifying.numbers import numbers_in
from tsalert.identifying.places import places_in
from tsalert.quarterly.studies.facts import Facts, readable
from tsalert.quarterly.studies.finding_money import money_in
from tsalert.quarterly.studies.finding_times import times_in

_CHECKS = (foreign_words_in, names_in, places_in, numbers_in, times_in, money_in)


def check(title: str, text: str, facts: Facts) -> tuple[Finding, ...]:
    """Return everything in a study's words that must be mended or answered for, in the order of the text."""
    whole, known = readable(title, text), facts.bare()
    return in_order(each for look in _CHECKS for each in look(whole, known))
