"""Keys, fingerprints, and what says that it is signed."""

import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.linked.conftest import Authority
from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.linked import rules


@given(st.sampled_from([Authority().public for _ in range(5)]), st.sampled_from([" ", "", "-", ":", "  "]))
def test_a_fingerprint_fits_however_it_was_typed(public: str, between: str) -> None:
    typed = rules.fingerprint_of(public).upper().replace(" ", between)
    assert rules.find_compared(typed, [Authority().public, public]) == public


def test_another_fingerprint_is_refused_and_the_right_one_is_not_told() -> None:
    public = Authority().public
    with refused(RuleViolation, "This is not the fingerprint", field="fingerprint") as refusal:
        rules.find_compared(rules.fingerprint_of(Authority().public), [public])
    assert rules.fingerprint_of(public)[:4] not in refusal.value.message
    with refused(RuleViolation, "eight groups", field="fingerprint"):
        rules.find_compared("3f2a", [public])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://Alerts.Example.org/", "https://alerts.example.org"),
        ("https://alerts.example.org:443", "https://alerts.example.org"),
        ("https://alerts.example.org:8443", "https://alerts.example.org:8443"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert rules.read_base(typed) == kept


@pytest.mark.parametrize("typed", ["https://alerts.example.org/alerts", "alerts.example.org", "https://a.example/?x=1"])
def test_an_address_of_a_page_is_refused(typed: str) -> None:
    with pytest.raises(RuleViolation, match=r"Enter the .*address.* https://") as refusal:
        rules.read_base(typed)
    assert refusal.value.field == "url"


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_whatever_is_read_as_signed_is_refused_in_words(text: str) -> None:
    with refused():
        rules.read_signer(text)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"[" * 100_000, b'{"a":' * 50_000, b'{"keys": NaN}', b"\xff", b'{"keys": {"a": 1}}', b"1" * 5000],
    ids=["empty", "a list", "nested", "nested objects", "not a number", "no text", "no list", "a long number"],
)
def test_what_is_no_list_of_keys_is_refused_in_words(body: bytes) -> None:
    with refused():
        rules.read_published(body)


def test_keys_of_other_kinds_are_passed_over() -> None:
    public = Authority().public
    keys = [{"kty": "RSA", "n": "x"}, 7, {"crv": "Ed25519", "x": 5}, rules.describe_key(public, is_revoked=True)]
    assert rules.read_published(json.dumps({"keys": keys}).encode()) == [rules.PublishedKey(public, is_revoked=True)]


# The example of RFC 8037, appendices A.2 and A.3.
KNOWN = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_key_is_named_and_published_as_the_standard_says() -> None:
    assert rules.name_of(KNOWN) == THUMBPRINT
    assert rules.fingerprint_of(KNOWN) == "90fa cafe a9b1 5566 9854 0f70 c011 7a22"
    assert rules.describe_key(KNOWN, is_revoked=False) == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": KNOWN,
        "kid": THUMBPRINT,
        "alg": "Ed25519",
        "use": "sig",
        "revoked": False,
    }


def test_what_is_published_is_read_back() -> None:
    told = [rules.describe_key(KNOWN, is_revoked=revoked) for revoked in (False, True)]
    told += [{"crv": "X25519", "x": KNOWN}, {"crv": "Ed25519", "x": "short"}, {"crv": "Ed25519"}]
    read = rules.read_published(json.dumps({"keys": told}).encode())
    assert read == [rules.PublishedKey(KNOWN), rules.PublishedKey(KNOWN, is_revoked=True)]
    assert rules.read_published(json.dumps({"keys": [{"crv": "Ed25519", "x": KNOWN}]}).encode()) == read[:1]
    with refused(RuleViolation, "It publishes no keys"):
        rules.read_published(b"{}")


def test_a_key_is_kept_as_it_is_written_and_nothing_else_is_one() -> None:
    assert rules.read_key(f" {KNOWN}\n") == KNOWN
    for typed in ("", KNOWN[:-1], KNOWN + "A", KNOWN.replace("_", "/")):
        with refused(RuleViolation, "This is no key", field="key"):
            rules.read_key(typed)


def test_a_private_half_is_made_of_the_installation_and_the_salt() -> None:
    seed = rules.seed_of("k" * 40, "one")
    assert len(seed) == 32
    assert seed == rules.seed_of("k" * 40, "one")
    assert seed not in {rules.seed_of("k" * 40, "two"), rules.seed_of("l" * 40, "one")}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" http://alerts.example.org:80 ", "http://alerts.example.org"),
        ("http://alerts.example.org:443", "http://alerts.example.org:443"),
        ("https://alerts.example.org:80", "https://alerts.example.org:80"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]"),
    ],
)
def test_an_address_has_its_port_where_it_is_not_the_usual_one(typed: str, kept: str) -> None:
    assert rules.read_base(typed) == kept


def test_names_of_a_demonstration_are_nobodys() -> None:
    assert rules.is_invented("https://kent.example")
    assert not rules.is_invented("https://kent.example.org")


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b'{"a": NaN}', b"\xff"])
def test_what_is_no_json_is_told_from_what_is_no_object(body: bytes) -> None:
    assert rules.read_object(b'{"a": 1.5}') == {"a": 1.5}
    with refused(RuleViolation, "it is no JSON, or is nested too deeply"):
        rules.read_object(body)
    with refused(RuleViolation, "it is no JSON object"):
        rules.read_object(b"[]")


def signed(head: object, *rest: str) -> str:
    begun = urlsafe_b64encode(json.dumps(head).encode()).decode().rstrip("=")
    return ".".join((begun, *(rest or ("content", "signature"))))


HEAD = {"alg": "Ed25519", "kid": "abc"}


def test_what_is_signed_says_by_which_key() -> None:
    assert rules.read_signer(signed(HEAD)) == "abc"
    assert rules.read_signer(signed(HEAD, "x" * (128_000 - len(signed(HEAD, "", "y"))), "y")) == "abc"
    with refused(RuleViolation, "This is too long to have been made"):
        rules.read_signer(signed(HEAD, "x" * (128_001 - len(signed(HEAD, "", "y"))), "y"))


@pytest.mark.parametrize(
    "text",
    [signed(HEAD, "a"), signed(HEAD, "a", "b", "c"), signed(HEAD, "", "b"), signed(HEAD, "a", ""), ".a.b", "A.a.b",
     signed(HEAD, "é", "b")],
)  # fmt: skip
def test_what_is_not_signed_at_all_is_refused_as_that(text: str) -> None:
    with refused(RuleViolation, "This is nothing that an authority signed"):
        rules.read_signer(text)


@pytest.mark.parametrize(
    "head", [{"alg": "none", "kid": "abc"}, {"alg": "Ed25519"}, HEAD | {"crit": []}, {"alg": "Ed25519", "kid": 1}]
)
def test_what_is_signed_in_another_way_is_not_taken(head: dict[str, object]) -> None:
    with refused(RuleViolation, "This is signed in a way that we do not take"):
        rules.read_signer(signed(head))
