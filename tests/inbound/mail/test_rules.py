"""What a mail that came back says of its reader, and what a subject tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.inbound.mail import rules


@pytest.mark.parametrize(
    ("code", "words", "is_gone"),
    [
        ("5.1.1", "", True),
        ("5.4.310", "DNS domain does not exist", True),
        ("5.1.1", "blocked by policy", False),
        ("5.7.1", "user unknown", False),
        ("5.0.0", "User Unknown here", True),
        ("550", "no such user", True),
        ("5.5.0", "Mailbox not found", True),
        ("5.5.12", "mailbox unavailable", True),
        ("5.0.0", "something went wrong", False),
        ("5500", "no such user", False),
        ("4.1.1", "no such user", False),
        ("550", "mailbox unavailable: over quota", False),
    ],
)
def test_a_reader_is_gone_only_where_the_code_or_the_words_say_so(code: str, words: str, *, is_gone: bool) -> None:
    assert rules.is_gone(code, words) is is_gone


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("550 5.1.1 user unknown", "5.1.1"),
        ("250 2.0.0 ok, then 4.2.2 full", "4.2.2"),
        ("550-no such user", "550"),
        ("452 try later", "452"),
        ("host 10.5.1.1.7 said no", ""),
        ("550", ""),
        ("all is well", ""),
    ],
)
def test_the_first_code_of_a_failure_is_found(words: str, code: str) -> None:
    assert rules.find_code(words) == code


@pytest.mark.parametrize(
    ("status", "words", "code"),
    [
        ("5.0.0", "550 5.1.1 user unknown", "5.1.1"),
        ("", "550 5.1.1 user unknown", "5.1.1"),
        ("5.2.1", "550 5.1.1 user unknown", "5.2.1"),
        ("5.0.0", "no code at all", "5.0.0"),
        ("4.0.0", "451 later", "451"),
    ],
)
def test_the_servers_words_decide_where_the_report_says_nothing(status: str, words: str, code: str) -> None:
    assert rules.exact_code(status, words) == code


@pytest.mark.parametrize(
    ("sender", "is_daemon"),
    [
        ("Mailer-Daemon@mx.example.org", True),
        ("postmaster@example.org", True),
        ("MicrosoftExchange329e71ec88@example.org", True),
        ("mailer-daemon", True),
        ("anne@mailer-daemon.example.org", False),
        ("my-postmaster@example.org", False),
    ],
)
def test_an_address_from_which_servers_write(sender: str, *, is_daemon: bool) -> None:
    assert rules.is_daemon(sender) is is_daemon


def test_an_automatic_answer_says_so_at_the_beginning_of_its_subject() -> None:
    always, where_it_answers = (
        ("Automatic reply: Roofers", "  autoreply"),
        ("out of office", "On annual leave until May"),
    )
    never = ("Re: out of office", "Leave", "A vacation rental scam")
    for answers in (True, False):
        assert all(rules.is_auto_subject(subject, answers=answers) for subject in always)
        assert all(rules.is_auto_subject(subject, answers=answers) is answers for subject in where_it_answers)
        assert not any(rules.is_auto_subject(subject, answers=answers) for subject in never)


def test_a_challenge_asks_for_proof_anywhere_in_its_subject() -> None:
    subjects = ("Please verify your email", "[x] Confirm that you sent this", "Message verification", "Roofers")
    assert [rules.is_challenge(subject) for subject in subjects] == [True, True, True, False]
    answers = ("Re: Texts that ask you to verify your account", "FW: Confirm your email")
    assert not any(rules.is_challenge(subject) for subject in answers)


def test_tokens_are_found_once_each_and_not_without_end() -> None:
    token = "Ab_-" * 8
    text = f"<{token}@alerts.example.org> <{token}@x> <x{token}@x> <{token[:-1]}@x> {token}"
    assert rules.find_tokens(text) == [token]
    many = " ".join(f"{number:032}@x" for number in range(60))
    assert rules.find_tokens(many) == [f"{number:032}" for number in range(50)]


@given(st.text())
def test_whatever_a_server_says_can_be_read(words: str) -> None:
    code = rules.exact_code(rules.find_code(words), words)
    assert code == "" or code[0] in "45"
    assert not rules.is_gone(code, words) or code.startswith("5")
