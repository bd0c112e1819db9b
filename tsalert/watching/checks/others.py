"""Checks of what is others': who takes mails, texts and calls, and what stands between residents and us."""

from collections.abc import Iterator, Sequence

from tsalert.delivery.ports import Probed, Unavailable
from tsalert.delivery.rules import Channel
from tsalert.watching.checks.rules import Finding, note, right, wrong

_NAMES = {Channel.EMAIL: "Mail", Channel.SMS: "Texts", Channel.VOICE: "Calls"}
_TO_DO = {
    Channel.EMAIL: "Look at TSALERT_EMAIL: host, port, starttls, user, password; and whether a firewall lets us out.",
    Channel.SMS: "Look at the settings of Twilio or Notify, at the account there, and whether a firewall lets us out.",
    Channel.VOICE: "Look at the settings of Twilio, at the account there, and whether a firewall lets us out.",
}
_SECONDS = 10


def of_providers(gateways: Sequence[Probed]) -> Iterator[Finding]:
    """Speak to each provider without sending anything."""
    for gateway in gateways:
        name = _NAMES[gateway.channel]
        try:
            yield right(name, gateway.probe())
        except Unavailable as error:
            yield wrong(name, str(error), _TO_DO[gateway.channel])


def of_public_address(url: str) -> Iterator[Finding]:
    """Ask for our own page the way that residents do."""
    import requests  # noqa: PLC0415 - large, and no web process needs it

    what = "Public address"
    to_do = (
        f"Start the web process; then look at name, proxy and certificate of {url}, which must lead to it unchanged."
    )
    try:
        answer = requests.get(f"{url}/livez", timeout=_SECONDS, allow_redirects=False)
    except requests.exceptions.SSLError:
        yield wrong(what, f"the certificate of {url} is not accepted", to_do)
    except requests.exceptions.RequestException as error:
        yield wrong(what, f"{url} does not answer: {type(error).__name__}", to_do)
    else:
        if answer.status_code == 200 and answer.text.startswith("All is well"):
            yield right(what, f"{url} leads to a tsalert that answers")
        elif "tsalert" in answer.text:
            yield note(what, f"{url} leads here, and says: {answer.text.splitlines()[-1]}")
        else:
            yield wrong(what, f"{url}/livez is answered with {answer.status_code} by something else", to_do)
