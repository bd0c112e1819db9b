"""What operations take for a body, and what they say of one that is none."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

JSON = "application/json"


@pytest.mark.parametrize(
    ("body", "kind", "status", "said"),
    [
        (b"[" * 200_000, JSON, 400, "nested too deep"),
        (b'{"money_amount":' + b"9" * 10_000 + b"}", JSON, 400, "too many digits"),
        (b'{"disposition":', JSON, 400, "Invalid JSON"),
        (b'{"caller_name":"\xe9"}', JSON, 400, "Invalid JSON"),
        (b"", JSON, 422, "disposition"),
        (b"disposition=logged", "application/x-www-form-urlencoded", 415, "Send JSON"),
        (b"<call/>", "application/xml", 415, "Send JSON"),
        (b"{}", "", 415, "Send JSON"),
    ],
    ids=["deep", "many digits", "cut short", "Latin-1", "empty", "form", "XML", "unsaid"],
)
def test_a_body_that_is_no_json_is_refused_in_words(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], body: bytes, kind: str, status: int, said: str
) -> None:
    answer = client.post("/api/v1/calls", data=body, headers=bearer(), content_type=kind)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert said in answer.text


def test_the_description_says_that_an_incident_may_have_no_time_left_to_tell(client: FlaskClient) -> None:
    schemas = client.get("/api/v1/openapi.json").get_json()["components"]["schemas"]
    assert schemas["Clock"]["properties"]["remaining_seconds"]["type"] == ["integer", "null"]


def test_the_description_tells_of_errors_as_they_come(client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").get_json()
    refused = client.get("/api/v1/calls")
    told = described["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert list(told) == [refused.mimetype]
    assert set(refused.get_json()) <= set(described["components"]["schemas"]["Problem"]["properties"])
