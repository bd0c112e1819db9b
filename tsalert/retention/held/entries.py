"""The shape of the register's entries: a table, the way to its root records, and what each column is. Pure."""

from enum import StrEnum

from msgspec import Struct

from tsalert.retention.vocabulary import Root

REMOVED = "[removed]"


class Treatment(StrEnum):
    """What becomes of a column when its record's time is over."""

    FACT = "fact, kept"
    PERSON = "particulars of a person, emptied"
    WORDS = "free text, replaced by a fixed word"
    FILE = "name of a file, which is deleted"
    HOUSEHOLD = "key of a household, replaced by a random one"
    LINK = "link to a person, led to somebody without a name"


class Way(Struct, frozen=True):
    """One step towards a root: ``column`` of this table holds ``parent_column`` of ``parent``."""

    column: str
    parent: str
    parent_column: str = "id"


class Held(Struct, frozen=True):
    """What one table holds.

    :param root: the kind of record that a row is itself, if it is one.
    :param is_about: its columns ``subject`` and ``subject_id`` name any root record.
    :param rows_go: its rows are nothing but particulars, or a link that would lead back to somebody, and are deleted.
    """

    table: str
    ways: tuple[Way, ...]
    columns: dict[str, Treatment]
    root: Root | None = None
    is_about: bool = False
    rows_go: bool = False

    def of(self, treatment: Treatment) -> list[str]:
        """Return the columns that are treated in one way."""
        return [name for name, each in self.columns.items() if each is treatment]

    @property
    def names_people(self) -> bool:
        """True where erasing changes something in it."""
        return self.rows_go or any(each is not Treatment.FACT for each in self.columns.values())


class Columns(Struct, frozen=True):
    """The columns of a table that hold text, by what they are; each a list of names set apart by spaces."""

    facts: str = ""
    persons: str = ""
    words: str = ""
    file: str = ""
    household: str = ""
    link: str = ""

    def treatments(self) -> dict[str, Treatment]:
        """Return what becomes of each column."""
        said = {
            Treatment.FACT: self.facts,
            Treatment.PERSON: self.persons,
            Treatment.WORDS: self.words,
            Treatment.FILE: self.file,
            Treatment.HOUSEHOLD: self.household,
            Treatment.LINK: self.link,
        }
        return {name: treatment for treatment, names in said.items() for name in names.split()}


def held(
    table: str,
    *ways: str,
    root: Root | None = None,
    is_about: bool = False,
    rows_go: bool = False,
    **columns: str,
) -> Held:
    """Write one entry.

    :param ways: each "column > parent", or "column > parent.column" where that is not its id.
    """
    return Held(table, tuple(map(_way, ways)), Columns(**columns).treatments(), root, is_about, rows_go)


def _way(said: str) -> Way:
    column, parent = said.split(" > ")
    name, _, parent_column = parent.partition(".")
    return Way(column, name, parent_column or "id")
