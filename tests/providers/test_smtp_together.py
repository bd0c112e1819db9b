"""Mail over several connections of one line: what one leaves, the others take, and no mail goes out twice."""

from collections import Counter
from collections.abc import Iterator
from threading import Barrier
from time import monotonic

import pytest

from tests.providers.log import Log
from tests.providers.test_smtp import OLD, mail
from tests.standins.mail_server import MailServer, running
from tsalert.delivery.ports import Accepted, InDoubt, RetryLater, Unavailable
from tsalert.mail_settings import SmtpSettings
from tsalert.providers.smtp import SmtpEmail
from tsalert.providers.smtp_line import SmtpLine, Want
from tsalert.providers.smtp_wire import Wire

CONNECTIONS = 3


@pytest.fixture(params=[MailServer().extensions, OLD], ids=["pipelining", "one-at-a-time"])
def server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    with running(MailServer(extensions=request.param)) as server:
        yield server


@pytest.fixture
def line(server: MailServer) -> Iterator[SmtpLine]:
    gateway = SmtpEmail(
        SmtpSettings("127.0.0.1", server.port, "none", connections=CONNECTIONS), sender="a@example.org", timeout=2
    )
    line = gateway.line()
    yield line
    line.close()


def send(line: SmtpLine, *names: str) -> Log:
    log = Log(connections=CONNECTIONS)
    line.send([mail(number, name) for number, name in enumerate(names)], log)
    return log


def taken(server: MailServer) -> Counter[str]:
    return Counter(to.partition("@")[0] for to, _ in server.taken)


def test_each_mail_goes_out_once_over_as_many_connections_as_are_of_use(line: SmtpLine, server: MailServer) -> None:
    send(line, "a", "b")
    assert server.connections == 2
    names = [f"p{number}" for number in range(50)]
    log = send(line, *names)
    assert taken(server) == Counter([*names, "a", "b"])
    assert all(isinstance(answer, Accepted) for answer in log.answers.values())
    assert server.connections == CONNECTIONS


@pytest.mark.parametrize(("name", "verdict"), [("dropped", InDoubt), ("closing", RetryLater)])
def test_what_a_broken_connection_leaves_the_others_take(
    line: SmtpLine, server: MailServer, name: str, verdict: type
) -> None:
    names = ["p0", "p1", name, *(f"p{number}" for number in range(3, 20))]
    log = send(line, *names)
    assert isinstance(log.answers[2], verdict)
    others = {number: answer for number, answer in log.answers.items() if number != 2}
    # What was next in line behind a mail that broke the connection was never begun, and is handed over again.
    assert len(others) >= 18
    assert all(isinstance(answer, Accepted) for answer in others.values())
    assert len(server.taken) == len(others)
    assert set(taken(server).values()) == {1}


def test_a_silent_connection_leaves_one_mail_in_doubt_and_holds_up_nobody_else(
    line: SmtpLine, server: MailServer
) -> None:
    names = ["silent", *(f"p{number}" for number in range(1, 20))]
    log = send(line, *names)
    assert isinstance(log.answers[0], InDoubt)
    assert sum(isinstance(answer, Accepted) for answer in log.answers.values()) >= 18
    assert set(taken(server).values()) == {1}


def test_a_server_that_takes_two_connections_gets_everything_over_two() -> None:
    with running(MailServer(most_connections=2)) as server:
        settings = SmtpSettings("127.0.0.1", server.port, "none", connections=CONNECTIONS)
        line = SmtpEmail(settings, sender="a@example.org", timeout=5).line()
        for _ in range(2):
            log = send(line, *(f"p{number}" for number in range(20)))
            assert all(isinstance(answer, Accepted) for answer in log.answers.values())
        line.close()
        # The third was asked for once, and not with every batch.
        assert server.connections == 3


def test_connections_are_opened_together_as_many_more_each_time_as_are_open_already(server: MailServer) -> None:
    """Opened one by one, thirty-two of them to a server far away would hold up everybody for seconds."""
    settings = SmtpSettings("127.0.0.1", server.port, "none", connections=8)
    gateway = SmtpEmail(settings, sender="a@example.org", timeout=5)
    waiting = iter([Barrier(1), Barrier(1), *[Barrier(2)] * 2, *[Barrier(4)] * 4])

    def connect(*, doublings: int) -> Wire:
        next(waiting).wait(30)  # it breaks where nobody else comes
        return gateway._connect(doublings=doublings)

    line = SmtpLine(connect, 8, sender="a@example.org", recycle_after=500, want=Want())
    log = Log(connections=8)
    line.send([mail(number, f"p{number}") for number in range(50)], log)
    line.close()
    assert len(log.answers) == len(server.taken) == 50
    assert server.connections == 8


def test_a_server_that_closes_each_connection_after_some_mails_is_not_taken_for_one_that_is_down() -> None:
    with running(MailServer(most_mails=3)) as server:
        settings = SmtpSettings("127.0.0.1", server.port, "none", connections=CONNECTIONS)
        line = SmtpEmail(settings, sender="a@example.org", timeout=5).line()
        log = send(line, *(f"p{number}" for number in range(20)))
        line.close()
    assert len(server.taken) == 3 * CONNECTIONS
    assert Counter(type(answer) for answer in log.answers.values()) == {Accepted: 9, RetryLater: CONNECTIONS}


def test_a_server_that_answers_no_third_connection_is_not_long_waited_for() -> None:
    with running(MailServer(most_connections=2, is_deaf_beyond=True)) as server:
        settings = SmtpSettings("127.0.0.1", server.port, "none", connections=CONNECTIONS)
        line = SmtpEmail(settings, sender="a@example.org", timeout=60, patience_for_more=1).line()
        began = monotonic()
        send(line, *(f"p{number}" for number in range(20)))
        assert monotonic() - began < 30
        line.close()
    assert len(server.taken) == 20


def test_where_a_broadcast_has_all_connections_that_a_server_allows_it_gives_one_up_for_a_page() -> None:
    with running(MailServer(most_connections=2)) as server:
        settings = SmtpSettings("127.0.0.1", server.port, "none", connections=CONNECTIONS)
        gateway = SmtpEmail(settings, sender="a@example.org", timeout=5)
        broadcast, pages = gateway.line(), gateway.line()
        send(broadcast, "p0", "p1", "p2")
        with pytest.raises(Unavailable):
            send(pages, "officer")
        send(broadcast, "p3", "p4")
        send(pages, "officer")
        send(broadcast, "p5", "p6")
        for line in (broadcast, pages):
            line.close()
    assert taken(server) == Counter(["officer", *(f"p{number}" for number in range(7))])


def test_a_relay_that_leaves_a_page_unanswered_holds_it_up_for_seconds_and_is_then_waited_for_longer() -> None:
    with running(MailServer(most_connections=2, is_deaf_beyond=True)) as server:
        settings = SmtpSettings("127.0.0.1", server.port, "none", connections=2)
        gateway = SmtpEmail(settings, sender="a@example.org", timeout=60, patience_for_more=0.5)
        broadcast, pages = gateway.line(), gateway.line()
        send(broadcast, "p0", "p1")
        waited = []
        for _ in range(2):
            began = monotonic()
            with pytest.raises(Unavailable):
                send(pages, "officer")
            waited.append(monotonic() - began)
        send(broadcast, "p2", "p3")
        send(pages, "officer")
        for line in (broadcast, pages):
            line.close()
    assert 1 <= waited[0] < 30
    assert 2 <= waited[1] < 30
    assert taken(server)["officer"] == 1


def test_when_all_connections_break_the_server_is_left_in_peace(line: SmtpLine, server: MailServer) -> None:
    log = Log(connections=CONNECTIONS)
    messages = [mail(number, "dropped") for number in range(10)]
    with pytest.raises(Unavailable):
        line.send(messages, log)
    doubts = [number for number, answer in log.answers.items() if isinstance(answer, InDoubt)]
    assert len(doubts) == CONNECTIONS
    assert set(log.begun) == set(doubts)
    assert len(log.answers) < len(messages)
