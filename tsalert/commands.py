"""Command groups that answer a refused request with its message and exit status 1, not with a traceback."""

from typing import Any

import click
from flask.cli import AppGroup
from marshmallow import ValidationError
from sqlalchemy.exc import OperationalError, ProgrammingError

from tsalert.core.errors import TsalertError
from tsalert.logs.faults import in_its_own_words
from tsalert.web.forms import errors_by_field

# PostgreSQL's word for a table, and for a column, that is not there.
_NOT_UPGRADED = frozenset({"42P01", "42703"})


class CommandGroup(AppGroup):
    """A group of commands, each run inside the application."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what a person can mend is told in words."""
        try:
            return super().invoke(ctx)
        except TsalertError as error:
            raise click.ClickException(error.message) from error
        except ValidationError as error:
            problems = errors_by_field(error)
            raise click.ClickException("\n".join(f"{name}: {text}" for name, text in problems.items())) from error
        except UnicodeError as error:
            told = "Something that was typed, piped in or read from a file is not text in UTF-8."
            raise click.ClickException(told) from error
        except (OperationalError, ProgrammingError) as error:
            if isinstance(error, ProgrammingError) and getattr(error.orig, "sqlstate", None) not in _NOT_UPGRADED:
                raise  # a mistake of ours
            raise click.ClickException(_of_database(error)) from error


def _of_database(error: OperationalError | ProgrammingError) -> str:
    """Say what keeps the database from answering: it is gone, locked or full, or its tables were never made."""
    reason = in_its_own_words(error)
    return f"The database cannot do this: {reason}. What is wrong, and what to do: flask --app wsgi check"
