"""Settings: every fault at once, no secret shown."""

from decimal import Decimal
from pathlib import Path

import pytest

from tsalert.config import SettingsError, connecting_to, load_settings
from tsalert.foundation import found

GOOD = {
    "TSALERT_DATABASE_URL": "sqlite:///var/tsalert.db",
    "TSALERT_SECRET_KEY": "k" * 40,
    "TSALERT_ADDRESS_KEY": "a" * 40,
    "TSALERT_PUBLIC_URL": "https://alerts.example.gov.uk/",
    "TSALERT_EMAIL": "recorder",
    "TSALERT_SMS": "recorder",
}
SENDER = {"TSALERT_EMAIL_FROM": "Alerts <alerts@example.gov.uk>"}
OIDC = {
    "TSALERT_OIDC_ISSUER": "https://login.example.gov.uk/tenant",
    "TSALERT_OIDC_CLIENT_ID": "tsalert",
    "TSALERT_OIDC_CLIENT_SECRET": "a secret of the client's own",
}


def test_good_settings_are_read() -> None:
    settings = load_settings(GOOD)
    assert (settings.public_url, settings.smtp, settings.twilio) == ("https://alerts.example.gov.uk", None, None)


def test_prices_are_exact_and_have_defaults() -> None:
    priced = load_settings(GOOD | {"TSALERT_PENCE_PER_SEGMENT": "2.75"})
    assert (priced.pence_per_segment, priced.pence_per_minute) == (Decimal("2.75"), Decimal("1.2"))


@pytest.mark.parametrize(("said", "read"), [("", {44}), ("353, +33", {44, 353, 33}), ("44", {44})])
def test_texts_go_to_british_numbers_and_to_the_countries_named(said: str, read: set[int]) -> None:
    assert load_settings(GOOD | {"TSALERT_SMS_COUNTRIES": said}).sms_countries == read


def test_in_every_program_settings_name_roles_that_there_are(tmp_path: Path) -> None:
    assert load_settings(GOOD).sign_in.second_step_roles == {"administrator", "manager"}
    assert load_settings(GOOD | {"TSALERT_SECOND_STEP_ROLES": "none"}).sign_in.second_step_roles == set()
    asked = {"TSALERT_SECOND_STEP_ROLES": "manager, adminstrator", "TSALERT_DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}
    groups = OIDC | {"TSALERT_OIDC_ROLE_CLAIM": "roles", "TSALERT_OIDC_ROLES": "TS-Duty=dutyofficer"}
    with pytest.raises(SettingsError, match="no role: adminstrator\nTSALERT_OIDC_ROLES names no role: dutyofficer"):
        found(load_settings(GOOD | groups | asked))


def test_a_database_that_vanishes_is_given_up_within_a_minute_unless_its_url_says_otherwise() -> None:
    usual = connecting_to("postgresql+psycopg://db.example.org/tsalert")
    assert usual["keepalives_idle"] + usual["keepalives_interval"] * usual["keepalives_count"] <= 60
    assert usual["tcp_user_timeout"] <= 60_000
    asked = connecting_to("postgresql+psycopg://db.example.org/tsalert?connect_timeout=20&keepalives_idle=5")
    assert asked.keys() == usual.keys() - {"connect_timeout", "keepalives_idle"}
    assert connecting_to("sqlite:///var/tsalert.db") == {}


def test_every_missing_setting_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings({})
    for name in GOOD:
        assert f"{name} is not set" in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TSALERT_DATABASE_URL", "mysql://somewhere/else"),
        ("TSALERT_SECRET_KEY", "short"),
        ("TSALERT_PUBLIC_URL", "http://alerts.example.gov.uk"),
        ("TSALERT_PUBLIC_URL", "alerts.example.gov.uk"),
        ("TSALERT_PUBLIC_URL", "https://[::1"),
        ("TSALERT_PUBLIC_URL", "https://alerts.example.gov.uk/trading-standards"),
        ("TSALERT_PUBLIC_URL", "https://officer:secret@alerts.example.gov.uk"),
        ("TSALERT_PUBLIC_URL", "https://alerts example.gov.uk"),
        ("TSALERT_EMAIL", "smtp://"),
        ("TSALERT_WORD_TEMPLATE", "/nowhere/brand.docx"),
        ("TSALERT_WORD_TEMPLATE", "/etc/hostname"),
        ("TSALERT_DOCUMENT_FONTS", "/nowhere/fonts"),
        ("TSALERT_EVIDENCE_LARGEST", "2 GB"),
        ("TSALERT_EVIDENCE_LARGEST", "0"),
        ("TSALERT_SMS_COUNTRIES", "FR"),
        ("TSALERT_SMS_COUNTRIES", "353,0"),
        ("TSALERT_EVIDENCE_SCANNER", "no-such-scanner --quiet"),
        ("TSALERT_EVIDENCE_SCANNER", "sh -c 'never closed"),
        ("TSALERT_EMAIL", "smtp://mail.example.org:port"),
        ("TSALERT_EMAIL", "smtps://alerts:12#ab@mail.example.org"),
        ("TSALERT_EMAIL", "smtps://alerts:12/ab@mail.example.org"),
        ("TSALERT_EMAIL", "smtps://alerts:12£ab@mail.example.org"),
        ("TSALERT_EMAIL", "smtps://alerts:12%C2%A3ab@mail.example.org"),
        ("TSALERT_EMAIL", "smtp://mail.example.org?connections=0"),
        ("TSALERT_EMAIL", "smtp://mail.example.org?connections=65"),
        ("TSALERT_EMAIL", "smtp://mail.example.org?connections=many"),
        ("TSALERT_EMAIL", "smtp://u:p@mail.example.org?starttls=true"),
        ("TSALERT_EMAIL", "smtp://u:p@mail.example.org?startls=1"),
        ("TSALERT_EMAIL", "smtp://u:p@mail.example.org?starttls"),
        ("TSALERT_EMAIL", "smtps://u:p@mail.example.org?clear=yes"),
        ("TSALERT_EMAIL", "pigeon"),
        ("TSALERT_EMAIL_FROM", "nobody"),
        ("TSALERT_EMAIL_FROM", "Alerts <a@b@c>"),
        ("TSALERT_EMAIL_FROM", "Alerts <a@b\r\nBcc: c@d>"),
        ("TSALERT_SMS", "pigeon"),
        ("TSALERT_PROXIES", "many"),
        ("TSALERT_RINGS_PER_HOUR", "0"),
        ("TSALERT_RINGS_PER_PREFIX", "many"),
        ("TSALERT_HANDOVER_HOURS", "0"),
        ("TSALERT_PENCE_PER_SEGMENT", "cheap"),
        ("TSALERT_PENCE_PER_SEGMENT", "-1"),
        ("TSALERT_PENCE_PER_MINUTE", "1000.01"),
        ("TSALERT_PENCE_PER_MINUTE", "NaN"),
        ("TSALERT_LOGS", "xml"),
        ("TSALERT_LOG_REQUESTS", "sometimes"),
        ("TSALERT_METRICS_TOKEN", "short"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings(GOOD | {name: value})


@pytest.mark.parametrize(
    ("url", "host", "port", "security"),
    [
        ("smtp://mail.example.org", "mail.example.org", 25, "none"),
        ("smtp://u:p%40ss@mail.example.org:2525?clear=1", "mail.example.org", 2525, "none"),
        ("smtp://u:p@mail.example.org?starttls=1", "mail.example.org", 587, "starttls"),
        ("smtp://mail.example.org?starttls=0&connections=8", "mail.example.org", 25, "none"),
        ("smtps://u:p@mail.example.org", "mail.example.org", 465, "tls"),
    ],
)
def test_mail_servers_are_read_from_one_address(url: str, host: str, port: int, security: str) -> None:
    smtp = load_settings(GOOD | SENDER | {"TSALERT_EMAIL": url}).smtp
    assert smtp is not None
    assert (smtp.host, smtp.port, smtp.security) == (host, port, security)


@pytest.mark.parametrize("ending", ["", "?starttls=0", "?clear=0"])
def test_a_password_for_mail_is_not_sent_in_clear_text_unless_that_is_said(ending: str) -> None:
    def read(address: str) -> str | None:
        smtp = load_settings(GOOD | SENDER | {"TSALERT_EMAIL": address}).smtp
        return smtp.password if smtp else None

    with pytest.raises(SettingsError, match="in clear text") as refusal:
        read(f"smtp://u:hidden@mail.example.org{ending}")
    assert "hidden" not in str(refusal.value)
    allowed = ("smtp://u:p@mail.example.org?clear=1", "smtp://u:p@127.0.0.1", "smtps://u:p@mail.example.org")
    assert [read(address) for address in allowed] == ["p", "p", "p"]


@pytest.mark.parametrize("url", ["smtp://mail.example.org", "smtps://u:p@mail.example.org?connections=65"])
def test_mail_that_leaves_this_machine_needs_a_sender_that_can_be_answered(url: str) -> None:
    with pytest.raises(SettingsError, match="TSALERT_EMAIL_FROM is not set") as refusal:
        load_settings(GOOD | {"TSALERT_EMAIL": url, "TSALERT_PROXIES": "many"})
    assert "TSALERT_PROXIES" in str(refusal.value)


@pytest.mark.parametrize("url", ["recorder", "smtp://127.0.0.1:2525", "smtp://localhost", "smtp://[::1]:2525"])
def test_mail_that_stays_on_this_machine_needs_no_sender(url: str) -> None:
    assert load_settings(GOOD | {"TSALERT_EMAIL": url}).email_from.endswith("<alerts@localhost>")


TWILIO = {
    "TSALERT_SMS": "twilio",
    "TSALERT_TWILIO_ACCOUNT_SID": "AC1",
    "TSALERT_TWILIO_AUTH_TOKEN": "very secret",
    "TSALERT_TWILIO_VOICE_FROM": "+441632960000",
}


@pytest.mark.parametrize("sender", ["Alert", "SCAM", "Twelve chars", "12345", "+44", "A!"])
def test_a_sender_that_networks_block_or_cannot_show_is_refused(sender: str) -> None:
    with pytest.raises(SettingsError, match="TWILIO_FROM"):
        load_settings(GOOD | TWILIO | {"TSALERT_TWILIO_FROM": sender})


@pytest.mark.parametrize(
    "extra", [{}, {"TSALERT_TWILIO_FROM": "BromleyTS", "TSALERT_TWILIO_MESSAGING_SERVICE_SID": "MG1"}]
)
def test_twilio_wants_a_sender_or_a_messaging_service_but_not_both(extra: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="only one of them"):
        load_settings(GOOD | TWILIO | extra)


NOTIFY = {
    "TSALERT_EMAIL": "notify",
    "TSALERT_SMS": "notify",
    "TSALERT_NOTIFY_API_KEY": f"our key-{'1' * 8}-0000-4000-8000-{'0' * 12}-{'2' * 8}-0000-4000-8000-{'0' * 12}",
    "TSALERT_NOTIFY_CALLBACK_TOKEN": "c" * 40,
    "TSALERT_NOTIFY_EMAIL_TEMPLATE": "f33517ff-2a88-4f6e-b855-c550268ce08a",
    "TSALERT_NOTIFY_SMS_TEMPLATE": "9d751e0e-f929-4891-82a1-a3e1c3c18ee3",
}


def test_notify_may_send_both_mail_and_texts() -> None:
    notify = load_settings(GOOD | NOTIFY | {"TSALERT_NOTIFY_NUMBER": "+447700900000"}).notify
    assert notify is not None
    assert (notify.email_template, notify.sms_template) == (
        NOTIFY["TSALERT_NOTIFY_EMAIL_TEMPLATE"],
        NOTIFY["TSALERT_NOTIFY_SMS_TEMPLATE"],
    )
    assert (notify.api_url, notify.number) == ("https://api.notifications.service.gov.uk", "+447700900000")


@pytest.mark.parametrize("channel", ["EMAIL", "SMS"])
def test_notify_may_send_one_channel_alone_and_wants_no_template_of_the_other(channel: str) -> None:
    other = "SMS" if channel == "EMAIL" else "EMAIL"
    chosen = GOOD | NOTIFY | {f"TSALERT_{other}": "recorder", f"TSALERT_NOTIFY_{other}_TEMPLATE": ""}
    settings = load_settings(chosen)
    assert settings.notify is not None
    assert (settings.notify.email_template is None, settings.texts_by_notify) == (channel == "SMS", channel == "SMS")


def test_everything_that_notify_needs_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings(GOOD | {"TSALERT_EMAIL": "notify", "TSALERT_SMS": "notify"})
    for name in NOTIFY.keys() - {"TSALERT_EMAIL", "TSALERT_SMS"}:
        assert f"{name} is not set" in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEY", "2" * 36),
        ("CALLBACK_TOKEN", "short"),
        ("EMAIL_TEMPLATE", "Our template"),
        ("SMS_TEMPLATE", "9d751e0e"),
        ("API_URL", "http://api.example.org"),
        ("API_URL", "https://api.example.org/v2"),
        ("API_URL", "https://"),
        ("API_URL", "https://[::1"),
        ("API_URL", "ftp://127.0.0.1"),
        ("NUMBER", "07700 900000"),
    ],
)
def test_a_wrong_setting_of_notify_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"TSALERT_NOTIFY_{name}"):
        load_settings(GOOD | NOTIFY | {f"TSALERT_NOTIFY_{name}": value})


def test_calls_may_go_by_twilio_where_notify_sends_the_texts() -> None:
    account = TWILIO | {"TSALERT_SMS": "notify"}
    assert load_settings(GOOD | NOTIFY).twilio is None
    twilio = load_settings(GOOD | NOTIFY | account).twilio
    assert twilio is not None
    assert (twilio.voice_sender, twilio.sender, twilio.messaging_service_sid) == ("+441632960000", None, None)
    with pytest.raises(SettingsError, match="TSALERT_TWILIO_VOICE_FROM is not set"):
        load_settings(GOOD | NOTIFY | account | {"TSALERT_TWILIO_VOICE_FROM": ""})


@pytest.mark.parametrize(
    ("values", "can_answer"),
    [
        ({}, True),
        (TWILIO | {"TSALERT_TWILIO_FROM": "BromleyTS"}, False),
        (TWILIO | {"TSALERT_TWILIO_FROM": "+441632960009"}, True),
        (TWILIO | {"TSALERT_TWILIO_MESSAGING_SERVICE_SID": "MG1"}, True),
        (NOTIFY, False),
        (NOTIFY | TWILIO | {"TSALERT_SMS": "notify"}, False),
        (NOTIFY | {"TSALERT_NOTIFY_NUMBER": "+447700900000"}, True),
    ],
)
def test_texts_can_be_answered_where_they_come_from_a_number(values: dict[str, str], *, can_answer: bool) -> None:
    assert load_settings(GOOD | values).takes_texts is can_answer


@pytest.mark.parametrize(
    ("values", "channels"),
    [
        ({}, set()),
        (TWILIO | {"TSALERT_TWILIO_FROM": "BromleyTS"}, {"sms", "voice"}),
        (NOTIFY, {"email", "sms"}),
        (NOTIFY | TWILIO | {"TSALERT_SMS": "notify"}, {"email", "sms", "voice"}),
    ],
)
def test_providers_but_mail_servers_tell_whether_a_message_arrived(values: dict[str, str], channels: set[str]) -> None:
    assert load_settings(GOOD | values).reporting_channels == channels


def test_old_keys_are_read_however_they_are_spaced() -> None:
    assert load_settings(GOOD | {"TSALERT_OLD_SECRET_KEYS": "one, two ,,three"}).old_secret_keys == (
        "one",
        "two",
        "three",
    )


def test_no_secret_is_ever_written_out() -> None:
    settings = load_settings(
        GOOD
        | SENDER
        | TWILIO
        | {"TSALERT_TWILIO_FROM": "BromleyTS", "TSALERT_EMAIL": "smtps://u:hidden@mail.example.org"}
        | {"TSALERT_METRICS_TOKEN": "m" * 40, "TSALERT_DATABASE_URL": "postgresql://u:hidden@db.example.org/d"}
    )
    written = repr(settings) + repr(load_settings(GOOD | NOTIFY))
    secrets = ("very secret", "hidden", "k" * 40, "a" * 40, "c" * 40, "m" * 40, "2" * 8)
    assert not any(secret in written for secret in secrets)


def test_a_file_gives_settings_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.env"
    file.write_text("\n".join(f"{name}={value}" for name, value in GOOD.items()), encoding="utf-8")
    for name in GOOD:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TSALERT_ENV_FILE", str(file))
    monkeypatch.setenv("TSALERT_PUBLIC_URL", "http://127.0.0.1:9000")
    assert load_settings().public_url == "http://127.0.0.1:9000"


def test_a_relative_database_file_lies_in_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings(GOOD).database_url == f"sqlite:///{tmp_path}/var/tsalert.db"


def test_both_spellings_of_postgresql_choose_the_installed_driver() -> None:
    for scheme in ("postgresql", "postgres"):
        url = load_settings(GOOD | {"TSALERT_DATABASE_URL": f"{scheme}://u@h/d"}).database_url
        assert url == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    ("extra", "number"),
    [
        ({"TSALERT_TWILIO_FROM": "+441632960009"}, "+441632960000"),
        ({"TSALERT_TWILIO_FROM": "+441632960009", "TSALERT_TWILIO_VOICE_FROM": ""}, "+441632960009"),
        ({"TSALERT_TWILIO_MESSAGING_SERVICE_SID": "MG1"}, "+441632960000"),
    ],
)
def test_calls_come_from_the_number_set_or_else_from_the_sender_of_texts(extra: dict[str, str], number: str) -> None:
    twilio = load_settings(GOOD | TWILIO | extra).twilio
    assert twilio is not None
    assert twilio.voice_sender == number


@pytest.mark.parametrize(
    "extra", [{"TSALERT_TWILIO_FROM": "BromleyTS"}, {"TSALERT_TWILIO_MESSAGING_SERVICE_SID": "MG1"}]
)
@pytest.mark.parametrize("number", ["", "BromleyTS", "01632 960000", "+0123"])
def test_without_a_number_for_calls_nothing_starts(extra: dict[str, str], number: str) -> None:
    with pytest.raises(SettingsError, match="TSALERT_TWILIO_VOICE_FROM"):
        load_settings(GOOD | TWILIO | extra | {"TSALERT_TWILIO_VOICE_FROM": number})


def test_a_template_of_word_files_and_a_folder_of_fonts_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "brand.docx").touch()
    named = {"TSALERT_WORD_TEMPLATE": str(tmp_path / "brand.docx"), "TSALERT_DOCUMENT_FONTS": str(tmp_path)}
    settings = load_settings(GOOD | named)
    assert (settings.word_template, settings.document_fonts) == (tmp_path / "brand.docx", tmp_path)
    assert load_settings(GOOD).word_template is None


def test_a_scanner_of_evidence_is_a_command_with_its_words() -> None:
    settings = load_settings(GOOD | {"TSALERT_EVIDENCE_SCANNER": "sh -c 'exit 0'", "TSALERT_EVIDENCE_LARGEST": "100"})
    assert settings.evidence_scanner == ("sh", "-c", "exit 0")
    assert settings.evidence_largest == 100 * 2**20


@pytest.mark.parametrize(
    ("typed", "a_second"), [("150/s", 150.0), ("3000/min", 50.0), ("3600 / h", 1.0), (" 1/h ", 1 / 3600)]
)
def test_a_pace_is_so_many_messages_in_a_time(typed: str, a_second: float) -> None:
    assert load_settings(GOOD | {"TSALERT_SMS_PACE": typed}).paces.sms == a_second


@pytest.mark.parametrize("typed", ["fast", "0/s", "150", "-1/s", "1.5/s", "10/day", "10000000/s"])
def test_a_pace_that_is_none_is_refused_at_start(typed: str) -> None:
    with pytest.raises(SettingsError, match="TSALERT_EMAIL_PACE must be messages in a time"):
        load_settings(GOOD | {"TSALERT_EMAIL_PACE": typed})


def test_without_a_pace_there_is_no_limit() -> None:
    paces = load_settings(GOOD).paces
    assert (paces.email, paces.sms, paces.voice) == (None, None, None)


def test_single_sign_on_is_read_whole_and_keeps_its_secret() -> None:
    told = {
        "TSALERT_OIDC_ROLE_CLAIM": "roles",
        "TSALERT_OIDC_ROLES": "TS Duty=duty_officer, TS Leads=manager,TS Leads=case_officer",
        "TSALERT_OIDC_SECOND_FACTORS": "mfa, ngcmfa",
        "TSALERT_OIDC_PASSWORDS_FOR": "Ada@example.gov.uk",
    }
    found = load_settings(GOOD | OIDC | told).single_sign_on
    assert found is not None
    assert found.roles == {"TS Duty": {"duty_officer"}, "TS Leads": {"manager", "case_officer"}}
    assert found.second_factors == {"mfa", "ngcmfa"}
    assert found.passwords_for == {"ada@example.gov.uk"}
    assert "a secret of" not in repr(found)
    assert load_settings(GOOD).single_sign_on is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TSALERT_OIDC_ISSUER", "http://login.example.gov.uk"),
        ("TSALERT_OIDC_ISSUER", "login.example.gov.uk"),
        ("TSALERT_OIDC_ISSUER", "https://login.example.gov.uk/?tenant=1"),
        ("TSALERT_OIDC_ISSUER", "https://login.microsoftonline.com/common/v2.0"),
        ("TSALERT_OIDC_CLIENT_ID", ""),
        ("TSALERT_OIDC_CLIENT_SECRET", ""),
        ("TSALERT_OIDC_ROLES", "TS Duty=duty_officer"),
        ("TSALERT_OIDC_PASSWORDS_FOR", "ada"),
    ],
)
def test_single_sign_on_that_would_let_in_whom_it_should_not_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings(GOOD | OIDC | {name: value})
