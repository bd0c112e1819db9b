"""Where the links of an alert may lead. Pure."""

from urllib.parse import urlsplit

from tsalert.alerts.markdown import links
from tsalert.core.errors import RuleViolation

_LONGEST_SHOWN = 200


def check_links(body: str, advice: str, *, public_url: str) -> None:
    """Refuse links that lead to another site: the public pages promise that alerts have none.

    :raises RuleViolation: naming the field and the link.
    """
    host = urlsplit(public_url).hostname
    for name, source in (("body", body), ("advice", advice)):
        for link in links(source):
            if not _leads_to(host, link):
                raise RuleViolation(
                    f"Take out the link to {link[:_LONGEST_SHOWN]}: alerts link to {host} only. "
                    "An address may be written out as words, like www.example.org.",
                    field=name,
                )


def _leads_to(host: str | None, link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    if parts.scheme in {"mailto", "tel"}:
        return True
    return parts.scheme in {"http", "https"} and parts.hostname == host
