"""Commands."""

from tsalert.commands import CommandGroup

group = CommandGroup("savings", help="savings")
