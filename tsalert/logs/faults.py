"""What a fault looks like in a log: its kind and where it happened, without its words. Pure.

What an error says often quotes what somebody typed or what a row holds: PostgreSQL names the address that is there
twice, Python the text that is no number. The places in the program, and what a database or the system calls the fault
by, are enough to find it.
"""

import re
import traceback
from collections.abc import Iterator

_LONGEST_STATEMENT = 600
_AND_THEN = "\nAnd then:\n"
_MAIL = re.compile(r"[^\s@<>\"'(,;:=]+@[^\s@<>\"'),;:]+")
_TELEPHONE = re.compile(r"(?<![\w.-])(?:\+\d|0\d)[\d ()-]{7,14}\d(?![\w-])")
_HIDDEN = "•••"


def describe(error: BaseException) -> str:
    """Return where a fault, and those that led to it, happened and what kind each is, the first one first."""
    return _AND_THEN.join(reversed([_one(each) for each in _chain(error)]))


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


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield a fault and what led to it, each once."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)


def _one(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    known = ", ".join(_known(error))
    return "".join(traceback.format_tb(error.__traceback__)) + (f"{kind}: {known}" if known else kind)


def _known(error: BaseException) -> Iterator[str]:
    """Yield what is known of a fault and is nobody's: codes, names of constraints, a statement without its values."""
    if isinstance(error, OSError) and error.strerror:
        yield error.strerror
    for name in ("sqlstate", "sqlite_errorname"):
        code = getattr(error, name, None)
        if isinstance(code, str):
            yield code
    constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
    if constraint:
        yield f"constraint {constraint}"
    statement = getattr(error, "statement", None)
    if isinstance(statement, str):
        yield f"statement {' '.join(statement.split())[:_LONGEST_STATEMENT]}"
