"""Telephone numbers as they are dialled, however they were typed. Pure."""

import phonenumbers

from tsalert.core.errors import RuleViolation

BRITISH = 44
# Ofcom keeps these for drama; no subscriber has them, so that they are the only ones a demonstration may hold.
DRAMA_MOBILES = "+447700900"
_DRAMA_NUMBERS = (DRAMA_MOBILES, "+442079460", "+441632960", "+441134960", "+448081570")
_DRAMA_LENGTH = 13


def parse_phone(text: str) -> phonenumbers.PhoneNumber:
    """Read a number that was typed, British unless it says otherwise.

    :raises RuleViolation: it is none, or has an extension, which nobody can be reached at without a person.
    """
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        raise RuleViolation("Enter a phone number: all of it, beginning with 0 or +44.", field="phone") from None
    if number.extension:
        raise RuleViolation("Enter a phone number without an extension.", field="phone")
    return number


def phone_as_e164(phone: str | None, *, is_demo: bool) -> str | None:
    """Return a British or international number as ``+441632960000``; None where it cannot be dialled.

    What was typed is kept beside it, so nothing that a caller gave is lost.

    :param is_demo: also take the numbers that Ofcom keeps for drama.
    """
    try:
        number = phonenumbers.parse(phone or "", "GB")
    except phonenumbers.NumberParseException:
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written if (is_demo and is_drama(written)) or phonenumbers.is_valid_number(number) else None


def is_drama(written: str) -> bool:
    """Tell whether a number in E.164 is one of those that are kept for drama."""
    return len(written) == _DRAMA_LENGTH and written.startswith(_DRAMA_NUMBERS)


def is_of_an_organisation(written: str) -> bool:
    """Tell whether a number in E.164 is a freephone or 03 one: helplines and firms have those, homes do not."""
    kind = phonenumbers.number_type(phonenumbers.parse(written))
    return kind in {phonenumbers.PhoneNumberType.TOLL_FREE, phonenumbers.PhoneNumberType.UAN}


def is_on_the_islands(written: str) -> bool:
    """Tell whether a number is one of Jersey, Guernsey or Man: they share +44, and are charged as abroad."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(written)) in {"GG", "IM", "JE"}
