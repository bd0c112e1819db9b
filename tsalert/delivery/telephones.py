"""Telephone numbers as they are dialled, however they were typed. Pure."""

import phonenumbers

# Ofcom keeps these for drama; no subscriber has them.
_DRAMA_NUMBERS = ("+447700900", "+441632960")


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
    is_drama = is_demo and written.startswith(_DRAMA_NUMBERS) and len(written) == 13
    return written if is_drama or phonenumbers.is_valid_number(number) else None


def is_on_the_islands(written: str) -> bool:
    """Tell whether a number is one of Jersey, Guernsey or Man: they share +44, and are charged as abroad."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(written)) in {"GG", "IM", "JE"}
