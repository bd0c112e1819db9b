"""What became of the changes to a file of rules."""

from collections.abc import Collection

from msgspec import Struct

LEAST = 85  # of a hundred changes


class Score(Struct, frozen=True):
    """How many changes there are to a file, and those that no test noticed."""

    rules: str
    changes: int
    survivors: Collection[str]

    @property
    def percent(self) -> float:
        """Of a hundred changes so many were noticed; all of them where there is nothing to change."""
        return 100 * (self.changes - len(self.survivors)) / self.changes if self.changes else 100.0

    @property
    def is_enough(self) -> bool:
        """Whether the tests hold what the rules say."""
        return self.percent >= LEAST

    @property
    def line(self) -> str:
        """The score as a line of the table."""
        killed, verdict = self.changes - len(self.survivors), "" if self.is_enough else f"  below {LEAST}%"
        return f"{self.percent:5.1f}%  {killed:5} killed  {len(self.survivors):4} survived  {self.rules}{verdict}"
