"""Encrypted and signed-in connections, against a mail server that others wrote."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.providers.log import Log
from tests.providers.test_smtp import mail
from tsalert.delivery.ports import Accepted, Unavailable
from tsalert.mail_settings import SmtpSettings
from tsalert.providers.smtp import SmtpEmail


class Inbox:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - the library's name
        self.taken.append(envelope.content)
        return "250 2.0.0 kept"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for 127.0.0.1 that this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    lasts = (now - timedelta(hours=1), now + timedelta(days=1))
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), *lasts)
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    signed = builder.add_extension(address, critical=False).sign(key, SHA256())
    path = tmp_path / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + signed.public_bytes(Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context


def sign_in(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
    """Let one account in."""
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"alerts", b"p@ss:word")
    return AuthResult(success=right)


@contextmanager
def serving(kept: Inbox, **options: Any) -> Iterator[int]:
    """Run a server in a thread; yields its port, which it cannot choose itself."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port: int = listener.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port, **options)
    controller.start()
    yield port
    controller.stop()
    controller.loop.close()


@pytest.fixture
def inbox(certificate: ssl.SSLContext) -> Iterator[tuple[Inbox, int]]:
    """A server that wants STARTTLS, then a password."""
    kept = Inbox()
    options: dict[str, Any] = {"require_starttls": True, "auth_required": True, "authenticator": sign_in}
    with serving(kept, tls_context=certificate, **options) as port:
        yield kept, port


def send(settings: SmtpSettings) -> Log:
    log, line = (
        Log(connections=settings.connections),
        SmtpEmail(settings, sender="alerts@example.org", timeout=5).line(),
    )
    try:
        line.send([mail(0, "a"), mail(1, "b")], log)
    finally:
        line.close()
    return log


def test_mail_goes_out_encrypted_and_signed_in(inbox: tuple[Inbox, int]) -> None:
    kept, port = inbox
    log = send(SmtpSettings("127.0.0.1", port, "starttls", "alerts", "p@ss:word"))
    assert {type(answer) for answer in log.answers.values()} == {Accepted}
    assert sorted(kept.taken) == [mail(0, "a").content, mail(1, "b").content]  # each by a connection of its own


def test_a_wrong_password_sends_nothing(inbox: tuple[Inbox, int]) -> None:
    kept, port = inbox
    with pytest.raises(Unavailable):
        send(SmtpSettings("127.0.0.1", port, "starttls", "alerts", "wrong"))
    assert kept.taken == []


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(
    inbox: tuple[Inbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, port = inbox
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Unavailable, match="certificate"):
        send(SmtpSettings("127.0.0.1", port, "starttls", "alerts", "p@ss:word"))
    assert kept.taken == []


def test_mail_goes_out_over_a_connection_that_is_encrypted_from_the_start(certificate: ssl.SSLContext) -> None:
    kept = Inbox()
    with serving(kept, ssl_context=certificate) as port:
        send(SmtpSettings("127.0.0.1", port, "tls"))
    assert len(kept.taken) == 2
