"""That ``make bench`` leaves out nothing that can be measured."""

from pathlib import Path

from tests.benchmarks.__main__ import RUNS


def test_every_benchmark_is_run() -> None:
    programs = [path for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith(("_", "test_"))]
    runnable = {path.stem for path in programs if "raise SystemExit(main(" in path.read_text(encoding="utf-8")}

    assert {name for name, *_ in RUNS} == {name for name in runnable if not name.endswith("_load")}
