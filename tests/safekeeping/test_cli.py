"""The commands say what they did, and what they will not do."""

from pathlib import Path
from shutil import copyfile

from tests.conftest import ask, make_console
from tests.safekeeping.conftest import Service
from tests.spare_apps import standing_on


def test_the_commands_make_check_and_restore_in_words(used: Service, tmp_path: Path) -> None:
    file = str(tmp_path / "backup")

    def run(*arguments: str) -> tuple[int, str]:
        with used.alone(), standing_on(used.settings, make_console) as console:
            result = ask(console, *arguments)
            return result.exit_code, result.output

    status, said = run("backup", "make", file)
    assert (status, " rows, " in said, " files." in said) == (0, True, True)
    status, said = run("backup", "make", file)
    assert (status, "is there already" in said) == (1, True)
    status, said = run("backup", "check", file)
    assert (status, "is whole" in said) == (0, True)

    inside = used.settings.files / "backup"
    status, said = run("backup", "make", str(inside))
    assert (status, "Keep backups elsewhere" in said, inside.exists()) == (1, True, False)
    copyfile(file, inside)
    status, said = run("backup", "restore", str(inside), "--replace")
    assert (status, "Keep backups elsewhere" in said, inside.exists()) == (1, True, True)
    inside.unlink()

    status, said = run("backup", "restore", file)
    assert (status, "Say --replace" in said) == (1, True)
    status, said = run("backup", "restore", file, "--replace")
    assert (status, "Sending is stopped" in said) == (0, True)
    assert "Taken out again: 0 subscribers who left, 0 erased." in said

    assert run("backup", "settle") == (0, "Nothing to settle.\n")
    status, said = run("database", "move", "--to", "mysql://elsewhere/tsalert")
    assert (status, "must begin with" in said) == (1, True)
    status, said = run("database", "move", "--to", f"sqlite:///{tmp_path / 'no folder' / 'tsalert.db'}")
    assert (status, "cannot be written: No such file or directory" in said) == (1, True)
