"""Whether anything of a case is still under investigation or before a court, in words."""

from sqlalchemy.orm import Session

from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.cases.models import CaseFile
from tsalert.cases.vocabulary import Status
from tsalert.enforcement import court_queries
from tsalert.enforcement.court_queries import DefendantView, ProsecutionView
from tsalert.enforcement.court_rules import is_conviction
from tsalert.enforcement.vocabulary import DecisionKind, Result

_OVER = frozenset({Result.ACQUITTED, Result.WITHDRAWN})


def why_live(session: Session, case: CaseFile) -> tuple[str, ...]:
    """Return why a study of a case cannot be told yet; nothing where it can."""
    said = []
    matter = merging.matter_of(session, case.id)
    if cases.get_case(session, matter[0]).status != Status.CLOSED:
        said.append("The case is not closed: a study tells of no live investigation. Close the case first.")
    if not all(is_over(each) for case_id in matter for each in court_queries.prosecutions(session, case_id)):
        said.append("A prosecution is not over: every charge must be decided, and whoever is guilty sentenced.")
    return tuple(said)


def is_over(prosecution: ProsecutionView) -> bool:
    """Tell whether a court has nothing left to do: charges decided, the guilty sentenced, every hearing ended."""
    is_listed = any(each.result is None for each in prosecution.hearings)
    people = prosecution.defendants
    return bool(people) and not is_listed and all(_is_done(prosecution, each) for each in people)


def _is_done(prosecution: ProsecutionView, defendant: DefendantView) -> bool:
    said = prosecution.said_of(defendant.id)
    ended = {each.charge_id for each in said if each.result in _OVER}
    guilty = {each.charge_id for each in said if is_conviction(each)} - ended
    is_sentenced = any(each.kind is DecisionKind.SENTENCE for each in said)
    return all(charge.id in ended | guilty for charge in defendant.charges) and (is_sentenced or not guilty)
