"""What an alert's form is begun with: the facts of a case that point to nobody, or an alert to follow up. Pure."""

from msgspec import Struct

from tsalert.alerts.rules import LONGEST_HEADLINE, Kind

# How a trader or fraudster made contact, in the words of cases.
APPROACHES = {
    "doorstep": "at the door",
    "telephone": "by telephone",
    "postal": "by post",
    "online": "online",
    "text": "by text message",
    "in_person": "in person",
}


class CaseFacts(Struct, frozen=True):
    """All that an alert may take from a case, in words: no narrative, no person, no place smaller than a ward."""

    category: str
    kind: str
    channel: str
    ward: str | None


def begin_from(facts: CaseFacts) -> dict[str, str]:
    """Return a headline and a first sentence from the facts of a case that can point to nobody."""
    what = f"{facts.category} ({facts.kind.lower()})"
    where = f" in {facts.ward}" if facts.ward else ""
    how = APPROACHES.get(facts.channel, "")
    sentence = f"We have had a report of {what.lower()}{where}."
    return {
        "headline": f"{what}{where}"[:LONGEST_HEADLINE],
        "body": f"{sentence} The first contact was {how}." if how else sentence,
    }


def begin_follow_up(kind: Kind, headline: str) -> dict[str, str]:
    """Return a headline and a first sentence for an update or an all-clear."""
    label, said = ("All clear", "Our warning is over.") if kind is Kind.ALL_CLEAR else ("Update", "")
    return {"headline": f"{label}: {headline}"[:LONGEST_HEADLINE], "body": said}
