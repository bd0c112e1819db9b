"""Mail over SMTP: what each answer of a server means for one message, and that a connection survives it."""

from collections.abc import Callable, Iterator

import pytest

from tests.providers.log import Log
from tests.standins.mail_server import MailServer, running
from tests.standins.processes import eventually
from tsalert.delivery.ports import Accepted, Answer, InDoubt, Message, Rejected, RetryLater, Unavailable
from tsalert.delivery.rules import Channel, SuppressionReason
from tsalert.mail_settings import SmtpSettings
from tsalert.providers.smtp import SmtpEmail
from tsalert.providers.smtp_codes import verdict
from tsalert.providers.smtp_line import SmtpLine

LineTo = Callable[..., SmtpLine]
OLD = (b"8BITMIME",)


@pytest.fixture(params=[MailServer().extensions, OLD], ids=["pipelining", "one-at-a-time"])
def server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    with running(MailServer(extensions=request.param)) as server:
        yield server


@pytest.fixture
def line_to() -> Iterator[LineTo]:
    """Make lines to servers, closed at the end of the test."""
    lines: list[SmtpLine] = []

    def make(server: MailServer, *, timeout: float = 5, recycle_after: int = 500, connections: int = 1) -> SmtpLine:
        settings = SmtpSettings("127.0.0.1", server.port, "none", connections=connections)
        gateway = SmtpEmail(settings, sender="alerts@example.org", timeout=timeout, recycle_after=recycle_after)
        lines.append(gateway.line())
        return lines[-1]

    yield make
    for line in lines:
        line.close()


def mail(number: int, name: str) -> Message:
    content = f"To: {name}@example.org\r\nSubject: {number}\r\n\r\n.dot\r\n..\r\n.\r\nend\r\n".encode()
    return Message(number, 1, Channel.EMAIL, f"{name}@example.org", content)


def send(line: SmtpLine, *names: str) -> Log:
    log = Log()
    line.send([mail(number, name) for number, name in enumerate(names)], log)
    return log


def test_mails_arrive_whole_and_in_order_over_one_connection(line_to: LineTo, server: MailServer) -> None:
    log = send(line_to(server), "a", "b", "c")
    assert [to for to, _ in server.taken] == ["a@example.org", "b@example.org", "c@example.org"]
    assert [content for _, content in server.taken] == [mail(n, name).content for n, name in enumerate("abc")]
    assert all(isinstance(answer, Accepted) for answer in log.answers.values())
    assert server.connections == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nobody", Rejected("550 5.1.1 no such user", SuppressionReason.BOUNCED)),
        ("policy", Rejected("550 5.7.1 not from you")),
        ("busy", RetryLater("451 4.3.0 try later")),
        ("full", RetryLater("452 4.2.2 mailbox full")),
        ("spam", Rejected("554 5.7.1 spam")),
        ("later", RetryLater("451 4.7.1 greylisted")),
    ],
)
def test_one_refusal_touches_nobody_else(line_to: LineTo, server: MailServer, name: str, expected: Answer) -> None:
    log = send(line_to(server), "a", name, "b", name)
    assert log.answers[1] == log.answers[3] == expected
    assert [to for to, _ in server.taken] == ["a@example.org", "b@example.org"]
    assert server.connections == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("called", Rejected("550 5.1.1 <•••>: no such user", SuppressionReason.BOUNCED)),
        ("called-spam", Rejected("554 5.7.1 spam for •••")),
        ("called-and-closing", RetryLater("the mail server broke off: 421 4.7.0 ••• must wait")),
    ],
)
def test_what_is_kept_of_a_refusal_does_not_name_the_reader(
    line_to: LineTo, server: MailServer, name: str, expected: Answer
) -> None:
    assert send(line_to(server), "a", name).answers[1] == expected


def test_a_server_that_takes_a_reader_in_other_words_gets_their_mail(line_to: LineTo, server: MailServer) -> None:
    log = send(line_to(server), "a", "unsure", "b")
    assert {type(answer) for answer in log.answers.values()} == {Accepted}
    assert [content for _, content in server.taken] == [
        mail(n, name).content for n, name in enumerate(("a", "unsure", "b"))
    ]


@pytest.mark.parametrize("said", [b"250 2.0.0 ok", b"334 go on"])
def test_a_mail_whose_content_was_never_asked_for_does_not_count_as_taken(
    line_to: LineTo, server: MailServer, said: bytes
) -> None:
    server.at_data = said
    log = send(line_to(server), "a", "b")
    assert (set(log.answers.values()), log.begun) == ({RetryLater(said.decode())}, [])


def test_an_answer_is_words_that_a_database_can_keep(line_to: LineTo, server: MailServer) -> None:
    assert send(line_to(server), "taken-with-a-null").answers == {0: Accepted("250 2.0.0 queued as \ufffd")}


def test_a_refused_sender_is_never_the_recipients_fault(line_to: LineTo, server: MailServer) -> None:
    server.refuse_sender = b"550 5.7.1 who are you"
    log = send(line_to(server), "a", "b")
    assert set(log.answers.values()) == {RetryLater("550 5.7.1 who are you")}
    assert log.begun == []


def test_a_server_that_wants_content_for_nobody_gets_none(line_to: LineTo, server: MailServer) -> None:
    server.is_lenient = True
    log = send(line_to(server), "nobody", "a")
    assert isinstance(log.answers[0], Rejected)
    assert [to for to, _ in server.taken] == ["a@example.org"]


@pytest.mark.parametrize("name", ["dropped", "taken-then-dropped"])
def test_a_cut_after_the_content_leaves_exactly_that_mail_in_doubt(
    line_to: LineTo, server: MailServer, name: str
) -> None:
    log, line = Log(), line_to(server)
    line.send([mail(0, "a"), mail(1, name), mail(2, "c")], log)
    assert isinstance(log.answers[0], Accepted)
    assert isinstance(log.answers[1], InDoubt)
    assert 2 not in log.answers
    line.send([mail(2, "c")], log)
    assert isinstance(log.answers[2], Accepted)


@pytest.mark.parametrize("name", ["silent", "endless"])
def test_a_server_that_never_answers_leaves_one_mail_in_doubt(line_to: LineTo, server: MailServer, name: str) -> None:
    log, line = Log(), line_to(server, timeout=3)  # connecting must fit in too, on the slowest machine
    with pytest.raises(Unavailable, match="timed out"):
        line.send([mail(0, name), mail(1, "b")], log)
    assert isinstance(log.answers[0], InDoubt)
    assert log.begun == [0]


def test_a_server_that_closes_at_an_envelope_has_certainly_not_taken_it(line_to: LineTo, server: MailServer) -> None:
    log, line = Log(), line_to(server)
    line.send([mail(0, "a"), mail(1, "closing"), mail(2, "c")], log)
    assert isinstance(log.answers[0], Accepted)
    assert isinstance(log.answers[1], RetryLater)
    assert 2 not in log.answers
    assert log.begun == [0]


def test_a_server_that_closes_after_the_content_did_not_take_it(line_to: LineTo, server: MailServer) -> None:
    log, line = Log(), line_to(server)
    with pytest.raises(Unavailable, match="421"):
        line.send([mail(0, "taken-then-closing"), mail(1, "b")], log)
    assert log.answers == {0: RetryLater("421 4.3.2 shutting down")}


def test_no_server_at_all_touches_nothing(line_to: LineTo) -> None:
    with running(MailServer()) as server:
        pass
    log = Log()
    with pytest.raises(Unavailable, match="no connection"):
        line_to(server).send([mail(0, "a")], log)
    assert (log.begun, log.answers) == ([], {})


def test_a_server_that_allows_two_connections_refuses_the_third(line_to: LineTo) -> None:
    with running(MailServer(most_connections=2)) as server:
        lines = [line_to(server) for _ in range(3)]
        for number, line in enumerate(lines[:2]):
            line.send([mail(number, "a")], Log())
        with pytest.raises(Unavailable, match="too many connections"):
            lines[2].send([mail(2, "a")], Log())


def test_nothing_is_begun_once_time_is_up(line_to: LineTo, server: MailServer) -> None:
    log, line = Log(limit=2), line_to(server)
    line.send([mail(number, "a") for number in range(5)], log)
    assert (log.begun, len(server.taken)) == ([0, 1], 2)


def test_a_connection_is_made_anew_after_some_hundreds_of_mails(line_to: LineTo, server: MailServer) -> None:
    line = line_to(server, recycle_after=3)
    for start in range(0, 6, 3):
        line.send([mail(start + n, "a") for n in range(3)], Log())
    assert server.connections == 2


def test_a_server_that_closes_what_is_not_used_for_a_moment_puts_off_no_mail(line_to: LineTo) -> None:
    with running(MailServer(most_idle=0.2)) as server:
        line = line_to(server)
        line.send([mail(0, "a")], Log())
        eventually(lambda: not server._open)
        log = Log()
        line.send([mail(1, "b")], log)
    assert isinstance(log.answers[1], Accepted)


@pytest.mark.parametrize("address", ["a@example.org>\r\nRCPT TO:<b@example.org", "a b@example.org", "", "a\0@b.org"])
def test_an_address_that_breaks_the_dialogue_never_enters_it(line_to: LineTo, server: MailServer, address: str) -> None:
    log = Log()
    line_to(server).send([Message(0, 1, Channel.EMAIL, address, b"x\r\n")], log)
    assert isinstance(log.answers[0], Rejected)
    assert (log.begun, server.taken) == ([], [])


def test_an_international_address_needs_a_server_that_takes_it(line_to: LineTo) -> None:
    message = Message(0, 1, Channel.EMAIL, "josé@example.org", b"x\r\n")
    with running(MailServer()) as able, running(MailServer(extensions=OLD)) as unable:
        log = Log()
        line_to(able).send([message], log)
        assert able.taken[0][0] == "josé@example.org"
        refused = Log()
        line_to(unable).send([message], refused)
    assert isinstance(log.answers[0], Accepted)
    assert refused.answers[0] == Rejected("the mail server takes no international addresses")


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (250, "2.0.0 queued", Accepted("250 2.0.0 queued")),
        (550, "5.1.1 unknown", Rejected("550 5.1.1 unknown", SuppressionReason.BOUNCED)),
        (550, "5.1.10 null MX", Rejected("550 5.1.10 null MX", SuppressionReason.BOUNCED)),
        (550, "no code of its own", Rejected("550 no code of its own")),
        (554, "5.7.1 relaying denied", Rejected("554 5.7.1 relaying denied")),
        (552, "5.3.4 too big", Rejected("552 5.3.4 too big")),
        (421, "closing", RetryLater("421 closing")),
        (450, "4.2.0 greylisted", RetryLater("450 4.2.0 greylisted")),
        (199, "nonsense", RetryLater("199 nonsense")),
    ],
)
def test_what_a_code_means(code: int, text: str, expected: Answer) -> None:
    assert verdict(code, text) == expected
