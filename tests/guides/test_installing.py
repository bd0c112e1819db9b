"""What the administrator's guide has somebody save on a machine fits the program that it is for."""

import io
import re
from configparser import ConfigParser

from dotenv import dotenv_values

from tests.guides.blocks import GUIDES, ROOT, blocks
from tests.test_config import GOOD, TWILIO
from tsalert.config import load_settings

GUIDE = GUIDES / "administrator.md"
SETTINGS, WEB, WORKER = blocks(GUIDE, "ini")
# What nobody else can fill in.
THEIR_OWN = ("SECRET_KEY", "ADDRESS_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")


def test_the_least_settings_are_enough_and_no_real_authority_is_among_them() -> None:
    told = {name: value or "" for name, value in dotenv_values(stream=io.StringIO(SETTINGS)).items()}
    filled_in = {f"TSALERT_{name}": (GOOD | TWILIO)[f"TSALERT_{name}"] for name in THEIR_OWN}
    assert filled_in.keys() <= told.keys()
    settings = load_settings(told | filled_in)
    assert settings.authority_code == "YOUR-ONS-CODE"
    assert "sslmode=verify-full" in settings.database_url


def test_the_services_run_what_the_procfile_runs_and_are_given_time_to_end() -> None:
    procfile = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines())
    own = dict(line.split("=", 1) for line in WORKER.splitlines())
    unit = ConfigParser(interpolation=None)
    unit.read_string(WEB)
    service = unit["Service"]
    by_hand = re.sub(r"\$\{BIND:-(.+):\$PORT\}", r"\1:8000", procfile["web"])
    assert service["ExecStart"] == f"{service['WorkingDirectory']}/.venv/bin/{by_hand}"
    assert own["ExecStart"] == f"{service['WorkingDirectory']}/.venv/bin/{procfile['worker']}"
    graceful = re.search(r"^graceful_timeout = (\d+)", (ROOT / "gunicorn.conf.py").read_text("utf-8"), re.MULTILINE)
    assert graceful
    assert int(service["TimeoutStopSec"]) > int(graceful[1])


def test_the_proxy_lets_evidence_through_and_passes_nothing_on_that_a_visitor_claims() -> None:
    (proxy,) = blocks(GUIDE, "nginx")
    largest = re.search(r"client_max_body_size (\d+)m;", proxy)
    assert largest
    assert int(largest[1]) * 2**20 > load_settings(GOOD).evidence_largest
    for header in ("Host", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Request-Id"):
        assert re.search(rf"proxy_set_header {header} \$(scheme|host|request_id);", proxy), header
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in proxy
