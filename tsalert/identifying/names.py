"""Names in a text: those of the case, and whatever follows a title. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from tsalert.identifying.facts import Finding, Named, People, at, findings_of
from tsalert.identifying.vocabulary import Check
from tsalert.parties.folding import fold_words

_ADVICE = "Write who they are to the case: a resident, a neighbour, the trader."
_TITLES = (
    "Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "Prof", "Professor", "Sir", "Dame", "Lord", "Lady", "Rev", "Reverend",
    "Cllr", "Councillor", "PC", "DC", "Sgt",
)  # fmt: skip
# "Mrs A" is how a study says that it names nobody.
_LARGE = r"[^\W\d_a-z][\w'\u2019-]+(?: [^\W\d_a-z][\w'\u2019-]+){0,2}"
_TITLED = re.compile(rf"\b(?:{'|'.join(_TITLES)})\.?\s+{_LARGE}")
_INTRODUCED = re.compile(
    r"(?:\bnames?(?: (?:of|is|was|are|were|as))?|\bnamed|\bknown as|\bcall(?:s|ed|ing)? (?:himself|herself|themselves)"
    r"|\b(?:is|was|are|were|man|men|woman|women|person|people|somebody|someone|caller|trader|resident) called)"
    r"[\s:\"\u201c\u2018']+",
    re.IGNORECASE,
)
_WRITTEN_LARGE = re.compile(_LARGE)
_LATIN = "Write it in Latin letters."
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 3
# Words that stand in names of firms and in what callers say of strangers, and give nobody away.
_COMMON = frozenset({
    "the", "and", "two", "three", "four", "five", "one", "six", "men", "man", "woman", "women", "lady", "boy", "boys",
    "van", "white", "black", "blue", "red", "green", "young", "old", "tall", "unknown", "known", "name", "not", "party",
    "trader", "traders", "group", "someone", "somebody", "people", "mr", "mrs", "ms", "miss", "mx", "dr", "sir", "his",
    "her", "their", "from", "called", "calling", "bank", "police", "council", "trading", "standards", "officer",
    "officers", "limited", "ltd", "llp", "plc", "company", "sons", "son", "bros", "brothers", "roofing", "roofers",
    "paving", "driveways", "drives", "building", "builders", "gutters", "guttering", "gardening", "gardens",
    "gardener", "gardeners", "landscaping", "landscapes", "tree", "trees", "plumbing", "plumbers", "electrical",
    "heating", "drainage", "damp", "services", "service", "maintenance", "contractors", "property", "improvements",
    "removals", "windows", "solar", "security", "home", "homes", "care", "general", "local", "invented",
})  # fmt: skip


def names_in(text: str, people: People) -> Iterator[Finding]:
    """Yield every name of the case that a text has in it, and whatever a title stands before, but those of convicts."""
    return _but_convicts(text, people, _names_in(text, people))


def introduced_in(text: str) -> Iterator[Finding]:
    """Yield every name that a text itself calls one: “the name Sam Smith”, “known as Sam”."""
    for words in _INTRODUCED.finditer(text):
        if named := _WRITTEN_LARGE.match(text, words.end()):
            yield at(Check.NAME, text, named, _ADVICE)


def foreign_words_in(text: str, people: People) -> Iterator[Finding]:
    """Yield every word with a letter of another alphabet, behind which a name may hide; those of convicts may stand."""
    foreign = (at(Check.NAME, text, found, _LATIN) for found in _WORD.finditer(text) if _is_foreign(found[0]))
    return _but_convicts(text, people, foreign)


def _but_convicts(text: str, people: People, found: Iterable[Finding]) -> Iterator[Finding]:
    spared = [written.span() for name in people.allowed for written in _phrase(name).finditer(text)]
    for each in found:
        end = each.start + len(each.found)
        if not any(first <= each.start and end <= last for first, last in spared):
            yield each


def _names_in(text: str, people: People) -> Iterator[Finding]:
    yield from findings_of(Check.NAME, text, _TITLED, _ADVICE)
    for named in people.names:
        yield from _whole(text, named)
        if named.parts_too:
            yield from _parts(text, named)


def _is_foreign(word: str) -> bool:
    """Say whether a letter of another alphabet stands in a word, which may look like a Latin one."""
    return any(not unicodedata.name(letter, "").startswith("LATIN") for letter in word if not letter.isascii())


def _whole(text: str, named: Named) -> Iterator[Finding]:
    """Yield a name as a whole, however it is spaced; a single word of it counts only where it is written large."""
    words = fold_words(named.name)
    if not words or set(words) <= _COMMON or max(map(len, words)) < _SHORTEST:
        return
    check = Check.TRADER if named.is_accused else Check.NAME
    for found in _phrase(named.name).finditer(text):
        if len(words) > 1 or found[0][:1].isupper():
            yield at(check, text, found, _ADVICE)


def _parts(text: str, named: Named) -> Iterator[Finding]:
    for word in _telling(named.name):
        pattern = re.compile(rf"(?<!\w)(?:{re.escape(word)}|{_spread(word)})(?!\w)", re.IGNORECASE)
        yield from (at(Check.NAME, text, found, _ADVICE) for found in pattern.finditer(text) if found[0][0].isupper())


def _spread(word: str) -> str:
    """Return what finds a word whose letters stand apart, each as far from the next."""
    first, second, *others = map(re.escape, word)
    return rf"{first}(?P<gap>[\W_]{{1,2}}){second}" + "".join(rf"(?P=gap){letter}" for letter in others)


def _telling(name: str) -> list[str]:
    """Return those words of a name that tell whose it is."""
    written = re.findall(r"[^\W\d_][\w'\u2019-]*", re.sub(r"\([^()]*\)", " ", name))
    large = [word for word in written if word[0].isupper()]
    return [word.casefold() for word in large if len(word) >= _SHORTEST and word.casefold() not in _COMMON]


def _phrase(name: str) -> re.Pattern[str]:
    """Return what finds the words of a name one after the other, with or without what stands between them."""
    words = re.findall(r"\w+", re.sub(r"\([^()]*\)", " ", name)) or re.findall(r"\w+", name)
    words = words[1:] if len(words) > 1 and words[0].casefold() in map(str.casefold, _TITLES) else words
    return re.compile(r"(?<!\w)" + r"[\W_]{1,3}".join(map(re.escape, words)) + r"(?!\w)", re.IGNORECASE)
