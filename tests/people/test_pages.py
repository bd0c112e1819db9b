"""Pages and operations on the people of a case and on who repeats, as officers use them."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.people.conftest import NOW
from tsalert.audit.queries import entries_about
from tsalert.cases import service as cases
from tsalert.cases.models import CaseFile
from tsalert.cases.people import queries
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.people.histories import life_of
from tsalert.staff.rules import RoleName
from tsalert.tiers import service as tiers
from tsalert.tiers.vocabulary import Subject

LONG = "Áé" * 60
SCRIPT = "<script>alert(1)</script>"
ALONE = {"finding": "vulnerable", "factors": ["age", "living_alone"], "consent": "given", "source": "visit"}


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    """The browser of a case officer."""
    return signed_in(RoleName.CASE_OFFICER)


def own_case(desk: FlaskClient, **changes: str) -> int:
    """Open a case at the desk, so that its officer is on it; returns its number."""
    told = {"summary": "Gutters", "category": "doorstep_crime", "kind": "roofing", "channel": "doorstep"}
    answer = desk.post("/cases", data=told | {"source": "resident"} | changes)
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def test_somebody_new_joins_a_case_and_leaves_it(desk: FlaskClient, session: Session) -> None:
    case_id = own_case(desk)
    refused = desk.post(f"/cases/{case_id}/people/new", data={"role": "suspect", "source": ""})
    assert (refused.status_code, "Say how we know." in refused.text) == (422, True)
    told = {"role": "suspect", "source": "Seen on the van", "name": f"{SCRIPT} Öztürk 王"}
    shown = desk.post(f"/cases/{case_id}/people/new", data=told, follow_redirects=True).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Öztürk 王" in shown
    assert SCRIPT not in shown
    (link,) = re.findall(r'href="(/cases/\d+/people/roles/\d+/end)"', shown)
    ended = desk.post(link, data={"reason": "It was another firm"}, follow_redirects=True).text
    assert "It was another firm" in ended
    assert "No role now" in ended


def test_nobody_is_asked_to_write_into_a_case_that_continues_in_another(desk: FlaskClient, session: Session) -> None:
    earlier, later = own_case(desk), own_case(desk)
    into = {"later": session.get_one(CaseFile, later).reference, "reason": "The same firm"}
    assert desk.post(f"/cases/{earlier}/continuation", data=into).status_code == 303
    assert "Add somebody" not in desk.get(f"/cases/{earlier}/people").text
    assert "Add somebody" in desk.get(f"/cases/{later}/people").text
    shown = desk.get(f"/cases/{earlier}/enforcement").text
    assert ("This matter continues in another case." in shown, "closed" in shown.partition("<main")[2]) == (True, False)


def test_somebody_known_is_found_and_chosen(desk: FlaskClient, session: Session, years: tuple[int, int]) -> None:
    case_id = own_case(desk)
    found = desk.post(f"/cases/{case_id}/people/search", data={"q": "ZZ99 ZZZ"}).text
    assert f'value="{years[1]}"' in found
    told = {"role": "suspect", "source": "The van", "party_id": str(years[1])}
    desk.post(f"/cases/{case_id}/people/new", data=told)
    db.session.commit()
    assert [each.party_id for each in queries.people_of(session, case_id)] == [years[1]]
    assert "Add a name" not in desk.post(f"/cases/{case_id}/people/search", data={"q": ""}).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "A", "source": "x", "role": "king"}, "Choose one from the list."),
        ({"name": "A" * 121, "source": "x", "role": "other"}, "120 characters or fewer"),
        ({"name": "A\u202eB", "source": "x", "role": "other"}, "turn the reading direction"),
        ({"source": "x", "role": "other"}, "write a name"),
        ({"name": "A", "source": "x", "role": "other", "since": "1899-01-01"}, "Check the year"),
        ({"party_id": "99999999999", "source": "x", "role": "other"}, "no record with that number"),
    ],
)
def test_what_cannot_be_comes_back(desk: FlaskClient, typed: dict[str, str], said: str) -> None:
    answer = desk.post(f"/cases/{own_case(desk)}/people/new", data=typed)
    assert (answer.status_code, said in answer.text) == (422, True)


def test_a_long_name_in_any_script_is_kept_and_shown(desk: FlaskClient) -> None:
    case_id = own_case(desk)
    told = {"name": LONG, "source": "A letter", "role": "witness"}
    assert LONG in desk.post(f"/cases/{case_id}/people/new", data=told, follow_redirects=True).text


def test_vulnerability_and_wishes_are_told_to_officers_on_the_case_alone(
    desk: FlaskClient, signed_in: Callable[..., FlaskClient], session: Session
) -> None:
    case_id = own_case(desk, victim_name="Val Example")
    (victim,) = queries.people_of(session, case_id)
    place = f"/cases/{case_id}/people/{victim.party_id}"
    assert "Not assessed" in desk.get(place).text
    refused = desk.post(f"{place}/assessment", data=ALONE | {"consent": "refused"})
    assert (refused.status_code, "without their consent" in refused.text) == (422, True)
    assert "Lives alone" in desk.post(f"{place}/assessment", data=ALONE, follow_redirects=True).text
    wishes = {"contact": "through", "through": "Her daughter", "not_at_home": "yes"}
    assert "Not to be contacted at home" in desk.post(f"{place}/wishes", data=wishes, follow_redirects=True).text
    other = signed_in(RoleName.DUTY_OFFICER, name="Sam Elsewhere")
    seen = other.get(f"/cases/{case_id}/people").text
    assert "assessed" in seen
    assert "Lives alone" not in seen
    for path in (place, f"{place}/assessment", f"{place}/wishes"):
        refused = other.get(path)
        assert (refused.status_code, "Lives alone" in refused.text) == (403, False)
    assert "Lives alone" not in other.get(f"/parties/{victim.party_id}").text
    manager = signed_in(RoleName.MANAGER)
    assert "Lives alone" in manager.get(place).text
    assert "read" in [entry.action for entry in entries_about(session, "case", case_id)]


def test_the_people_of_a_restricted_case_show_to_nobody_without_a_grant(
    desk: FlaskClient, client: FlaskClient, bearer: Callable[..., dict[str, str]], session: Session, actor: Actor
) -> None:
    case_id = cases.open_case(described(victim_name="Canary Example"), actor=actor, now=NOW)
    (victim,) = queries.people_of(session, case_id)
    with transaction() as writing:
        root = (Subject.CASE, case_id)
        tiers.restrict(writing, *root, root, "An officer's mother", actor=actor, now=NOW)
    head = bearer(RoleName.CASE_OFFICER)
    for path in ("people", "people/new", f"people/{victim.party_id}", f"people/{victim.party_id}/wishes"):
        refused = desk.get(f"/cases/{case_id}/{path}")
        assert (refused.status_code, "Canary" in refused.text) == (403, False), path
    for path in ("people", f"people/{victim.party_id}"):
        refused = client.get(f"/api/v1/cases/{case_id}/{path}", headers=head)
        assert (refused.status_code, "Canary" in refused.text) == (403, False), path


def test_the_page_of_a_trader_tells_all_years(desk: FlaskClient, years: tuple[int, int]) -> None:
    page = desk.get(f"/parties/{years[1]}").text
    assert "Repeat trader" in page
    assert re.search(r"3 incidents in 3 years,\s*3 cases", page)
    assert "£14,000 paid" in page
    victim = desk.get(f"/parties/{years[0]}").text
    assert "Repeat victim" in victim


def test_repeats_are_listed_with_counts_and_whoever_reads_is_in_the_trail(
    desk: FlaskClient, session: Session, years: tuple[int, int]
) -> None:
    page = desk.get("/people/repeats?who=victims&period=2026/27").text
    assert "Alex Example" in page
    assert "<title>Repeat victims" in page
    assert desk.get("/people/repeats?who=kings").status_code in {400, 422}
    assert desk.get("/people/repeats?period=2026/28").status_code in {400, 422}
    assert "Nobody in this period." in desk.get("/people/repeats?who=traders&period=2019/20").text


def test_the_api_tells_the_same(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], session: Session, years: tuple[int, int], actor: Actor
) -> None:
    head = bearer(RoleName.MANAGER)
    told = client.get(f"/api/v1/parties/{years[1]}/history", headers=head).get_json()
    assert (told["trader"]["words"], told["trader"]["paid"]) == ("3 incidents in 3 years", "14000.00")
    assert len(told["cases"]) == 3
    listed = client.get("/api/v1/parties/repeats?who=traders&period=2026/27", headers=head).get_json()
    assert [item["party_id"] for item in listed["items"]] == [years[1]]
    case = life_of(session, [years[0]], actor=actor, now=NOW).cases[0]
    place = f"/api/v1/cases/{case.id}/people"
    people = client.get(place, headers=head).get_json()
    assert [[role["role"] for role in each["roles"]] for each in people["items"]] == [["victim"], ["suspect"]]
    made = client.post(place, json={"role": "witness", "source": "Rang us", "name": "Nia Example"}, headers=head)
    assert made.status_code == 201
    role = made.get_json()["items"][-1]["roles"][0]
    ended = client.post(f"{place}/roles/{role['id']}/end", json={"reason": "Knew nothing"}, headers=head).get_json()
    assert ended["items"][-1]["roles"][0]["end_reason"] == "Knew nothing"
    own = f"{place}/{years[0]}"
    assessed = client.post(f"{own}/assessments", json=ALONE, headers=head)
    assert assessed.get_json()["assessments"][0]["factors"] == ["age", "living_alone"]
    wished = client.post(f"{own}/wishes", json={"contact": "letter"}, headers=head)
    assert wished.get_json()["wishes"][0]["contact"] == "letter"
    assert client.get(own, headers=head).get_json()["person"]["assessed_at"] is not None
    assert client.get(f"/api/v1/incidents/{told['incidents'][0]['id']}/intelligence", headers=head).get_json() == {
        "items": [],
        "warnings": [],
        "next": None,
    }
    assert client.post(f"{place}/victim", headers=head).status_code == 200
    assert utc_now() > NOW
