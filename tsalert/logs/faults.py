"""What a fault looks like in a log: its kind and where it happened, without its words. Pure.

What an error says often quotes what somebody typed or what a row holds: PostgreSQL names the address that is there
twice, Python the text that is no number. The places in the program, and what a database or the system calls the fault
by, are enough to find it.
"""

import re
import traceback
from collections.abc import Iterator

from tsalert.core.words import counted

_LONGEST_STATEMENT = 600
# Of many that failed together the first show what is wrong.
_MOST = 20
_AND_THEN = "\nAnd then:\n"
_NUMBER = re.compile(r"number \d+", re.ASCII)
_MAIL = re.compile(r"[^\s@<>\"'(,;:=]+@[^\s@<>\"'),;:]+")
_TELEPHONE = re.compile(r"(?<![\w.-])(?:\+\d|0\d)[\d ()-]{7,14}\d(?![\w-])")
_HIDDEN = "•••"


def describe(error: BaseException) -> str:
    """Return where a fault, and those that led to it, happened and what kind each is, the first one first."""
    return _AND_THEN.join(reversed([_one(each) for each in _chain(error)]))


def kind_of(error: BaseException) -> str:
    """Return what kind a fault is; of some that happened one after the other, each kind once."""
    if isinstance(error, BaseExceptionGroup):
        return ", ".join(dict.fromkeys(map(kind_of, error.exceptions)))
    return type(error).__name__


def known_of(error: BaseException) -> str:
    """Return what the database or the system calls a fault by; of what it was about, nothing."""
    causes = [each for each in _chain(error) if not hasattr(each, "statement")]
    return ", ".join(known for each in causes for known in _known(each))


def in_its_own_words(error: BaseException) -> str:
    """Return what a database says keeps it from answering: gone, locked, full. Of other errors it may quote a row."""
    return str(getattr(error, "orig", error)).partition("\n")[0].rstrip(".")


def without_addresses(text: str) -> str:
    """Put dots in the place of addresses of mail and of telephone numbers."""
    return _TELEPHONE.sub(_HIDDEN, _MAIL.sub(_HIDDEN, text))


def _chain(error: BaseException, seen: set[int] | None = None) -> Iterator[BaseException]:
    """Yield a fault and what led to it, each once, the last one first."""
    seen = set() if seen is None else seen
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        if isinstance(following, BaseExceptionGroup):
            for each in reversed(following.exceptions[:_MOST]):
                yield from _chain(each, seen)
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)


def _one(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    known = ", ".join(_known(error))
    return "".join(traceback.format_tb(error.__traceback__)) + (f"{kind}: {known}" if known else kind)


def _known(error: BaseException) -> Iterator[str]:
    """Yield what is known of a fault and is nobody's: codes, names of constraints, a statement without its values.

    And the number of the record that it is about, where somebody has noted that (core/one_by_one.py).
    """
    if isinstance(error, BaseExceptionGroup):
        yield counted(len(error.exceptions), "fault")
    yield from filter(_NUMBER.fullmatch, getattr(error, "__notes__", ()))
    if isinstance(error, OSError) and error.strerror:
        yield error.strerror
    codes = (getattr(error, name, None) for name in ("sqlstate", "sqlite_errorname"))
    yield from (code for code in codes if isinstance(code, str))
    constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
    if constraint:
        yield f"constraint {constraint}"
    statement = getattr(error, "statement", None)
    if isinstance(statement, str):
        yield f"statement {' '.join(statement.split())[:_LONGEST_STATEMENT]}"
