"""The command into which a mail server pipes mail."""

from collections.abc import Callable
from subprocess import PIPE, STDOUT, CompletedProcess, run

import pytest
from flask import Flask

from tests.conftest import command_environment
from tests.inbound.mail import samples
from tests.inbound.mail.samples import about


@pytest.mark.any_database
def test_a_mail_server_pipes_mail_in_and_is_told_to_try_again_without_a_database(
    fresh_app: Flask, run_command: Callable[..., CompletedProcess[str]]
) -> None:
    mail = about(samples.POSTFIX, "<none@example.org>")

    def receive(**changes: str) -> tuple[int, str]:
        command = ["flask", "--app", "wsgi", "mail", "receive"]
        environment = command_environment(fresh_app, **changes)
        done = run(command, input=mail, env=environment, stdout=PIPE, stderr=STDOUT, check=False)
        return done.returncode, done.stdout.decode()

    assert receive() == (0, "Came back for good.\n")
    assert run_command("mail", "receive", stdin=mail.decode()).stdout == "Came back for good, taken before.\n"
    status, said = receive(TSALERT_DATABASE_URL="postgresql://nobody:x@127.0.0.1:9/none")
    assert status == 75
    assert "whether TSALERT_DATABASE_URL is right" in said
