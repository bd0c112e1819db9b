"""Every benchmark, one after the other; ``python -m tests.benchmarks`` is what ``make bench`` runs.

Each is a process of its own: of the memory that one needs, what another needed before it would hide the rest.
"""

import subprocess
import sys

# The name of each and how much it measures; where nothing is said, what it measures by itself.
RUNS: tuple[tuple[str | int, ...], ...] = (
    ("broadcast", 1_000_000),
    ("snapshot", 1_000_000),
    ("sending", 1_000_000),
    ("kills", 20, 10_000),
    ("importing", 100_000),
    ("subscribers", 1_000_000),
    ("digests", 100_000),
    ("board", 1_000_000),
    ("matching", 200_000, 1_000_000),
    ("finding", 1_000_000, 200_000, 150_000),
    ("places", 2_700_000),
    ("response", 1_000_000, 60),
    ("public",),
    ("mixed", 1_000_000),
    ("paging", 10_000),
    ("pacing",),
    ("receipts",),
    ("savings", 500_000),
    ("evidence", 500),
    ("trail", 1_000_000),
    ("dashboard", 1_000_000, 500_000),
    ("quarterly", 1_000_000, 500_000),
    ("board_report",),
    ("safekeeping", 1_000_000),
    ("room", 100_000, 50_000),
)


def main() -> int:
    """Run all, whatever becomes of each, and say whether every promise was kept."""
    codes = [_run(*each) for each in RUNS]
    return 1 if any(codes) else 0


def _run(name: str | int, *sizes: str | int) -> int:
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", *map(str, sizes)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
