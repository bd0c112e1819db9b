"""Command groups that answer a refused request with its message and exit status 1, not with a traceback."""

import gc
from typing import Any

import click
from flask.cli import AppGroup
from marshmallow import ValidationError

from tsalert.core.errors import TsalertError
from tsalert.web.forms import errors_by_field


class CommandGroup(AppGroup):
    """A group of commands, each run inside the application."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what a person can mend is told in words."""
        # The program itself holds no garbage; looking through it again and again takes a tenth of a long command.
        gc.freeze()
        try:
            return super().invoke(ctx)
        except TsalertError as error:
            raise click.ClickException(error.message) from error
        except ValidationError as error:
            problems = errors_by_field(error)
            raise click.ClickException("\n".join(f"{name}: {text}" for name, text in problems.items())) from error
        except UnicodeError as error:
            raise click.ClickException(
                "Something that was typed, piped in or read from a file is not text in UTF-8."
            ) from error
