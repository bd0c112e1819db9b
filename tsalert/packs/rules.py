"""What a case pack may hold, and in which form it is taken. Pure."""

from msgspec import Struct

from tsalert.core.words import Word


class Part(Word):
    """One part of a case pack."""

    FACTS = "facts", "Facts of the case"
    VICTIM = "victim", "Who the victim is, where they live, and witnesses"
    PARTIES = "parties", "Traders and defendants"
    MONEY = "money", "Money"
    ENFORCEMENT = "enforcement", "Offences, actions, contracts and courts"
    TIMELINE = "timeline", "Timeline"
    EXHIBITS = "exhibits", "List of exhibits"


class Form(Word):
    """The kind of file."""

    PDF = "pdf", "PDF"
    DOCX = "docx", "Word"


# The victim goes along only when somebody says so.
USUAL = tuple(part for part in Part if part is not Part.VICTIM)


class Asked(Struct, frozen=True):
    """Which parts are wanted, as which kind of file."""

    parts: tuple[Part, ...] = USUAL
    form: Form = Form.PDF
