"""Change every rule and count which changes its tests notice: ``make mutation``, or of some files with ``RULES=``."""

import sys
from pathlib import Path

import click
import pytest

from tests.mutation.changing import Changed, Finder
from tests.mutation.scoring import LEAST, Score
from tests.mutation.selecting import ROOT, rules_files, speaking_of
from tests.mutation.trying import Trying

_OPTIONS = ("-q", "-s", f"--rootdir={ROOT}", "--hypothesis-profile=mutation")
_WITHOUT = ("cacheprovider", "xdist", "schemathesis", "terminalreporter", "logging", "faulthandler")


@click.command()
@click.argument("chosen", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--workers", default=2, show_default=True, help="How many changes are tried beside each other.")
def main(chosen: tuple[Path, ...], workers: int) -> None:
    """Say of each file how many changes its tests noticed, and which they did not where it was chosen or falls short.

    The exit code is 1 where they noticed too few of any.
    """
    files = [Changed(rules) for rules in chosen or rules_files()]
    scores: list[Score] = []

    def tell(changed: Changed, survivors: list[str]) -> None:
        scores.append(Score(str(changed.rules), len(changed.names), survivors))
        click.echo(scores[-1].line)
        for name in survivors if chosen or not scores[-1].is_enough else ():
            click.echo(changed.shown(name))

    sys.meta_path.insert(0, Finder(files))
    tests = sorted({str(ROOT / path) for each in files for path in speaking_of(each.rules)})
    arguments = [*_OPTIONS, *(f"-pno:{name}" for name in _WITHOUT), *tests]
    code = pytest.main(arguments, plugins=[Trying(files, workers, tell)])
    low = [score for score in scores if not score.is_enough]
    click.echo(f"{len(low)} of {len(scores)} files below {LEAST}%")
    sys.exit(1 if low or len(scores) < len(files) else int(code))


if __name__ == "__main__":
    main()
