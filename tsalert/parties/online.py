"""Websites, mail addresses, numbers of companies and accounts, folded so that ways of writing are alike. Pure."""

import re

from tsalert.parties.folding import phone_key, place_keys, plate_key
from tsalert.parties.vocabulary import IdentifierKind

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = rf"(?:{_LABEL}\.){{1,8}}[^\W\d_]{{2,24}}"
_EMAIL = re.compile(rf"[\w.+'-]{{1,64}}@{_HOST}")
_SITE = re.compile(rf"(?:https?://)?(?P<host>{_HOST})(?::\d{{1,5}})?(?P<path>/\S*)?", re.IGNORECASE)
# Alone in a sentence "road.van" is a full stop that lacks its blank; a site says that it is one, or ends like one.
_IN_TEXT = re.compile(
    rf"(?:https?://|www\.)(?:{_HOST})(?:/\S*)?"
    r"|\b(?:[a-z0-9-]+\.)+(?:com|org|net|info|biz|shop|store|site|online|example|co\.uk|org\.uk|uk)\b(?:/\S*)?",
    re.IGNORECASE,
)
# Whoever has a page there shares the site with everybody else; the page is theirs.
_SHARED = frozenset(
    {"facebook.com", "instagram.com", "tiktok.com", "x.com", "twitter.com", "linkedin.com", "ebay.co.uk", "etsy.com"}
)
_COMPANY = re.compile(r"\d{8}|[A-Z]{2}\d{6}", re.ASCII)
_SHORT_COMPANY = re.compile(r"\d{6,7}", re.ASCII)


def website_key(text: str) -> str | None:
    """Return a website without its scheme, its ``www`` and its pages; on a shared site, the page that is theirs."""
    found = _SITE.fullmatch(text.strip())
    if found is None:
        return None
    host = found["host"].casefold().removeprefix("www.").removeprefix("m.")
    page = (found["path"] or "").casefold().strip("/").partition("/")[0].partition("?")[0]
    return f"{host}/{page}" if host in _SHARED and page else host


def email_key(text: str) -> str | None:
    """Return an email address in small letters; None where it is none."""
    return text.strip().casefold() if _EMAIL.fullmatch(text.strip()) else None


def company_key(text: str) -> str | None:
    """Return the number of a company as the register writes it; None where it is none."""
    bare = re.sub(r"\s", "", text).upper()
    if _SHORT_COMPANY.fullmatch(bare):
        return bare.zfill(8)
    return bare if _COMPANY.fullmatch(bare) else None


def account_key(text: str) -> str | None:
    """Return the last four digits of an account; None where it is more or less than that, since more is not kept."""
    bare = text.strip().lstrip("*x•… ")
    return bare if re.fullmatch(r"\d{4}", bare, re.ASCII) else None


def mark_key(kind: IdentifierKind, text: str, *, is_demo: bool) -> str | None:
    """Return by what an identifier is found again; None where it is none of its kind."""
    if kind is IdentifierKind.PHONE:
        return phone_key(text, is_demo=is_demo)
    if kind is IdentifierKind.ADDRESS:
        return next(iter(place_keys(text, None)), None)
    return _KEYS[kind](text)


_KEYS = {
    IdentifierKind.VEHICLE: plate_key,
    IdentifierKind.EMAIL: email_key,
    IdentifierKind.WEBSITE: website_key,
    IdentifierKind.COMPANY: company_key,
    IdentifierKind.ACCOUNT: account_key,
}


def online_in(text: str) -> list[tuple[IdentifierKind, str, str]]:
    """Return the mail addresses and websites in a text as (kind, as written, as compared), each once."""
    found = [(IdentifierKind.EMAIL, match[0], match[0].casefold()) for match in _EMAIL.finditer(text)]
    for match in _IN_TEXT.finditer(_EMAIL.sub(" ", text)):
        written = match[0].rstrip(".,;:)")
        key = website_key(written)
        found += [(IdentifierKind.WEBSITE, written, key)] if key else []
    return list({(kind, key): (kind, written, key) for kind, written, key in found}.values())


def without_online(text: str) -> str:
    """Return a text without its mail addresses and websites."""
    bare = _IN_TEXT.sub(" ", _EMAIL.sub(" ", text))
    return text if bare == text else " ".join(bare.split()).strip(" ,;:-")
