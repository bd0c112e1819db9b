"""Commands."""

from tsalert.commands import CommandGroup

group = CommandGroup("demo", help="demo")
