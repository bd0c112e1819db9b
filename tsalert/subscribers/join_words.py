"""What stands behind JOIN in a text: understood whole, or a story that a person must read."""

import re
from collections.abc import Collection

from msgspec import Struct

from tsalert.core.postcodes import find_postcode
from tsalert.subscribers.partners import looks_like_code

_BETWEEN_WORDS = re.compile(r"[^\w-]+")


class JoinWords(Struct, frozen=True):
    """What somebody asks for who texts JOIN; a partner's code is not held against those that there are."""

    topics: tuple[str, ...] = ()
    postcode: str | None = None
    partner_code: str | None = None


def read_join_words(text: str, topics: Collection[str]) -> JoinWords | None:
    """Return what the words behind JOIN ask for, in any order; None where any of them is none that we know.

    :param topics: the slugs of all topics; ``doorstep-crime`` may be written as two words.
    """
    postcode = find_postcode(text)
    rest = text.lower()
    if postcode:
        rest = re.sub(postcode.lower().replace(" ", r"\s*"), " ", rest, count=1)
    for slug in topics:
        rest = rest.replace(slug.replace("-", " "), slug)
    words = [word for word in _BETWEEN_WORDS.split(rest) if word]
    codes = [word for word in words if word not in topics]
    if len(codes) > 1 or not all(map(looks_like_code, codes)):
        return None
    return JoinWords(tuple(word for word in words if word in topics), postcode, *codes)
