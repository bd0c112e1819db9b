"""What a process finds that runs as an installation has it, beside the packages of the tests."""

from pathlib import Path


def as_installed(folder: Path) -> dict[str, str]:
    """Return the settings that hide ``rich`` from a process: only the tests bring it, and structlog reads it in."""
    hiding = folder / "as-installed"
    hiding.mkdir(exist_ok=True)
    (hiding / "rich.py").write_text('raise ImportError("an installation has none")\n', encoding="utf-8")
    return {"PYTHONPATH": str(hiding)}
