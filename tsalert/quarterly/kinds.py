"""What kind of column one is that was kept before columns said so: by the words of its key and title. Pure.

No column that is made today is judged by its name, so that another name changes nothing of what is hidden.
"""

import re

from tsalert.quarterly.vocabulary import Kind

_SIGNS = {
    "median": Kind.MEDIAN,
    "mean": Kind.MEAN,
    "average": Kind.MEAN,
    "largest": Kind.LARGEST,
    "highest": Kind.LARGEST,
    "maximum": Kind.LARGEST,
    "max": Kind.LARGEST,
}
_SET_BEFOREHAND = frozenset(
    {"target", "definition", "rule", "source", "grade", "basis", "unit", "audience", "partner", "polarity"}
)
_QUARTERS = ("current", "this quarter", "before", "last quarter")


def kind_by_name(key: str, title: str, *, is_words: bool) -> Kind:
    """Return what a column of that name was taken to be."""
    told = f"{key} {title}".lower()
    words = re.findall(r"[a-z]+", told)
    if "rolling" in told or "four quarters" in told:
        return Kind.YEAR_IN_WORDS if is_words else Kind.YEAR
    if is_words:
        return Kind.PLAIN if _SET_BEFOREHAND.isdisjoint(words) else Kind.SET_BEFOREHAND
    is_quarter = "last year" not in told and any(each in told for each in _QUARTERS)
    return next((_SIGNS[word] for word in words if word in _SIGNS), Kind.QUARTER if is_quarter else Kind.PLAIN)
