"""What we say to people who join and leave, which holds nothing that a visitor typed; and words for pages."""

from tsalert.delivery.rules import Channel, Content, EndpointStatus
from tsalert.subscribers.rules import MANNERS, Frequency, Source


def confirmation(*, authority: str, link: str, can_reply: bool, code: str | None = None) -> Content:
    """Return the message that asks an address to confirm.

    :param can_reply: the number that sends our texts takes texts too.
    :param code: what may be typed on the page that follows the form; it stays good for ten minutes.
    """
    typed = f"Or type this code, within 10 minutes, where you asked for the alerts: {code}\n\n" if code else ""
    text = (
        f"Somebody asked {authority} to send scam and doorstep crime alerts to this address.\n"
        "\n"
        "If it was you, open this page and press the button:\n"
        "\n"
        f"{link}\n"
        "\n"
        f"{typed}"
        "The link works for 7 days. If it was not you, do nothing, and we will send no alerts.\n"
        "\n"
        f"{authority}\n"
    )
    ways = [*(["reply YES"] if can_reply else []), *([f"type {code}"] if code else []), f"open {link}"]
    how = " or ".join(ways)
    sms = f"{authority}: somebody asked for scam alerts to this number. To get them {how}\nIf not you, do nothing."
    voice = (
        f"This is a call from {authority}. Somebody asked us to ring this number with scam and doorstep crime alerts."
    )
    return Content(subject="Confirm that you want our alerts", text=text, sms=sms, voice=voice)


def help_answer(*, authority: str, number: str) -> str:
    """Return the answer to a text of HELP."""
    ring = f" To report a rogue trader, ring {number}." if number else ""
    return f"{authority} scam alerts.{ring} In danger, ring 999. Text STOP to stop alerts, START to get them again."


def welcome_answer(*, authority: str) -> str:
    """Return the answer to a text of YES or START that was carried out."""
    return f"{authority}: you will get our scam alerts at this number. Text STOP at any time to stop them."


def stopped_answer(*, authority: str) -> str:
    """Return the answer to a text of STOP, where the provider gives none."""
    return f"{authority}: you will get no more alerts at this number. Text START if you want them again."


def manners() -> list[tuple[str, str]]:
    """Return how alerts may come, each as (word, label), for a form that asks for pace and print at once."""
    return [
        (word, f"{FREQUENCIES[often]}, in large print" if formats else FREQUENCIES[often])
        for word, (often, formats) in MANNERS.items()
    ]


CHANNELS = {
    Channel.EMAIL: "Email",
    Channel.SMS: "Text message",
    Channel.VOICE: "Call to a landline",
}
STATES = {
    EndpointStatus.UNCONFIRMED: "Not confirmed yet",
    EndpointStatus.ACTIVE: "Active",
    EndpointStatus.BOUNCED: "Cannot be reached",
    EndpointStatus.COMPLAINED: "Reported us as spam",
    EndpointStatus.OPTED_OUT: "Left",
    EndpointStatus.ERASED: "Erased",
}
FREQUENCIES = {
    Frequency.IMMEDIATE: "At once",
    Frequency.DAILY: "Once a day",
    Frequency.WEEKLY: "Once a week",
}
SOURCES = {
    Source.WEB: "website",
    Source.PHONE: "telephone",
    Source.IMPORT: "import",
    Source.SMS: "text message",
    Source.KEY: "key on a call",
    Source.PAPER: "form on paper",
    Source.COMPLAINT: "a report of their mail provider",
}
