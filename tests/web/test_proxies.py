"""What is believed of what proxies say: where a visitor comes from, without the port that some of them add."""

import pytest
from flask import Flask, request

from tsalert.web import proxies


def seen(counted: int, **headers: str) -> str:
    """Return the address that a program sees behind so many proxies, the nearest of which is 10.0.0.1."""
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: request.remote_addr or "")
    proxies.init_app(app, counted)
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    return app.test_client().get("/", headers=sent, environ_base={"REMOTE_ADDR": "10.0.0.1"}).text


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:50123", "203.0.113.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:db8::7]:50123", "2001:db8::7"),
        ("unknown", "unknown"),
    ],
)
def test_a_visitor_is_the_same_from_whichever_port(told: str, address: str) -> None:
    """IIS and Azure's gateway write the port too, a new one for each connection: each try came from elsewhere."""
    assert seen(1, X_Forwarded_For=f"198.51.100.1, {told}") == address
    assert seen(2, X_Forwarded_For=f"198.51.100.1, {told}, 10.0.0.2:80") == address


def test_nobody_is_believed_but_the_proxies_that_are_counted() -> None:
    assert seen(0, X_Forwarded_For="203.0.113.7", Forwarded="for=203.0.113.7") == "10.0.0.1"
    assert seen(1, Forwarded="for=203.0.113.7", X_Real_Ip="203.0.113.7") == "10.0.0.1"
    assert seen(2, X_Forwarded_For="203.0.113.7") == "10.0.0.1"
