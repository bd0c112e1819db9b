"""A program is called at the machine that was looked at, and must prove its name all the same."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.standins.serving import serving
from tests.webhooks.conftest import LOCAL
from tsalert.webhooks.calling import Ask, Reach, ask, call
from tsalert.webhooks.rules import Answer, Target, read_target

NAME = "hooks.example.org"


class Taking(BaseHTTPRequestHandler):
    """A program that takes whatever comes."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of the program's name, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    lasts = (now - timedelta(hours=1), now + timedelta(days=1))
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), *lasts)
    named = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
    path = tmp_path_factory.mktemp("program") / "program.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + named.sign(key, SHA256()).public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def port(certificate: Path) -> Iterator[int]:
    """Where a program listens over TLS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    server.daemon_threads = True
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # who does not trust it hangs up
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def reach(certificate: Path | None) -> Reach:
    """Return a reach to this machine that trusts one certificate, or those that everybody trusts."""
    return Reach(
        is_allowed=lambda _address: True,
        look_up=lambda _host, _port: ["127.0.0.1"],
        trust=lambda: ssl.create_default_context(cafile=certificate),
    )


@pytest.mark.parametrize(
    ("name", "is_trusted", "answer"),
    [
        (NAME, True, Answer(status=200)),
        ("other.example.org", True, Answer(fault="Its certificate cannot be trusted.")),
        (NAME, False, Answer(fault="Its certificate cannot be trusted.")),
    ],
)
def test_a_program_proves_its_name(
    certificate: Path, port: int, name: str, *, is_trusted: bool, answer: Answer
) -> None:
    target = Target("https", name, port, "/")
    assert call(target, {}, b"{}", reach(certificate if is_trusted else None)) == answer


def test_a_program_that_is_gone_is_told_in_words() -> None:
    answer = call(Target("https", NAME, 1, "/"), {}, b"{}", reach(None))
    assert answer.fault == "It could not be reached, or did not answer as a web server does."


def test_a_long_page_about_an_error_hides_no_status() -> None:
    class Failing(Taking):
        def do_GET(self) -> None:
            self.send_response(502)
            self.end_headers()
            self.wfile.write(b"<p>Bad gateway" * 100)

    with serving(Failing, 0) as url:
        assert ask(read_target(url), Ask({}, most=1000), LOCAL).answer == Answer(status=502)
