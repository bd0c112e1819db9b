"""Whatever a page does, an operation of the API does too, for exactly those who may do it on the page."""

from pathlib import Path

from flask import Flask

from tsalert.core.actors import Permission
from tsalert.staff.tokens.rules import ALLOWED, Scope
from tsalert.web.access import access_of

TABLE = Path(__file__).with_name("operations_of_pages.txt")
DESCRIPTIONS = {"manual.get_description", "manual.show_manual", "manual.show_part"}
# The operation serves two pages, of an officer and of whoever plans, and its service tells them apart.
TOLD_APART = {"rota.remove_mobile"}
# They change nothing, and post only to keep names and texts out of addresses.
LOOKING = {"people.look", "studies.preview_study"}
# They look something up, or work it out again, and post only to keep names and texts out of addresses.
LOOKED_UP = {
    "api_case_lists.find_cases",
    "api_case_studies.check",
    "api_circulation_partners.find_partners",
    "api_parties.find_parties",
    "api_places.look_up",
    "api_runs.verify_run",
    "api_search.search",
    "api_subscriber_list.find_subscribers",
    "api_zones.look_up",
}
READING = frozenset[Permission]().union(*(ALLOWED[scope] for scope in Scope if scope.endswith(":read")))


def read_table() -> tuple[dict[str, list[str]], list[str]]:
    """Return the operations of each page that has any, and the pages that need none."""
    with_operations: dict[str, list[str]] = {}
    without: list[str] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        page, colon, operations = line.partition(": ")
        if line.startswith(("#", "[")) or not line:
            continue
        if colon:
            assert page not in with_operations, page
            with_operations[page] = operations.split()
        else:
            without.append(page)
    return with_operations, without


def endpoints(app: Flask, *, api: bool) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/") is api}


def changing(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) & {"POST", "PUT", "DELETE"}}


def test_every_page_names_the_operations_that_do_the_same_or_stands_under_a_reason(app: Flask) -> None:
    with_operations, without = read_table()
    pages = endpoints(app, api=False)
    assert sorted([*with_operations, *without]) == sorted(pages)


def test_every_operation_does_what_a_page_does(app: Flask) -> None:
    named = {operation for operations in read_table()[0].values() for operation in operations}
    assert named == endpoints(app, api=True) - DESCRIPTIONS


def test_what_a_page_changes_an_operation_changes_for_exactly_the_same_people(app: Flask) -> None:
    changes = changing(app)
    for page, operations in read_table()[0].items():
        if page not in changes - TOLD_APART - LOOKING:
            continue
        own = [operation for operation in operations if operation in changes]
        assert own, page
        assert {access_of(app, operation) for operation in own} == {access_of(app, page)}, page


def test_a_token_that_may_only_read_changes_nothing(app: Flask) -> None:
    open_to_it = {
        endpoint for endpoint in changing(app) & endpoints(app, api=True) if access_of(app, endpoint) in READING
    }
    assert open_to_it == LOOKED_UP
