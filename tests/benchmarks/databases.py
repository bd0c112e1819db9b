"""Both databases to measure on, for as long as a benchmark runs; nothing of them stays."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.database import postgresql_server


@contextmanager
def both_databases() -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Give a folder to write in, and the address of an empty database of each kind by its name."""
    with TemporaryDirectory(prefix="tsalert-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "server").mkdir()
        with postgresql_server(folder / "server") as url:
            yield folder, {"SQLite": f"sqlite:///{folder / 'bench.db'}", "PostgreSQL": url}
