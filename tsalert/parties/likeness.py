"""How alike two names are, and the keys by which those like one are found without reading all. Pure."""

import re
from itertools import combinations

_LIKE_PERSON, _LIKE_WORD, _LIKE_BUSINESS = 0.9, 0.92, 88
_MAY_SOUND_ALIKE = 0.7
_MOST_WORDS = 4
_LETTERS = re.compile(r"[a-z]+", re.ASCII)
# With what sounds a first name may begin whose initial by itself sounds otherwise.
_FIRST_SOUNDS = {"c": "KSX", "g": "KJ", "p": "PF", "s": "SX", "t": "T0", "w": "wWR", "y": "yYF"}
# They describe somebody and name nobody.
_DESCRIBING = frozenset({
    "a", "an", "the", "and", "or", "of", "in", "on", "with", "without", "at", "by", "two", "three", "four",
    "five", "men", "man", "women", "woman", "male", "female", "lads", "people", "van", "vans", "car", "truck",
    "lorry", "pickup", "tipper", "transit", "white", "black", "blue", "red", "green", "silver", "grey", "gray",
    "yellow", "old", "young", "tall", "short", "thin", "fat", "irish", "english", "scottish", "welsh", "accent",
    "driver", "driving", "no", "not", "name", "names", "unknown", "some", "they", "he", "she", "reg",
    "registration", "plate", "number", "says", "said", "called", "from", "firm", "company", "trader", "traders",
})  # fmt: skip


def alike_people(one: str, other: str) -> float:
    """Return from 0 to 1 how alike two folded names of people are, in whichever order their parts stand."""
    straight = _similarity(one, other)
    turned = _similarity(" ".join(sorted(one.split())), " ".join(sorted(other.split())))
    return max(straight, turned)


def sounds_like(one: str, other: str) -> bool:
    """Tell whether two folded names may be one person's; a single name is compared with each part of the other."""
    short, long = sorted((one.split(), other.split()), key=len)
    if len(short) == 1 and len(long) > 1:
        return any(_similarity(short[0], word) >= _LIKE_WORD for word in long)
    return alike_people(one, other) >= _LIKE_PERSON or _is_shortened(one.split(), other.split())


def reads_like(one: str, other: str) -> bool:
    """Tell whether two folded names may be one business's; words that only describe count for nothing."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - as below

    names = [" ".join(_naming_words(name)) for name in (one, other)]
    return all(names) and fuzz.token_set_ratio(*names) >= _LIKE_BUSINESS


def is_spelt_like(one: str, other: str) -> bool:
    """Tell whether two texts are the same, word for word, but for how somebody spelt or heard them."""
    pairs = list(zip(one.split(), other.split(), strict=False))
    return len(one.split()) == len(other.split()) and all(_is_like_word(*pair) for pair in pairs)


def names_somebody(folded: str) -> bool:
    """Tell whether a folded description names anybody, or only says what they look like."""
    return bool(_naming_words(folded))


def person_keys(folded: str) -> set[str]:
    """Return the keys under which a person's name is kept."""
    return _word_keys("p", _some(folded.split())) | _pair_keys(folded)


def sought_person_keys(folded: str) -> list[str]:
    """Return the keys under which to look for a person: by pairs of names where there are two, else by the one."""
    pairs = _pair_keys(folded) | _initial_keys(folded.split())
    return sorted(pairs or _word_keys("p", folded.split()))


def business_keys(folded: str) -> set[str]:
    """Return the keys under which a business's name is kept."""
    words = _some(_naming_words(folded))
    return _word_keys("b", words) | _joint_keys(words)


def sought_business_keys(folded: str) -> list[str]:
    """Return the keys under which to look for a business: first those of two of its words."""
    words = _some(_naming_words(folded))
    return sorted(_joint_keys(words)) + sorted(_word_keys("b", words))


def _is_shortened(one: list[str], other: list[str]) -> bool:
    """Tell whether two names have one surname, and of the first names at least one is an initial of the other."""
    if min(len(one), len(other)) < 2 or 1 not in {len(one[0]), len(other[0])}:
        return False
    same_surname = len(one[-1]) > 1 and _similarity(one[-1], other[-1]) >= _LIKE_WORD
    between = [word for word in (*one[1:-1], *other[1:-1]) if len(word) > 1]
    return same_surname and one[0][0] == other[0][0] and not between


def _similarity(one: str, other: str) -> float:
    from rapidfuzz.distance import JaroWinkler  # noqa: PLC0415 - it is large, and most commands compare no names

    return JaroWinkler.similarity(one, other)


def _is_like_word(one: str, other: str) -> bool:
    """Compare letters, then sounds where the letters are not far apart; one sound alone is in too many words."""
    similarity = _similarity(one, other)
    if similarity >= _LIKE_WORD or similarity < _MAY_SOUND_ALIKE:
        return similarity >= _LIKE_WORD
    sound = _sound(one)
    return len(sound) > 1 and sound == _sound(other)


def _naming_words(folded: str) -> list[str]:
    return [word for word in folded.split() if word not in _DESCRIBING]


def _some(words: list[str]) -> list[str]:
    return words if len(words) <= _MOST_WORDS else [*words[: _MOST_WORDS - 1], words[-1]]


def _sound(word: str) -> str:
    """Return how a word sounds in English; one in another script or of digits stands for itself."""
    import jellyfish  # noqa: PLC0415 - as above

    sound = jellyfish.metaphone(word[:40]) if _LETTERS.fullmatch(word) else ""
    return sound or word[:40]


def _word_keys(kind: str, words: list[str]) -> set[str]:
    """Keep each word by its sound, or by its first three letters."""
    return {f"{kind}~{_sound(word)}" for word in words} | {f"{kind}={word[:3]}" for word in words}


def _pair_keys(folded: str) -> set[str]:
    """Keep each two names together: the first sound of either, with the sound or three letters of the other."""
    words = _some(folded.split())
    pairs = [*combinations(words, 2), *combinations(reversed(words), 2)]
    return {
        key
        for initial, whole in pairs
        for key in (f"p{_sound(initial)[:1]}~{_sound(whole)}", f"p{_sound(initial)[:1]}={whole[:3]}")
    }


def _initial_keys(words: list[str]) -> set[str]:
    """Return the keys of the whole first name that an initial may stand for, and those of a whole name's initial."""
    if len(words) < 2:
        return set()
    first, last = words[0], _sound(words[-1])
    sounds = _FIRST_SOUNDS.get(first, "") if len(first) == 1 else _sound(first[0])[:1]
    return {f"p{sound}~{last}" for sound in sounds}


def _joint_keys(words: list[str]) -> set[str]:
    return {f"b{'+'.join(sorted((_sound(one), _sound(other))))}" for one, other in combinations(words, 2)}
